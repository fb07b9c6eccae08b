//! Training: a random sample of the rows, then the forests on it.

use super::{Detector, DetectorOptions, Part, Rows};
use crate::codec::Kind;
use crate::error::{Error, Result};
use crate::forest::gain::Gains;
use crate::forest::info::Contamination;
use crate::forest::oblique::{Growth, ObliqueSplitter, ObliqueTrees, ScaledRows};
use crate::forest::random::Random;
use crate::forest::reservoir::Reservoir;
use crate::forest::sample::Sampler;
use crate::forest::shape::Shape;
use crate::forest::survey::Survey;
use crate::forest::{Quantiles, grow_trees};

/// Rows over which the parts of the score are brought to one scale.
const SCALING_ROWS: usize = 2000;
/// Rows scored between two calls of the interrupt check.
const INTERRUPT_ROWS: usize = 128;
/// Fewer rows than this say nothing about what is usual.
const LEAST_ROWS: usize = 16;

/// The forests of each kind of rows and the weight of the tail score beside them, found on public data; see
/// `docs/detectors.md`.
fn recipe(rows: Rows) -> (&'static [Growth], f64) {
    const HISTORY: [Growth; 1] = [Growth {
        dimensions: 3,
        tries: 1,
        gains: Gains::NEVER,
        penalize: true,
    }];
    const TABLE: [Growth; 2] = [
        Growth {
            dimensions: 2,
            tries: 10,
            gains: Gains {
                pooled: 0.0,
                averaged: 1.0,
            },
            penalize: true,
        },
        Growth {
            dimensions: 2,
            tries: 1,
            gains: Gains {
                pooled: 1.0,
                averaged: 0.0,
            },
            penalize: false,
        },
    ];
    match rows {
        Rows::History => (&HISTORY, 0.0),
        Rows::Table => (&TABLE, 0.5),
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
    /// [`Error::VectorTooLong`], [`Error::VectorEmpty`], [`Error::ValueNotFinite`], [`Error::RowLength`],
    /// [`Error::OutOfMemory`].
    pub fn push(&mut self, row: &[f64]) -> Result<()> {
        let reservoir = match &mut self.reservoir {
            Some(reservoir) => reservoir,
            empty => empty.insert(Reservoir::new(
                row.len(),
                self.options.reservoir,
                self.options.seed,
            )?),
        };
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
        let survey = Survey::of(reservoir, &[], true, interrupt)?;
        if survey.varying.is_empty() {
            return Err(Error::NothingVaries);
        }
        let (growths, tail_weight) = recipe(rows_are);
        let mut detector = Detector {
            rows_are,
            standards: survey.standards,
            ranges: survey.ranges,
            forests: Vec::with_capacity(growths.len()),
            tail: None,
            quantiles: Quantiles::default(),
            contamination: None,
            seed,
            rows: reservoir.seen(),
            reservoir_rows: reservoir.len() as u64,
        };
        let cells = scaled_cells(&detector, reservoir)?;
        let rows = ScaledRows {
            cells: &cells,
            n_columns: n_features,
        };
        let n_rows = reservoir.len();
        let sample_size = self.options.sample_size().min(n_rows as u32);
        let n_trees = self.options.n_trees();
        let shape = Shape::of_detector(n_features as u32, sample_size);
        let mut sampler = Sampler::new(n_rows, None);
        let step = n_rows.div_ceil(SCALING_ROWS);
        for (number, &growth) in (0_u64..).zip(growths) {
            let mut trees = ObliqueTrees::new(shape, growth.dimensions, growth.penalize);
            grow_trees(
                Kind::Detector,
                (0..u64::from(n_trees)).map(|tree| Random::new(seed, number << 32 | tree)),
                &mut sampler,
                &shape,
                || ObliqueSplitter::new(rows, growth, survey.varying.clone()),
                interrupt,
                |next| trees.push(Kind::Detector, next),
            )?;
            let scores: Vec<f64> = cells
                .chunks_exact(n_features)
                .step_by(step)
                .map(|row| {
                    interrupt();
                    trees.to_score(trees.total(row))
                })
                .collect();
            detector.forests.push((Part::over(1.0, &scores), trees));
        }
        if tail_weight > 0.0 {
            let rows = reservoir.rows().step_by(step);
            let scores: Vec<f64> = rows.map(|row| detector.tail_score(row)).collect();
            detector.tail = Some(Part::over(tail_weight, &scores));
        }
        let scores = sorted_scores(&detector, reservoir, interrupt)?;
        detector.quantiles = Quantiles::of(&scores);
        detector.contamination = self
            .options
            .contamination
            .map(|share| Contamination::of(share, &scores));
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
    for row in reservoir.rows() {
        cells.extend(detector.scaled(row));
    }
    Ok(cells)
}

/// Scores, ascending, of the rows, of at most 10,000 of them: scoring more would take longer than training.
fn sorted_scores(
    detector: &Detector,
    reservoir: &Reservoir,
    interrupt: &mut dyn FnMut(),
) -> Result<Vec<f64>> {
    const MOST: usize = 10_000;
    let mut scores = Vec::with_capacity(MOST);
    reservoir.blocks(MOST, INTERRUPT_ROWS, |block| {
        interrupt();
        detector.score_rows(block, &mut scores)
    })?;
    scores.sort_unstable_by(f64::total_cmp);
    Ok(scores)
}
