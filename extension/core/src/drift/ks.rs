//! Two-sample Kolmogorov-Smirnov test.

pub mod exact;
pub mod kolmogorov;

use super::ascending;
use crate::error::Result;

/// Largest product of the sample sizes for which the p-value is exact.
const EXACT_LIMIT: u64 = 10_000;

/// Outcome of [`two_sample`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KsResult {
    /// Largest distance of the two empirical distribution functions, 0 to 1.
    pub statistic: f64,
    /// Probability of a distance at least as large when both samples have one continuous distribution.
    pub p_value: f64,
    /// Values of the reference sample.
    pub n_reference: u64,
    /// Values of the current sample.
    pub n_current: u64,
}

/// Two-sided two-sample test, O(n log n). Missing values (NaN) are ignored.
///
/// The p-value is exact while the product of the sample sizes is at most 10000, and else that of the one-sample
/// distribution at `n m / (n + m)` values, as in scipy's `ks_2samp`. With ties both are conservative.
///
/// # Errors
/// [`crate::Error::EmptySample`].
pub fn two_sample(
    reference: &[f64],
    current: &[f64],
    interrupt: &mut dyn FnMut(),
) -> Result<KsResult> {
    let reference = ascending(reference, "reference", interrupt)?;
    let current = ascending(current, "current", interrupt)?;
    let (n, m) = (reference.len() as u64, current.len() as u64);
    Ok(result(n, m, distance(&reference, &current).into()))
}

/// The result for a distance in units of 1 / (n m), for samples of any size.
pub(super) fn result(n: u64, m: u64, distance: u128) -> KsResult {
    let statistic = distance as f64 / (n as f64 * m as f64);
    let is_small = n.checked_mul(m).is_some_and(|cells| cells <= EXACT_LIMIT);
    let p_value = match u64::try_from(distance) {
        Ok(distance) if is_small => exact::p_value(n, m, distance),
        _ => kolmogorov::two_sample_p_value(n, m, statistic),
    };
    KsResult {
        statistic,
        p_value,
        n_reference: n,
        n_current: m,
    }
}

/// Largest distance of the empirical distribution functions of two ascending samples, times the product of their
/// sizes: an integer, so that nothing is lost to rounding.
fn distance(a: &[f64], b: &[f64]) -> u64 {
    let (n, m) = (a.len() as u64, b.len() as u64);
    let (mut i, mut j, mut largest) = (0, 0, 0);
    // Once one sample is used up the distance only shrinks.
    while let (Some(&x), Some(&y)) = (a.get(i), b.get(j)) {
        let value = x.min(y);
        while a.get(i).is_some_and(|&x| x <= value) {
            i += 1;
        }
        while b.get(j).is_some_and(|&y| y <= value) {
            j += 1;
        }
        largest = largest.max((i as u64 * m).abs_diff(j as u64 * n));
    }
    largest
}
