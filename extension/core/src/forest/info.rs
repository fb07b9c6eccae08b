//! Facts about a model.

use super::{Forest, Metric, Trees};
use crate::codec::{Kind, Reader, Writer};
use crate::error::Result;
use crate::quantile;
use serde::{Serialize, Serializer};

/// Shares of the training rows whose scores a model keeps as thresholds.
pub const SCORE_QUANTILES: [f64; 7] = [0.5, 0.9, 0.95, 0.99, 0.995, 0.999, 1.0];

/// Scores of the reservoir's rows at [`SCORE_QUANTILES`] (type 7); in JSON an object with the shares as keys.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Quantiles([f64; SCORE_QUANTILES.len()]);

impl Quantiles {
    /// Of ascending scores.
    pub(crate) fn of(scores: &[f64]) -> Self {
        Self(SCORE_QUANTILES.map(|q| quantile::sorted(scores, q).unwrap_or(f64::NAN)))
    }

    /// The scores.
    #[must_use]
    pub fn scores(&self) -> &[f64] {
        &self.0
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        self.0.iter().for_each(|&score| out.f64(score));
    }

    pub(crate) fn read(input: &mut Reader<'_>) -> Result<Self> {
        let mut scores = [0.0; SCORE_QUANTILES.len()];
        for score in &mut scores {
            *score = input.f64_within(1.0)?;
        }
        if scores.is_sorted() && scores[0] >= 0.0 {
            Ok(Self(scores))
        } else {
            Err(input.corrupt("scores out of order"))
        }
    }
}

impl Serialize for Quantiles {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_map(SCORE_QUANTILES.iter().map(ToString::to_string).zip(self.0))
    }
}

/// Share of anomalies among the training rows and the score that so many exceed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Contamination {
    pub(crate) share: f64,
    pub(crate) threshold: f64,
}

impl Contamination {
    /// Of ascending scores.
    pub(crate) fn of(share: f64, scores: &[f64]) -> Self {
        Self {
            share,
            threshold: quantile::sorted(scores, 1.0 - share).unwrap_or(1.0),
        }
    }

    pub(crate) fn write(of: Option<&Self>, out: &mut Writer) {
        out.u8(u8::from(of.is_some()));
        if let Some(Self { share, threshold }) = of {
            out.f64(*share);
            out.f64(*threshold);
        }
    }

    pub(crate) fn read(input: &mut Reader<'_>) -> Result<Option<Self>> {
        if !input.tag("unknown tag of the contamination")? {
            return Ok(None);
        }
        let (share, threshold) = (input.f64_within(0.5)?, input.f64_within(1.0)?);
        if share > 0.0 && threshold >= 0.0 {
            Ok(Some(Self { share, threshold }))
        } else {
            Err(input.corrupt("impossible contamination"))
        }
    }
}

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
    /// Most features in a split.
    pub ndim: u32,
    /// What the end of a path counts: `depth` or `density`.
    pub metric: &'static str,
    /// What a missing value counts as: `median` or `both` branches.
    pub missing: &'static str,
    /// Positions, counted from 1, of features whose values are codes of categories.
    pub categorical: Vec<u32>,
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
    /// Scores of the reservoir's rows.
    pub score_quantiles: Quantiles,
    /// Share of the training rows that are to count as anomalies.
    pub contamination: Option<f64>,
    /// The score that so many of the reservoir's rows exceed.
    pub threshold: Option<f64>,
}

impl Forest {
    /// Facts about the model.
    #[must_use]
    pub fn info(&self) -> ForestInfo {
        let shape = self.trees.shape();
        ForestInfo {
            version: Kind::Forest.version(),
            n_trees: self.trees.n_trees() as u32,
            sample_size: shape.sample_size,
            max_depth: shape.max_depth,
            n_features: self.n_features() as u32,
            ndim: match &self.trees {
                Trees::Axis { .. } => 1,
                Trees::Oblique { trees, .. } => trees.dimensions.into(),
            },
            metric: match shape.metric {
                Metric::Depth => "depth",
                Metric::Density => "density",
            },
            missing: if shape.both_branches {
                "both"
            } else {
                "median"
            },
            categorical: self
                .columns
                .categorical()
                .iter()
                .map(|&feature| u32::from(feature) + 1)
                .collect(),
            n_nodes: self.trees.n_nodes() as u64,
            seed: self.seed,
            rows: self.rows,
            reservoir_rows: self.reservoir_rows,
            bytes: self.to_bytes().len() as u64,
            score_quantiles: self.quantiles,
            contamination: self.contamination.map(|of| of.share),
            threshold: self.threshold(),
        }
    }
}

pub(crate) fn seed<S: Serializer>(
    seed: &u64,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    if *seed > 1 << 53 {
        serializer.collect_str(seed)
    } else {
        serializer.serialize_u64(*seed)
    }
}
