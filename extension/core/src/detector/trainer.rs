//! Training: a random sample of the rows, then the forests on it.

use super::forest::{HyperplaneForest, Shape};
use super::grow::{Grower, Growth, ScaledRows, Split};
use super::standard::Standard;
use super::{Detector, DetectorOptions, Part, Rows};
use crate::codec::Kind;
use crate::error::{Error, Result};
use crate::forest::random::Random;
use crate::forest::reservoir::Reservoir;
use crate::forest::{SCORE_QUANTILES, TypicalRange};
use crate::{quantile, vector};

/// Rows over which the parts of the score are brought to one scale.
const SCALING_ROWS: usize = 2000;
/// Rows scored between two calls of the interrupt check.
const INTERRUPT_ROWS: usize = 64;
/// Fewer rows than this say nothing about what is usual.
const LEAST_ROWS: usize = 16;

/// The forests of each kind of rows and the weight of the tail score beside them, found on public data; see
/// `docs/detectors.md`.
fn recipe(rows: Rows) -> (&'static [Growth], f64) {
    const HISTORY: [Growth; 1] = [Growth {
        dimensions: 3,
        tries: 1,
        split: Split::Uniform,
        penalize: true,
    }];
    const TABLE: [Growth; 2] = [
        Growth {
            dimensions: 2,
            tries: 10,
            split: Split::AveragedGain,
            penalize: true,
        },
        Growth {
            dimensions: 2,
            tries: 1,
            split: Split::PooledGain,
            penalize: false,
        },
    ];
    match rows {
        Rows::History => (&HISTORY, 0.0),
        Rows::Table => (&TABLE, 0.5),
    }
}

impl Rows {
    const fn n_trees(self) -> u32 {
        match self {
            Self::History => 50,
            Self::Table => 100,
        }
    }

    const fn sample_size(self) -> u32 {
        match self {
            Self::History => 4096,
            Self::Table => 256,
        }
    }
}

/// Takes in training rows in bounded memory and trains a detector on them.
#[derive(Debug, Clone)]
pub struct DetectorTrainer {
    options: DetectorOptions,
    /// Made when the first row tells the number of features.
    reservoir: Option<Reservoir>,
}

impl DetectorTrainer {
    /// A trainer without rows.
    #[must_use]
    pub fn new(options: DetectorOptions) -> Self {
        Self {
            options,
            reservoir: None,
        }
    }

    /// Adds a row; missing elements (NaN) will count as the median of their feature. The order of the rows matters for
    /// which of them stay in the reservoir.
    ///
    /// # Errors
    /// [`Error::VectorTooLong`], [`Error::VectorEmpty`], [`Error::ValueOutOfRange`], [`Error::RowLength`],
    /// [`Error::OutOfMemory`].
    pub fn push(&mut self, row: &[f64]) -> Result<()> {
        vector::check(row)?;
        if row.is_empty() {
            return Err(Error::VectorEmpty);
        }
        let reservoir = self.reservoir.get_or_insert_with(|| {
            Reservoir::new(row.len(), self.options.reservoir, self.options.seed)
        });
        if row.len() != reservoir.n_features() {
            return Err(Error::RowLength {
                expected: reservoir.n_features(),
                got: row.len(),
            });
        }
        reservoir.push(row)
    }

    /// Trains a detector on the rows so far. The trainer does not change, so more rows may follow.
    ///
    /// `interrupt` is called every few milliseconds, so that the caller can cancel by unwinding.
    ///
    /// # Errors
    /// [`Error::TooFewRows`], [`Error::NothingVaries`], [`Error::OutOfMemory`].
    pub fn train(&self, interrupt: &mut dyn FnMut()) -> Result<Detector> {
        let reservoir = match &self.reservoir {
            Some(reservoir) if reservoir.len() >= LEAST_ROWS => reservoir,
            held => {
                return Err(Error::TooFewRows {
                    sample_size: LEAST_ROWS,
                    rows: held.as_ref().map_or(0, Reservoir::seen),
                });
            }
        };
        let DetectorOptions {
            rows: rows_are,
            seed,
            ..
        } = self.options;
        let n_features = reservoir.n_features();
        let (ranges, standards, varying) = survey(reservoir, interrupt);
        if varying.is_empty() {
            return Err(Error::NothingVaries);
        }
        let (growths, tail_weight) = recipe(rows_are);
        let mut detector = Detector {
            rows_are,
            standards,
            ranges,
            forests: Vec::with_capacity(growths.len()),
            tail: None,
            score_quantiles: [0.0; SCORE_QUANTILES.len()],
            seed,
            rows: reservoir.seen(),
            reservoir_rows: reservoir.len() as u64,
        };
        let cells = scaled_cells(&detector, reservoir)?;
        let rows = ScaledRows {
            cells: &cells,
            n_features,
        };
        let sample_size = self
            .options
            .sample_size
            .unwrap_or(rows_are.sample_size())
            .min(rows.len() as u32);
        let n_trees = self.options.n_trees.unwrap_or(rows_are.n_trees());
        let step = rows.len().div_ceil(SCALING_ROWS);
        for (number, &growth) in (0_u64..).zip(growths) {
            let shape = Shape {
                n_features: n_features as u32,
                sample_size,
                penalize: growth.penalize,
            };
            let mut forest = HyperplaneForest::new(shape);
            let mut grower = Grower::new(rows, growth, sample_size, varying.clone());
            for tree in 0..u64::from(n_trees) {
                let mut random = Random::new(seed, number << 32 | tree);
                let mut records = grower.grow(&mut random, interrupt).into_iter();
                forest.push(|| {
                    records
                        .next()
                        .ok_or_else(|| Kind::Detector.corrupt("tree without end"))
                })?;
            }
            let scores: Vec<f64> = cells
                .chunks_exact(n_features)
                .step_by(step)
                .map(|row| {
                    interrupt();
                    forest.score(row)
                })
                .collect();
            detector.forests.push((Part::over(1.0, &scores), forest));
        }
        if tail_weight > 0.0 {
            let rows = reservoir.cells().chunks_exact(n_features).step_by(step);
            let scores: Vec<f64> = rows.map(|row| detector.tail_score(row)).collect();
            detector.tail = Some(Part::over(tail_weight, &scores));
        }
        detector.score_quantiles = score_quantiles(&detector, reservoir.cells(), interrupt)?;
        Ok(detector)
    }
}

/// The reservoir's rows in units of each feature.
fn scaled_cells(detector: &Detector, reservoir: &Reservoir) -> Result<Vec<f64>> {
    let mut cells = Vec::new();
    let count = reservoir.cells().len();
    cells
        .try_reserve_exact(count)
        .map_err(|_| Error::OutOfMemory(8 * count))?;
    for row in reservoir.cells().chunks_exact(reservoir.n_features()) {
        cells.extend(
            detector
                .standards
                .iter()
                .zip(row)
                .map(|(standard, &value)| standard.scaled(value)),
        );
    }
    Ok(cells)
}

/// Typical ranges and scales of all features, and the features that vary.
fn survey(
    reservoir: &Reservoir,
    interrupt: &mut dyn FnMut(),
) -> (Vec<TypicalRange>, Vec<Standard>, Vec<u16>) {
    let n_features = reservoir.n_features();
    let (mut ranges, mut standards, mut varying) = (Vec::new(), Vec::new(), Vec::new());
    let mut column = Vec::with_capacity(reservoir.len());
    for feature in 0..n_features {
        interrupt();
        column.clear();
        let cells = reservoir.cells().iter().skip(feature).step_by(n_features);
        column.extend(cells.filter(|value| !value.is_nan()));
        if column.iter().any(|value| *value != column[0]) {
            varying.push(feature as u16);
        }
        let mut at = |q| quantile::select(&mut column, q).unwrap_or(f64::NAN);
        let range = TypicalRange {
            low: at(0.01),
            median: at(0.5),
            high: at(0.99),
        };
        standards.push(Standard::new(&mut column, range.median));
        ranges.push(range);
    }
    (ranges, standards, varying)
}

/// Quantiles of the scores of the rows, of at most 10,000 of them: scoring more would take longer than training.
fn score_quantiles(
    detector: &Detector,
    cells: &[f64],
    interrupt: &mut dyn FnMut(),
) -> Result<[f64; SCORE_QUANTILES.len()]> {
    const MOST: usize = 10_000;
    let n_features = detector.n_features();
    let step = (cells.len() / n_features).div_ceil(MOST);
    let mut scores = Vec::with_capacity(MOST);
    for (at, row) in cells.chunks_exact(n_features).step_by(step).enumerate() {
        if at % INTERRUPT_ROWS == 0 {
            interrupt();
        }
        detector.score_rows(row, &mut scores)?;
    }
    scores.sort_unstable_by(f64::total_cmp);
    Ok(SCORE_QUANTILES.map(|q| quantile::sorted(&scores, q).unwrap_or(f64::NAN)))
}
