//! Statistical process control: charts that tell a process that changed from one that varies as it always did.
//!
//! A chart takes a series in order and gives one point for each value. Missing values (NaN) are left out: they get a
//! point in which everything but the index is missing, and the chart goes on as if their neighbours followed each other.
//!
//! The centre is the given target or else the mean of the values; sigma is the given one or else the mean moving range
//! over [`D2`], which a slow change inflates less than it does the standard deviation (Montgomery, "Introduction to
//! Statistical Quality Control").

pub mod cusum;
pub mod ewma;
pub mod individuals;
pub mod rules;

use crate::error::{Error, Result};
use crate::vector::MAX_MAGNITUDE;

/// Expected range of two normal values, in standard deviations.
pub const D2: f64 = 1.128;

/// Most values of a series.
pub const MAX_VALUES: usize = 5_000_000;

/// Where the process is centred and how much it varies. NaN where that is undefined: the centre of no values, and the
/// sigma of fewer than two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Process {
    /// Centre line.
    pub centre: f64,
    /// Standard deviation of single values.
    pub sigma: f64,
}

impl Process {
    /// The process of a series, but for what is given. O(n).
    ///
    /// # Errors
    /// [`Error::ValueOutOfRange`], [`Error::SeriesTooLong`], and [`Error::Argument`] for a target that is not finite or
    /// a sigma that is not above 0.
    pub fn of(values: &[f64], target: Option<f64>, sigma: Option<f64>) -> Result<Self> {
        if values.len() > MAX_VALUES {
            return Err(Error::SeriesTooLong(MAX_VALUES));
        }
        if let Some(index) = values.iter().position(|value| value.abs() > MAX_MAGNITUDE) {
            return Err(Error::ValueOutOfRange(index + 1));
        }
        if target.is_some_and(|target| target.is_nan() || target.abs() > MAX_MAGNITUDE) {
            return Err(Error::Argument {
                name: "target",
                expected: "a number with a magnitude of at most 1e100",
            });
        }
        if sigma.is_some_and(|sigma| !(sigma > 0.0 && sigma <= MAX_MAGNITUDE)) {
            return Err(Error::Argument {
                name: "sigma",
                expected: "a number above 0 and at most 1e100",
            });
        }
        Ok(Self {
            centre: target.unwrap_or_else(|| mean(present(values))),
            sigma: sigma.unwrap_or_else(|| mean_range(values) / D2),
        })
    }

    /// Standard deviations from the centre to a value. With a sigma of 0 the centre has 0 and everything else the
    /// largest number of its sign; saturates likewise.
    fn standardised(&self, value: f64) -> f64 {
        let deviation = value - self.centre;
        if deviation == 0.0 && !self.sigma.is_nan() {
            0.0
        } else {
            (deviation / self.sigma).clamp(f64::MIN, f64::MAX)
        }
    }
}

/// The values that are not missing.
fn present(values: &[f64]) -> impl Iterator<Item = f64> + '_ {
    values.iter().copied().filter(|value| !value.is_nan())
}

/// Mean of the distances between neighbours; NaN for fewer than two values.
fn mean_range(values: &[f64]) -> f64 {
    let ranges = present(values)
        .zip(present(values).skip(1))
        .map(|(before, value)| (value - before).abs());
    mean(ranges)
}

/// Arithmetic mean, updated value by value so that a constant is its own mean; NaN of nothing.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut n, mut mean) = (0.0, f64::NAN);
    for value in values {
        n += 1.0;
        mean = if n == 1.0 {
            value
        } else {
            mean + (value - mean) / n
        };
    }
    mean
}

/// Whether a number lies outside of limits; `None` where one of them is undefined.
fn is_outside(value: f64, lower: f64, upper: f64) -> Option<bool> {
    (!(value.is_nan() || lower.is_nan() || upper.is_nan()))
        .then_some(value < lower || value > upper)
}
