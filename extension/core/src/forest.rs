//! Isolation forests: Liu, Ting and Zhou, "Isolation forest" (ICDM 2008) and "Isolation-based anomaly detection"
//! (TKDD 2012); with splits along several features, extended isolation forests.
//!
//! Training and scoring use float64 throughout, and logarithms in pure Rust: the same rows in the same order with the
//! same seed give the same model bytes on every machine.

mod axis;
mod bytes;
mod columns;
mod explain;
pub(crate) mod gain;
mod grow;
pub(crate) mod info;
pub(crate) mod oblique;
mod options;
pub(crate) mod path;
pub(crate) mod random;
pub(crate) mod reservoir;
pub(crate) mod sample;
mod score;
pub(crate) mod shape;
pub(crate) mod standard;
pub(crate) mod survey;
mod trainer;

pub use bytes::digest;
pub use info::{ForestInfo, Quantiles, SCORE_QUANTILES};
pub use options::{ForestOptions, Missing};
pub use shape::Metric;
pub use survey::TypicalRange;
pub use trainer::Trainer;

pub(crate) use grow::grow_trees;

use axis::{AxisTrees, RankedOnDemand};
use columns::Columns;
use info::Contamination;
use oblique::ObliqueTrees;
use shape::Shape;
use standard::Standard;

/// Most trees of a forest.
pub const MAX_TREES: u32 = 10_000;
/// Most rows that one tree is grown on.
pub const MAX_SAMPLE_SIZE: u32 = 1 << 17;
/// Most rows of all trees together: it bounds a model to about 420 MB in memory and 210 MB as bytes. A hundred trees on all
/// of a hundred thousand rows stay below it; with the default height they take a fifth of that.
pub const MAX_SAMPLES: u32 = 100 * MAX_SAMPLE_SIZE;
/// Most rows of all trees together where splits have several features, which makes nodes larger: at most 640 MB in memory.
pub const MAX_OBLIQUE_SAMPLES: u32 = 1 << 22;
/// Whether splits with so many features, with or without a range penalty, are along directions.
const fn is_oblique(ndim: u32, penalize_range: bool) -> bool {
    ndim > 1 || penalize_range
}

/// Most rows of all trees together.
const fn max_samples(is_oblique: bool) -> u32 {
    if is_oblique {
        MAX_OBLIQUE_SAMPLES
    } else {
        MAX_SAMPLES
    }
}

/// Greatest height of a tree.
pub const MAX_DEPTH: u32 = 60;
/// Most rows of the reservoir.
pub const MAX_RESERVOIR_ROWS: u32 = 10_000_000;
/// Most memory of the reservoir's rows.
pub const MAX_RESERVOIR_BYTES: usize = 64 << 20;

/// A trained isolation forest.
#[derive(Debug, Clone)]
pub struct Forest {
    trees: Trees,
    columns: Columns,
    ranges: Vec<TypicalRange>,
    quantiles: Quantiles,
    contamination: Option<Contamination>,
    seed: u64,
    rows: u64,
    reservoir_rows: u64,
}

#[derive(Debug, Clone)]
enum Trees {
    Axis {
        trees: AxisTrees,
        ranked: RankedOnDemand,
    },
    Oblique {
        trees: ObliqueTrees,
        /// How each column is brought to the scale on which directions are drawn.
        standards: Vec<Standard>,
    },
}

impl Trees {
    fn axis(trees: AxisTrees) -> Self {
        Self::Axis {
            trees,
            ranked: RankedOnDemand::default(),
        }
    }

    fn shape(&self) -> &Shape {
        match self {
            Self::Axis { trees, .. } => &trees.shape,
            Self::Oblique { trees, .. } => &trees.shape,
        }
    }

    fn n_trees(&self) -> usize {
        match self {
            Self::Axis { trees, .. } => trees.n_trees(),
            Self::Oblique { trees, .. } => trees.n_trees(),
        }
    }

    fn n_nodes(&self) -> usize {
        match self {
            Self::Axis { trees, .. } => trees.n_nodes(),
            Self::Oblique { trees, .. } => trees.n_nodes(),
        }
    }
}

impl Forest {
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

    /// The score above which a row is an anomaly; `None` for a model without a contamination.
    #[must_use]
    pub fn threshold(&self) -> Option<f64> {
        self.contamination.map(|of| of.threshold)
    }
}
