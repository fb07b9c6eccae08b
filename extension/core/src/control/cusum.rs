//! Tabular cumulative sum chart.

use super::Process;
use crate::error::{Error, Result};

/// A point of the chart; NaN where undefined or missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The value.
    pub value: f64,
    /// Centre line.
    pub centre: f64,
    /// Sum of what was above the centre by more than the allowance, in sigmas.
    pub upper_sum: f64,
    /// Sum of what was below the centre by more than the allowance, in sigmas; not negative.
    pub lower_sum: f64,
    /// The decision interval, in sigmas.
    pub decision: f64,
    /// Whether a sum is above the decision interval.
    pub signal: Option<bool>,
}

/// The chart of a series (Page, "Continuous Inspection Schemes", 1954): two sums of standardised deviations less an
/// allowance `k`, that never fall below 0 and signal above `h`. Sums are not reset by a signal.
///
/// # Errors
/// Those of [`Process::of`], and [`Error::Argument`] unless 0 <= k <= 1e6 and 0 < h <= 1e6.
pub fn chart(
    values: Vec<f64>,
    target: Option<f64>,
    sigma: Option<f64>,
    k: f64,
    h: f64,
) -> Result<impl Iterator<Item = Point>> {
    if !(0.0..=1e6).contains(&k) {
        return Err(Error::Argument {
            name: "k",
            expected: "a number from 0 to 1e6",
        });
    }
    if !(h > 0.0 && h <= 1e6) {
        return Err(Error::Argument {
            name: "h",
            expected: "a number above 0 and at most 1e6",
        });
    }
    let process = Process::of(&values, target, sigma)?;
    let (mut upper_sum, mut lower_sum) = (0.0, 0.0);
    let sum = move |before: f64, deviation: f64| (before + deviation - k).clamp(0.0, f64::MAX);
    Ok(values.into_iter().map(move |value| {
        if value.is_nan() || process.sigma.is_nan() {
            return Point {
                value,
                centre: if value.is_nan() {
                    f64::NAN
                } else {
                    process.centre
                },
                upper_sum: f64::NAN,
                lower_sum: f64::NAN,
                decision: f64::NAN,
                signal: None,
            };
        }
        let deviation = process.standardised(value);
        upper_sum = sum(upper_sum, deviation);
        lower_sum = sum(lower_sum, -deviation);
        Point {
            value,
            centre: process.centre,
            upper_sum,
            lower_sum,
            decision: h,
            signal: Some(upper_sum > h || lower_sum > h),
        }
    }))
}
