//! Bins between the quantiles of a reference sample.

use crate::error::{Error, Result};
use crate::quantile;

/// Most edges that every value is compared with; among more it is found by halving.
const COMPARED: usize = 32;
/// Values that are compared with all edges before the next.
const BLOCK: usize = 1024;

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
pub(super) fn shares(edges: &[f64], n: u64, mut up_to: impl FnMut(f64) -> u64) -> Vec<f64> {
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

/// Shares of two samples in bins between the quantiles of the first. O(n log bins).
///
/// # Errors
/// [`Error::Bins`], [`Error::EmptySample`].
pub(super) fn of_samples(
    reference: &[f64],
    current: &[f64],
    bins: i32,
    interrupt: &mut dyn FnMut(),
) -> Result<(Vec<f64>, Vec<f64>)> {
    check(bins)?;
    let mut placed = super::present(reference, "reference")?;
    let n = placed.len();
    let mut positions: Vec<usize> = (1..bins)
        .filter_map(|bin| quantile::position(n, f64::from(bin) / f64::from(bins)))
        .flat_map(|(below, _)| [below, (below + 1).min(n - 1)])
        .collect();
    positions.sort_unstable();
    positions.dedup();
    put_in_place(&mut placed, 0, &positions, interrupt);
    interrupt();
    let edges = edges(bins, |q| quantile::indexed(n, q, |index| placed[index]));
    Ok((
        counted(&edges, &placed, "reference")?,
        counted(&edges, current, "current")?,
    ))
}

/// Moves the values that belong at some positions of the ascending order there, and those between to between them. The
/// positions are ascending; the values are those from position `start` on.
fn put_in_place(
    values: &mut [f64],
    start: usize,
    positions: &[usize],
    interrupt: &mut dyn FnMut(),
) {
    interrupt();
    // Among so few values it is quicker to sort them all.
    if positions.len() > values.len() / 8 {
        values.sort_unstable_by(f64::total_cmp);
        return;
    }
    let (before, rest) = positions.split_at(positions.len() / 2);
    if let Some((&middle, after)) = rest.split_first() {
        let (low, _, high) = values.select_nth_unstable_by(middle - start, f64::total_cmp);
        put_in_place(low, start, before, interrupt);
        put_in_place(high, middle + 1, after, interrupt);
    }
}

/// Share of the values that are not missing in each bin, closed on the right.
///
/// # Errors
/// [`Error::EmptySample`] naming the side.
fn counted(edges: &[f64], values: &[f64], side: &'static str) -> Result<Vec<f64>> {
    let n = values.iter().map(|value| u64::from(!value.is_nan())).sum();
    if n == 0 {
        return Err(Error::EmptySample(side));
    }
    let mut up_to = vec![0_u64; edges.len()];
    if edges.len() <= COMPARED {
        // A block stays in the processor's cache while it is compared with all edges, several values at once.
        for block in values.chunks(BLOCK) {
            for (count, &edge) in up_to.iter_mut().zip(edges) {
                *count += block
                    .iter()
                    .map(|&value| u64::from(value <= edge))
                    .sum::<u64>();
            }
        }
    } else {
        for &value in values.iter().filter(|value| !value.is_nan()) {
            let bin = edges.partition_point(|&edge| edge < value);
            if let Some(count) = up_to.get_mut(bin) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for count in &mut up_to {
            sum += *count;
            *count = sum;
        }
    }
    let mut up_to = up_to.into_iter();
    Ok(shares(edges, n, |_| up_to.next().unwrap_or(n)))
}
