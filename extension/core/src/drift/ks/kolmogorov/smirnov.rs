//! The one-sided statistic.

use std::f64::consts::{PI, TAU};

/// Number of values above which the distribution is approximated; the relative error is below 1e-4 for p-values above 1e-20.
const LARGE: u64 = 10_000_000;

/// Probability that the one-sided statistic of `n` values is at least `d`, 0 < `d` < 1: the sum of Birnbaum and Tingey
/// ("One-sided confidence contours for probability distribution functions", 1951).
///
/// Its terms are binomial probabilities `b(j; n, d + j/n)` times `d / (d + j/n)`. Those are computed by their deviance
/// (Loader, "Fast and accurate computation of binomial probabilities", 2000): logarithms of factorials would cost six
/// digits at a million values. Above [`LARGE`] values, which only summaries have, the sum would take too long and its first
/// asymptotic correction is enough.
pub(super) fn sf(n: u64, d: f64) -> f64 {
    let size = n as f64;
    let t = size * d;
    if t * d >= 370.0 {
        // exp(-2 n d²) is below the smallest double.
        return 0.0;
    }
    if n > LARGE {
        let z = 6.0 * t + 1.0;
        return libm::exp(-(z / size) * z / 18.0);
    }
    let remainder = stirling_remainder(size);
    let mut sum = libm::exp(size * libm::log1p(-d));
    for j in 1..n {
        let low = j as f64;
        let high = size - low;
        if low + t >= size {
            break;
        }
        let log_ratio = remainder
            - stirling_remainder(low)
            - stirling_remainder(high)
            - deviance(low, -t)
            - deviance(high, t);
        let binomial = libm::exp(log_ratio) * (size / (TAU * low * high)).sqrt();
        sum += binomial * t / (t + low);
    }
    sum
}

/// `ln n! - (n + ½) ln n + n - ½ ln 2π`: what Stirling's formula misses.
pub(super) fn stirling_remainder(n: f64) -> f64 {
    if n < 16.0 {
        return libm::lgamma(n + 1.0) - (n + 0.5) * libm::log(n) + n - 0.5 * libm::log(2.0 * PI);
    }
    let square = n * n;
    let tail = 1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / (1188.0 * square)) / square;
    (1.0 / 12.0 - (1.0 / 360.0 - tail / square) / square) / n
}

/// `k ln(k / m) + m - k` for `m = k - step`, without cancellation when the step is small.
fn deviance(k: f64, step: f64) -> f64 {
    let m = k - step;
    let v = step / (k + m);
    if v.abs() >= 0.1 {
        return k * libm::log(k / m) - step;
    }
    // k ln(k/m) = 2 k artanh(v), as a series; its first term combines with m - k.
    let square = v * v;
    let mut sum = step * v;
    let mut power = 2.0 * k * v;
    for odd in (3..).step_by(2) {
        power *= square;
        let next = sum + power / f64::from(odd);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}
