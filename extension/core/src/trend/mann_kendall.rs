//! Mann-Kendall tests of a monotonic trend.

use super::kendall::Kendall;
use super::theil_sen;
use crate::autocorrelation::{acf, ranks};
use crate::error::{Error, Result};
use crate::normal;

/// Outcome of a test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannKendall {
    /// Values that were not missing.
    pub n: u64,
    /// Rising less falling pairs.
    pub s: i64,
    /// Variance of S without a trend; corrected for what the test corrects for.
    pub variance: f64,
    /// S over all pairs.
    pub tau_a: Option<f64>,
    /// Kendall's tau-b, which takes ties into account; `None` for values that are all equal.
    pub tau_b: Option<f64>,
    /// S, less 1 towards 0, in standard deviations; `None` where the corrected variance is not above 0.
    pub z: Option<f64>,
    /// Two-sided probability of such a z without a trend.
    pub p_value: Option<f64>,
    /// Median slope (Theil-Sen); per period for the seasonal test.
    pub slope: Option<f64>,
    /// Value of the line at x = 0.
    pub intercept: Option<f64>,
}

impl MannKendall {
    fn of(kendall: &Kendall, variance: f64, line: Option<theil_sen::TheilSen>) -> Self {
        let s = kendall.s as f64;
        let z = if kendall.s == 0 {
            Some(0.0)
        } else {
            (variance > 0.0).then(|| (s - s.signum()) / variance.sqrt())
        };
        Self {
            n: kendall.n,
            s: kendall.s,
            variance,
            tau_a: kendall.tau_a(),
            tau_b: kendall.tau_b(),
            z,
            p_value: z.map(normal::two_sided),
            slope: line.map(|line| line.slope),
            intercept: line.map(|line| line.intercept),
        }
    }
}

/// The test of points in any order (Mann, "Nonparametric Tests Against Trend", 1945; Kendall, 1975), with ties in x and in
/// y; `None` for fewer than two points. O(n log n).
///
/// # Errors
/// [`Error::SeriesTooLong`].
pub fn test(points: &[(f64, f64)], interrupt: &mut dyn FnMut()) -> Result<Option<MannKendall>> {
    let points = present(points);
    if points.len() < 2 {
        return Ok(None);
    }
    let line = theil_sen::fit_groups(vec![points.clone()], 0.5, interrupt)?;
    let kendall = Kendall::of(&points, interrupt);
    Ok(Some(MannKendall::of(&kendall, kendall.variance, line)))
}

/// The test with the variance corrected for autocorrelation of the ranks of what is left after the median slope (Hamed and
/// Rao, "A Modified Mann-Kendall Trend Test for Autocorrelated Data", 1998). Points are in order and evenly spaced, whatever
/// their x; `max_lag` is the longest lag that is looked at, all by default, of which those count whose autocorrelation is
/// significant at `alpha`. O(n log n).
///
/// # Errors
/// [`Error::SeriesTooLong`], [`Error::Argument`] for a negative `max_lag` and unless 0 < alpha < 1.
pub fn hamed_rao(
    points: &[(f64, f64)],
    max_lag: Option<i32>,
    alpha: f64,
    interrupt: &mut dyn FnMut(),
) -> Result<Option<MannKendall>> {
    if !(alpha > 0.0 && alpha < 1.0) {
        return Err(Error::Argument {
            name: "alpha",
            expected: "a number between 0 and 1",
        });
    }
    let max_lag = max_lag.map_or(Ok(usize::MAX), usize::try_from);
    let max_lag = max_lag.map_err(|_| Error::Argument {
        name: "max_lag",
        expected: "a number of values, not negative",
    })?;
    let points = present(points);
    if points.len() < 2 {
        return Ok(None);
    }
    let line = theil_sen::fit_groups(vec![points.clone()], 0.5, interrupt)?;
    let kendall = Kendall::of(&points, interrupt);
    let slope = line.map_or(0.0, |line| line.slope);
    // A constant more or less changes no rank but those of ties that rounding breaks; the reference counts from 1.
    let rest = |(x, y): &(f64, f64)| y - (x + 1.0) * slope;
    let rest: Vec<f64> = points.iter().map(rest).collect();
    let n = points.len() as f64;
    let bound = normal::two_sided_quantile(alpha) / n.sqrt();
    let lags = max_lag.min(points.len() - 1);
    let mut weighted = 0.0;
    if let Some(correlations) = acf(&ranks(&rest, interrupt), lags, interrupt)? {
        for (lag, r) in (0_u32..).zip(correlations).skip(1) {
            if r.abs() > bound {
                let left = n - f64::from(lag);
                weighted += left * (left - 1.0) * (left - 2.0) * r;
            }
        }
    }
    let factor = if n > 2.0 {
        1.0 + 2.0 / (n * (n - 1.0) * (n - 2.0)) * weighted
    } else {
        1.0
    };
    Ok(Some(MannKendall::of(
        &kendall,
        kendall.variance * factor,
        line,
    )))
}

/// The seasonal test (Hirsch, Slack and Smith, 1982): the sums of S and its variance over the seasons, so that only values of
/// one season are compared. Each season is a list of points whose x counts periods. `None` for fewer than two points.
/// O(n log n).
///
/// # Errors
/// [`Error::SeriesTooLong`].
pub fn seasonal(
    seasons: &[Vec<(f64, f64)>],
    interrupt: &mut dyn FnMut(),
) -> Result<Option<MannKendall>> {
    let seasons: Vec<Vec<(f64, f64)>> = seasons.iter().map(|season| present(season)).collect();
    let mut sum = Kendall {
        n: 0,
        s: 0,
        pairs: 0,
        tied: (0, 0),
        variance: 0.0,
    };
    for season in &seasons {
        let kendall = Kendall::of(season, interrupt);
        sum.n += kendall.n;
        sum.s += kendall.s;
        sum.pairs += kendall.pairs;
        sum.tied.0 += kendall.tied.0;
        sum.tied.1 += kendall.tied.1;
        sum.variance += kendall.variance;
    }
    if sum.n < 2 {
        return Ok(None);
    }
    let line = theil_sen::fit_groups(seasons, 0.5, interrupt)?;
    Ok(Some(MannKendall::of(&sum, sum.variance, line)))
}

/// The seasons of a series in order, each with x as the number of whole and part periods from the start.
///
/// # Errors
/// [`Error::Argument`] for a period below 1.
pub fn seasons(values: &[f64], period: i32) -> Result<Vec<Vec<(f64, f64)>>> {
    let length = usize::try_from(period).unwrap_or_default();
    if length == 0 {
        return Err(Error::Argument {
            name: "period",
            expected: "a number of values above 0",
        });
    }
    let mut seasons = vec![Vec::new(); length.min(values.len())];
    for (index, &value) in values.iter().enumerate() {
        seasons[index % length].push((index as f64 / length as f64, value));
    }
    Ok(seasons)
}

/// The points that are not missing.
fn present(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let points = points.iter().copied();
    points
        .filter(|(x, y)| !(x.is_nan() || y.is_nan()))
        .collect()
}
