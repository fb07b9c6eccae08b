//! What one unit of a feature is.

use super::Pace;
use crate::error::{Error, Result};
use crate::spread::Spread;

/// Farthest that a scaled value may be away: the squares of 16384 such values have a sum that doubles hold.
const MAX_SCALED: f64 = 1e150;

/// How values become coordinates.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scaling {
    /// Whether coordinates are standard deviations from the mean; else they are values over a power of two that is the
    /// same for all features, which changes no digit and keeps squares from overflowing and vanishing.
    pub(super) is_standard: bool,
    /// Mean of each feature: it stands in for what is missing.
    pub(super) means: Vec<f64>,
    /// Unit of each feature; 0 leaves the feature out.
    pub(super) units: Vec<f64>,
}

impl Scaling {
    /// The scaling of rows of `width` elements that lie one after the other.
    ///
    /// # Errors
    /// [`Error::NothingVaries`].
    pub(super) fn of(
        cells: &[f64],
        width: usize,
        is_standard: bool,
        pace: &mut Pace<'_>,
    ) -> Result<Self> {
        let mut spreads = vec![Spread::default(); width];
        let mut largest = 0.0_f64;
        for row in cells.chunks_exact(width) {
            pace.did(width);
            for (spread, &value) in spreads.iter_mut().zip(row).filter(|(_, v)| !v.is_nan()) {
                spread.push(value);
                largest = largest.max(value.abs());
            }
        }
        let deviation = |spread: &Spread| spread.stddev().unwrap_or(0.0);
        if spreads.iter().all(|spread| deviation(spread) == 0.0) {
            return Err(Error::NothingVaries);
        }
        Ok(Self {
            is_standard,
            means: spreads
                .iter()
                .map(|spread| spread.mean().unwrap_or(0.0))
                .collect(),
            units: if is_standard {
                spreads.iter().map(deviation).collect()
            } else {
                vec![power_of_two(largest); width]
            },
        })
    }

    /// Appends the coordinates of a row; false when nothing of it is known.
    pub(super) fn scale(&self, row: &[f64], out: &mut Vec<f64>) -> bool {
        let mut is_known = false;
        let features = self.means.iter().zip(&self.units);
        out.extend(row.iter().zip(features).map(|(&value, (&mean, &unit))| {
            if unit == 0.0 {
                return 0.0;
            }
            is_known |= !value.is_nan();
            let value = if value.is_nan() { mean } else { value };
            let origin = if self.is_standard { mean } else { 0.0 };
            ((value - origin) / unit).clamp(-MAX_SCALED, MAX_SCALED)
        }));
        is_known
    }

    /// The values at coordinates.
    pub(super) fn unscale(&self, coordinates: &[f64]) -> Vec<f64> {
        let features = self.means.iter().zip(&self.units);
        coordinates
            .iter()
            .zip(features)
            .map(|(coordinate, (&mean, unit))| {
                if self.is_standard {
                    mean + coordinate * unit
                } else {
                    coordinate * unit
                }
            })
            .collect()
    }

    /// What a distance of coordinates is: standard deviations, or in the unit of the values.
    pub(super) fn distance_unit(&self) -> f64 {
        match self.units.first() {
            Some(&unit) if !self.is_standard => unit,
            _ => 1.0,
        }
    }
}

/// The largest power of two that is not above a magnitude.
fn power_of_two(magnitude: f64) -> f64 {
    const EXPONENT: u64 = 0x7FF0_0000_0000_0000;
    f64::from_bits(magnitude.to_bits() & EXPONENT).max(f64::MIN_POSITIVE)
}
