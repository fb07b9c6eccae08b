//! Distribution of the one-sample Kolmogorov-Smirnov statistic for a finite sample, which is also the usual
//! approximation for two samples.
//!
//! The choice of method by region follows Simard and L'Ecuyer, "Computing the two-sided Kolmogorov-Smirnov
//! distribution" (Journal of Statistical Software 39, 2011), as scipy's `kstwo` does.

mod lower;
mod smirnov;

/// P-value of a two-sample statistic by the one-sample distribution at `n m / (n + m)` values, rounded. 1 when that
/// rounds to 0, which takes single values on both sides.
#[must_use]
pub fn two_sample_p_value(n: u64, m: u64, statistic: f64) -> f64 {
    let (n, m) = (n.max(m) as f64, n.min(m) as f64);
    sf((n * (m / (n + m))).round_ties_even() as u64, statistic)
}

/// Probability that the statistic of `n` values is at least `d`. Relative error about 1e-10; O(n) at worst.
#[must_use]
pub fn sf(n: u64, d: f64) -> f64 {
    if n == 0 || d <= 0.0 {
        return 1.0;
    }
    if d >= 1.0 {
        return 0.0;
    }
    let size = n as f64;
    let t = size * d;
    if t <= 0.5 {
        return 1.0;
    }
    let probability = if t <= 1.0 {
        1.0 - lower::ruben_gambino(n, t)
    } else if t >= size - 1.0 {
        2.0 * libm::pow(1.0 - d, size)
    } else {
        let square = t * d;
        // Beyond these points the two one-sided events practically exclude each other.
        let upper = if n <= 140 {
            square > 4.0
        } else {
            square >= 2.2
        };
        if d >= 0.5 || upper {
            2.0 * smirnov::sf(n, d)
        } else if square < lower::NEGLIGIBLE {
            1.0
        } else if n <= 140 || size * libm::pow(d, 1.5) <= 1.4 {
            1.0 - lower::durbin(n, d)
        } else {
            1.0 - lower::pelz_good(n, d)
        }
    };
    probability.clamp(0.0, 1.0)
}
