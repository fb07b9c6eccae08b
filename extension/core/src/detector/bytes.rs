//! Byte form of [`Detector`].
//!
//! Payload: `u8` what the rows were (0 history, 1 table); `u64` seed, rows, reservoir rows; the score quantiles; a tag, 1
//! and contamination and threshold or 0; `u32` features; per feature centre, unit and robust unit, then a tag, 1 and its
//! typical range (low, median, high) or 0; a tag, 1 and the tail's part (weight, mean, deviation) or 0; `u8` forests; per
//! forest its part, `u32` trees and sample size, `u8` most terms, whether reach counts, and its trees.

use super::{Detector, MAX_FORESTS, MAX_TREES, Part, Rows};
use crate::codec::{self, Kind, Reader, Writer};
use crate::error::Result;
use crate::forest::info::Contamination;
use crate::forest::oblique::{MAX_DIMENSIONS, ObliqueTrees};
use crate::forest::shape::Shape;
use crate::forest::standard::Standard;
use crate::forest::{MAX_OBLIQUE_SAMPLES, MAX_SAMPLE_SIZE, Quantiles, TypicalRange};
use crate::vector::MAX_ELEMENTS;

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
        self.quantiles.write(&mut out);
        Contamination::write(self.contamination.as_ref(), &mut out);
        out.u32(self.standards.len() as u32);
        for (standard, range) in self.standards.iter().zip(&self.ranges) {
            standard.write(&mut out);
            range.write(&mut out);
        }
        out.u8(u8::from(self.tail.is_some()));
        if let Some(part) = &self.tail {
            part.write(&mut out);
        }
        out.u8(self.forests.len() as u8);
        for (part, trees) in &self.forests {
            part.write(&mut out);
            out.u32(trees.n_trees() as u32);
            out.u32(trees.shape.sample_size);
            out.u8(trees.dimensions);
            out.u8(u8::from(trees.penalize));
            trees.write(&mut out);
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
        let quantiles = Quantiles::read(&mut input)?;
        let contamination = Contamination::read(&mut input)?;
        let n_features = input.u32()?;
        // A feature takes 25 bytes at least.
        if !(1..=MAX_ELEMENTS as u32).contains(&n_features)
            || n_features as usize > input.remaining() / 25
        {
            return Err(input.corrupt("impossible number of features"));
        }
        let (mut standards, mut ranges) = (Vec::new(), Vec::new());
        for _ in 0..n_features {
            standards.push(Standard::read(&mut input)?);
            ranges.push(TypicalRange::read(&mut input)?);
        }
        let tail = if input.tag("unknown tag of the tail")? {
            Some(Part::read(&mut input)?)
        } else {
            None
        };
        let n_forests = input.u8()?;
        if !(1..=MAX_FORESTS).contains(&n_forests.into()) {
            return Err(input.corrupt("impossible number of forests"));
        }
        let mut forests = Vec::new();
        for _ in 0..n_forests {
            let part = Part::read(&mut input)?;
            forests.push((part, read_trees(&mut input, n_features)?));
        }
        input.finish()?;
        Ok(Self {
            rows_are,
            standards,
            ranges,
            forests,
            tail,
            quantiles,
            contamination,
            seed,
            rows,
            reservoir_rows,
        })
    }
}

impl Part {
    fn write(&self, out: &mut Writer) {
        for value in [self.weight, self.mean, self.deviation] {
            out.f64(value);
        }
    }

    fn read(input: &mut Reader<'_>) -> Result<Self> {
        let part = Self {
            weight: input.f64_within(1e3)?,
            mean: input.f64_within(f64::MAX)?,
            deviation: input.f64_within(f64::MAX)?,
        };
        if part.weight > 0.0 && part.deviation > 0.0 {
            Ok(part)
        } else {
            Err(input.corrupt("part without scale"))
        }
    }
}

fn read_trees(input: &mut Reader<'_>, n_features: u32) -> Result<ObliqueTrees> {
    let (n_trees, sample_size) = (input.u32()?, input.u32()?);
    let dimensions = input.u8()?;
    let penalize = input.tag("unknown tag of the reach")?;
    let possible = (1..=MAX_TREES).contains(&n_trees)
        && (2..=MAX_SAMPLE_SIZE).contains(&sample_size)
        && n_trees <= MAX_OBLIQUE_SAMPLES / sample_size
        && (1..=MAX_DIMENSIONS).contains(&dimensions);
    if !possible {
        return Err(input.corrupt("impossible shape"));
    }
    let shape = Shape::of_detector(n_features, sample_size);
    let trees = ObliqueTrees::new(shape, dimensions, penalize);
    ObliqueTrees::read(Kind::Detector, input, n_trees, trees)
}
