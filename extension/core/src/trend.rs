//! Trends: the mergeable state of an ordinary least-squares fit of value on time, the Theil-Sen line, and the tests of
//! Mann and Kendall.

mod bytes;
pub mod kendall;
pub mod mann_kendall;
pub mod ols;
pub mod series;
pub mod theil_sen;

use crate::error::{Error, Result};
use crate::moments::{MICROSECONDS, Moments, offset};
use crate::spread::{DROP, LIFT, TINY};
use crate::vector;

/// Least-squares line of value on time, with its standard error, p-value and r².
///
/// Pairs may come in any order and be split over states that are merged in any order: the results agree but for
/// rounding. With a fit so close that the residuals drown in the rounding of the values, `stderr` is 0 and `p_value` 0;
/// [`ols::fit`], which sees all pairs at once, resolves those too.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// Zero of the times in the moments.
    origin: i64,
    moments: Moments,
    /// Whether all values are tiny, and the moments those of the values times 2^600: their squares would vanish.
    lifted: bool,
}

impl Default for Trend {
    fn default() -> Self {
        Self {
            origin: 0,
            moments: Moments::default(),
            lifted: true,
        }
    }
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
        if value.abs() >= TINY {
            self.drop();
        }
        let value = if self.lifted { value * LIFT } else { value };
        self.moments.push(offset(ts, self.origin), value);
        Ok(())
    }

    /// Adds the pairs of another state.
    pub fn merge(&mut self, other: &Self) {
        if self.moments.n == 0 {
            self.origin = other.origin;
        }
        let mut other = other.clone();
        if !(self.lifted && other.lifted) {
            self.drop();
            other.drop();
        }
        self.moments
            .merge(&other.moments, offset(other.origin, self.origin));
    }

    /// Goes back to the unit of the values.
    fn drop(&mut self) {
        if self.lifted {
            self.moments.mean *= DROP;
            self.moments.tx *= DROP;
            self.moments.xx *= DROP * DROP;
            self.lifted = false;
        }
    }

    /// The number of the moments in the unit of the values.
    fn in_values(&self, number: f64) -> f64 {
        if self.lifted { number * DROP } else { number }
    }

    /// Number of pairs.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.moments.n
    }

    /// Slope per second; `None` unless there are two different times.
    #[must_use]
    pub fn slope(&self) -> Option<f64> {
        let slope = self.moments.slope()?;
        Some(self.in_values(slope * MICROSECONDS))
    }

    /// Value of the line at a time; `None` where there is no slope.
    #[must_use]
    pub fn fitted(&self, at: i64) -> Option<f64> {
        let slope = self.moments.slope()?;
        let value = self.moments.mean + slope * (offset(at, self.origin) - self.moments.time);
        Some(self.in_values(value))
    }

    /// Standard error of the slope, per second; `None` for fewer than three pairs or a single time.
    #[must_use]
    pub fn stderr(&self) -> Option<f64> {
        Some(self.in_values(self.own_stderr()? * MICROSECONDS))
    }

    /// Standard error of the slope of the moments.
    fn own_stderr(&self) -> Option<f64> {
        let Moments { n, tt, tx, xx, .. } = self.moments;
        let slope = self.moments.slope()?;
        let freedom = ols::freedom(n)?;
        let residual = (xx - slope * tx).max(0.0);
        Some((residual / freedom).sqrt() / tt.sqrt())
    }

    /// Two-sided p-value of Student's t test of a zero slope; `None` where there is no standard error and for values
    /// that are all equal.
    #[must_use]
    pub fn p_value(&self) -> Option<f64> {
        let freedom = ols::freedom(self.moments.n)?;
        ols::p_value(self.moments.slope()?, self.own_stderr()?, freedom)
    }

    /// Ends of the interval that holds the slope with this confidence, per second, by Student's t; `None` where there is no
    /// standard error.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] unless 0 < confidence < 1.
    pub fn slope_interval(&self, confidence: f64) -> Result<Option<(f64, f64)>> {
        if !(confidence > 0.0 && confidence < 1.0) {
            return Err(Error::Argument {
                name: "confidence",
                expected: "a number between 0 and 1",
            });
        }
        let (Some(slope), Some(stderr), Some(freedom)) =
            (self.slope(), self.stderr(), ols::freedom(self.moments.n))
        else {
            return Ok(None);
        };
        let reach = ols::t_quantile(1.0 - confidence, freedom) * stderr;
        Ok(Some((slope - reach, slope + reach)))
    }

    /// Share of the variance that the line explains; `None` where there is no slope and for values that are all equal.
    #[must_use]
    pub fn r_squared(&self) -> Option<f64> {
        let Moments { tx, xx, .. } = self.moments;
        let slope = self.moments.slope()?;
        (xx > 0.0).then(|| (slope * tx / xx).clamp(0.0, 1.0))
    }
}
