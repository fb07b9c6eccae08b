//! Choosing the directions of a tree's nodes.

use super::nodes::{Direction, Term};
use crate::forest::gain::{Gains, Threshold, extremes, position, threshold};
use crate::forest::grow::{Parted, Splitter, part};
use crate::forest::random::Random;
use crate::forest::standard::standard_deviation;

/// How the trees of a forest are grown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Growth {
    /// Columns in a direction.
    pub(crate) dimensions: u8,
    /// Directions tried at a node that splits by gain, of which the one with the highest gain is taken.
    pub(crate) tries: u32,
    pub(crate) gains: Gains,
    /// Whether projections out of reach will shorten a path.
    pub(crate) penalize: bool,
}

/// Training rows in columns of one scale, one after the other. Missing values are NaN where they take both branches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScaledRows<'a> {
    pub(crate) cells: &'a [f64],
    pub(crate) n_columns: usize,
}

impl ScaledRows<'_> {
    fn get(&self, row: u32, column: u16) -> f64 {
        self.cells[row as usize * self.n_columns + usize::from(column)]
    }

    fn project(&self, row: u32, terms: &[Term]) -> f64 {
        terms
            .iter()
            .map(|term| f64::from(term.coefficient) * self.get(row, term.column))
            .sum()
    }
}

/// Splits rows along random directions.
#[derive(Debug)]
pub(crate) struct ObliqueSplitter<'a> {
    rows: ScaledRows<'a>,
    growth: Growth,
    /// Columns that vary.
    columns: Vec<u16>,
    /// Room for the rows of a node: one column's values, projections.
    values: Vec<f64>,
    projections: Vec<f64>,
}

/// A way to split the rows of a node.
struct Candidate {
    gain: f64,
    left_range: f64,
    direction: Direction,
}

impl<'a> ObliqueSplitter<'a> {
    pub(crate) fn new(rows: ScaledRows<'a>, growth: Growth, columns: Vec<u16>) -> Self {
        Self {
            rows,
            growth,
            columns,
            values: Vec::new(),
            projections: Vec::new(),
        }
    }

    fn best(&mut self, rows: &[u32], random: &mut Random) -> Option<Candidate> {
        let mut drawn = Drawn {
            varying: Vec::new(),
            untried: self.columns.clone(),
        };
        let how = self.growth.gains.choose(random);
        let tries = match how {
            Threshold::Uniform => 1,
            _ => self.growth.tries,
        };
        let mut best: Option<Candidate> = None;
        for _ in 0..tries {
            let terms = self.terms(rows, &mut drawn, random);
            if terms.is_empty() {
                break;
            }
            let Some(candidate) = self.candidate(rows, terms, how, random) else {
                continue;
            };
            if best.as_ref().is_none_or(|best| candidate.gain > best.gain) {
                best = Some(candidate);
            }
        }
        best
    }

    /// A random direction over distinct columns that vary in the rows, each in units of its spread there. Fewer columns
    /// where fewer vary; empty where none does.
    fn terms(&mut self, rows: &[u32], drawn: &mut Drawn, random: &mut Random) -> Vec<Term> {
        let mut terms: Vec<Term> = Vec::with_capacity(self.growth.dimensions.into());
        while terms.len() < usize::from(self.growth.dimensions) {
            let used = |column| terms.iter().any(|term: &Term| term.column == column);
            let free = drawn
                .varying
                .iter()
                .filter(|&&column| !used(column))
                .count();
            let choices = free + drawn.untried.len();
            if choices == 0 {
                break;
            }
            let choice = random.below(choices as u64) as usize;
            let (column, is_new) = if choice < free {
                let mut varying = drawn.varying.iter().filter(|&&column| !used(column));
                (varying.nth(choice).copied().unwrap_or_default(), false)
            } else {
                (drawn.untried.swap_remove(choice - free), true)
            };
            self.values.clear();
            let values = rows.iter().map(|&row| self.rows.get(row, column));
            self.values.extend(values.filter(|value| !value.is_nan()));
            let coefficient = (random.normal() / standard_deviation(&self.values)) as f32;
            // A column that is constant here has no spread, and one whose spread is next to nothing no coefficient.
            if coefficient.is_finite() && coefficient != 0.0 {
                if is_new {
                    drawn.varying.push(column);
                }
                terms.push(Term {
                    column,
                    coefficient,
                });
            } else if !is_new {
                drawn.varying.retain(|&varying| varying != column);
            }
        }
        terms
    }

    /// Where to split along a direction; `None` when all rows project to one point.
    fn candidate(
        &mut self,
        rows: &[u32],
        terms: Vec<Term>,
        how: Threshold,
        random: &mut Random,
    ) -> Option<Candidate> {
        self.projections.clear();
        let projections = rows.iter().map(|&row| self.rows.project(row, &terms));
        self.projections
            .extend(projections.filter(|value| !value.is_nan()));
        let (low, high) = extremes(self.projections.iter().copied());
        if low >= high {
            return None;
        }
        let range = high - low;
        let (threshold, gain) = threshold(&mut self.projections, how, random);
        Some(Candidate {
            gain,
            left_range: position(low, threshold, high),
            direction: Direction {
                terms,
                threshold,
                reach: if self.growth.penalize {
                    range
                } else {
                    f64::INFINITY
                },
            },
        })
    }
}

impl Splitter for ObliqueSplitter<'_> {
    type Split = Direction;

    fn split(&mut self, rows: &mut [u32], random: &mut Random) -> Option<Parted<Direction>> {
        let Candidate {
            left_range,
            direction,
            ..
        } = self.best(rows, random)?;
        self.projections.clear();
        let distances = rows
            .iter()
            .map(|&row| self.rows.project(row, &direction.terms) - direction.threshold);
        self.projections.extend(distances);
        let left = part(rows, &mut self.projections, random);
        Some(Parted {
            split: direction,
            left,
            left_range,
        })
    }
}

/// Columns of a node: known to vary there, and not looked at yet.
struct Drawn {
    varying: Vec<u16>,
    untried: Vec<u16>,
}
