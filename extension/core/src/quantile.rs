//! Sample quantiles. Everywhere without another word they are type 7 of Hyndman and Fan ("Sample Quantiles in
//! Statistical Packages", 1996): linear interpolation, the default of numpy, R and `percentile_cont`.

#[cfg(test)]
mod tests;

use crate::error::{Error, Result};

/// The quantile at `q` in 0..=1 of values in ascending order; `None` without values.
///
/// The arithmetic is numpy's to the last bit, so that values that coincide with an edge fall on the same side of it.
pub(crate) fn sorted(values: &[f64], q: f64) -> Option<f64> {
    indexed(values.len(), q, |index| values[index])
}

/// As [`sorted`], of `n` values that are found by their position in ascending order.
pub(crate) fn indexed(n: usize, q: f64, value: impl Fn(usize) -> f64) -> Option<f64> {
    let (below, fraction) = position(n, q)?;
    Some(between(
        value(below),
        value((below + 1).min(n - 1)),
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

/// The quantile of one of the nine types of Hyndman and Fan, at `q` in 0..=1 of values in any order, of which the
/// missing ones (NaN) are ignored; `None` without values. Type 1 is `percentile_disc`, type 7 `percentile_cont`.
/// O(n).
///
/// # Errors
/// [`Error::Argument`] for another type or `q`.
pub fn of_type(values: &[f64], q: f64, kind: i32) -> Result<Option<f64>> {
    if !(0.0..=1.0).contains(&q) {
        return Err(Error::Argument {
            name: "q",
            expected: "a number from 0 to 1",
        });
    }
    let mut values: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
    let n = values.len() as f64;
    // Types 4 to 9 differ in where the values sit between 0 and 1.
    let plotted = |a: f64, b: f64| {
        let position = a + q * (n + 1.0 - a - b);
        (position.floor(), position - position.floor())
    };
    let (below, fraction) = match kind {
        1 | 2 => {
            let position = n * q;
            let at_step = if kind == 1 { 0.0 } else { 0.5 };
            let on_step = position == position.floor();
            (position.floor(), if on_step { at_step } else { 1.0 })
        }
        3 => {
            let position = n * q - 0.5;
            let on_even_step = position == position.floor() && position.rem_euclid(2.0) == 0.0;
            (position.floor(), if on_even_step { 0.0 } else { 1.0 })
        }
        4 => plotted(0.0, 1.0),
        5 => plotted(0.5, 0.5),
        6 => plotted(0.0, 0.0),
        7 => return Ok(select(&mut values, q)),
        8 => plotted(1.0 / 3.0, 1.0 / 3.0),
        9 => plotted(0.375, 0.375),
        _ => {
            return Err(Error::Argument {
                name: "type",
                expected: "an integer from 1 to 9",
            });
        }
    };
    let Some(last) = values.len().checked_sub(1) else {
        return Ok(None);
    };
    // Positions count from 1 here; a negative number becomes 0.
    let low = (below as usize).saturating_sub(1).min(last);
    let high = if below < 0.0 {
        0
    } else {
        (below as usize).min(last)
    };
    let (_, &mut low_value, above) = values.select_nth_unstable_by(low, f64::total_cmp);
    let high_value = if high > low {
        above
            .iter()
            .copied()
            .min_by(f64::total_cmp)
            .unwrap_or(low_value)
    } else {
        low_value
    };
    Ok(Some(between(low_value, high_value, fraction)))
}

/// Index of the value below the quantile, and how far it is on the way to the next one.
pub(crate) fn position(n: usize, q: f64) -> Option<(usize, f64)> {
    let last = n.checked_sub(1)?;
    let position = last as f64 * q;
    let below = position.floor();
    Some(((below as usize).min(last), position - below))
}

/// `low + (high - low) * fraction`, computed from the nearer end.
pub(crate) fn between(low: f64, high: f64, fraction: f64) -> f64 {
    let step = high - low;
    if fraction < 0.5 {
        low + step * fraction
    } else {
        high - step * (1.0 - fraction)
    }
}
