//! Detectors: what was found best, as one model that needs no tuning. `docs/detectors.md` has what was tried.
//!
//! A detector is an ensemble of extended isolation forests (splits along random directions instead of single features:
//! Hariri, Carrasco Kind and Brunner, "Extended isolation forest", 2021) and, for tables, a robust tail score. Which
//! forests depends on what the rows are, see [`Rows`]: a history that is mostly clean wants large samples and a penalty
//! for values outside of what was seen; a table that holds the anomalies itself wants small samples, which anomalies
//! mask less, and splits that separate.

mod bytes;
mod info;
mod options;
mod score;
mod trainer;

pub use bytes::digest;
pub use info::DetectorInfo;
pub use options::{DetectorOptions, Rows};
pub use trainer::DetectorTrainer;

use crate::forest::info::Contamination;
use crate::forest::oblique::ObliqueTrees;
use crate::forest::standard::Standard;
use crate::forest::{Quantiles, TypicalRange};

/// Most forests of a detector.
const MAX_FORESTS: usize = 8;
/// Most trees of each forest.
pub const MAX_TREES: u32 = 1000;

/// Standard deviations beyond which no row is told from another; a score stays below 1.
const FARTHEST: f64 = 1e12;

/// One part of a detector's score: how it is weighted, and its mean and standard deviation over the training rows, by
/// which it is brought to the scale of the others.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Part {
    weight: f64,
    mean: f64,
    deviation: f64,
}

impl Part {
    fn standardized(&self, value: f64) -> f64 {
        self.weight * ((value - self.mean) / self.deviation).clamp(-FARTHEST, FARTHEST)
    }
}

/// A trained detector.
#[derive(Debug, Clone)]
pub struct Detector {
    rows_are: Rows,
    standards: Vec<Standard>,
    ranges: Vec<TypicalRange>,
    forests: Vec<(Part, ObliqueTrees)>,
    /// The robust tail score, where it takes part.
    tail: Option<Part>,
    quantiles: Quantiles,
    contamination: Option<Contamination>,
    seed: u64,
    rows: u64,
    reservoir_rows: u64,
}

impl Detector {
    /// Length of the vectors that the detector scores.
    #[must_use]
    pub fn n_features(&self) -> usize {
        self.standards.len()
    }

    /// The score above which a row is an anomaly; `None` for a model without a contamination.
    #[must_use]
    pub fn threshold(&self) -> Option<f64> {
        self.contamination.map(|of| of.threshold)
    }

    /// What is usual for each feature.
    #[must_use]
    pub fn typical_ranges(&self) -> &[TypicalRange] {
        &self.ranges
    }
}
