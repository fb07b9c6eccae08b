//! Bins between the quantiles of a reference sample.

use crate::error::{Error, Result};

/// Refuses numbers of bins outside 2 to 1000.
pub(super) fn check(bins: i32) -> Result<()> {
    if (2..=1000).contains(&bins) {
        Ok(())
    } else {
        Err(Error::Bins(bins))
    }
}

/// Inner edges of the bins, ascending: the quantiles at 1/bins, 2/bins, … Equal ones enclose a bin that is empty on both
/// sides.
pub(super) fn edges(bins: i32, quantile: impl Fn(f64) -> Option<f64>) -> Vec<f64> {
    let mut edges: Vec<f64> = (1..bins)
        .filter_map(|bin| quantile(f64::from(bin) / f64::from(bins)))
        .collect();
    edges.sort_unstable_by(f64::total_cmp);
    edges
}

/// Share of `n` values in each bin, closed on the right; `up_to` counts the values at or below an edge.
pub(super) fn shares(edges: &[f64], n: u64, up_to: impl Fn(f64) -> u64) -> Vec<f64> {
    let mut below = 0;
    let counts = edges.iter().map(|&edge| up_to(edge)).chain([n]);
    counts
        .map(|upper| {
            let count = upper - below;
            below = upper;
            count as f64 / n as f64
        })
        .collect()
}

/// Shares of two ascending samples in bins between the quantiles of the first.
///
/// # Errors
/// [`Error::Bins`], [`Error::EmptySample`].
pub(super) fn of_samples(
    reference: &[f64],
    current: &[f64],
    bins: i32,
) -> Result<(Vec<f64>, Vec<f64>)> {
    check(bins)?;
    let reference = super::ascending(reference, "reference")?;
    let current = super::ascending(current, "current")?;
    let edges = edges(bins, |q| crate::quantile::sorted(&reference, q));
    let count = |values: &[f64]| {
        shares(&edges, values.len() as u64, |edge| {
            values.partition_point(|&value| value <= edge) as u64
        })
    };
    Ok((count(&reference), count(&current)))
}
