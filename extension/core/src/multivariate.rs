//! Several measurements at once: covariance, Mahalanobis distance, principal components, changes of correlations.

pub mod correlation;
pub mod covariance;
pub mod mahalanobis;
mod matrix;
pub mod pca;

use crate::error::{Error, Result};
use crate::vector;

/// Most features. The state of so many takes 68 KB, and their principal components well under a second.
pub const MAX_FEATURES: usize = 128;

/// Checks a row against the number of features of what it is compared with.
fn check_row(values: &[f64], expected: usize) -> Result<()> {
    vector::check(values)?;
    if values.len() == expected {
        Ok(())
    } else {
        Err(Error::FeatureCount {
            expected,
            got: values.len(),
        })
    }
}
