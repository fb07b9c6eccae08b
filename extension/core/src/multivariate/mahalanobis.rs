//! Mahalanobis distance with shrunk correlations.

use super::covariance::{Covariance, read_numbers};
use super::{MAX_FEATURES, check_row, matrix};
use crate::codec::{Kind, Reader, Writer};
use crate::error::{Error, Result};
use crate::vector::MAX_MAGNITUDE;

/// Fewest rows to learn from.
pub const MIN_ROWS: u64 = 10;

/// What is usual for several features together.
#[derive(Debug, Clone, PartialEq)]
pub struct Mahalanobis {
    means: Vec<f64>,
    /// Standard deviations; 0 for a feature that never varied.
    deviations: Vec<f64>,
    /// Packed Cholesky factor of the shrunk correlations.
    factor: Vec<f64>,
}

impl Mahalanobis {
    /// Learns from a state.
    ///
    /// The correlations are shrunk towards none by the oracle approximating coefficient (Chen, Wiesel, Eldar and Hero,
    /// "Shrinkage algorithms for MMSE covariance estimation", 2010), which needs no more than the state: fewer rows than
    /// features are no problem. Shrinking correlations rather than covariances makes the units not matter. O(features³).
    ///
    /// # Errors
    /// [`Error::FewRows`] below [`MIN_ROWS`], [`Error::NothingVaries`].
    pub fn new(state: &Covariance) -> Result<Self> {
        if state.n() < MIN_ROWS {
            return Err(Error::FewRows(MIN_ROWS, state.n()));
        }
        let deviations = state.deviations();
        if deviations.iter().all(|&deviation| deviation == 0.0) {
            return Err(Error::NothingVaries);
        }
        let width = state.width();
        let mut correlations = state.correlations();
        let keep = 1.0 - shrinkage(&correlations, width, state.n());
        for i in 0..width {
            for j in 0..i {
                correlations[matrix::at(i, j)] *= keep;
            }
        }
        // Only a forged state has correlations that are still not positive definite.
        let factor = matrix::cholesky(&correlations, width)
            .ok_or_else(|| Kind::Covariance.corrupt("correlations contradict each other"))?;
        Ok(Self {
            means: state.means(),
            deviations,
            factor,
        })
    }

    /// Distance of a row from the mean, in standard deviations along the row's direction: the root of
    /// `(x - mean)ᵀ Σ⁻¹ (x - mean)`. For normal rows its square is chi-squared with as many degrees of freedom as features
    /// count. A missing value (NaN) is left out, with all that is known of its feature, and so is a feature that never
    /// varied. `None` when nothing is left. O(features²), with missing values O(features³).
    ///
    /// # Errors
    /// [`Error::FeatureCount`], [`Error::ValueOutOfRange`].
    pub fn distance(&self, values: &[f64]) -> Result<Option<f64>> {
        check_row(values, self.means.len())?;
        let present: Vec<usize> = (0..values.len())
            .filter(|&i| !values[i].is_nan() && self.deviations[i] > 0.0)
            .collect();
        if present.is_empty() {
            return Ok(None);
        }
        let mut scores: Vec<f64> = present
            .iter()
            .map(|&i| (values[i] - self.means[i]) / self.deviations[i])
            .collect();
        // Squares must not overflow: a value of 1e100 may be 1e200 standard deviations away.
        let largest = scores
            .iter()
            .fold(1.0_f64, |most, score| most.max(score.abs()));
        for score in &mut scores {
            *score /= largest;
        }
        let square = if present.len() == values.len() {
            matrix::inverse_form(&self.factor, &scores)
        } else {
            let factor = self.factor_of(&present)?;
            matrix::inverse_form(&factor, &scores)
        };
        Ok(Some(square.sqrt() * largest))
    }

    /// The Cholesky factor for some of the features.
    fn factor_of(&self, features: &[usize]) -> Result<Vec<f64>> {
        let correlation = |i: usize, j: usize| -> f64 {
            let shared = 0..=i.min(j);
            shared
                .map(|k| self.factor[matrix::at(i, k)] * self.factor[matrix::at(j, k)])
                .sum()
        };
        let pairs = features
            .iter()
            .enumerate()
            .flat_map(|(row, &i)| features[..=row].iter().map(move |&j| (i, j)));
        let part: Vec<f64> = pairs.map(|(i, j)| correlation(i, j)).collect();
        matrix::cholesky(&part, features.len())
            .ok_or_else(|| Kind::Mahalanobis.corrupt("correlations contradict each other"))
    }

    /// The byte form: number of features (`u16`), means, standard deviations, packed factor.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let numbers = 2 * self.means.len() + self.factor.len();
        let mut out = Writer::new(Kind::Mahalanobis, 2 + 8 * numbers);
        out.u16(self.means.len() as u16);
        let numbers = self
            .means
            .iter()
            .chain(&self.deviations)
            .chain(&self.factor);
        numbers.for_each(|&number| out.f64(number));
        out.finish()
    }

    /// Reads the byte form.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for anything that [`Mahalanobis::to_bytes`] cannot have written, [`Error::NewerVersion`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader::open(Kind::Mahalanobis, bytes)?;
        let width = usize::from(input.u16()?);
        if !(1..=MAX_FEATURES).contains(&width) {
            return Err(input.corrupt("wrong number of features"));
        }
        let means = read_numbers(&mut input, width, MAX_MAGNITUDE)?;
        let deviations = read_numbers(&mut input, width, 1e150)?;
        // Rows of the factor of a correlation matrix have length 1, but for rounding.
        let factor = read_numbers(&mut input, matrix::cells(width), 1.0 + 1e-6)?;
        let is_wrong = |i: usize| deviations[i] < 0.0 || factor[matrix::at(i, i)] < 1e-12;
        if (0..width).any(is_wrong) {
            return Err(input.corrupt("bad deviation or factor"));
        }
        input.finish()?;
        Ok(Self {
            means,
            deviations,
            factor,
        })
    }
}

/// The oracle approximating coefficient of correlations of `n` rows, 0 to 1. At least 1e-9, which changes nothing but keeps
/// features that repeat each other invertible.
fn shrinkage(correlations: &[f64], width: usize, n: u64) -> f64 {
    let (p, n) = (width as f64, n as f64);
    let off_diagonal: f64 = (0..width)
        .flat_map(|i| (0..i).map(move |j| matrix::at(i, j)))
        .map(|cell| correlations[cell] * correlations[cell])
        .sum();
    // The trace is p, that of the square p plus the squares beside the diagonal.
    let of_square = p + 2.0 * off_diagonal;
    let excess = 2.0 * off_diagonal;
    let numerator = (1.0 - 2.0 / p) * of_square + p * p;
    let denominator = (n + 1.0 - 2.0 / p) * excess;
    if denominator > 0.0 {
        (numerator / denominator).clamp(1e-9, 1.0)
    } else {
        1.0
    }
}
