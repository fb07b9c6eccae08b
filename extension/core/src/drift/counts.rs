//! Counts and shares of categories.

use crate::error::{Error, Result};
use crate::vector;

/// Sum of the counts.
///
/// # Errors
/// [`Error::Count`] for missing or negative counts, [`Error::VectorEmpty`], [`Error::ValueOutOfRange`],
/// [`Error::VectorTooLong`].
pub(super) fn total(counts: &[f64]) -> Result<f64> {
    if counts.is_empty() {
        return Err(Error::VectorEmpty);
    }
    vector::check(counts)?;
    match counts
        .iter()
        .position(|count| count.is_nan() || *count < 0.0)
    {
        Some(index) => Err(Error::Count(index + 1)),
        None => Ok(counts.iter().sum()),
    }
}
