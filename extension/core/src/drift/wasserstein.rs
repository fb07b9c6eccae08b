//! 1-Wasserstein distance, also called earth mover's distance.

use super::ascending;
use super::steps::Steps;
use crate::error::Result;

/// Magnitude above which a difference of two values could overflow.
const HUGE: f64 = 1e300;

/// Mean distance by which the mass of one sample must be moved to make the other: the area between the two empirical
/// distribution functions, in the unit of the values. Missing values (NaN) are ignored. O(n log n).
///
/// # Errors
/// [`crate::Error::EmptySample`].
pub fn distance(reference: &[f64], current: &[f64], interrupt: &mut dyn FnMut()) -> Result<f64> {
    let reference = Steps::of_ascending(&ascending(reference, "reference", interrupt)?);
    let current = Steps::of_ascending(&ascending(current, "current", interrupt)?);
    Ok(of_steps(&reference, &current))
}

/// The distance of two empirical distribution functions.
pub(super) fn of_steps(a: &Steps, b: &Steps) -> f64 {
    let (n, m) = (a.n(), b.n());
    let largest = a.largest_magnitude().max(b.largest_magnitude());
    let scale = if largest > HUGE { 0.5 } else { 1.0 };
    let mut area = 0.0;
    let mut before: Option<(f64, f64)> = None;
    Steps::walk(a, b, |value, i, j| {
        if let Some((value_before, height)) = before {
            area += (value * scale - value_before * scale) * height;
        }
        // Counts are multiplied as integers, so that equal shares cancel exactly.
        let apart = (u128::from(i) * u128::from(m)).abs_diff(u128::from(j) * u128::from(n));
        before = Some((value, apart as f64 / (n as f64 * m as f64)));
    });
    area / scale
}
