//! Options of k-means.

use crate::error::Result;
use crate::forest::MAX_RESERVOIR_ROWS;
use crate::options::{integer, invalid, members, seed, unknown};
use serde_json::Value;

/// Options of [`super::Trainer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KMeansOptions {
    /// Whether features are divided by their standard deviations; true by default.
    pub standardize: bool,
    /// Seed of the random numbers; 0 by default.
    pub seed: u64,
    /// Starts from different seeds, of which the best is kept, 1 to 100; 3 by default.
    pub n_init: u32,
    /// Most iterations of a start, 1 to 10000; 100 by default.
    pub max_iter: u32,
    /// Rows of the random sample that is clustered, 2 to [`MAX_RESERVOIR_ROWS`]; 50000 by default. Memory caps it
    /// further, at [`crate::forest::MAX_RESERVOIR_BYTES`].
    pub reservoir: u32,
}

const NAMES: &[&str] = &["standardize", "n_init", "max_iter", "reservoir", "seed"];

impl Default for KMeansOptions {
    fn default() -> Self {
        Self {
            standardize: true,
            seed: 0,
            n_init: 3,
            max_iter: 100,
            reservoir: 50_000,
        }
    }
}

impl KMeansOptions {
    /// Reads options from an object; absent and null members keep their defaults, a null object has only defaults.
    ///
    /// # Errors
    /// [`crate::Error::OptionsNotAnObject`], [`crate::Error::UnknownOption`], [`crate::Error::InvalidOption`].
    pub fn from_json(options: &Value) -> Result<Self> {
        let mut parsed = Self::default();
        for (name, value) in members(options)? {
            match name {
                "standardize" => {
                    parsed.standardize = value
                        .as_bool()
                        .ok_or_else(|| invalid("standardize", "true or false"))?;
                }
                "seed" => parsed.seed = seed(value)?,
                "n_init" => parsed.n_init = integer("n_init", value, 1, 100)?,
                "max_iter" => parsed.max_iter = integer("max_iter", value, 1, 10_000)?,
                "reservoir" => {
                    parsed.reservoir = integer("reservoir", value, 2, MAX_RESERVOIR_ROWS)?;
                }
                _ => return Err(unknown(name, NAMES)),
            }
        }
        Ok(parsed)
    }
}
