//! Byte form of the model.

use super::{KMeans, MAX_CENTRE_NUMBERS, MAX_CLUSTERS};
use crate::clustering::scaling::Scaling;
use crate::codec::{Kind, Reader, Writer};
use crate::error::Result;
use crate::vector::{MAX_ELEMENTS, MAX_MAGNITUDE};

/// More rows than any table holds.
const MAX_ROWS: u64 = 1 << 53;
/// Coordinates are at most as many standard deviations as the root of the number of rows.
const MAX_COORDINATE: f64 = 1e8;

impl KMeans {
    /// The byte form: numbers of features and clusters (`u16` each), whether features are standardized and whether it
    /// converged (`u8` each), iterations (`u32`), seed, rows (`u64` each), inertia, means, units, sizes (`u64`), centres.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let Scaling {
            is_standard,
            means,
            units,
        } = &self.scaling;
        let numbers = 2 * means.len() + self.sizes.len() + self.centres.len();
        let mut out = Writer::new(Kind::KMeans, 34 + 8 * numbers);
        out.u16(means.len() as u16);
        out.u16(self.sizes.len() as u16);
        out.u8(u8::from(*is_standard));
        out.u8(u8::from(self.converged));
        out.u32(self.iterations);
        out.u64(self.seed);
        out.u64(self.rows);
        out.f64(self.inertia);
        means
            .iter()
            .chain(units)
            .for_each(|&number| out.f64(number));
        self.sizes.iter().for_each(|&size| out.u64(size));
        self.centres.iter().for_each(|&number| out.f64(number));
        out.finish()
    }

    /// Reads the byte form.
    ///
    /// # Errors
    /// [`crate::Error::Corrupt`] for anything that [`KMeans::to_bytes`] cannot have written,
    /// [`crate::Error::NewerVersion`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader::open(Kind::KMeans, bytes)?;
        let (width, clusters) = (usize::from(input.u16()?), usize::from(input.u16()?));
        if !(1..=MAX_ELEMENTS).contains(&width)
            || !(1..=MAX_CLUSTERS as usize).contains(&clusters)
            || width * clusters > MAX_CENTRE_NUMBERS
        {
            return Err(input.corrupt("wrong number of features or clusters"));
        }
        let (is_standard, converged) = (flag(&mut input)?, flag(&mut input)?);
        let iterations = input.u32()?;
        let (seed, rows) = (input.u64()?, input.u64()?);
        let inertia = input.f64_within(f64::MAX)?;
        let means = numbers(&mut input, width, MAX_MAGNITUDE * 1.001)?;
        let units = numbers(&mut input, width, 1e150)?;
        let mut sizes = Vec::new();
        let mut sampled = 0_u64;
        for _ in 0..clusters {
            let size = input.u64()?;
            if size == 0 || size > MAX_ROWS {
                return Err(input.corrupt("wrong size of a cluster"));
            }
            sampled += size;
            sizes.push(size);
        }
        let centres = numbers(&mut input, width * clusters, MAX_COORDINATE)?;
        if sampled > rows || inertia < 0.0 {
            return Err(input.corrupt("wrong number of rows or inertia"));
        }
        if units.iter().any(|&unit| unit < 0.0) || units.iter().all(|&unit| unit == 0.0) {
            return Err(input.corrupt("wrong unit"));
        }
        input.finish()?;
        let scaling = Scaling {
            is_standard,
            means,
            units,
        };
        Ok(Self {
            scaling,
            centres,
            sizes,
            seed,
            rows,
            iterations,
            converged,
            inertia,
        })
    }
}

fn flag(input: &mut Reader<'_>) -> Result<bool> {
    match input.u8()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(input.corrupt("neither true nor false")),
    }
}

/// The length was validated, and a frame that is too short ends the loop.
fn numbers(input: &mut Reader<'_>, count: usize, limit: f64) -> Result<Vec<f64>> {
    (0..count).map(|_| input.f64_within(limit)).collect()
}
