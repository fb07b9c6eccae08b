//! Byte form of [`Detector`].
//!
//! Payload: `u8` what the rows were (0 history, 1 table); `u64` seed, rows, reservoir rows; the score quantiles; `u32`
//! features; per feature centre, unit and robust unit, then a tag, 1 and its typical range (low, median, high) or 0;
//! `u8` 1 and the tail's part (weight, mean, deviation) or 0; `u8` forests; per forest its part, `u32` trees and sample
//! size, `u8` whether reach counts, and the nodes of each tree in level order: `u8` terms, then `u32` rows for a leaf
//! (0 terms) or the threshold, the reach where it counts, and per term `u16` feature and `f32` coefficient.

use super::forest::{HyperplaneForest, MAX_DIMENSIONS, Record, Shape, Term};
use super::standard::Standard;
use super::{Detector, Part, Rows};
use crate::codec::{self, Kind, Reader, Writer};
use crate::error::Result;
use crate::forest::{MAX_SAMPLE_SIZE, SCORE_QUANTILES, TypicalRange};
use crate::vector::{MAX_ELEMENTS, MAX_MAGNITUDE};

const MAX_FORESTS: u8 = 8;
const MAX_TREES: u32 = 1000;

/// Content identity of a detector, see [`crate::forest::digest`].
#[must_use]
pub fn digest(bytes: &[u8]) -> Option<[u8; 32]> {
    codec::header(Kind::Detector, bytes)
}

impl Detector {
    /// The byte form. The same detector always has the same bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new(Kind::Detector, 0);
        out.u8(match self.rows_are {
            Rows::History => 0,
            Rows::Table => 1,
        });
        for field in [self.seed, self.rows, self.reservoir_rows] {
            out.u64(field);
        }
        for score in self.score_quantiles {
            out.f64(score);
        }
        out.u32(self.standards.len() as u32);
        for (standard, range) in self.standards.iter().zip(&self.ranges) {
            for value in [standard.centre, standard.unit, standard.robust] {
                out.f64(value);
            }
            out.u8(u8::from(!range.median.is_nan()));
            if !range.median.is_nan() {
                for value in [range.low, range.median, range.high] {
                    out.f64(value);
                }
            }
        }
        out.u8(u8::from(self.tail.is_some()));
        if let Some(part) = &self.tail {
            write_part(&mut out, part);
        }
        out.u8(self.forests.len() as u8);
        for (part, forest) in &self.forests {
            write_part(&mut out, part);
            write_forest(&mut out, forest);
        }
        out.finish()
    }

    /// Reads the byte form and checks everything that scoring relies on.
    ///
    /// # Errors
    /// [`crate::Error::Corrupt`] for anything that [`Detector::to_bytes`] cannot have written,
    /// [`crate::Error::NewerVersion`], [`crate::Error::OutOfMemory`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader::open(Kind::Detector, bytes)?;
        let rows_are = match input.u8()? {
            0 => Rows::History,
            1 => Rows::Table,
            _ => return Err(input.corrupt("unknown kind of rows")),
        };
        let (seed, rows, reservoir_rows) = (input.u64()?, input.u64()?, input.u64()?);
        if rows < reservoir_rows {
            return Err(input.corrupt("impossible number of rows"));
        }
        let mut score_quantiles = [0.0; SCORE_QUANTILES.len()];
        for score in &mut score_quantiles {
            *score = input.f64_within(1.0)?;
        }
        if !score_quantiles.is_sorted() || score_quantiles[0] < 0.0 {
            return Err(input.corrupt("scores out of order"));
        }
        let n_features = input.u32()?;
        // A feature takes 25 bytes at least.
        if !(1..=MAX_ELEMENTS as u32).contains(&n_features)
            || n_features as usize > input.remaining() / 25
        {
            return Err(input.corrupt("impossible number of features"));
        }
        let (mut standards, mut ranges) = (Vec::new(), Vec::new());
        for _ in 0..n_features {
            standards.push(read_standard(&mut input)?);
            ranges.push(TypicalRange::read(&mut input)?);
        }
        let tail = match input.u8()? {
            0 => None,
            1 => Some(read_part(&mut input)?),
            _ => return Err(input.corrupt("unknown tag of the tail")),
        };
        let n_forests = input.u8()?;
        if !(1..=MAX_FORESTS).contains(&n_forests) {
            return Err(input.corrupt("impossible number of forests"));
        }
        let mut forests = Vec::new();
        for _ in 0..n_forests {
            forests.push((read_part(&mut input)?, read_forest(&mut input, n_features)?));
        }
        input.finish()?;
        Ok(Self {
            rows_are,
            standards,
            ranges,
            forests,
            tail,
            score_quantiles,
            seed,
            rows,
            reservoir_rows,
        })
    }
}

fn write_part(out: &mut Writer, part: &Part) {
    for value in [part.weight, part.mean, part.deviation] {
        out.f64(value);
    }
}

fn read_part(input: &mut Reader<'_>) -> Result<Part> {
    let part = Part {
        weight: input.f64_within(1e3)?,
        mean: input.f64_within(MAX_MAGNITUDE)?,
        deviation: input.f64_within(MAX_MAGNITUDE)?,
    };
    if part.weight > 0.0 && part.deviation > 0.0 {
        Ok(part)
    } else {
        Err(input.corrupt("part without scale"))
    }
}

fn read_standard(input: &mut Reader<'_>) -> Result<Standard> {
    // A range of values up to the largest magnitude is twice as wide.
    let widest = 4.0 * MAX_MAGNITUDE;
    let standard = Standard {
        centre: input.f64_within(MAX_MAGNITUDE)?,
        unit: input.f64_within(widest)?,
        robust: input.f64_within(widest)?,
    };
    if standard.unit > 0.0 && standard.robust > 0.0 {
        Ok(standard)
    } else {
        Err(input.corrupt("feature without scale"))
    }
}

fn write_forest(out: &mut Writer, forest: &HyperplaneForest) {
    out.u32(forest.n_trees() as u32);
    out.u32(forest.shape.sample_size);
    out.u8(u8::from(forest.shape.penalize));
    for record in forest.records() {
        match record {
            Record::Leaf { size } => {
                out.u8(0);
                out.u32(size);
            }
            Record::Split {
                direction,
                threshold,
                reach,
            } => {
                out.u8(direction.len() as u8);
                out.f64(threshold);
                if forest.shape.penalize {
                    out.f64(reach);
                }
                for term in direction {
                    out.u16(term.feature);
                    out.u32(term.coefficient.to_bits());
                }
            }
        }
    }
}

fn read_forest(input: &mut Reader<'_>, n_features: u32) -> Result<HyperplaneForest> {
    let (n_trees, sample_size) = (input.u32()?, input.u32()?);
    let penalize = match input.u8()? {
        0 => false,
        1 => true,
        _ => return Err(input.corrupt("unknown tag of the reach")),
    };
    if !(1..=MAX_TREES).contains(&n_trees) || !(2..=MAX_SAMPLE_SIZE).contains(&sample_size) {
        return Err(input.corrupt("impossible shape"));
    }
    let mut forest = HyperplaneForest::new(Shape {
        n_features,
        sample_size,
        penalize,
    });
    for _ in 0..n_trees {
        forest.push(|| read_record(input, penalize))?;
    }
    Ok(forest)
}

fn read_record(input: &mut Reader<'_>, penalize: bool) -> Result<Record> {
    let terms = input.u8()?;
    if terms == 0 {
        return Ok(Record::Leaf { size: input.u32()? });
    }
    if terms > MAX_DIMENSIONS {
        return Err(input.corrupt("too many terms"));
    }
    let threshold = input.f64_within(f64::MAX)?;
    let reach = if penalize {
        input.f64_within(f64::MAX)?
    } else {
        f64::INFINITY
    };
    let direction = (0..terms)
        .map(|_| {
            Ok(Term {
                feature: input.u16()?,
                coefficient: f32::from_bits(input.u32()?),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Record::Split {
        direction,
        threshold,
        reach,
    })
}
