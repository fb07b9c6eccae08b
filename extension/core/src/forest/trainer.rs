//! Training: a random sample of the rows, then trees on random samples of that.

use super::axis::{AxisSplitter, AxisTrees, FilledRows};
use super::columns::Columns;
use super::gain::Gains;
use super::grow::{Record, Splitter, grow_trees};
use super::info::{Contamination, Quantiles};
use super::oblique::{Growth, ObliqueSplitter, ObliqueTrees, ScaledRows};
use super::random::Random;
use super::reservoir::Reservoir;
use super::sample::Sampler;
use super::shape::Shape;
use super::standard::Standard;
use super::survey::{Survey, TypicalRange};
use super::{Forest, ForestOptions, Missing, Trees};
use crate::codec::Kind;
use crate::error::{Error, Result};

/// Rows scored between two calls of the interrupt check.
const INTERRUPT_ROWS: usize = 1024;

/// Trees that a row is in from which on sorting the cells by feature pays.
const LOOKS: u64 = 4;
/// Most rows whose scores make the quantiles.
const SCORED_ROWS: usize = 50_000;

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

    /// Adds a row; see [`ForestOptions::missing`] for missing elements (NaN). The order of the rows matters for which of
    /// them stay in the reservoir.
    ///
    /// # Errors
    /// [`Error::VectorTooLong`], [`Error::VectorEmpty`], [`Error::ValueOutOfRange`], [`Error::RowLength`],
    /// [`Error::ReservoirTooSmall`], [`Error::CategoricalPosition`], [`Error::OutOfMemory`].
    pub fn push(&mut self, row: &[f64]) -> Result<()> {
        self.reservoir(row.len())?.push(row)
    }

    /// Adds a row that is drawn with a probability in proportion to its weight. A row of weight 0 is never drawn.
    ///
    /// # Errors
    /// Those of [`Trainer::push`], [`Error::InvalidWeight`].
    pub fn push_weighted(&mut self, row: &[f64], weight: f64) -> Result<()> {
        self.reservoir(row.len())?.push_weighted(row, weight)
    }

    fn reservoir(&mut self, n_features: usize) -> Result<&mut Reservoir> {
        Ok(match &mut self.reservoir {
            Some(reservoir) => reservoir,
            empty => empty.insert(new_reservoir(&self.options, n_features)?),
        })
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
        let options = &self.options;
        let reservoir = match &self.reservoir {
            Some(reservoir) if reservoir.len() >= options.sample_size as usize => reservoir,
            held => {
                return Err(Error::TooFewRows {
                    sample_size: options.sample_size as usize,
                    rows: held.as_ref().map_or(0, |held| held.len() as u64),
                });
            }
        };
        let Survey {
            ranges,
            standards,
            varying,
        } = Survey::of(
            reservoir,
            &options.categorical,
            options.is_oblique(),
            interrupt,
        )?;
        if varying.is_empty() {
            return Err(Error::NothingVaries);
        }
        let columns = Columns::new(
            fills(&ranges, options.missing),
            options.categorical.clone(),
            options.seed,
        );
        let shape = Shape {
            n_columns: columns.len() as u32,
            sample_size: options.sample_size,
            max_depth: options.height(),
            metric: options.metric,
            both_branches: options.missing == Missing::Both,
        };
        let growing = Growing {
            options,
            reservoir,
            columns: &columns,
            shape,
        };
        let trees = if options.is_oblique() {
            growing.oblique(standards, &varying, interrupt)?
        } else {
            growing.axis(&varying, interrupt)?
        };
        let mut forest = Forest {
            trees,
            columns,
            ranges,
            quantiles: Quantiles::default(),
            contamination: None,
            seed: options.seed,
            rows: reservoir.seen(),
            reservoir_rows: reservoir.len() as u64,
        };
        let scores = sorted_scores(&forest, reservoir, interrupt)?;
        forest.quantiles = Quantiles::of(&scores);
        forest.contamination = options
            .contamination
            .map(|share| Contamination::of(share, &scores));
        Ok(forest)
    }
}

/// What missing values count as.
pub(super) fn fills(ranges: &[TypicalRange], missing: Missing) -> Vec<f64> {
    let fill = |range: &TypicalRange| match missing {
        Missing::Median => range.fill(),
        Missing::Both => f64::NAN,
    };
    ranges.iter().map(fill).collect()
}

/// What the trees are grown from.
struct Growing<'a> {
    options: &'a ForestOptions,
    reservoir: &'a Reservoir,
    columns: &'a Columns,
    shape: Shape,
}

impl Growing<'_> {
    fn gains(&self) -> Gains {
        Gains {
            pooled: self.options.pooled_gain,
            averaged: self.options.averaged_gain,
        }
    }

    fn axis(&self, varying: &[u16], interrupt: &mut dyn FnMut()) -> Result<Trees> {
        // Large trees look at each cell many times, most of them next to others of the same feature.
        let samples = u64::from(self.options.n_trees) * u64::from(self.shape.sample_size);
        let by_feature = if samples > LOOKS * self.reservoir.len() as u64 {
            self.reservoir.by_feature()?
        } else {
            Vec::new()
        };
        let rows = if by_feature.is_empty() {
            FilledRows::by_row(self.reservoir.cells(), self.columns)
        } else {
            FilledRows::by_feature(&by_feature, self.columns)
        };
        let splitter = || AxisSplitter::new(rows, self.gains(), varying.to_vec());
        let mut trees = AxisTrees::new(self.shape);
        self.each_tree(splitter, interrupt, |next| trees.push(next))?;
        Ok(Trees::axis(trees))
    }

    fn oblique(
        &self,
        mut standards: Vec<Standard>,
        varying: &[u16],
        interrupt: &mut dyn FnMut(),
    ) -> Result<Trees> {
        standards.resize(self.columns.len(), Standard::UNIFORM);
        let cells = self.scaled_cells(&standards)?;
        let growth = Growth {
            dimensions: self.options.ndim as u8,
            tries: self.options.tries,
            gains: self.gains(),
            penalize: self.options.penalize_range,
        };
        let rows = ScaledRows {
            cells: &cells,
            n_columns: self.columns.len(),
        };
        let columns = self.columns.of_features(varying);
        let splitter = || ObliqueSplitter::new(rows, growth, columns.clone());
        let mut trees = ObliqueTrees::new(self.shape, growth.dimensions, growth.penalize);
        self.each_tree(splitter, interrupt, |next| trees.push(Kind::Forest, next))?;
        Ok(Trees::Oblique { trees, standards })
    }

    /// The reservoir's rows as columns of one scale.
    fn scaled_cells(&self, standards: &[Standard]) -> Result<Vec<f64>> {
        let count = self.reservoir.len() * self.columns.len();
        let mut cells = Vec::new();
        cells
            .try_reserve_exact(count)
            .map_err(|_| Error::OutOfMemory(8 * count))?;
        for row in self.reservoir.rows() {
            self.columns.each(row, |column, value| {
                cells.push(standards[column].scaled_or_missing(value));
            });
        }
        Ok(cells)
    }

    /// Grows all trees and hands the records of each to `push`.
    fn each_tree<S: Splitter>(
        &self,
        splitter: impl Fn() -> S,
        interrupt: &mut dyn FnMut(),
        push: impl FnMut(&mut dyn FnMut() -> Result<Record<S::Split>>) -> Result<()>,
    ) -> Result<()> {
        let weights = self.reservoir.weights();
        let seed = self.options.seed;
        grow_trees(
            Kind::Forest,
            (0..u64::from(self.options.n_trees)).map(|tree| Random::new(seed, tree)),
            &mut Sampler::new(self.reservoir.len(), weights.as_deref()),
            &self.shape,
            splitter,
            interrupt,
            push,
        )
    }
}

fn new_reservoir(options: &ForestOptions, n_features: usize) -> Result<Reservoir> {
    if let Some(&position) = options.categorical.last()
        && usize::from(position) >= n_features
    {
        return Err(Error::CategoricalPosition {
            position: usize::from(position) + 1,
            n_features,
        });
    }
    let reservoir = Reservoir::new(n_features, options.reservoir_rows(), options.seed)?;
    let sample_size = options.sample_size as usize;
    if reservoir.capacity() < sample_size {
        return Err(Error::ReservoirTooSmall {
            sample_size,
            n_features,
        });
    }
    Ok(reservoir)
}

/// Scores, ascending, of the rows, of every so many of a large reservoir.
fn sorted_scores(
    forest: &Forest,
    reservoir: &Reservoir,
    interrupt: &mut dyn FnMut(),
) -> Result<Vec<f64>> {
    let mut scores = Vec::new();
    reservoir.blocks(SCORED_ROWS, INTERRUPT_ROWS, |block| {
        interrupt();
        forest.score_rows(block, &mut scores)
    })?;
    scores.sort_unstable_by(f64::total_cmp);
    Ok(scores)
}

/// A forest trained on rows that lie one after the other.
#[cfg(test)]
pub(super) fn trained(options: &serde_json::Value, rows: &[f64], n_features: usize) -> Forest {
    let mut trainer = Trainer::new(ForestOptions::from_json(options).unwrap()).unwrap();
    for row in rows.chunks_exact(n_features) {
        trainer.push(row).unwrap();
    }
    trainer.train(&mut || ()).unwrap()
}
