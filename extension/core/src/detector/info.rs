//! Facts about a detector.

use super::{Detector, Rows};
use crate::codec::Kind;
use crate::forest::Quantiles;
use crate::forest::info::seed;
use serde::Serialize;

/// Facts about a detector, as JSON by serde.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DetectorInfo {
    /// Format version of the bytes.
    pub version: u16,
    /// What the training rows were: `history` or `table`.
    pub detector: &'static str,
    /// Trees of all forests.
    pub n_trees: u32,
    /// Rows that each tree was grown on.
    pub sample_size: u32,
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
    /// Scores of the reservoir's rows.
    pub score_quantiles: Quantiles,
    /// Share of the training rows that are to count as anomalies.
    pub contamination: Option<f64>,
    /// The score that so many of the reservoir's rows exceed.
    pub threshold: Option<f64>,
}

impl Detector {
    /// Facts about the detector.
    #[must_use]
    pub fn info(&self) -> DetectorInfo {
        let forests = || self.forests.iter().map(|(_, forest)| forest);
        DetectorInfo {
            version: Kind::Detector.version(),
            detector: match self.rows_are {
                Rows::History => "history",
                Rows::Table => "table",
            },
            n_trees: forests().map(|forest| forest.n_trees() as u32).sum(),
            sample_size: forests()
                .map(|forest| forest.shape.sample_size)
                .max()
                .unwrap_or(0),
            n_features: self.n_features() as u32,
            n_nodes: forests().map(|forest| forest.n_nodes() as u64).sum(),
            seed: self.seed,
            rows: self.rows,
            reservoir_rows: self.reservoir_rows,
            score_quantiles: self.quantiles,
            contamination: self.contamination.map(|of| of.share),
            threshold: self.threshold(),
        }
    }
}
