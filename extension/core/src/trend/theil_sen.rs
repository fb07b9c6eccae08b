//! The Theil-Sen line: the median of the slopes of all pairs of points, which a quarter of outliers does not move.

mod slopes;

use crate::error::{Error, Result};
use crate::inversions;
use crate::normal;
use crate::quantile;
use slopes::Slopes;

/// Most points of a line.
pub const MAX_POINTS: usize = 1_000_000;

/// A Theil-Sen line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TheilSen {
    /// Points without missing coordinates.
    pub n: usize,
    /// Median slope of the pairs with different x.
    pub slope: f64,
    /// Median of y less slope times the median of x.
    pub intercept: f64,
    /// Ends of the confidence interval of the slope; `None` where its width is undefined, as with ties only.
    pub interval: Option<(f64, f64)>,
}

/// Fits the line; `None` unless there are two different x. Points with a missing coordinate (NaN) are ignored.
///
/// Slope and confidence interval (Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau", 1968) are ranks
/// among the slopes of all pairs, found in O(n log n) time and O(n) memory. Coordinates are scaled by powers of two first.
///
/// # Errors
/// [`Error::LengthMismatch`], [`Error::SeriesTooLong`], [`Error::Argument`] unless 0 < confidence < 1.
pub fn fit(
    x: &[f64],
    y: &[f64],
    confidence: f64,
    interrupt: &mut dyn FnMut(),
) -> Result<Option<TheilSen>> {
    if x.len() != y.len() {
        return Err(Error::LengthMismatch(x.len(), y.len()));
    }
    let points = x.iter().zip(y).map(|(&x, &y)| (x, y));
    let points: Vec<(f64, f64)> = points.filter(|(x, y)| !x.is_nan() && !y.is_nan()).collect();
    fit_groups(vec![points], confidence, interrupt)
}

/// As [`fit`], with the slopes of pairs within each group only: the median slope of Hirsch, Slack and Smith, "Techniques of
/// Trend Analysis for Monthly Water Quality Data" (1982). Points have no missing coordinates.
///
/// # Errors
/// As [`fit`].
pub(crate) fn fit_groups(
    groups: Vec<Vec<(f64, f64)>>,
    confidence: f64,
    interrupt: &mut dyn FnMut(),
) -> Result<Option<TheilSen>> {
    if !(confidence > 0.0 && confidence < 1.0) {
        return Err(Error::Argument {
            name: "confidence",
            expected: "a number between 0 and 1",
        });
    }
    let n = groups.iter().map(Vec::len).sum();
    if n > MAX_POINTS {
        return Err(Error::SeriesTooLong(MAX_POINTS));
    }
    let all = || groups.iter().flatten();
    let (x_exponent, y_exponent) = (
        exponent(all().map(|point| point.0)),
        exponent(all().map(|point| point.1)),
    );
    let scaled = |&(x, y): &(f64, f64)| {
        // The sums make one zero of two.
        (
            libm::scalbn(x, -x_exponent) + 0.0,
            libm::scalbn(y, -y_exponent) + 0.0,
        )
    };
    interrupt();
    let groups: Vec<Vec<(f64, f64)>> = groups
        .iter()
        .map(|group| group.iter().map(scaled).collect())
        .collect();
    interrupt();
    let mut x: Vec<f64> = groups.iter().flatten().map(|point| point.0).collect();
    let mut y: Vec<f64> = groups.iter().flatten().map(|point| point.1).collect();
    interrupt();
    let x_median = quantile::select(&mut x, 0.5);
    interrupt();
    let (Some(x_median), Some(y_median)) = (x_median, quantile::select(&mut y, 0.5)) else {
        return Ok(None);
    };
    let deviation = deviation(&mut x, &mut y, interrupt);
    let mut slopes = Slopes::new(groups, interrupt);
    let total = slopes.total();
    if total == 0 {
        return Ok(None);
    }
    let (lower, upper) = (total.div_ceil(2), total / 2 + 1);
    let slope = slopes.rank(lower);
    let slope = if upper == lower {
        slope
    } else {
        0.5 * slope + 0.5 * slopes.rank(upper)
    };
    let interval = deviation.map(|deviation| {
        let reach = normal::two_sided_quantile(1.0 - confidence) * deviation;
        // Ranks from 1, rounded half to even as the reference implementations do.
        let low = (((total as f64 - reach) / 2.0).round_ties_even()).max(1.0) as u64;
        let high = (((total as f64 + reach) / 2.0).round_ties_even() as u64 + 1).min(total);
        (slopes.rank(low.min(total)), slopes.rank(high))
    });
    let unscaled = |slope: f64| saturated(libm::scalbn(slope, y_exponent - x_exponent));
    Ok(Some(TheilSen {
        n,
        slope: unscaled(slope),
        intercept: saturated(libm::scalbn(y_median - slope * x_median, y_exponent)),
        interval: interval.map(|(low, high)| (unscaled(low), unscaled(high))),
    }))
}

/// Standard deviation of Kendall's S as Sen has it, with ties in x and y; `None` where the ties outweigh the rest.
fn deviation(x: &mut [f64], y: &mut [f64], interrupt: &mut dyn FnMut()) -> Option<f64> {
    let weight = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let mut ties = |values: &mut [f64]| -> f64 {
        inversions::sort_by(values, f64::total_cmp, interrupt);
        values
            .chunk_by(|a, b| a == b)
            .map(|same| weight(same.len() as f64))
            .sum()
    };
    let variance = (weight(x.len() as f64) - ties(x) - ties(y)) / 18.0;
    (variance >= 0.0).then(|| variance.sqrt())
}

/// The nearest finite number.
fn saturated(value: f64) -> f64 {
    value.clamp(f64::MIN, f64::MAX)
}

/// Binary exponent of the largest magnitude.
fn exponent(values: impl Iterator<Item = f64>) -> i32 {
    let largest = values.fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if largest > 0.0 && largest.is_finite() {
        libm::frexp(largest).1
    } else {
        0
    }
}
