//! Scores and what they are made of.

use super::{Detector, Part};
use crate::error::Result;
use crate::explanation::{contributions, evidence};
use crate::forest::oblique::BLOCK;
use crate::vector::check_width;

impl Detector {
    /// Anomaly score of a vector, between 0 and 1. A missing element (NaN) counts as the training median.
    ///
    /// The parts are standardized over the training rows and averaged by their weights; 0.5 is the average training row,
    /// and 0.75 lies 20 standard deviations above it.
    ///
    /// # Errors
    /// [`crate::Error::FeatureCount`].
    pub fn score(&self, row: &[f64]) -> Result<f64> {
        check_width(self.n_features(), row.len())?;
        let scaled: Vec<f64> = self.scaled(row).collect();
        Ok(self.combined(row, |forest| self.forests[forest].1.total(&scaled)))
    }

    /// Appends the scores of rows that lie one after the other; each is what [`Detector::score`] gives.
    ///
    /// # Errors
    /// [`crate::Error::FeatureCount`] when `rows` is no whole number of rows.
    pub fn score_rows(&self, rows: &[f64], scores: &mut Vec<f64>) -> Result<()> {
        let n_features = self.n_features();
        check_width(n_features, n_features + rows.len() % n_features)?;
        let mut cells = Vec::new();
        let mut totals = vec![[0.0; BLOCK]; self.forests.len()];
        for rows in rows.chunks(n_features * BLOCK) {
            let length = rows.len() / n_features;
            cells.clear();
            for row in rows.chunks_exact(n_features) {
                cells.extend(self.scaled(row));
            }
            for ((_, trees), totals) in self.forests.iter().zip(&mut totals) {
                trees.totals(&cells, &mut totals[..length]);
            }
            for (at, row) in rows.chunks_exact(n_features).enumerate() {
                scores.push(self.combined(row, |forest| totals[forest][at]));
            }
        }
        Ok(())
    }

    /// The score of a row of which the sums over the trees of each forest are known.
    fn combined(&self, row: &[f64], total: impl Fn(usize) -> f64) -> f64 {
        let forests = self.forests.iter().enumerate();
        let forests = forests.map(|(at, (part, trees))| (part, trees.to_score(total(at))));
        let tail = self.tail.iter().map(|part| (part, self.tail_score(row)));
        let (mut sum, mut weights) = (0.0, 0.0);
        for (part, value) in forests.chain(tail) {
            sum += part.standardized(value);
            weights += part.weight;
        }
        squash(sum / weights)
    }

    /// Contribution of each feature to the score of a vector: at least 0, with the score as their sum, shared out by how
    /// far each value is out of its typical range. Missing values contribute 0; when no value is off its median, all
    /// that vary share equally. O(trees × depth + features).
    ///
    /// # Errors
    /// [`crate::Error::FeatureCount`].
    pub fn explain(&self, row: &[f64]) -> Result<Vec<f64>> {
        let score = self.score(row)?;
        let ranges = self.ranges.iter();
        let evidence = ranges
            .clone()
            .zip(row)
            .map(|(range, &value)| evidence(range, value));
        let credits: Vec<f64> = ranges
            .map(|range| f64::from(u8::from(range.high > range.low)))
            .collect();
        Ok(contributions(score, evidence.collect(), &credits))
    }

    fn distances(&self, row: &[f64]) -> impl Iterator<Item = f64> {
        self.standards
            .iter()
            .zip(row)
            .map(|(standard, &value)| standard.distance(value))
    }

    /// Mean of `ln(1 + |robust z|)` over the features.
    pub(super) fn tail_score(&self, row: &[f64]) -> f64 {
        self.distances(row).map(libm::log1p).sum::<f64>() / row.len() as f64
    }

    /// A row in units of each feature.
    pub(super) fn scaled(&self, row: &[f64]) -> impl Iterator<Item = f64> {
        self.standards
            .iter()
            .zip(row)
            .map(|(standard, &value)| standard.scaled(value))
    }
}

impl Part {
    /// A part as it is over the training rows. One that never differs there says nothing and stays at 0.
    pub(super) fn over(weight: f64, values: &[f64]) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values
            .iter()
            .map(|value| (value - mean).powi(2))
            .sum::<f64>()
            / n;
        let deviation = variance.sqrt();
        Self {
            weight,
            mean,
            deviation: if deviation > 0.0 { deviation } else { 1.0 },
        }
    }
}

/// Standard deviations above the average training row at which the score is 0.75. Well above those of usual anomalies, so
/// that averages over time weigh them nearly as they are.
const HALFWAY: f64 = 20.0;

/// Brings a number of standard deviations between 0 and 1. Not by a logistic, which is 1 to the last bit from 37 on and
/// would no longer tell the worst rows apart.
fn squash(deviations: f64) -> f64 {
    let far = deviations / HALFWAY;
    0.5 + 0.5 * (far / (1.0 + far.abs()))
}
