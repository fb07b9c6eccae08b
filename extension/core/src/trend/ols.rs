//! Ordinary least squares over pairs that are all at hand, in two passes.

use statrs::function::beta::beta_reg;

/// A fitted line `intercept + slope * x`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// Number of pairs.
    pub n: usize,
    /// Slope.
    pub slope: f64,
    /// Value at x = 0.
    pub intercept: f64,
    /// Correlation coefficient; `None` when all y are equal.
    pub r: Option<f64>,
    /// Standard error of the slope; `None` for two pairs.
    pub stderr: Option<f64>,
    /// Standard error of the intercept; `None` for two pairs.
    pub intercept_stderr: Option<f64>,
    /// Two-sided p-value of Student's t test of a zero slope; `None` for two pairs and when all y are equal.
    pub p_value: Option<f64>,
}

/// Fits a line to the pairs; `None` unless there are two different x, or when the slices differ in length.
///
/// Both axes are first scaled by powers of two, which is exact: without it squares of values near 1e300 overflow and
/// those near 1e-300 vanish.
#[must_use]
pub fn fit(x: &[f64], y: &[f64]) -> Option<Fit> {
    if x.len() != y.len() || x.len() < 2 {
        return None;
    }
    let n = x.len() as f64;
    let (x_exponent, y_exponent) = (exponent(x), exponent(y));
    let x: Vec<f64> = x.iter().map(|&x| libm::scalbn(x, -x_exponent)).collect();
    let y: Vec<f64> = y.iter().map(|&y| libm::scalbn(y, -y_exponent)).collect();
    let (x_mean, y_mean) = (mean(&x), mean(&y));
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(&y) {
        let (dx, dy) = (x - x_mean, y - y_mean);
        xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
    }
    if xx == 0.0 {
        return None;
    }
    let slope = xy / xx;
    // The residuals themselves, not yy - slope * xy: that difference of nearly equal sums is what goes wrong first.
    let residual: f64 = x
        .iter()
        .zip(&y)
        .map(|(x, y)| (y - y_mean - slope * (x - x_mean)).powi(2))
        .sum();
    let freedom = freedom(x.len() as u64);
    let stderr = freedom.map(|freedom| (residual / freedom).sqrt() / xx.sqrt());
    let slope_exponent = y_exponent - x_exponent;
    Some(Fit {
        n: x.len(),
        slope: libm::scalbn(slope, slope_exponent),
        intercept: libm::scalbn(y_mean - slope * x_mean, y_exponent),
        r: (yy > 0.0).then(|| (xy / (xx.sqrt() * yy.sqrt())).clamp(-1.0, 1.0)),
        stderr: stderr.map(|stderr| libm::scalbn(stderr, slope_exponent)),
        intercept_stderr: stderr
            .map(|stderr| libm::scalbn(stderr * (xx / n + x_mean * x_mean).sqrt(), y_exponent)),
        p_value: stderr
            .zip(freedom)
            .and_then(|(stderr, freedom)| p_value(slope, stderr, freedom)),
    })
}

/// Degrees of freedom of the residuals; `None` when there are none.
pub(super) fn freedom(n: u64) -> Option<f64> {
    (n > 2).then(|| (n - 2) as f64)
}

/// Two-sided p-value of Student's t for `slope / stderr`: the regularised incomplete beta function at
/// `f / (f + t²)`. A perfect fit has p 0, except for a constant, whose p is undefined.
pub(super) fn p_value(slope: f64, stderr: f64, freedom: f64) -> Option<f64> {
    if stderr > 0.0 {
        let t = slope / stderr;
        Some(beta_reg(freedom / 2.0, 0.5, freedom / (freedom + t * t)).clamp(0.0, 1.0))
    } else {
        (slope != 0.0).then_some(0.0)
    }
}

/// The t that Student's distribution exceeds on either side with this probability: the root of [`p_value`], halved down to
/// neighbouring doubles.
pub(super) fn t_quantile(probability: f64, freedom: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, f64::MAX);
    loop {
        // Positive doubles are in the order of their bits.
        let middle = f64::from_bits(low.to_bits().midpoint(high.to_bits()));
        if middle <= low {
            return low;
        }
        if p_value(middle, 1.0, freedom).is_some_and(|p| p > probability) {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// Binary exponent of the largest magnitude.
fn exponent(values: &[f64]) -> i32 {
    let largest = values
        .iter()
        .fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if largest > 0.0 && largest.is_finite() {
        libm::frexp(largest).1
    } else {
        0
    }
}

/// Mean, corrected once for the rounding of the first sum.
fn mean(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    mean + values.iter().map(|value| value - mean).sum::<f64>() / n
}
