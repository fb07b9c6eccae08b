//! Benjamini-Hochberg adjustment of p-values.

use crate::error::{Error, Result};
use crate::vector::MAX_ELEMENTS;

/// Adjusted p-values in the order of the given ones: rejecting those up to a level keeps the expected share of false
/// rejections at or below that level. A missing p-value (NaN) stays missing and does not count as a test. O(n log n).
///
/// Benjamini and Hochberg, "Controlling the false discovery rate" (1995); valid for tests that are independent or
/// positively dependent.
///
/// # Errors
/// [`Error::Probability`] for an element outside 0 to 1, [`Error::VectorTooLong`].
pub fn adjust(p_values: &[f64]) -> Result<Vec<f64>> {
    if p_values.len() > MAX_ELEMENTS {
        return Err(Error::VectorTooLong(p_values.len()));
    }
    let is_wrong = |p: &f64| !p.is_nan() && !(0.0..=1.0).contains(p);
    if let Some(index) = p_values.iter().position(is_wrong) {
        return Err(Error::Probability(index + 1));
    }
    let mut order: Vec<usize> = (0..p_values.len())
        .filter(|&index| !p_values[index].is_nan())
        .collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let tests = order.len() as f64;
    let mut adjusted = p_values.to_vec();
    let mut smallest = 1.0_f64;
    for (rank, &index) in (1_u32..).zip(&order).collect::<Vec<_>>().into_iter().rev() {
        smallest = smallest.min(p_values[index] * (tests / f64::from(rank)));
        adjusted[index] = smallest;
    }
    Ok(adjusted)
}
