//! The normal distribution.

use statrs::function::erf::erfc_inv;
use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};

/// Probability of a standard normal variable at least as far from 0 as `z`.
pub(crate) fn two_sided(z: f64) -> f64 {
    libm::erfc(z.abs() * FRAC_1_SQRT_2)
}

/// The distance from 0 that a standard normal variable exceeds with this probability, on either side.
pub(crate) fn two_sided_quantile(probability: f64) -> f64 {
    SQRT_2 * erfc_inv(probability)
}
