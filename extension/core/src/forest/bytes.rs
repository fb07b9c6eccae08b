//! Byte form of [`Forest`].
//!
//! Payload: `u32` trees, sample size, height limit, features; `u8` metric (0 depth, 1 density), missing values (0 median,
//! 1 both branches), features in a split, whether reach counts; `u64` seed, rows, reservoir rows; the score quantiles; a
//! tag, 1 and contamination and threshold or 0; `u16` categorical features and their positions; per feature a tag, 1 and
//! its typical range (low, median, high) or 0; where splits have several features or reach counts, per feature its
//! centre, unit and robust unit; then the nodes of each tree in level order, by [`axis`](super::axis) or
//! [`oblique`](super::oblique) trees. 100 trees over 256 rows take about 100 kB.

use super::axis::AxisTrees;
use super::columns::Columns;
use super::info::{Contamination, Quantiles};
use super::oblique::{MAX_DIMENSIONS, ObliqueTrees};
use super::shape::{Metric, Shape};
use super::standard::Standard;
use super::survey::TypicalRange;
use super::trainer::fills;
use super::{
    Forest, MAX_DEPTH, MAX_SAMPLE_SIZE, MAX_TREES, Missing, Trees, is_oblique, max_samples,
};
use crate::codec::{self, Kind, Reader, Writer};
use crate::error::Result;
use crate::vector::MAX_ELEMENTS;

/// Content identity of a model, from its first 32 bytes or more: two models with equal digests are equal. `None` when
/// the bytes cannot be a model. It reads only the header, and so says nothing about damage behind it.
#[must_use]
pub fn digest(bytes: &[u8]) -> Option<[u8; 32]> {
    codec::header(Kind::Forest, bytes)
}

/// What the bytes begin with.
struct Head {
    n_trees: u32,
    sample_size: u32,
    max_depth: u32,
    n_features: u32,
    metric: Metric,
    missing: Missing,
    dimensions: u8,
    penalize: bool,
}

impl Forest {
    /// The byte form. The same model always has the same bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let shape = self.trees.shape();
        // The trees are most of it: a split with one feature takes 10 bytes, a leaf 6.
        let mut out = Writer::new(Kind::Forest, 8 * self.trees.n_nodes());
        for field in [
            self.trees.n_trees() as u32,
            shape.sample_size,
            shape.max_depth,
            self.ranges.len() as u32,
        ] {
            out.u32(field);
        }
        out.u8(match shape.metric {
            Metric::Depth => 0,
            Metric::Density => 1,
        });
        out.u8(u8::from(shape.both_branches));
        let (dimensions, penalize) = match &self.trees {
            Trees::Axis { .. } => (1, false),
            Trees::Oblique { trees, .. } => (trees.dimensions, trees.penalize),
        };
        out.u8(dimensions);
        out.u8(u8::from(penalize));
        for field in [self.seed, self.rows, self.reservoir_rows] {
            out.u64(field);
        }
        self.quantiles.write(&mut out);
        Contamination::write(self.contamination.as_ref(), &mut out);
        out.u16(self.columns.categorical().len() as u16);
        for &feature in self.columns.categorical() {
            out.u16(feature);
        }
        self.ranges.iter().for_each(|range| range.write(&mut out));
        match &self.trees {
            Trees::Axis { trees, .. } => trees.write(&mut out),
            Trees::Oblique { trees, standards } => {
                let of_features = &standards[..self.ranges.len()];
                of_features
                    .iter()
                    .for_each(|standard| standard.write(&mut out));
                trees.write(&mut out);
            }
        }
        out.finish()
    }

    /// Reads the byte form and checks everything that scoring relies on.
    ///
    /// # Errors
    /// [`crate::Error::Corrupt`] for anything that [`Forest::to_bytes`] cannot have written,
    /// [`crate::Error::NewerVersion`], [`crate::Error::OutOfMemory`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader::open(Kind::Forest, bytes)?;
        let head = Head::read(&mut input)?;
        let (seed, rows, reservoir_rows) = (input.u64()?, input.u64()?, input.u64()?);
        if reservoir_rows < u64::from(head.sample_size) || rows < reservoir_rows {
            return Err(input.corrupt("impossible number of rows"));
        }
        let quantiles = Quantiles::read(&mut input)?;
        let contamination = Contamination::read(&mut input)?;
        let categorical = read_categorical(&mut input, head.n_features)?;
        let ranges = (0..head.n_features)
            .map(|_| TypicalRange::read(&mut input))
            .collect::<Result<Vec<_>>>()?;
        let columns = Columns::new(fills(&ranges, head.missing), categorical, seed);
        let shape = head.shape(columns.len());
        let trees = if head.is_oblique() {
            let mut standards = (0..head.n_features)
                .map(|_| Standard::read(&mut input))
                .collect::<Result<Vec<_>>>()?;
            standards.resize(columns.len(), Standard::UNIFORM);
            let trees = ObliqueTrees::read(
                Kind::Forest,
                &mut input,
                head.n_trees,
                ObliqueTrees::new(shape, head.dimensions, head.penalize),
            )?;
            Trees::Oblique { trees, standards }
        } else {
            Trees::axis(AxisTrees::read(&mut input, head.n_trees, shape)?)
        };
        input.finish()?;
        Ok(Self {
            trees,
            columns,
            ranges,
            quantiles,
            contamination,
            seed,
            rows,
            reservoir_rows,
        })
    }
}

impl Head {
    fn read(input: &mut Reader<'_>) -> Result<Self> {
        let head = Self {
            n_trees: input.u32()?,
            sample_size: input.u32()?,
            max_depth: input.u32()?,
            n_features: input.u32()?,
            metric: match input.u8()? {
                0 => Metric::Depth,
                1 => Metric::Density,
                _ => return Err(input.corrupt("unknown metric")),
            },
            missing: if input.tag("unknown tag of missing values")? {
                Missing::Both
            } else {
                Missing::Median
            },
            dimensions: input.u8()?,
            penalize: input.tag("unknown tag of the reach")?,
        };
        let possible = (1..=MAX_TREES).contains(&head.n_trees)
            && (2..=MAX_SAMPLE_SIZE).contains(&head.sample_size)
            && head.n_trees <= max_samples(head.is_oblique()) / head.sample_size
            && (1..=MAX_DEPTH).contains(&head.max_depth)
            && (1..=MAX_ELEMENTS as u32).contains(&head.n_features)
            && (1..=MAX_DIMENSIONS).contains(&head.dimensions)
            && !(head.penalize && head.metric == Metric::Density);
        // A feature takes a byte at least.
        if possible && head.n_features as usize <= input.remaining() {
            Ok(head)
        } else {
            Err(input.corrupt("impossible shape"))
        }
    }

    fn is_oblique(&self) -> bool {
        is_oblique(self.dimensions.into(), self.penalize)
    }

    fn shape(&self, n_columns: usize) -> Shape {
        Shape {
            n_columns: n_columns as u32,
            sample_size: self.sample_size,
            max_depth: self.max_depth,
            metric: self.metric,
            both_branches: self.missing == Missing::Both,
        }
    }
}

fn read_categorical(input: &mut Reader<'_>, n_features: u32) -> Result<Vec<u16>> {
    let categorical = (0..input.u16()?)
        .map(|_| input.u16())
        .collect::<Result<Vec<_>>>()?;
    let known = categorical
        .last()
        .is_none_or(|&last| u32::from(last) < n_features);
    if known && categorical.is_sorted_by(|a, b| a < b) {
        Ok(categorical)
    } else {
        Err(input.corrupt("impossible categories"))
    }
}
