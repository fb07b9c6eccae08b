//! Options of detectors.

use super::MAX_TREES;
use crate::error::Result;
use crate::forest::{MAX_OBLIQUE_SAMPLES, MAX_RESERVOIR_ROWS, MAX_SAMPLE_SIZE};
use crate::options::{contamination, integer, members, seed, unknown, within};
use serde_json::Value;

/// What an object of options may hold.
const NAMES: &[&str] = &[
    "n_trees",
    "sample_size",
    "reservoir",
    "seed",
    "contamination",
];

/// What the training rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// Readings of the past, mostly sound, from which new readings are judged.
    History,
    /// A table that is searched for the anomalies within itself.
    Table,
}

/// Options of [`super::DetectorTrainer`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DetectorOptions {
    /// What the rows are.
    pub rows: Rows,
    /// Trees of each forest, 1 to 1000, and times `sample_size` at most [`MAX_OBLIQUE_SAMPLES`]; 50 for a history, 100 for a table.
    pub n_trees: Option<u32>,
    /// Rows that each tree is grown on at most, 2 to [`MAX_SAMPLE_SIZE`]; 4096 for a history, 256 for a table. Fewer
    /// where there are fewer rows.
    pub sample_size: Option<u32>,
    /// Rows of the random sample that trees draw from; 50000 by default. Memory caps it further.
    pub reservoir: u32,
    /// Seed of the random streams; 0 by default.
    pub seed: u64,
    /// Share of the training rows, above 0 and at most 0.5, that are to count as anomalies; gives a model its threshold.
    pub contamination: Option<f64>,
}

impl DetectorOptions {
    /// The defaults for rows of this kind.
    #[must_use]
    pub fn new(rows: Rows) -> Self {
        Self {
            rows,
            n_trees: None,
            sample_size: None,
            reservoir: 50_000,
            seed: 0,
            contamination: None,
        }
    }

    /// Trees of each forest in force.
    pub(super) fn n_trees(&self) -> u32 {
        self.n_trees.unwrap_or(match self.rows {
            Rows::History => 50,
            Rows::Table => 100,
        })
    }

    /// Rows of each tree in force, where there are as many.
    pub(super) fn sample_size(&self) -> u32 {
        self.sample_size.unwrap_or(match self.rows {
            Rows::History => 4096,
            Rows::Table => 256,
        })
    }

    /// Reads options from an object; absent and null members keep their defaults, a null object has only defaults.
    ///
    /// # Errors
    /// [`crate::Error::OptionsNotAnObject`], [`crate::Error::UnknownOption`], [`crate::Error::InvalidOption`].
    pub fn from_json(rows: Rows, options: &Value) -> Result<Self> {
        let mut parsed = Self::new(rows);
        for (name, value) in members(options)? {
            match name {
                "n_trees" => parsed.n_trees = Some(integer("n_trees", value, 1, MAX_TREES)?),
                "sample_size" => {
                    parsed.sample_size = Some(integer("sample_size", value, 2, MAX_SAMPLE_SIZE)?);
                }
                "reservoir" => {
                    parsed.reservoir = integer("reservoir", value, 2, MAX_RESERVOIR_ROWS)?;
                }
                "seed" => parsed.seed = seed(value)?,
                "contamination" => parsed.contamination = Some(contamination(value)?),
                _ => return Err(unknown(name, NAMES)),
            }
        }
        let most = MAX_OBLIQUE_SAMPLES / parsed.sample_size();
        within("n_trees", parsed.n_trees(), 1, most.min(MAX_TREES))?;
        Ok(parsed)
    }
}
