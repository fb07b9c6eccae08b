//! A summary of a distribution that can be stored and merged: a histogram over the floating-point numbers themselves.
//!
//! A double's bits, put in order, number all doubles from the smallest to the largest. A bucket of level ℓ holds 2^ℓ
//! neighbours in that numbering: level 0 keeps every value, and each level more is a bit of precision less. The level is the
//! lowest at which at most [`MAX_BUCKETS`] buckets are in use. It depends on the set of values only, so that any order and
//! any split of the rows give the same state, byte for byte. The uniform collapse is that of `UDDSketch` (Epicoco, Melle,
//! Cafaro and Pulimeno, 2020), itself after `DDSketch` (Masson, Rim and Lee, 2019); with bits instead of logarithms for
//! buckets it is exact while there are few distinct values, adapts to values far from zero, and needs no logarithm.

mod bytes;
mod compare;

use super::steps::Steps;
use crate::error::{Error, Result};
use crate::vector;
use std::collections::BTreeMap;

pub use compare::MIN_PER_BIN;

/// Most buckets in use. Up to this many distinct values the summary is exact.
pub const MAX_BUCKETS: usize = 2048;

/// Highest level: values of all magnitudes and both signs need no higher one.
const MAX_LEVEL: u32 = 53;

/// Mergeable summary of a sample: counts of values in buckets of a common relative width, smallest and largest value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Distribution {
    /// Binary logarithm of the numbers in a bucket.
    level: u32,
    min: f64,
    max: f64,
    /// Count by bucket; a bucket's number is that of its values without the lowest `level` bits.
    buckets: BTreeMap<u64, u64>,
}

impl Distribution {
    /// An empty summary.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value; a missing value (NaN) is skipped. O(log [`MAX_BUCKETS`]), amortised.
    ///
    /// # Errors
    /// [`Error::ValueOutOfRange`].
    pub fn push(&mut self, value: f64) -> Result<()> {
        vector::check(&[value])?;
        if value.is_nan() {
            return Ok(());
        }
        // Turns -0 into 0.
        let value = value + 0.0;
        self.extend_to(value, value);
        *self.buckets.entry(number(value) >> self.level).or_insert(0) += 1;
        self.collapse();
        Ok(())
    }

    /// Adds the values of another summary.
    pub fn merge(&mut self, other: &Self) {
        if other.buckets.is_empty() {
            return;
        }
        self.extend_to(other.min, other.max);
        self.raise(other.level.max(self.level));
        for (&bucket, &count) in &other.buckets {
            let bucket = bucket >> (self.level - other.level);
            let sum = self.buckets.entry(bucket).or_insert(0);
            *sum = sum.saturating_add(count);
        }
        self.collapse();
    }

    /// Number of values.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.buckets
            .values()
            .fold(0, |n, &count| n.saturating_add(count))
    }

    /// Type-7 quantile at `q`, off by at most [`Distribution::relative_error`]; exact at 0 and 1. `None` without values.
    ///
    /// # Errors
    /// [`Error::Share`] for `q` outside 0 to 1.
    pub fn quantile(&self, q: f64) -> Result<Option<f64>> {
        if !(0.0..=1.0).contains(&q) {
            return Err(Error::Share);
        }
        if q == 0.0 || q == 1.0 {
            let end = if q == 0.0 { self.min } else { self.max };
            return Ok((!self.buckets.is_empty()).then_some(end));
        }
        Ok(self.steps(self.min, self.max).quantile(q))
    }

    /// Largest relative error of a value that the summary gives back: 0 while it is exact, else 2^(level - 53).
    ///
    /// Holds for magnitudes from 2.3e-308; below, the absolute error is as small as there.
    #[must_use]
    pub fn relative_error(&self) -> f64 {
        match self.level {
            0 => 0.0,
            level => libm::ldexp(1.0, level.cast_signed() - 53),
        }
    }

    /// The empirical distribution function, each bucket at its middle but inside `min..=max`.
    fn steps(&self, min: f64, max: f64) -> Steps {
        let middle = if self.level > 0 {
            1 << (self.level - 1)
        } else {
            0
        };
        Steps::new(self.buckets.iter().map(|(&bucket, &count)| {
            let value = numbered((bucket << self.level) + middle);
            (value.clamp(min, max), count)
        }))
    }

    fn extend_to(&mut self, min: f64, max: f64) {
        let was_empty = self.buckets.is_empty();
        self.min = if was_empty { min } else { self.min.min(min) };
        self.max = if was_empty { max } else { self.max.max(max) };
    }

    /// Goes to the lowest level at which the buckets are few enough.
    fn collapse(&mut self) {
        if self.buckets.len() <= MAX_BUCKETS {
            return;
        }
        // The number of buckets in use falls with the level, so the level can be found by halving.
        let (mut too_low, mut enough) = (self.level, MAX_LEVEL);
        while too_low + 1 < enough {
            let level = too_low.midpoint(enough);
            if self.in_use(level) > MAX_BUCKETS {
                too_low = level;
            } else {
                enough = level;
            }
        }
        self.raise(enough);
    }

    /// Buckets in use at a level not below the present one.
    fn in_use(&self, level: u32) -> usize {
        let mut last = None;
        let buckets = self.buckets.keys().map(|key| key >> (level - self.level));
        buckets
            .filter(|&bucket| last.replace(bucket) != Some(bucket))
            .count()
    }

    /// Goes to a level not below the present one.
    fn raise(&mut self, level: u32) {
        if level == self.level {
            return;
        }
        let step = level - self.level;
        let mut raised: BTreeMap<u64, u64> = BTreeMap::new();
        for (&bucket, &count) in &self.buckets {
            let sum = raised.entry(bucket >> step).or_insert(0);
            *sum = sum.saturating_add(count);
        }
        self.buckets = raised;
        self.level = level;
    }
}

const SIGN: u64 = 1 << 63;

/// The number of a double in the order of all doubles.
fn number(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

/// The double of a number.
fn numbered(number: u64) -> f64 {
    f64::from_bits(if number & SIGN == 0 {
        !number
    } else {
        number ^ SIGN
    })
}
