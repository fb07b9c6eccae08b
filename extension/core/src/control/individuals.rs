//! Individuals and moving range chart.

use super::{D2, Process, is_outside, mean_range};
use crate::error::Result;

/// Three sigmas in mean moving ranges (3 / 1.128, rounded as in the tables).
const E2: f64 = 2.66;
/// Upper limit of the ranges of two values, in mean ranges.
const D4: f64 = 3.267;

/// A point of the two charts; NaN where undefined or missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The value.
    pub value: f64,
    /// Centre line of the values.
    pub centre: f64,
    /// Lower control limit of the values.
    pub lower: f64,
    /// Upper control limit of the values.
    pub upper: f64,
    /// Whether the value is outside of its limits.
    pub signal: Option<bool>,
    /// Distance to the value before; undefined for the first.
    pub range: f64,
    /// Centre line of the ranges.
    pub range_centre: f64,
    /// Upper control limit of the ranges.
    pub range_upper: f64,
    /// Whether the range is above its limit.
    pub range_signal: Option<bool>,
}

/// The charts of a series (Shewhart; constants of Montgomery, appendix VI, and Western Electric, 1956): values within
/// 2.66 mean moving ranges of the centre, ranges below 3.267 of them. With a given sigma the values have limits of three
/// sigmas, and the mean range is 1.128 sigmas.
///
/// # Errors
/// Those of [`Process::of`].
pub fn chart(
    values: Vec<f64>,
    target: Option<f64>,
    sigma: Option<f64>,
) -> Result<impl Iterator<Item = Point>> {
    let Process { centre, .. } = Process::of(&values, target, sigma)?;
    let (reach, range_centre) = match sigma {
        Some(sigma) => (3.0 * sigma, D2 * sigma),
        None => {
            let range = mean_range(&values);
            (E2 * range, range)
        }
    };
    let (lower, upper, range_upper) = (centre - reach, centre + reach, D4 * range_centre);
    let mut before = f64::NAN;
    Ok(values.into_iter().map(move |value| {
        if value.is_nan() {
            return Point {
                value,
                centre: f64::NAN,
                lower: f64::NAN,
                upper: f64::NAN,
                signal: None,
                range: f64::NAN,
                range_centre: f64::NAN,
                range_upper: f64::NAN,
                range_signal: None,
            };
        }
        let range = (value - before).abs();
        before = value;
        Point {
            value,
            centre,
            lower,
            upper,
            signal: is_outside(value, lower, upper),
            range,
            range_centre,
            range_upper,
            range_signal: is_outside(range, f64::NEG_INFINITY, range_upper),
        }
    }))
}
