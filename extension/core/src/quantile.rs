//! Quantiles by linear interpolation: type 7 of Hyndman and Fan ("Sample Quantiles in Statistical Packages", 1996),
//! the default of numpy, R and `percentile_cont`.

/// The quantile at `q` in 0..=1 of values in ascending order; `None` without values.
///
/// The arithmetic is numpy's to the last bit, so that values that coincide with an edge fall on the same side of it.
pub(crate) fn sorted(values: &[f64], q: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let position = last as f64 * q;
    let below = position.floor();
    let fraction = position - below;
    let index = (below as usize).min(last);
    let (low, high) = (values[index], values[(index + 1).min(last)]);
    Some(between(low, high, fraction))
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
