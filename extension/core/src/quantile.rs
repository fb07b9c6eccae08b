//! Quantiles by linear interpolation: type 7 of Hyndman and Fan ("Sample Quantiles in Statistical Packages", 1996),
//! the default of numpy, R and `percentile_cont`.

#[cfg(test)]
mod tests;

/// The quantile at `q` in 0..=1 of values in ascending order; `None` without values.
///
/// The arithmetic is numpy's to the last bit, so that values that coincide with an edge fall on the same side of it.
pub(crate) fn sorted(values: &[f64], q: f64) -> Option<f64> {
    let (below, fraction) = position(values.len(), q)?;
    Some(between(
        values[below],
        values[(below + 1).min(values.len() - 1)],
        fraction,
    ))
}

/// As [`sorted`], for values in any order, which it changes. O(n): three quantiles take half as long as sorting.
pub(crate) fn select(values: &mut [f64], q: f64) -> Option<f64> {
    let (below, fraction) = position(values.len(), q)?;
    let (_, &mut low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    Some(between(low, high, fraction))
}

/// Index of the value below the quantile, and how far it is on the way to the next one.
fn position(n: usize, q: f64) -> Option<(usize, f64)> {
    let last = n.checked_sub(1)?;
    let position = last as f64 * q;
    let below = position.floor();
    Some(((below as usize).min(last), position - below))
}

/// `low + (high - low) * fraction`, computed from the nearer end.
fn between(low: f64, high: f64, fraction: f64) -> f64 {
    let step = high - low;
    if fraction < 0.5 {
        low + step * fraction
    } else {
        high - step * (1.0 - fraction)
    }
}
