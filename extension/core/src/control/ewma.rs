//! Exponentially weighted moving average chart.

use super::{Process, is_outside};
use crate::error::{Error, Result};

/// A point of the chart; NaN where undefined or missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The value.
    pub value: f64,
    /// Centre line.
    pub centre: f64,
    /// Lower control limit of the average.
    pub lower: f64,
    /// Upper control limit of the average.
    pub upper: f64,
    /// The exponentially weighted moving average.
    pub statistic: f64,
    /// Whether the average is outside of the limits.
    pub signal: Option<bool>,
}

/// The chart of a series (Roberts, "Control Chart Tests Based on Geometric Moving Averages", 1959): the average starts
/// at the centre and takes in a share `lambda` of each value; its limits lie `width` of its standard deviations from the
/// centre, and widen with the first points.
///
/// # Errors
/// Those of [`Process::of`], and [`Error::Argument`] unless 0 < lambda <= 1 and 0 < width <= 100.
pub fn chart(
    values: Vec<f64>,
    target: Option<f64>,
    sigma: Option<f64>,
    lambda: f64,
    width: f64,
) -> Result<impl Iterator<Item = Point>> {
    if !(lambda > 0.0 && lambda <= 1.0) {
        return Err(Error::Argument {
            name: "lambda",
            expected: "a number above 0 and at most 1",
        });
    }
    if !(width > 0.0 && width <= 100.0) {
        return Err(Error::Argument {
            name: "width",
            expected: "a number above 0 and at most 100",
        });
    }
    let Process { centre, sigma } = Process::of(&values, target, sigma)?;
    let (mut average, mut forgotten) = (centre, 1.0);
    Ok(values.into_iter().map(move |value| {
        if value.is_nan() {
            return Point {
                value,
                centre: f64::NAN,
                lower: f64::NAN,
                upper: f64::NAN,
                statistic: f64::NAN,
                signal: None,
            };
        }
        // In this form a series that stays at the centre stays there to the last bit.
        average += lambda * (value - average);
        forgotten *= (1.0 - lambda) * (1.0 - lambda);
        let reach = width * sigma * (lambda / (2.0 - lambda) * (1.0 - forgotten)).sqrt();
        let (lower, upper) = (centre - reach, centre + reach);
        Point {
            value,
            centre,
            lower,
            upper,
            statistic: average,
            signal: is_outside(average, lower, upper),
        }
    }))
}
