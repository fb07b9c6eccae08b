//! Training options.

use super::path::height_limit;
use super::{MAX_DEPTH, MAX_RESERVOIR_ROWS, MAX_SAMPLE_SIZE, MAX_SAMPLES, MAX_TREES};
use crate::error::{Error, Result};
use serde_json::Value;

const DEFAULT_RESERVOIR: u32 = 50_000;

/// What an object of options may hold.
const NAMES: &[&str] = &["n_trees", "sample_size", "max_depth", "seed", "reservoir"];

/// Options of [`super::Trainer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForestOptions {
    /// Trees, 1 to [`MAX_TREES`]; 100 by default: path lengths have converged by then (Liu, Ting and Zhou 2012, 5.5).
    pub n_trees: u32,
    /// Rows that each tree is grown on, 2 to [`MAX_SAMPLE_SIZE`]; 256 by default. Times `n_trees` at most
    /// [`MAX_SAMPLES`].
    pub sample_size: u32,
    /// Greatest height of a tree, 1 to [`MAX_DEPTH`]; by default `ceil(log2(sample_size))`.
    pub max_depth: Option<u32>,
    /// Seed of the random streams; 0 by default.
    pub seed: u64,
    /// Rows of the random sample that trees draw from, `sample_size` to [`MAX_RESERVOIR_ROWS`]; by default 50000, or
    /// `sample_size` when that is more. Memory caps it further.
    pub reservoir: Option<u32>,
}

impl Default for ForestOptions {
    fn default() -> Self {
        Self {
            n_trees: 100,
            sample_size: 256,
            max_depth: None,
            seed: 0,
            reservoir: None,
        }
    }
}

impl ForestOptions {
    /// Reads options from an object; absent and null members keep their defaults, a null object has only defaults.
    ///
    /// A seed above 2^53 may be given as a string, because many JSON writers would round the number.
    ///
    /// # Errors
    /// [`Error::OptionsNotAnObject`], [`Error::UnknownOption`], [`Error::InvalidOption`].
    pub fn from_json(options: &Value) -> Result<Self> {
        let mut parsed = Self::default();
        let members = match options {
            Value::Null => return Ok(parsed),
            Value::Object(members) => members,
            _ => return Err(Error::OptionsNotAnObject),
        };
        for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
            match name.as_str() {
                "n_trees" => parsed.n_trees = integer("n_trees", value, 1, MAX_TREES)?,
                "sample_size" => {
                    parsed.sample_size = integer("sample_size", value, 2, MAX_SAMPLE_SIZE)?;
                }
                "max_depth" => parsed.max_depth = Some(integer("max_depth", value, 1, MAX_DEPTH)?),
                "seed" => parsed.seed = seed(value)?,
                "reservoir" => {
                    parsed.reservoir = Some(integer("reservoir", value, 2, MAX_RESERVOIR_ROWS)?);
                }
                _ => return Err(unknown(name, NAMES)),
            }
        }
        parsed.check()?;
        Ok(parsed)
    }

    /// Checks all ranges.
    ///
    /// # Errors
    /// [`Error::InvalidOption`].
    pub fn check(&self) -> Result<()> {
        within("n_trees", self.n_trees, 1, MAX_TREES)?;
        within("sample_size", self.sample_size, 2, MAX_SAMPLE_SIZE)?;
        within("max_depth", self.height(), 1, MAX_DEPTH)?;
        within(
            "reservoir",
            self.reservoir_rows(),
            self.sample_size,
            MAX_RESERVOIR_ROWS,
        )?;
        within("n_trees", self.n_trees, 1, MAX_SAMPLES / self.sample_size)
    }

    /// The height limit in force.
    pub(super) fn height(&self) -> u32 {
        self.max_depth
            .unwrap_or_else(|| height_limit(self.sample_size))
    }

    /// The reservoir's rows in force, before the cap by memory.
    pub(super) fn reservoir_rows(&self) -> u32 {
        self.reservoir
            .unwrap_or(DEFAULT_RESERVOIR.max(self.sample_size))
    }
}

pub(crate) fn unknown(name: &str, options: &'static [&'static str]) -> Error {
    Error::UnknownOption {
        name: name.chars().take(64).collect(),
        options,
    }
}

fn within(name: &'static str, value: u32, least: u32, most: u32) -> Result<()> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(invalid(name, least, most))
    }
}

pub(crate) fn integer(name: &'static str, value: &Value, least: u32, most: u32) -> Result<u32> {
    let value = value.as_u64().and_then(|value| u32::try_from(value).ok());
    value
        .filter(|value| (least..=most).contains(value))
        .ok_or_else(|| invalid(name, least, most))
}

fn invalid(name: &'static str, least: u32, most: u32) -> Error {
    Error::InvalidOption {
        name,
        expected: format!("an integer from {least} to {most}"),
    }
}

pub(crate) fn seed(value: &Value) -> Result<u64> {
    let seed = match value {
        Value::String(digits) => digits.parse().ok(),
        value => value.as_u64(),
    };
    seed.ok_or_else(|| Error::InvalidOption {
        name: "seed",
        expected: format!("an integer from 0 to {}", u64::MAX),
    })
}
