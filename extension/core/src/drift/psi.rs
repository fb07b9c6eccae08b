//! Population stability index.

use super::bins;
use crate::error::Result;

/// Share of a sample below which a bin counts as this share: it keeps the logarithm of an empty bin finite.
const FLOOR: f64 = 1e-4;

/// Population stability index of `current` against `reference`: the sum of `(c - r) ln(c / r)` over bins.
///
/// Bins lie between the type-7 quantiles of the reference at 1/bins, 2/bins, … and are closed on the right. Shares are
/// raised to at least 1e-4 on both sides and not normalised again. Missing values (NaN) are ignored. Usual reading: below
/// 0.1 stable, above 0.25 shifted (Siddiqi, "Credit Risk Scorecards", 2006).
///
/// # Errors
/// [`crate::Error::Bins`] outside 2 to 1000 bins, [`crate::Error::EmptySample`].
pub fn psi(
    reference: &[f64],
    current: &[f64],
    bins: i32,
    interrupt: &mut dyn FnMut(),
) -> Result<f64> {
    let (reference, current) = bins::of_samples(reference, current, bins, interrupt)?;
    Ok(index(&reference, &current))
}

/// The index of the shares of two samples in the same bins.
pub(super) fn index(reference: &[f64], current: &[f64]) -> f64 {
    reference
        .iter()
        .zip(current)
        .map(|(r, c)| (r.max(FLOOR), c.max(FLOOR)))
        .map(|(r, c)| (c - r) * libm::log(c / r))
        .sum()
}
