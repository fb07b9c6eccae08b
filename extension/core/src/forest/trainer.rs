//! Training: a random sample of the rows, then trees on random samples of that.

use super::grow::{Grower, Rows};
use super::random::Random;
use super::reservoir::Reservoir;
use super::trees::{Shape, Trees};
use super::{Forest, ForestOptions, SCORE_QUANTILES, TypicalRange};
use crate::codec::Kind;
use crate::error::{Error, Result};
use crate::{quantile, vector};

/// Rows scored between two calls of the interrupt check.
const INTERRUPT_ROWS: usize = 4096;

/// Takes in training rows in bounded memory and trains a forest on them.
#[derive(Debug, Clone)]
pub struct Trainer {
    options: ForestOptions,
    /// Made when the first row tells the number of features.
    reservoir: Option<Reservoir>,
}

impl Trainer {
    /// A trainer without rows.
    ///
    /// # Errors
    /// [`Error::InvalidOption`].
    pub fn new(options: ForestOptions) -> Result<Self> {
        options.check()?;
        Ok(Self {
            options,
            reservoir: None,
        })
    }

    /// Adds a row; missing elements (NaN) will count as the median of their feature. The order of the rows matters for
    /// which of them stay in the reservoir.
    ///
    /// # Errors
    /// [`Error::VectorTooLong`], [`Error::VectorEmpty`], [`Error::ValueOutOfRange`], [`Error::RowLength`],
    /// [`Error::ReservoirTooSmall`], [`Error::OutOfMemory`].
    pub fn push(&mut self, row: &[f64]) -> Result<()> {
        vector::check(row)?;
        let reservoir = match &mut self.reservoir {
            Some(reservoir) => reservoir,
            empty => empty.insert(new_reservoir(&self.options, row.len())?),
        };
        if row.len() != reservoir.n_features() {
            return Err(Error::RowLength {
                expected: reservoir.n_features(),
                got: row.len(),
            });
        }
        reservoir.push(row)
    }

    /// Rows taken in so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.reservoir.as_ref().map_or(0, Reservoir::seen)
    }

    /// Trains a forest on the rows so far. The trainer does not change, so more rows may follow.
    ///
    /// `interrupt` is called every few milliseconds, so that the caller can cancel by unwinding.
    ///
    /// # Errors
    /// [`Error::TooFewRows`], [`Error::NothingVaries`], [`Error::OutOfMemory`].
    pub fn train(&self, interrupt: &mut dyn FnMut()) -> Result<Forest> {
        let ForestOptions {
            n_trees,
            sample_size,
            seed,
            ..
        } = self.options;
        let too_few = Error::TooFewRows {
            sample_size: sample_size as usize,
            rows: self.rows(),
        };
        let reservoir = match &self.reservoir {
            Some(reservoir) if reservoir.len() >= sample_size as usize => reservoir,
            _ => return Err(too_few),
        };
        let n_features = reservoir.n_features();
        let (ranges, varying) = survey(reservoir, interrupt);
        if varying.is_empty() {
            return Err(Error::NothingVaries);
        }
        let fills: Vec<f64> = ranges.iter().map(TypicalRange::fill).collect();
        let rows = Rows {
            cells: reservoir.cells(),
            n_features,
            fills: &fills,
        };
        let max_depth = self.options.height();
        let mut grower = Grower::new(rows, varying, sample_size, max_depth);
        let mut trees = Trees::new(Shape {
            n_features: n_features as u32,
            sample_size,
            max_depth,
        });
        for tree in 0..n_trees {
            interrupt();
            let mut records = grower.grow(&mut Random::new(seed, tree.into())).into_iter();
            trees.push(|| {
                records
                    .next()
                    .ok_or_else(|| Kind::Forest.corrupt("tree without end"))
            })?;
        }
        let no_scores = [0.0; SCORE_QUANTILES.len()];
        let mut forest = Forest::new(
            trees,
            ranges,
            no_scores,
            seed,
            reservoir.seen(),
            reservoir.len() as u64,
        );
        forest.score_quantiles = score_quantiles(&forest, reservoir.cells(), interrupt)?;
        Ok(forest)
    }
}

fn new_reservoir(options: &ForestOptions, n_features: usize) -> Result<Reservoir> {
    if n_features == 0 {
        return Err(Error::VectorEmpty);
    }
    let reservoir = Reservoir::new(n_features, options.reservoir_rows(), options.seed);
    let sample_size = options.sample_size as usize;
    if reservoir.capacity() < sample_size {
        return Err(Error::ReservoirTooSmall {
            sample_size,
            n_features,
        });
    }
    Ok(reservoir)
}

/// Typical ranges of all features, and the features that vary.
fn survey(reservoir: &Reservoir, interrupt: &mut dyn FnMut()) -> (Vec<TypicalRange>, Vec<u16>) {
    let n_features = reservoir.n_features();
    let mut varying = Vec::new();
    let mut column = Vec::with_capacity(reservoir.len());
    let mut ranges = Vec::with_capacity(n_features);
    for feature in 0..n_features {
        interrupt();
        column.clear();
        let cells = reservoir.cells().iter().skip(feature).step_by(n_features);
        column.extend(cells.filter(|value| !value.is_nan()));
        if column.iter().any(|value| *value != column[0]) {
            varying.push(feature as u16);
        }
        let mut at = |q| quantile::select(&mut column, q).unwrap_or(f64::NAN);
        ranges.push(TypicalRange {
            low: at(0.01),
            median: at(0.5),
            high: at(0.99),
        });
    }
    (ranges, varying)
}

fn score_quantiles(
    forest: &Forest,
    cells: &[f64],
    interrupt: &mut dyn FnMut(),
) -> Result<[f64; SCORE_QUANTILES.len()]> {
    let mut scores = Vec::with_capacity(cells.len() / forest.n_features());
    for block in cells.chunks(INTERRUPT_ROWS * forest.n_features()) {
        interrupt();
        forest.score_rows(block, &mut scores)?;
    }
    scores.sort_unstable_by(f64::total_cmp);
    Ok(SCORE_QUANTILES.map(|q| quantile::sorted(&scores, q).unwrap_or(f64::NAN)))
}
