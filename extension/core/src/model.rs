//! A model of any kind, as scoring takes it.

use crate::detector::{self, Detector};
use crate::error::{Error, Result};
use crate::forest::{self, Forest, TypicalRange};
use serde_json::Value;

/// A model that scores vectors.
#[derive(Debug, Clone)]
pub enum Model {
    /// A classic isolation forest.
    Forest(Box<Forest>),
    /// A detector.
    Detector(Box<Detector>),
}

/// Content identity of a model of any kind, see [`forest::digest`].
#[must_use]
pub fn digest(bytes: &[u8]) -> Option<[u8; 32]> {
    forest::digest(bytes).or_else(|| detector::digest(bytes))
}

impl Model {
    /// Reads the byte form of a model of any kind.
    ///
    /// # Errors
    /// Those of [`Forest::from_bytes`] and [`Detector::from_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        if detector::digest(bytes).is_some() {
            Detector::from_bytes(bytes).map(|detector| Self::Detector(Box::new(detector)))
        } else {
            Forest::from_bytes(bytes).map(|forest| Self::Forest(Box::new(forest)))
        }
    }

    /// Length of the vectors that the model scores.
    #[must_use]
    pub fn n_features(&self) -> usize {
        match self {
            Self::Forest(forest) => forest.n_features(),
            Self::Detector(detector) => detector.n_features(),
        }
    }

    /// What is usual for each feature.
    #[must_use]
    pub fn typical_ranges(&self) -> &[TypicalRange] {
        match self {
            Self::Forest(forest) => forest.typical_ranges(),
            Self::Detector(detector) => detector.typical_ranges(),
        }
    }

    /// Anomaly score of a vector, between 0 and 1.
    ///
    /// # Errors
    /// [`crate::Error::FeatureCount`].
    #[inline]
    pub fn score(&self, row: &[f64]) -> Result<f64> {
        match self {
            Self::Forest(forest) => forest.score(row),
            Self::Detector(detector) => detector.score(row),
        }
    }

    /// The score above which a row is an anomaly.
    ///
    /// # Errors
    /// [`crate::Error::NoContamination`] for a model that was trained without one.
    pub fn threshold(&self) -> Result<f64> {
        let threshold = match self {
            Self::Forest(forest) => forest.threshold(),
            Self::Detector(detector) => detector.threshold(),
        };
        threshold.ok_or(Error::NoContamination)
    }

    /// Appends the scores of rows that lie one after the other.
    ///
    /// # Errors
    /// [`crate::Error::FeatureCount`] when `rows` is no whole number of rows.
    pub fn score_rows(&self, rows: &[f64], scores: &mut Vec<f64>) -> Result<()> {
        match self {
            Self::Forest(forest) => forest.score_rows(rows, scores),
            Self::Detector(detector) => detector.score_rows(rows, scores),
        }
    }

    /// Contribution of each feature to the score of a vector: at least 0, with the score as their sum.
    ///
    /// # Errors
    /// [`crate::Error::FeatureCount`].
    pub fn explain(&self, row: &[f64]) -> Result<Vec<f64>> {
        match self {
            Self::Forest(forest) => forest.explain(row),
            Self::Detector(detector) => detector.explain(row),
        }
    }

    /// Facts about the model, as a JSON object. Both kinds have `rows`, `seed`, `n_features` and `score_quantiles`.
    #[must_use]
    pub fn info(&self) -> Value {
        match self {
            // Facts are numbers and strings with distinct names, which JSON always takes.
            Self::Forest(forest) => serde_json::to_value(forest.info()).unwrap_or_default(),
            Self::Detector(detector) => serde_json::to_value(detector.info()).unwrap_or_default(),
        }
    }
}
