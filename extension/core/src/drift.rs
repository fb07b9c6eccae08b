//! Drift: does a current sample still come from the distribution of a reference sample?

pub mod benjamini_hochberg;
mod bins;
pub mod categories;
pub mod chi_squared;
mod counts;
pub mod distribution;
pub mod jensen_shannon;
pub mod ks;
pub mod psi;
mod steps;
pub mod wasserstein;

use crate::codec::{Kind, Reader, Writer};
use crate::error::{Error, Result};
use crate::inversions;
use crate::vector::{self, MAX_MAGNITUDE};

/// Most values of both sides together that [`Samples`] keeps: 40 MB of doubles.
pub const MAX_VALUES: usize = 5_000_000;

/// The values of a reference and a current sample, collected row by row and in any order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Samples {
    reference: Vec<f64>,
    current: Vec<f64>,
}

impl Samples {
    /// Two empty samples.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value to one side; a missing value (NaN) is skipped.
    ///
    /// # Errors
    /// [`Error::ValueOutOfRange`], [`Error::TooManyValues`], [`Error::OutOfMemory`].
    pub fn push(&mut self, value: f64, is_current: bool) -> Result<()> {
        vector::check(&[value])?;
        if value.is_nan() {
            return Ok(());
        }
        self.check_room(1)?;
        let side = if is_current {
            &mut self.current
        } else {
            &mut self.reference
        };
        reserve(side, 1)?;
        side.push(value);
        Ok(())
    }

    /// Adds the values of another pair of samples.
    ///
    /// # Errors
    /// [`Error::TooManyValues`], [`Error::OutOfMemory`].
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        self.check_room(other.reference.len() + other.current.len())?;
        reserve(&mut self.reference, other.reference.len())?;
        reserve(&mut self.current, other.current.len())?;
        self.reference.extend_from_slice(&other.reference);
        self.current.extend_from_slice(&other.current);
        Ok(())
    }

    /// Values of the reference sample, in the order of arrival.
    #[must_use]
    pub fn reference(&self) -> &[f64] {
        &self.reference
    }

    /// Values of the current sample, in the order of arrival.
    #[must_use]
    pub fn current(&self) -> &[f64] {
        &self.current
    }

    /// The byte form: number of reference values (`u64`), then all values.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let n = self.reference.len() + self.current.len();
        let mut out = Writer::new(Kind::Samples, 8 + 8 * n);
        out.u64(self.reference.len() as u64);
        for &value in self.reference.iter().chain(&self.current) {
            out.f64(value);
        }
        out.finish()
    }

    /// Reads the byte form.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for anything that [`Samples::to_bytes`] cannot have written, [`Error::NewerVersion`],
    /// [`Error::OutOfMemory`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader::open(Kind::Samples, bytes)?;
        let n_reference = input.u64()?;
        let n = input.remaining() / 8;
        let n_reference = match usize::try_from(n_reference) {
            Ok(n_reference) if n_reference <= n && n <= MAX_VALUES => n_reference,
            _ => return Err(input.corrupt("wrong number of values")),
        };
        let mut samples = Self::default();
        for (side, n) in [
            (&mut samples.reference, n_reference),
            (&mut samples.current, n - n_reference),
        ] {
            reserve(side, n)?;
            for _ in 0..n {
                side.push(input.f64_within(MAX_MAGNITUDE)?);
            }
        }
        input.finish()?;
        Ok(samples)
    }

    fn check_room(&self, added: usize) -> Result<()> {
        if self.reference.len() + self.current.len() + added > MAX_VALUES {
            return Err(Error::TooManyValues(MAX_VALUES));
        }
        Ok(())
    }
}

fn reserve(values: &mut Vec<f64>, added: usize) -> Result<()> {
    values
        .try_reserve(added)
        .map_err(|_| Error::OutOfMemory(8 * added))
}

/// The values that are not missing.
///
/// # Errors
/// [`Error::EmptySample`] naming the side.
fn present(values: &[f64], side: &'static str) -> Result<Vec<f64>> {
    let mut present = values.to_vec();
    present.retain(|value| !value.is_nan());
    if present.is_empty() {
        Err(Error::EmptySample(side))
    } else {
        Ok(present)
    }
}

/// The values that are not missing, in ascending order.
///
/// # Errors
/// [`Error::EmptySample`] naming the side.
fn ascending(values: &[f64], side: &'static str, interrupt: &mut dyn FnMut()) -> Result<Vec<f64>> {
    let mut values = present(values, side)?;
    inversions::sort_by(&mut values, f64::total_cmp, interrupt);
    Ok(values)
}
