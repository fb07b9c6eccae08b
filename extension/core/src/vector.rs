//! Vectors of measurements: `&[f64]` in which NaN means "missing" (NULL in SQL).

use crate::error::{Error, Result};

/// Largest magnitude of a value. Its square, times any count of rows, stays finite, so sums of squares never overflow.
pub const MAX_MAGNITUDE: f64 = 1e100;

/// Most elements of a vector. A row of 16384 doubles is 128 KiB.
pub const MAX_ELEMENTS: usize = 16_384;

/// Whether every element is missing or finite with a magnitude of at most [`MAX_MAGNITUDE`].
#[must_use]
pub fn valid(values: &[f64]) -> bool {
    // NaN compares false and so passes as missing; an infinity does not.
    !values.iter().any(|value| value.abs() > MAX_MAGNITUDE)
}

/// Checks that a vector of `got` elements fits a model of `expected` features.
///
/// # Errors
/// [`Error::FeatureCount`].
pub(crate) fn check_width(expected: usize, got: usize) -> Result<()> {
    if got == expected {
        Ok(())
    } else {
        Err(Error::FeatureCount { expected, got })
    }
}

/// Checks length and values of a row that enters a state.
///
/// # Errors
/// [`Error::VectorTooLong`] and [`Error::ValueOutOfRange`].
pub(crate) fn check(values: &[f64]) -> Result<()> {
    if values.len() > MAX_ELEMENTS {
        return Err(Error::VectorTooLong(values.len()));
    }
    let is_beyond = |value: &f64| value.abs() > MAX_MAGNITUDE;
    // Without a branch for each element, which would keep the compiler from checking several at once.
    if !values
        .iter()
        .fold(false, |any, value| any | is_beyond(value))
    {
        return Ok(());
    }
    let index = values.iter().position(is_beyond).unwrap_or_default();
    Err(Error::ValueOutOfRange(index + 1))
}

/// Element-wise `coalesce(new, old)`; the result has the longer length.
///
/// # Examples
/// ```
/// let merged = vigil_core::vector::merge(&[1.0, 2.0, 3.0], &[f64::NAN, 5.0]);
/// assert_eq!(merged, [1.0, 5.0, 3.0]);
/// ```
#[must_use]
pub fn merge(old: &[f64], new: &[f64]) -> Vec<f64> {
    let mut merged = old.to_vec();
    merged.resize(old.len().max(new.len()), f64::NAN);
    for (kept, &value) in merged.iter_mut().zip(new) {
        if !value.is_nan() {
            *kept = value;
        }
    }
    merged
}

/// `values[positions[i]]` for each 1-based position; missing where the position lies past the end, because profiles
/// grow by appending and older rows are shorter.
///
/// # Errors
/// [`Error::Position`] for a position below 1.
pub fn gather(values: &[f64], positions: &[i32]) -> Result<Vec<f64>> {
    positions
        .iter()
        .map(|&position| match usize::try_from(position) {
            Ok(position) if position > 0 => {
                Ok(values.get(position - 1).copied().unwrap_or(f64::NAN))
            }
            _ => Err(Error::Position(position)),
        })
        .collect()
}
