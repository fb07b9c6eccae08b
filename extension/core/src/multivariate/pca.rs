//! Principal components: how well a row fits the directions in which rows vary together.

use super::covariance::{Covariance, read_numbers};
use super::mahalanobis::MIN_ROWS;
use super::{MAX_FEATURES, check_row, matrix};
use crate::codec::{Kind, Reader, Writer};
use crate::error::{Error, Result};
use crate::vector::MAX_MAGNITUDE;

/// The first principal components of standardised features.
#[derive(Debug, Clone, PartialEq)]
pub struct Pca {
    means: Vec<f64>,
    /// Standard deviations; 0 for a feature that never varied.
    deviations: Vec<f64>,
    /// Share of the variance that the components explain together.
    explained: f64,
    /// Unit vectors, one after the other.
    components: Vec<f64>,
}

impl Pca {
    /// Learns the first components from a state: eigenvectors of the correlations, so that units do not matter.
    /// O(features³).
    ///
    /// # Errors
    /// [`Error::Components`] outside 1 to the number of features, [`Error::FewRows`], [`Error::NothingVaries`].
    pub fn new(state: &Covariance, components: i32, interrupt: &mut dyn FnMut()) -> Result<Self> {
        if state.n() < MIN_ROWS {
            return Err(Error::FewRows(MIN_ROWS, state.n()));
        }
        let width = state.width();
        let count = match usize::try_from(components) {
            Ok(count) if (1..=width).contains(&count) => count,
            _ => return Err(Error::Components(components, width)),
        };
        let deviations = state.deviations();
        if deviations.iter().all(|&deviation| deviation == 0.0) {
            return Err(Error::NothingVaries);
        }
        // What never varies has no share in any component.
        let mut correlations = state.correlations();
        for (i, &deviation) in deviations.iter().enumerate() {
            if deviation == 0.0 {
                correlations[matrix::at(i, i)] = 0.0;
            }
        }
        let pairs = matrix::eigen(&correlations, width, interrupt);
        let share = |pairs: &[(f64, Vec<f64>)]| -> f64 {
            pairs.iter().map(|(value, _)| value.max(0.0)).sum()
        };
        let explained = (share(&pairs[..count]) / share(&pairs)).clamp(0.0, 1.0);
        let components = pairs.into_iter().take(count).flat_map(|(_, vector)| vector);
        Ok(Self {
            means: state.means(),
            deviations,
            explained,
            components: components.collect(),
        })
    }

    /// Share of the variance of the standardised features that the components explain.
    #[must_use]
    pub fn explained(&self) -> f64 {
        self.explained
    }

    /// How far a row is from what the components can express: the root of the mean squared difference over the features that
    /// vary, in standard deviations. A missing value (NaN) counts as the mean. `None` when all that vary are missing.
    /// O(features × components).
    ///
    /// # Errors
    /// [`Error::FeatureCount`], [`Error::ValueOutOfRange`].
    pub fn reconstruction_error(&self, values: &[f64]) -> Result<Option<f64>> {
        let width = self.means.len();
        check_row(values, width)?;
        let mut scores = Vec::with_capacity(width);
        let (mut varying, mut present) = (0_u32, 0_u32);
        for ((&value, mean), &deviation) in values.iter().zip(&self.means).zip(&self.deviations) {
            varying += u32::from(deviation > 0.0);
            scores.push(if deviation > 0.0 && !value.is_nan() {
                present += 1;
                (value - mean) / deviation
            } else {
                0.0
            });
        }
        if present == 0 {
            return Ok(None);
        }
        // Squares must not overflow.
        let largest = scores
            .iter()
            .fold(1.0_f64, |most, score| most.max(score.abs()));
        for score in &mut scores {
            *score /= largest;
        }
        // Taken off one after the other, so that rounding in the first does not stay.
        for component in self.components.chunks(width) {
            let along: f64 = component.iter().zip(&scores).map(|(c, s)| c * s).sum();
            for (score, c) in scores.iter_mut().zip(component) {
                *score -= along * c;
            }
        }
        let square: f64 = scores.iter().map(|score| score * score).sum();
        Ok(Some((square / f64::from(varying)).sqrt() * largest))
    }

    /// The byte form: numbers of features and components (`u16` each), explained share, means, standard deviations,
    /// components.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (width, numbers) = (self.means.len(), self.components.len());
        let mut out = Writer::new(Kind::Pca, 12 + 8 * (2 * width + numbers));
        out.u16(width as u16);
        out.u16((numbers / width) as u16);
        out.f64(self.explained);
        let numbers = self.means.iter().chain(&self.deviations);
        for &number in numbers.chain(&self.components) {
            out.f64(number);
        }
        out.finish()
    }

    /// Reads the byte form.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for anything that [`Pca::to_bytes`] cannot have written, [`Error::NewerVersion`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader::open(Kind::Pca, bytes)?;
        let (width, count) = (usize::from(input.u16()?), usize::from(input.u16()?));
        if !(1..=MAX_FEATURES).contains(&width) || !(1..=width).contains(&count) {
            return Err(input.corrupt("wrong number of features or components"));
        }
        let explained = input.f64_within(1.0)?;
        let means = read_numbers(&mut input, width, MAX_MAGNITUDE)?;
        let deviations = read_numbers(&mut input, width, 1e150)?;
        let components = read_numbers(&mut input, width * count, 1.0 + 1e-6)?;
        if explained < 0.0 || deviations.iter().any(|&deviation| deviation < 0.0) {
            return Err(input.corrupt("negative share or deviation"));
        }
        if deviations.iter().all(|&deviation| deviation == 0.0) {
            return Err(input.corrupt("nothing varies"));
        }
        input.finish()?;
        Ok(Self {
            means,
            deviations,
            explained,
            components,
        })
    }
}
