//! Linear trends: the mergeable state of an ordinary least-squares fit of value on time.

mod bytes;
pub mod ols;

use crate::error::Result;
use crate::moments::{MICROSECONDS, Moments, offset};
use crate::vector;

/// Least-squares line of value on time, with its standard error, p-value and r².
///
/// Pairs may come in any order and be split over states that are merged in any order: the results agree but for
/// rounding. With a fit so close that the residuals drown in the rounding of the values, `stderr` is 0 and `p_value` 0;
/// [`ols::fit`], which sees all pairs at once, resolves those too.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trend {
    /// Zero of the times in the moments.
    origin: i64,
    moments: Moments,
}

impl Trend {
    /// An empty state.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a pair: `ts` in microseconds since 2000-01-01 UTC; a missing value (NaN) is skipped.
    ///
    /// # Errors
    /// [`crate::Error::ValueOutOfRange`].
    pub fn push(&mut self, ts: i64, value: f64) -> Result<()> {
        vector::check(&[value])?;
        if value.is_nan() {
            return Ok(());
        }
        if self.moments.n == 0 {
            self.origin = ts;
        }
        self.moments.push(offset(ts, self.origin), value);
        Ok(())
    }

    /// Adds the pairs of another state.
    pub fn merge(&mut self, other: &Self) {
        if self.moments.n == 0 {
            self.origin = other.origin;
        }
        self.moments
            .merge(&other.moments, offset(other.origin, self.origin));
    }

    /// Number of pairs.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.moments.n
    }

    /// Slope per second; `None` unless there are two different times.
    #[must_use]
    pub fn slope(&self) -> Option<f64> {
        self.moments.slope().map(|slope| slope * MICROSECONDS)
    }

    /// Value of the line at a time; `None` where there is no slope.
    #[must_use]
    pub fn fitted(&self, at: i64) -> Option<f64> {
        let slope = self.moments.slope()?;
        Some(self.moments.mean + slope * (offset(at, self.origin) - self.moments.time))
    }

    /// Standard error of the slope, per second; `None` for fewer than three pairs or a single time.
    #[must_use]
    pub fn stderr(&self) -> Option<f64> {
        let Moments { n, tt, tx, xx, .. } = self.moments;
        let slope = self.moments.slope()?;
        let freedom = ols::freedom(n)?;
        let residual = (xx - slope * tx).max(0.0);
        Some((residual / freedom).sqrt() / tt.sqrt() * MICROSECONDS)
    }

    /// Two-sided p-value of Student's t test of a zero slope; `None` where there is no standard error and for values
    /// that are all equal.
    #[must_use]
    pub fn p_value(&self) -> Option<f64> {
        ols::p_value(self.slope()?, self.stderr()?, ols::freedom(self.moments.n)?)
    }

    /// Share of the variance that the line explains; `None` where there is no slope and for values that are all equal.
    #[must_use]
    pub fn r_squared(&self) -> Option<f64> {
        let Moments { tx, xx, .. } = self.moments;
        let slope = self.moments.slope()?;
        (xx > 0.0).then(|| (slope * tx / xx).clamp(0.0, 1.0))
    }
}
