//! Autocorrelation of a series in order.

mod fourier;

use crate::error::{Error, Result};
use crate::inversions;
use fourier::Spectrum;
use statrs::function::gamma::gamma_ur;

/// Most values of a series.
pub const MAX_VALUES: usize = 1_000_000;

/// Autocorrelations at lags 0 to `lags`; `None` for a series without values and for one that is constant. O(n log n), by the
/// Fourier transform.
///
/// Sums of products of deviations from the mean, each over that of lag 0: those of long lags have fewer terms and shrink,
/// which keeps all together a valid correlation. A missing value (NaN) has no products. Lags that are as long as the series
/// have correlation 0.
///
/// # Errors
/// [`Error::SeriesTooLong`].
pub fn acf(values: &[f64], lags: usize, interrupt: &mut dyn FnMut()) -> Result<Option<Vec<f64>>> {
    if values.len() > MAX_VALUES || lags > MAX_VALUES {
        return Err(Error::SeriesTooLong(MAX_VALUES));
    }
    let Some(deviations) = deviations(values) else {
        return Ok(None);
    };
    let mut products = Spectrum::of(&deviations, interrupt).products(deviations.len(), interrupt);
    let whole: f64 = deviations.iter().map(|value| value * value).sum();
    for product in &mut products {
        *product = (*product / whole).clamp(-1.0, 1.0);
    }
    products.resize(lags + 1, 0.0);
    products[0] = 1.0;
    Ok(Some(products))
}

/// Partial autocorrelations at lags 0 to that of the last autocorrelation, by the recursion of Levinson and Durbin over the
/// Yule-Walker equations. O(lags²). NaN from the lag on at which the series is predicted without error.
#[must_use]
pub fn pacf(correlations: &[f64]) -> Vec<f64> {
    let mut partial = vec![f64::NAN; correlations.len()];
    let (mut weights, mut error): (Vec<f64>, f64) = (Vec::new(), 1.0);
    for lag in 0..correlations.len() {
        if lag == 0 {
            partial[0] = 1.0;
            continue;
        }
        if error <= 0.0 {
            break;
        }
        let explained: f64 = (1..lag)
            .map(|i| weights[i - 1] * correlations[lag - i])
            .sum();
        let next = (correlations[lag] - explained) / error;
        let reversed: Vec<f64> = weights.iter().rev().copied().collect();
        for (weight, mirrored) in weights.iter_mut().zip(reversed) {
            *weight -= next * mirrored;
        }
        weights.push(next);
        error *= 1.0 - next * next;
        partial[lag] = next;
    }
    partial
}

/// Outcome of [`ljung_box`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LjungBox {
    /// The statistic Q.
    pub statistic: f64,
    /// Probability of a Q at least as large without autocorrelation.
    pub p_value: f64,
    /// Lags that were tested together.
    pub lags: usize,
}

/// Test of no autocorrelation at lags 1 to `lags` (Ljung and Box, "On a Measure of Lack of Fit in Time Series Models", 1978),
/// against the chi-squared distribution with as many degrees of freedom; `None` as [`acf`]. O(n log n).
///
/// # Errors
/// [`Error::SeriesTooLong`], and [`Error::Argument`] unless there are 1 to n - 1 lags.
pub fn ljung_box(
    values: &[f64],
    lags: i32,
    interrupt: &mut dyn FnMut(),
) -> Result<Option<LjungBox>> {
    let n = values.iter().filter(|value| !value.is_nan()).count();
    let lags = usize::try_from(lags).unwrap_or_default();
    if n > 1 && !(1..n).contains(&lags) {
        return Err(Error::Argument {
            name: "lags",
            expected: "a number above 0 and below the number of values",
        });
    }
    let Some(correlations) = acf(values, lags, interrupt)? else {
        return Ok(None);
    };
    let n = n as f64;
    let sum: f64 = (0_u32..)
        .zip(&correlations)
        .skip(1)
        .map(|(lag, r)| r * r / (n - f64::from(lag)))
        .sum();
    let statistic = n * (n + 2.0) * sum;
    let p_value = if statistic > 0.0 {
        gamma_ur(lags as f64 / 2.0, statistic / 2.0).clamp(0.0, 1.0)
    } else {
        1.0
    };
    Ok(Some(LjungBox {
        statistic,
        p_value,
        lags,
    }))
}

/// Ranks from 1; those of equal values are their mean.
pub(crate) fn ranks(values: &[f64], interrupt: &mut dyn FnMut()) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    let by_value = |&a: &usize, &b: &usize| values[a].total_cmp(&values[b]);
    inversions::sort_by(&mut order, by_value, interrupt);
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for same in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = before as f64 + (same.len() + 1) as f64 / 2.0;
        for &index in same {
            ranks[index] = rank;
        }
        before += same.len();
    }
    ranks
}

/// Deviations from the mean, 0 for missing values, in units in which the largest is about 1; `None` when all are 0.
fn deviations(values: &[f64]) -> Option<Vec<f64>> {
    let largest = values
        .iter()
        .fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let exponent = if largest > 0.0 {
        libm::frexp(largest).1
    } else {
        0
    };
    let (mut n, mut mean) = (0.0, 0.0);
    let scaled: Vec<f64> = values
        .iter()
        .map(|&value| libm::scalbn(value, -exponent))
        .collect();
    for value in scaled.iter().filter(|value| !value.is_nan()) {
        n += 1.0;
        mean += (value - mean) / n;
    }
    let deviation = |value: &f64| if value.is_nan() { 0.0 } else { value - mean };
    let deviations: Vec<f64> = scaled.iter().map(deviation).collect();
    let largest = deviations
        .iter()
        .fold(0.0_f64, |largest, value| largest.max(value.abs()));
    (largest > 0.0).then(|| deviations.iter().map(|value| value / largest).collect())
}
