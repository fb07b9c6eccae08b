//! Facts about a model.

use super::Forest;
use crate::codec::Kind;
use serde::{Serialize, Serializer};

/// Shares of the training rows whose scores a model keeps as thresholds.
pub const SCORE_QUANTILES: [f64; 7] = [0.5, 0.9, 0.95, 0.99, 0.995, 0.999, 1.0];

/// Facts about a model, as JSON by serde.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ForestInfo {
    /// Format version of the bytes.
    pub version: u16,
    /// Trees.
    pub n_trees: u32,
    /// Rows that each tree was grown on.
    pub sample_size: u32,
    /// Height limit of the trees.
    pub max_depth: u32,
    /// Length of the vectors.
    pub n_features: u32,
    /// Nodes of all trees, leaves included.
    pub n_nodes: u64,
    /// Seed; in JSON a string when it is above 2^53, the last integer that every reader keeps exactly.
    #[serde(serialize_with = "seed")]
    pub seed: u64,
    /// Training rows seen.
    pub rows: u64,
    /// Training rows in the reservoir, from which the trees drew theirs.
    pub reservoir_rows: u64,
    /// Length of the model's bytes.
    pub bytes: u64,
    /// Scores of the reservoir's rows at [`SCORE_QUANTILES`] (type 7); in JSON an object with the shares as keys.
    #[serde(serialize_with = "quantiles")]
    pub score_quantiles: [f64; SCORE_QUANTILES.len()],
}

impl Forest {
    /// Facts about the model.
    #[must_use]
    pub fn info(&self) -> ForestInfo {
        let shape = self.trees.shape;
        ForestInfo {
            version: Kind::Forest.version(),
            n_trees: self.trees.trees.len() as u32,
            sample_size: shape.sample_size,
            max_depth: shape.max_depth,
            n_features: shape.n_features,
            n_nodes: self.trees.nodes.len() as u64,
            seed: self.seed,
            rows: self.rows,
            reservoir_rows: self.reservoir_rows,
            bytes: self.bytes_len() as u64,
            score_quantiles: self.score_quantiles,
        }
    }
}

pub(crate) fn seed<S: Serializer>(seed: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    if *seed > 1 << 53 {
        serializer.collect_str(seed)
    } else {
        serializer.serialize_u64(*seed)
    }
}

pub(crate) fn quantiles<S: Serializer>(
    scores: &[f64; SCORE_QUANTILES.len()],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(SCORE_QUANTILES.iter().map(ToString::to_string).zip(scores))
}
