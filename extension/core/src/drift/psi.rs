//! Population stability index.

use super::ascending;
use crate::error::{Error, Result};
use crate::quantile;

/// Share of a sample below which a bin counts as this share: it keeps the logarithm of an empty bin finite.
const FLOOR: f64 = 1e-4;

/// Population stability index of `current` against `reference`: the sum of `(c - r) ln(c / r)` over bins.
///
/// Bins lie between the type-7 quantiles of the reference at 1/bins, 2/bins, … and are closed on the right. Shares are raised to at least 1e-4 on both sides and not normalised again. Missing values (NaN) are
/// ignored. Usual reading: below 0.1 stable, above 0.25 shifted (Siddiqi, "Credit Risk Scorecards", 2006).
///
/// # Errors
/// [`Error::Bins`] outside 2 to 1000 bins, [`Error::EmptySample`].
pub fn psi(reference: &[f64], current: &[f64], bins: i32) -> Result<f64> {
    if !(2..=1000).contains(&bins) {
        return Err(Error::Bins(bins));
    }
    let reference = ascending(reference, "reference")?;
    let current = ascending(current, "current")?;
    let edges = edges(&reference, bins);
    let (reference, current) = (shares(&reference, &edges), shares(&current, &edges));
    Ok(reference
        .zip(current)
        .map(|(r, c)| (c - r) * libm::log(c / r))
        .sum())
}

/// Inner edges of the bins, ascending. Equal ones enclose an empty bin, whose floored shares cancel.
fn edges(reference: &[f64], bins: i32) -> Vec<f64> {
    let mut edges: Vec<f64> = (1..bins)
        .filter_map(|bin| quantile::sorted(reference, f64::from(bin) / f64::from(bins)))
        .collect();
    edges.sort_unstable_by(f64::total_cmp);
    edges
}

/// Floored share of ascending values in each bin.
fn shares<'a>(values: &'a [f64], edges: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    let upper = edges
        .iter()
        .map(|&edge| values.partition_point(|&value| value <= edge));
    upper.chain([values.len()]).scan(0, |below, upto| {
        let count = upto - *below;
        *below = upto;
        Some((count as f64 / values.len() as f64).max(FLOOR))
    })
}
