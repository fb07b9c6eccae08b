//! Changes of correlations between two periods.

use super::covariance::Covariance;
use crate::drift::benjamini_hochberg;
use crate::error::{Error, Result};
use crate::vector::MAX_ELEMENTS;
use statrs::function::erf::erfc;
use std::f64::consts::SQRT_2;

/// Fewest rows of a side; below, Fisher's approximation is poor.
pub const MIN_ROWS: u64 = 10;

/// Correlations beyond this are taken as this, so that a perfect one has a finite z.
const MAX_CORRELATION: f64 = 1.0 - 1e-12;

/// How the correlation of two features changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Position of the first feature, counted from 1.
    pub first: usize,
    /// Position of the second feature, above the first.
    pub second: usize,
    /// Correlation in the reference period.
    pub reference: f64,
    /// Correlation in the current period.
    pub current: f64,
    /// Effect size: difference of Fisher's z, which is Cohen's q. About 0.1 is small, 0.3 medium, 0.5 large.
    pub effect_size: f64,
    /// Two-sided p-value of no change, for normal rows that are independent of each other.
    pub p_value: f64,
    /// The p-value adjusted for the number of pairs (Benjamini and Hochberg).
    pub adjusted_p: f64,
}

/// All pairs of features that vary in both periods, the largest change first. O(features² log features).
///
/// Fisher, "On the probable error of a coefficient of correlation" (1921).
///
/// # Errors
/// [`Error::FeatureCount`] for different numbers of features, [`Error::FewRows`] below [`MIN_ROWS`] on a side.
pub fn changes(reference: &Covariance, current: &Covariance) -> Result<Vec<Change>> {
    let (width, got) = (reference.width(), current.width());
    for side in [reference, current] {
        if side.n() < MIN_ROWS {
            return Err(Error::FewRows(MIN_ROWS, side.n()));
        }
    }
    if width != got {
        return Err(Error::FeatureCount {
            expected: width,
            got,
        });
    }
    let spread = |state: &Covariance| 1.0 / (state.n() as f64 - 3.0);
    let deviation = (spread(reference) + spread(current)).sqrt();
    let z = |r: f64| libm::atanh(r.clamp(-MAX_CORRELATION, MAX_CORRELATION));
    let mut changes = Vec::new();
    for second in 0..width {
        for first in 0..second {
            let both = reference
                .correlation(first, second)
                .zip(current.correlation(first, second));
            if let Some((before, now)) = both {
                let effect_size = z(now) - z(before);
                changes.push(Change {
                    first: first + 1,
                    second: second + 1,
                    reference: before,
                    current: now,
                    effect_size,
                    p_value: erfc(effect_size.abs() / deviation / SQRT_2).clamp(0.0, 1.0),
                    adjusted_p: f64::NAN,
                });
            }
        }
    }
    debug_assert!(changes.len() <= MAX_ELEMENTS);
    let p_values: Vec<f64> = changes.iter().map(|change| change.p_value).collect();
    for (change, adjusted) in changes
        .iter_mut()
        .zip(benjamini_hochberg::adjust(&p_values)?)
    {
        change.adjusted_p = adjusted;
    }
    changes.sort_by(|a, b| b.effect_size.abs().total_cmp(&a.effect_size.abs()));
    Ok(changes)
}
