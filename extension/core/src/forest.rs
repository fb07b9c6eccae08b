//! Isolation forests: Liu, Ting and Zhou, "Isolation forest" (ICDM 2008) and "Isolation-based anomaly detection"
//! (TKDD 2012).
//!
//! Training and scoring use float64 throughout, and logarithms in pure Rust: the same rows in the same order with the
//! same seed give the same model bytes on every machine.

mod bytes;
mod explain;
mod grow;
pub(crate) mod info;
pub(crate) mod options;
pub(crate) mod path;
pub(crate) mod random;
pub(crate) mod reservoir;
mod score;
mod trainer;
mod trees;

pub use bytes::digest;
pub use info::{ForestInfo, SCORE_QUANTILES};
pub use options::ForestOptions;
pub use trainer::Trainer;

use trees::Trees;

/// Most trees of a forest.
pub const MAX_TREES: u32 = 10_000;
/// Most rows that one tree is grown on.
pub const MAX_SAMPLE_SIZE: u32 = 65_536;
/// Most rows of all trees together: it bounds a model to about 130 MB in memory and 70 MB as bytes.
pub const MAX_SAMPLES: u32 = 1 << 22;
/// Greatest height of a tree.
pub const MAX_DEPTH: u32 = 60;
/// Most rows of the reservoir.
pub const MAX_RESERVOIR_ROWS: u32 = 10_000_000;
/// Most memory of the reservoir's rows.
pub const MAX_RESERVOIR_BYTES: usize = 64 << 20;

/// What is usual for a feature: quantiles of the reservoir's rows (type 7). All NaN for a feature that was always
/// missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TypicalRange {
    /// 1st percentile.
    pub low: f64,
    /// Median: it stands in for a missing value.
    pub median: f64,
    /// 99th percentile.
    pub high: f64,
}

impl TypicalRange {
    const UNSEEN: Self = Self {
        low: f64::NAN,
        median: f64::NAN,
        high: f64::NAN,
    };

    /// What a missing value counts as. No tree splits on a feature that was never seen, so any number does.
    fn fill(&self) -> f64 {
        if self.median.is_nan() {
            0.0
        } else {
            self.median
        }
    }
}

/// A trained isolation forest.
#[derive(Debug, Clone)]
pub struct Forest {
    trees: Trees,
    ranges: Vec<TypicalRange>,
    /// Stand-ins for missing values.
    fills: Vec<f64>,
    /// Scores of the reservoir's rows at [`SCORE_QUANTILES`].
    score_quantiles: [f64; SCORE_QUANTILES.len()],
    seed: u64,
    rows: u64,
    reservoir_rows: u64,
}

impl Forest {
    fn new(
        trees: Trees,
        ranges: Vec<TypicalRange>,
        score_quantiles: [f64; SCORE_QUANTILES.len()],
        seed: u64,
        rows: u64,
        reservoir_rows: u64,
    ) -> Self {
        let fills = ranges.iter().map(TypicalRange::fill).collect();
        Self {
            trees,
            ranges,
            fills,
            score_quantiles,
            seed,
            rows,
            reservoir_rows,
        }
    }

    /// Length of the vectors that the model scores.
    #[must_use]
    pub fn n_features(&self) -> usize {
        self.ranges.len()
    }

    /// What is usual for each feature.
    #[must_use]
    pub fn typical_ranges(&self) -> &[TypicalRange] {
        &self.ranges
    }
}
