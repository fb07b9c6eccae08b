//! Training options.

use super::oblique::MAX_DIMENSIONS;
use super::path::height_limit;
use super::shape::Metric;
use super::{MAX_DEPTH, MAX_RESERVOIR_ROWS, MAX_SAMPLE_SIZE, MAX_TREES, is_oblique, max_samples};
use crate::error::Result;
use crate::options::{
    CONTAMINATION, choice, contamination, integer, invalid, members, seed, unknown, within,
};
use crate::vector::MAX_ELEMENTS;
use serde_json::Value;

const DEFAULT_RESERVOIR: u32 = 50_000;
const MAX_TRIES: u32 = 100;
const POSITIONS: &str = "an array of positions of features, counted from 1";

/// What becomes of a missing value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// It counts as the training median of its feature.
    Median,
    /// It takes both branches of a split, weighted by the shares of the training rows.
    Both,
}

/// Options of [`super::Trainer`].
#[derive(Debug, Clone, PartialEq)]
pub struct ForestOptions {
    /// Trees, 1 to [`MAX_TREES`]; 100 by default: path lengths have converged by then (Liu, Ting and Zhou 2012, 5.5).
    pub n_trees: u32,
    /// Rows that each tree is grown on, 2 to [`MAX_SAMPLE_SIZE`]; 256 by default. Times `n_trees` at most
    /// [`super::MAX_SAMPLES`], or [`super::MAX_OBLIQUE_SAMPLES`] where splits have several features.
    pub sample_size: u32,
    /// Greatest height of a tree, 1 to [`MAX_DEPTH`]; by default `ceil(log2(sample_size))`.
    pub max_depth: Option<u32>,
    /// Seed of the random streams; 0 by default.
    pub seed: u64,
    /// Rows of the random sample that trees draw from, `sample_size` to [`MAX_RESERVOIR_ROWS`]; by default 50000, or
    /// `sample_size` when that is more. Memory caps it further.
    pub reservoir: Option<u32>,
    /// Features in each split, 1 to 8; 1 by default. More make an extended isolation forest.
    pub ndim: u32,
    /// Probability, 0 to 1, that a split is put where the spread within both sides is least instead of anywhere; 0 by
    /// default (Cortes 2021).
    pub pooled_gain: f64,
    /// Likewise where the mean of both sides' spreads is least; 0 by default (SCiForest). At most 1 together.
    pub averaged_gain: f64,
    /// Directions tried at a split by gain, 1 to 100; 1 by default. Only with `ndim` above 1.
    pub tries: u32,
    /// Whether values outside of the range that a node saw shorten the path. False by default.
    pub penalize_range: bool,
    /// What the end of a path counts; its length by default.
    pub metric: Metric,
    /// What becomes of missing values; they count as the median by default.
    pub missing: Missing,
    /// Positions, counted from 0 and ascending, of features whose values are codes of categories. None by default.
    pub categorical: Vec<u16>,
    /// Share of the training rows, above 0 and at most 0.5, that are to count as anomalies; gives a model its threshold.
    pub contamination: Option<f64>,
}

impl Default for ForestOptions {
    fn default() -> Self {
        Self {
            n_trees: 100,
            sample_size: 256,
            max_depth: None,
            seed: 0,
            reservoir: None,
            ndim: 1,
            pooled_gain: 0.0,
            averaged_gain: 0.0,
            tries: 1,
            penalize_range: false,
            metric: Metric::Depth,
            missing: Missing::Median,
            categorical: Vec::new(),
            contamination: None,
        }
    }
}

/// Names of the options, as an error lists them.
const NAMES: &[&str] = &[
    "n_trees",
    "sample_size",
    "max_depth",
    "seed",
    "reservoir",
    "ndim",
    "pooled_gain",
    "averaged_gain",
    "tries",
    "penalize_range",
    "metric",
    "missing",
    "categorical",
    "contamination",
];

impl ForestOptions {
    /// Reads options from an object; absent and null members keep their defaults, a null object has only defaults.
    /// Positions in `categorical` count from 1, as subscripts do in SQL.
    ///
    /// A seed above 2^53 may be given as a string, because many JSON writers would round the number.
    ///
    /// # Errors
    /// [`crate::Error::OptionsNotAnObject`], [`crate::Error::UnknownOption`], [`crate::Error::InvalidOption`].
    pub fn from_json(options: &Value) -> Result<Self> {
        let mut parsed = Self::default();
        for (name, value) in members(options)? {
            match name {
                "n_trees" => parsed.n_trees = integer("n_trees", value, 1, MAX_TREES)?,
                "sample_size" => {
                    parsed.sample_size = integer("sample_size", value, 2, MAX_SAMPLE_SIZE)?;
                }
                "max_depth" => parsed.max_depth = Some(integer("max_depth", value, 1, MAX_DEPTH)?),
                "seed" => parsed.seed = seed(value)?,
                "reservoir" => {
                    parsed.reservoir = Some(integer("reservoir", value, 2, MAX_RESERVOIR_ROWS)?);
                }
                "ndim" => parsed.ndim = integer("ndim", value, 1, MAX_DIMENSIONS.into())?,
                "pooled_gain" => parsed.pooled_gain = share("pooled_gain", value)?,
                "averaged_gain" => parsed.averaged_gain = share("averaged_gain", value)?,
                "tries" => parsed.tries = integer("tries", value, 1, MAX_TRIES)?,
                "penalize_range" => {
                    parsed.penalize_range = choice(
                        "penalize_range",
                        value,
                        &[(Value::Bool(true), true), (Value::Bool(false), false)],
                    )?;
                }
                "metric" => {
                    parsed.metric = choice(
                        "metric",
                        value,
                        &[
                            ("depth".into(), Metric::Depth),
                            ("density".into(), Metric::Density),
                        ],
                    )?;
                }
                "missing" => {
                    parsed.missing = choice(
                        "missing",
                        value,
                        &[
                            ("median".into(), Missing::Median),
                            ("both".into(), Missing::Both),
                        ],
                    )?;
                }
                "categorical" => parsed.categorical = positions("categorical", value)?,
                "contamination" => parsed.contamination = Some(contamination(value)?),
                _ => return Err(unknown(name, NAMES)),
            }
        }
        parsed.check()?;
        Ok(parsed)
    }

    /// Checks all ranges.
    ///
    /// # Errors
    /// [`crate::Error::InvalidOption`].
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
        within(
            "n_trees",
            self.n_trees,
            1,
            max_samples(self.is_oblique()) / self.sample_size,
        )?;
        within("ndim", self.ndim, 1, MAX_DIMENSIONS.into())?;
        within("tries", self.tries, 1, MAX_TRIES)?;
        let expected = |name, holds: bool, expected: &str| {
            if holds {
                Ok(())
            } else {
                Err(invalid(name, expected))
            }
        };
        let gains = self.pooled_gain + self.averaged_gain;
        expected(
            "pooled_gain",
            self.pooled_gain >= 0.0 && self.averaged_gain >= 0.0 && gains <= 1.0,
            "a probability that, with averaged_gain, is at most 1",
        )?;
        expected(
            "contamination",
            self.contamination
                .is_none_or(|share| share > 0.0 && share <= 0.5),
            CONTAMINATION,
        )?;
        expected(
            "metric",
            !(self.penalize_range && self.metric == Metric::Density),
            "\"depth\" together with penalize_range",
        )?;
        expected(
            "categorical",
            self.categorical.is_sorted_by(|a, b| a < b),
            POSITIONS,
        )
    }

    /// Whether trees split along directions.
    pub(super) fn is_oblique(&self) -> bool {
        is_oblique(self.ndim, self.penalize_range)
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

fn share(name: &'static str, value: &Value) -> Result<f64> {
    let share = value.as_f64().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| invalid(name, "a number from 0 to 1"))
}

/// Positions counted from 0, of positions counted from 1.
fn positions(name: &'static str, value: &Value) -> Result<Vec<u16>> {
    let position = |value: &Value| {
        let position = value
            .as_u64()
            .filter(|at| (1..=MAX_ELEMENTS as u64).contains(at));
        position.map(|at| (at - 1) as u16)
    };
    let positions = value
        .as_array()
        .and_then(|all| all.iter().map(position).collect());
    let mut positions: Vec<u16> = positions.ok_or_else(|| invalid(name, POSITIONS))?;
    positions.sort_unstable();
    positions.dedup();
    Ok(positions)
}
