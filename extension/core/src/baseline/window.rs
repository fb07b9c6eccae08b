//! Frames of a window: values enter at the end and leave at the start, and the last one is compared with all of them.
//!
//! Nothing is ever subtracted from a sum, so that a frame has the answer of its own values, whatever has left it.

use super::ordered::Ordered;
use super::{FENCE, MAD_SCALE, saturated};
use crate::error::{Error, Result};
use crate::spread::Spread;
use crate::vector;

/// Most values of a frame.
pub const MAX_VALUES: usize = 5_000_000;

/// Mean and standard deviation of everything up to the last value. O(1) a value, and constant memory.
#[derive(Debug, Clone, Default)]
pub struct Running {
    spread: Spread,
    last: Option<f64>,
}

impl Running {
    /// Adds a value, which may be missing (NaN).
    ///
    /// # Errors
    /// [`Error::ValueOutOfRange`].
    pub fn push(&mut self, value: f64) -> Result<()> {
        self.last = checked(value)?;
        if let Some(value) = self.last {
            self.spread.push(value);
        }
        Ok(())
    }

    /// Z-score of the last value; `None` when it is missing, and where the standard deviation is undefined or 0.
    #[must_use]
    pub fn z(&self) -> Option<f64> {
        self.spread.z(self.last?)
    }
}

/// Mean and standard deviation of a moving frame, as a queue of two stacks: the older values with the sums from each to
/// the newest of them, the newer values with the sum of all. O(1) a value on average, amortised.
#[derive(Debug, Clone, Default)]
pub struct Moving {
    /// Sums of the older values, each with those after it; the oldest value comes last.
    older: Vec<Spread>,
    newer: Vec<f64>,
    newer_spread: Spread,
    last: Option<f64>,
}

impl Moving {
    /// Adds a value at the end, which may be missing (NaN).
    ///
    /// # Errors
    /// [`Error::ValueOutOfRange`], [`Error::SeriesTooLong`].
    pub fn push(&mut self, value: f64) -> Result<()> {
        self.last = checked(value)?;
        if let Some(value) = self.last {
            check_room(self.older.len() + self.newer.len())?;
            self.newer.push(value);
            self.newer_spread.push(value);
        }
        Ok(())
    }

    /// Removes the value at the start, which the caller knows: a missing one was never kept.
    pub fn pop(&mut self, value: f64) {
        if value.is_nan() {
            return;
        }
        if self.older.is_empty() {
            let mut sums = Spread::default();
            for value in self.newer.drain(..).rev() {
                sums.push(value);
                self.older.push(sums);
            }
            self.newer_spread = Spread::default();
        }
        self.older.pop();
    }

    /// As [`Running::z`], of the frame.
    #[must_use]
    pub fn z(&self) -> Option<f64> {
        let mut spread = self.older.last().copied().unwrap_or_default();
        spread.merge(&self.newer_spread);
        spread.z(self.last?)
    }
}

/// Median, median absolute deviation and quartiles of a frame, moving or not. O(√n) a value.
#[derive(Debug, Clone, Default)]
pub struct Ranked {
    values: Ordered,
    last: Option<f64>,
}

impl Ranked {
    /// Adds a value at the end, which may be missing (NaN).
    ///
    /// # Errors
    /// [`Error::ValueOutOfRange`], [`Error::SeriesTooLong`].
    pub fn push(&mut self, value: f64) -> Result<()> {
        self.last = checked(value)?;
        if let Some(value) = self.last {
            check_room(self.values.len())?;
            self.values.insert(value);
        }
        Ok(())
    }

    /// Removes the value at the start; a missing one was never kept.
    pub fn pop(&mut self, value: f64) {
        if !value.is_nan() {
            self.values.remove(value + 0.0);
        }
    }

    /// Robust z-score of the last value: its distance from the median over [`MAD_SCALE`] times the median absolute
    /// deviation. `None` when the value is missing or that deviation 0.
    #[must_use]
    pub fn robust_z(&self) -> Option<f64> {
        let last = self.last?;
        let median = self.values.quantile(0.5)?;
        let mad = self.values.median_distance(median)?;
        (mad > 0.0).then(|| saturated((last - median) / mad / MAD_SCALE))
    }

    /// Whether the last value lies outside of the fences of the frame; `None` when it is missing.
    #[must_use]
    pub fn is_outlier(&self) -> Option<bool> {
        let last = self.last?;
        let (q1, q3) = (self.values.quantile(0.25)?, self.values.quantile(0.75)?);
        let reach = FENCE * (q3 - q1);
        Some(!(q1 - reach..=q3 + reach).contains(&last))
    }
}

/// The value, with one zero; `None` when it is missing.
fn checked(value: f64) -> Result<Option<f64>> {
    vector::check(&[value])?;
    Ok((!value.is_nan()).then_some(value + 0.0))
}

fn check_room(len: usize) -> Result<()> {
    if len >= MAX_VALUES {
        return Err(Error::SeriesTooLong(MAX_VALUES));
    }
    Ok(())
}
