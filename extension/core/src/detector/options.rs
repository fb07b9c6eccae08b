//! Options of detectors.

use crate::error::{Error, Result};
use crate::forest::options::{integer, seed, unknown};
use crate::forest::{MAX_RESERVOIR_ROWS, MAX_SAMPLE_SIZE};
use serde_json::Value;

/// Most trees of each forest: with the largest samples a model stays below a gigabyte.
const MAX_TREES: u32 = 1000;

/// What an object of options may hold.
const NAMES: &[&str] = &["n_trees", "sample_size", "reservoir", "seed"];

/// What the training rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// Readings of the past, mostly sound, from which new readings are judged.
    History,
    /// A table that is searched for the anomalies within itself.
    Table,
}

/// Options of [`super::DetectorTrainer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DetectorOptions {
    /// What the rows are.
    pub rows: Rows,
    /// Trees of each forest, 1 to 1000; 50 for a history, 100 for a table.
    pub n_trees: Option<u32>,
    /// Rows that each tree is grown on at most, 2 to [`MAX_SAMPLE_SIZE`]; 4096 for a history, 256 for a table. Fewer
    /// where there are fewer rows.
    pub sample_size: Option<u32>,
    /// Rows of the random sample that trees draw from; 50000 by default. Memory caps it further.
    pub reservoir: u32,
    /// Seed of the random streams; 0 by default.
    pub seed: u64,
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
        }
    }

    /// Reads options from an object; absent and null members keep their defaults, a null object has only defaults.
    ///
    /// # Errors
    /// [`Error::OptionsNotAnObject`], [`Error::UnknownOption`], [`Error::InvalidOption`].
    pub fn from_json(rows: Rows, options: &Value) -> Result<Self> {
        let mut parsed = Self::new(rows);
        let members = match options {
            Value::Null => return Ok(parsed),
            Value::Object(members) => members,
            _ => return Err(Error::OptionsNotAnObject),
        };
        for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
            match name.as_str() {
                "n_trees" => parsed.n_trees = Some(integer("n_trees", value, 1, MAX_TREES)?),
                "sample_size" => {
                    parsed.sample_size = Some(integer("sample_size", value, 2, MAX_SAMPLE_SIZE)?);
                }
                "reservoir" => {
                    parsed.reservoir = integer("reservoir", value, 2, MAX_RESERVOIR_ROWS)?;
                }
                "seed" => parsed.seed = seed(value)?,
                _ => return Err(unknown(name, NAMES)),
            }
        }
        Ok(parsed)
    }
}
