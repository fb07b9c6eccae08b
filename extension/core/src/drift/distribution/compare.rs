//! Comparisons of two summaries.
//!
//! Both are brought to the higher of their levels first. Where both are exact, so are the results: those of the functions
//! on samples, to the last bit but for the order of summation.

use super::Distribution;
use crate::drift::ks::{self, KsResult};
use crate::drift::steps::Steps;
use crate::drift::{bins, jensen_shannon, psi, wasserstein};
use crate::error::{Error, Result};

/// Values that each side must have for each bin. Two samples of `n` values from one distribution have an expected
/// stability index of about `2 (bins - 1) / n`: with fewer than 20 values a bin, above the 0.1 that is read as a shift.
pub const MIN_PER_BIN: u64 = 20;

impl Distribution {
    /// Two-sample Kolmogorov-Smirnov test against `self` as the reference.
    ///
    /// The statistic, which is also the effect size, is exact at the borders of the buckets: it falls short of that of the
    /// values by at most the largest share of a side in one bucket. O(buckets).
    ///
    /// # Errors
    /// [`Error::EmptySample`].
    pub fn ks_test(&self, current: &Self) -> Result<KsResult> {
        let (reference, current) = self.aligned(current)?;
        let (n, m) = (u128::from(reference.n()), u128::from(current.n()));
        let mut distance = 0;
        Steps::walk(&reference, &current, |_, i, j| {
            distance = distance.max((u128::from(i) * m).abs_diff(u128::from(j) * n));
        });
        Ok(ks::result(reference.n(), current.n(), distance))
    }

    /// Population stability index of `current` against `self`; `None` where a side has fewer than
    /// [`MIN_PER_BIN`] values for each bin.
    ///
    /// # Errors
    /// [`Error::Bins`], [`Error::EmptySample`].
    pub fn psi(&self, current: &Self, bins: i32) -> Result<Option<f64>> {
        let shares = self.shares(current, bins)?;
        Ok(shares.map(|(reference, current)| psi::index(&reference, &current)))
    }

    /// Jensen-Shannon divergence in nats, in bins between quantiles of `self`; `None` as in [`Distribution::psi`].
    ///
    /// # Errors
    /// [`Error::Bins`], [`Error::EmptySample`].
    pub fn js_divergence(&self, current: &Self, bins: i32) -> Result<Option<f64>> {
        let shares = self.shares(current, bins)?;
        Ok(shares.map(|(reference, current)| jensen_shannon::of_shares(&reference, &current)))
    }

    /// 1-Wasserstein distance, off by at most [`Distribution::relative_error`] of the values on each side.
    ///
    /// # Errors
    /// [`Error::EmptySample`].
    pub fn wasserstein(&self, current: &Self) -> Result<f64> {
        let (reference, current) = self.aligned(current)?;
        Ok(wasserstein::of_steps(&reference, &current))
    }

    /// Shares in the same bins.
    fn shares(&self, current: &Self, bins: i32) -> Result<Option<(Vec<f64>, Vec<f64>)>> {
        bins::check(bins)?;
        let (reference, current) = self.aligned(current)?;
        if reference.n().min(current.n()) < MIN_PER_BIN * u64::from(bins.unsigned_abs()) {
            return Ok(None);
        }
        let edges = bins::edges(bins, |q| reference.quantile(q));
        let shares = |side: &Steps| bins::shares(&edges, side.n(), |edge| side.up_to(edge));
        Ok(Some((shares(&reference), shares(&current))))
    }

    /// Both distribution functions with the same buckets at the same values.
    fn aligned(&self, current: &Self) -> Result<(Steps, Steps)> {
        for (side, summary) in [("reference", self), ("current", current)] {
            if summary.buckets.is_empty() {
                return Err(Error::EmptySample(side));
            }
        }
        let (min, max) = (self.min.min(current.min), self.max.max(current.max));
        let level = self.level.max(current.level);
        let steps = |summary: &Self| {
            let mut raised = summary.clone();
            raised.raise(level);
            raised.steps(min, max)
        };
        Ok((steps(self), steps(current)))
    }
}
