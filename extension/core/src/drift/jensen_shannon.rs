//! Jensen-Shannon divergence (Lin, "Divergence measures based on the Shannon entropy", 1991).
//!
//! In nats: 0 for equal distributions, ln 2 for distributions that share nothing. `sqrt(divergence / ln 2)` is a distance
//! between 0 and 1. It needs no floor under empty bins, unlike the population stability index.

use super::{bins, counts};
use crate::error::{Error, Result};
use std::f64::consts::LN_2;

/// Divergence of two samples in bins between the type-7 quantiles of the reference, closed on the right. Missing values
/// (NaN) are ignored. O(n log n).
///
/// # Errors
/// [`Error::Bins`] outside 2 to 1000 bins, [`Error::EmptySample`].
pub fn binned(
    reference: &[f64],
    current: &[f64],
    bins: i32,
    interrupt: &mut dyn FnMut(),
) -> Result<f64> {
    let (reference, current) = bins::of_samples(reference, current, bins, interrupt)?;
    Ok(of_shares(&reference, &current))
}

/// Divergence of two distributions over the same categories, given as shares or counts: each is divided by its sum. O(n).
///
/// # Errors
/// [`Error::LengthsDiffer`], [`Error::Count`] for missing or negative elements, [`Error::EmptySample`] for a sum of 0,
/// [`Error::ValueOutOfRange`], [`Error::VectorTooLong`].
pub fn divergence(reference: &[f64], current: &[f64]) -> Result<f64> {
    if reference.len() != current.len() {
        return Err(Error::LengthsDiffer(reference.len(), current.len()));
    }
    let shares = |values: &[f64], side| {
        let sum = counts::total(values)?;
        if sum > 0.0 {
            Ok(values.iter().map(|value| value / sum).collect::<Vec<_>>())
        } else {
            Err(Error::EmptySample(side))
        }
    };
    Ok(of_shares(
        &shares(reference, "reference")?,
        &shares(current, "current")?,
    ))
}

/// Divergence of shares that sum to 1 on each side.
///
/// With `x = (p - q) / (p + q)` a category adds `(p + q) / 4 ((1 + x) ln(1 + x) + (1 - x) ln(1 - x))`. Regrouped, both
/// terms are of the order of x², so that the digits of small divergences survive.
pub(super) fn of_shares(p: &[f64], q: &[f64]) -> f64 {
    let sum: f64 = p
        .iter()
        .zip(q)
        .filter(|&(p, q)| p + q > 0.0)
        .map(|(p, q)| {
            let x = (p - q) / (p + q);
            let entropy = if x.abs() < 1.0 {
                2.0 * x * libm::atanh(x) + libm::log1p(-x * x)
            } else {
                2.0 * LN_2
            };
            (p + q) * entropy
        })
        .sum();
    (sum / 4.0).clamp(0.0, LN_2)
}
