//! Byte form of [`Forest`].
//!
//! Payload: `u32` trees, sample size, height limit, features; `u64` seed, rows, reservoir rows; the score quantiles; per
//! feature a tag, 1 and its typical range (low, median, high) or 0; then the nodes of each tree in level order: `u16`
//! feature and `f64` threshold of a split, or [`LEAF`] and the `u32` number of training rows of a leaf. 100 trees over
//! 256 rows take about 100 kB.

use super::trees::{Record, Shape, Trees};
use super::{
    Forest, MAX_DEPTH, MAX_SAMPLE_SIZE, MAX_SAMPLES, MAX_TREES, SCORE_QUANTILES, TypicalRange,
};
use crate::codec::{self, Kind, Reader, Writer};
use crate::error::Result;
use crate::vector::{MAX_ELEMENTS, MAX_MAGNITUDE};

/// Stands for the feature of a leaf; features are below [`MAX_ELEMENTS`].
const LEAF: u16 = u16::MAX;
const LEAF_LEN: usize = 6;
const SPLIT_LEN: usize = 10;
const FIXED_LEN: usize = 4 * 4 + 3 * 8 + 8 * SCORE_QUANTILES.len();

/// Content identity of a model, from its first 32 bytes or more: two models with equal digests are equal. `None` when
/// the bytes cannot be a model. It reads only the header, and so says nothing about damage behind it.
#[must_use]
pub fn digest(bytes: &[u8]) -> Option<[u8; 32]> {
    codec::header(Kind::Forest, bytes)
}

impl Forest {
    /// The byte form. The same model always has the same bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let Shape {
            n_features,
            sample_size,
            max_depth,
        } = self.trees.shape;
        let mut out = Writer::new(Kind::Forest, self.payload_len());
        for field in [
            self.trees.trees.len() as u32,
            sample_size,
            max_depth,
            n_features,
        ] {
            out.u32(field);
        }
        for field in [self.seed, self.rows, self.reservoir_rows] {
            out.u64(field);
        }
        for score in self.score_quantiles {
            out.f64(score);
        }
        for range in &self.ranges {
            out.u8(u8::from(!range.median.is_nan()));
            if !range.median.is_nan() {
                for value in [range.low, range.median, range.high] {
                    out.f64(value);
                }
            }
        }
        let mut sizes = self.trees.leaf_sizes.iter();
        for node in self
            .trees
            .trees
            .iter()
            .flat_map(|tree| self.trees.level_order(tree))
        {
            if !self.trees.is_leaf(node) {
                out.u16(node.feature as u16);
                out.f64(node.threshold());
            } else if let Some(&size) = sizes.next() {
                out.u16(LEAF);
                out.u32(size);
            }
        }
        out.finish()
    }

    /// Length of the byte form.
    pub(super) fn bytes_len(&self) -> usize {
        codec::framed_len(self.payload_len())
    }

    fn payload_len(&self) -> usize {
        let seen = self
            .ranges
            .iter()
            .filter(|range| !range.median.is_nan())
            .count();
        let leaves = self.trees.leaf_sizes.len();
        let splits = self.trees.nodes.len() - leaves;
        FIXED_LEN + self.ranges.len() + 24 * seen + LEAF_LEN * leaves + SPLIT_LEN * splits
    }

    /// Reads the byte form and checks everything that scoring relies on.
    ///
    /// # Errors
    /// [`crate::Error::Corrupt`] for anything that [`Forest::to_bytes`] cannot have written,
    /// [`crate::Error::NewerVersion`], [`crate::Error::OutOfMemory`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader::open(Kind::Forest, bytes)?;
        let (n_trees, shape) = read_shape(&mut input)?;
        let (seed, rows, reservoir_rows) = (input.u64()?, input.u64()?, input.u64()?);
        if reservoir_rows < u64::from(shape.sample_size) || rows < reservoir_rows {
            return Err(input.corrupt("impossible number of rows"));
        }
        let mut score_quantiles = [0.0; SCORE_QUANTILES.len()];
        for score in &mut score_quantiles {
            *score = input.f64_within(1.0)?;
        }
        if !score_quantiles.is_sorted() || score_quantiles[0] < 0.0 {
            return Err(input.corrupt("scores out of order"));
        }
        let ranges = (0..shape.n_features)
            .map(|_| TypicalRange::read(&mut input))
            .collect::<Result<Vec<_>>>()?;
        let mut trees = Trees::new(shape);
        for _ in 0..n_trees {
            trees.push(|| read_record(&mut input))?;
        }
        input.finish()?;
        Ok(Self::new(
            trees,
            ranges,
            score_quantiles,
            seed,
            rows,
            reservoir_rows,
        ))
    }
}

fn read_shape(input: &mut Reader<'_>) -> Result<(u32, Shape)> {
    let (n_trees, sample_size) = (input.u32()?, input.u32()?);
    let (max_depth, n_features) = (input.u32()?, input.u32()?);
    let possible = (1..=MAX_TREES).contains(&n_trees)
        && (2..=MAX_SAMPLE_SIZE).contains(&sample_size)
        && n_trees <= MAX_SAMPLES / sample_size
        && (1..=MAX_DEPTH).contains(&max_depth)
        && (1..=MAX_ELEMENTS as u32).contains(&n_features);
    // A feature takes a byte at least.
    if possible && n_features as usize <= input.remaining() {
        Ok((
            n_trees,
            Shape {
                n_features,
                sample_size,
                max_depth,
            },
        ))
    } else {
        Err(input.corrupt("impossible shape"))
    }
}

impl TypicalRange {
    /// Reads a tag and, where it is 1, low, median and high.
    pub(crate) fn read(input: &mut Reader<'_>) -> Result<Self> {
        match input.u8()? {
            0 => Ok(Self::UNSEEN),
            1 => {
                let low = input.f64_within(MAX_MAGNITUDE)?;
                let median = input.f64_within(MAX_MAGNITUDE)?;
                let high = input.f64_within(MAX_MAGNITUDE)?;
                if low <= median && median <= high {
                    Ok(Self { low, median, high })
                } else {
                    Err(input.corrupt("typical range out of order"))
                }
            }
            _ => Err(input.corrupt("unknown feature tag")),
        }
    }
}

fn read_record(input: &mut Reader<'_>) -> Result<Record> {
    match input.u16()? {
        LEAF => Ok(Record::Leaf { size: input.u32()? }),
        feature => Ok(Record::Split {
            feature,
            threshold: input.f64_within(MAX_MAGNITUDE)?,
        }),
    }
}
