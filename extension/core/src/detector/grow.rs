//! Growing one tree of a [`super::forest::HyperplaneForest`].

use super::forest::{MAX_HEIGHT, Record, Term};
use super::standard::standard_deviation;
use crate::forest::random::Random;
use std::iter;
use std::ops::Range;

/// How a node chooses where to split a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Split {
    /// Uniform over the range (Liu, Ting and Zhou 2008).
    Uniform,
    /// Where the spread within both sides, weighted by their rows, is least (Cortes, "Revisiting randomized choices in
    /// isolation forests", 2021).
    PooledGain,
    /// Where the mean of both sides' spreads is least (Liu, Ting and Zhou, "On detecting clustered anomalies using
    /// SCiForest", 2010). It peels off small groups first.
    AveragedGain,
}

/// How the trees of a forest are grown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Growth {
    /// Features in a direction.
    pub(super) dimensions: u8,
    /// Directions tried at a node, of which the one with the highest gain is taken.
    pub(super) tries: u32,
    pub(super) split: Split,
    pub(super) penalize: bool,
}

/// Scaled training rows, one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct ScaledRows<'a> {
    pub(super) cells: &'a [f64],
    pub(super) n_features: usize,
}

impl ScaledRows<'_> {
    pub(super) fn len(&self) -> usize {
        self.cells.len() / self.n_features
    }

    fn get(&self, row: u32, feature: u16) -> f64 {
        self.cells[row as usize * self.n_features + usize::from(feature)]
    }

    fn project(&self, row: u32, direction: &[Term]) -> f64 {
        direction
            .iter()
            .map(|term| f64::from(term.coefficient) * self.get(row, term.feature))
            .sum()
    }
}

/// A way to split the rows of a node.
struct Candidate {
    gain: f64,
    direction: Vec<Term>,
    threshold: f64,
    reach: f64,
}

/// Grows trees on samples of the rows.
#[derive(Debug)]
pub(super) struct Grower<'a> {
    rows: ScaledRows<'a>,
    growth: Growth,
    sample_size: u32,
    /// Features that vary.
    features: Vec<u16>,
    /// Room for the rows of a node: one feature's values, projections.
    values: Vec<f64>,
    projections: Vec<f64>,
}

impl<'a> Grower<'a> {
    pub(super) fn new(
        rows: ScaledRows<'a>,
        growth: Growth,
        sample_size: u32,
        features: Vec<u16>,
    ) -> Self {
        Self {
            rows,
            growth,
            sample_size,
            features,
            values: Vec::new(),
            projections: Vec::new(),
        }
    }

    /// Grows a tree on a fresh sample. Its nodes come in level order. `interrupt` is called at every node.
    pub(super) fn grow(&mut self, random: &mut Random, interrupt: &mut dyn FnMut()) -> Vec<Record> {
        let mut sample = self.sample(random);
        let mut records = Vec::with_capacity(2 * sample.len());
        let mut level: Vec<Range<usize>> = iter::once(0..sample.len()).collect();
        for depth in 0.. {
            let mut below = Vec::new();
            for node in level {
                interrupt();
                let rows = &mut sample[node.clone()];
                let split = if depth < MAX_HEIGHT && rows.len() > 1 {
                    self.split(rows, random)
                } else {
                    None
                };
                let Some(Candidate {
                    direction,
                    threshold,
                    reach,
                    ..
                }) = split
                else {
                    records.push(Record::Leaf {
                        size: node.len() as u32,
                    });
                    continue;
                };
                let middle = node.start + self.partition(rows, &direction, threshold);
                below.extend::<[Range<usize>; 2]>([node.start..middle, middle..node.end]);
                records.push(Record::Split {
                    direction,
                    threshold,
                    reach: if self.growth.penalize {
                        reach
                    } else {
                        f64::INFINITY
                    },
                });
            }
            if below.is_empty() {
                break;
            }
            level = below;
        }
        records
    }

    /// Distinct random rows, by the first steps of a Fisher-Yates shuffle.
    fn sample(&self, random: &mut Random) -> Vec<u32> {
        let n = self.rows.len();
        let mut rows: Vec<u32> = (0..n as u32).collect();
        for at in 0..self.sample_size as usize {
            rows.swap(at, at + random.below((n - at) as u64) as usize);
        }
        rows.truncate(self.sample_size as usize);
        rows
    }

    fn split(&mut self, rows: &[u32], random: &mut Random) -> Option<Candidate> {
        let mut drawn = Drawn {
            varying: Vec::new(),
            untried: self.features.clone(),
        };
        let mut best: Option<Candidate> = None;
        for _ in 0..self.growth.tries {
            let direction = self.direction(rows, &mut drawn, random);
            if direction.is_empty() {
                break;
            }
            let Some(candidate) = self.candidate(rows, direction, random) else {
                continue;
            };
            if best.as_ref().is_none_or(|best| candidate.gain > best.gain) {
                best = Some(candidate);
            }
        }
        best
    }

    /// A random direction over distinct features that vary in the rows, each in units of its spread there. Fewer
    /// features where fewer vary; empty where none does.
    fn direction(&mut self, rows: &[u32], drawn: &mut Drawn, random: &mut Random) -> Vec<Term> {
        let mut direction: Vec<Term> = Vec::with_capacity(self.growth.dimensions.into());
        while direction.len() < usize::from(self.growth.dimensions) {
            let used = |feature| direction.iter().any(|term: &Term| term.feature == feature);
            let free = drawn
                .varying
                .iter()
                .filter(|&&feature| !used(feature))
                .count();
            let choices = free + drawn.untried.len();
            if choices == 0 {
                break;
            }
            let choice = random.below(choices as u64) as usize;
            let (feature, is_new) = if choice < free {
                let mut varying = drawn.varying.iter().filter(|&&feature| !used(feature));
                (varying.nth(choice).copied().unwrap_or_default(), false)
            } else {
                (drawn.untried.swap_remove(choice - free), true)
            };
            self.values.clear();
            self.values
                .extend(rows.iter().map(|&row| self.rows.get(row, feature)));
            let coefficient = (random.normal() / standard_deviation(&self.values)) as f32;
            // A feature that is constant here has no spread, and one whose spread is next to nothing no coefficient.
            if coefficient.is_finite() && coefficient != 0.0 {
                if is_new {
                    drawn.varying.push(feature);
                }
                direction.push(Term {
                    feature,
                    coefficient,
                });
            } else if !is_new {
                drawn.varying.retain(|&varying| varying != feature);
            }
        }
        direction
    }

    /// Where to split along a direction; `None` when all rows project to one point.
    fn candidate(
        &mut self,
        rows: &[u32],
        direction: Vec<Term>,
        random: &mut Random,
    ) -> Option<Candidate> {
        self.projections.clear();
        self.projections
            .extend(rows.iter().map(|&row| self.rows.project(row, &direction)));
        let (low, high) = self
            .projections
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| {
                (low.min(value), high.max(value))
            });
        if low >= high {
            return None;
        }
        let reach = high - low;
        let (gain, threshold) = match self.growth.split {
            Split::Uniform => {
                let threshold = low + random.unit() * reach;
                (0.0, if threshold < high { threshold } else { low })
            }
            Split::PooledGain | Split::AveragedGain => {
                self.projections.sort_unstable_by(f64::total_cmp);
                best_threshold(&self.projections, self.growth.split)
            }
        };
        Some(Candidate {
            gain,
            direction,
            threshold,
            reach,
        })
    }

    /// Moves the rows at or below the threshold to the front and returns their number.
    fn partition(&self, rows: &mut [u32], direction: &[Term], threshold: f64) -> usize {
        let mut left = 0;
        for at in 0..rows.len() {
            if self.rows.project(rows[at], direction) <= threshold {
                rows.swap(left, at);
                left += 1;
            }
        }
        left
    }
}

/// Features of a node: known to vary there, and not looked at yet.
struct Drawn {
    varying: Vec<u16>,
    untried: Vec<u16>,
}

/// The gap of ascending values, not all equal, at which splitting gains most: the share of the spread that it takes
/// away, and the middle of the gap.
fn best_threshold(values: &[f64], split: Split) -> (f64, f64) {
    let n = values.len() as f64;
    let (low, high) = (values[0], values[values.len() - 1]);
    // In the unit interval squares neither overflow nor vanish.
    let unit = |value: f64| (value - low) / (high - low);
    let (sum, squares) = values.iter().fold((0.0, 0.0), |(sum, squares), &value| {
        let value = unit(value);
        (sum + value, squares + value * value)
    });
    let spread = |n: f64, sum: f64, squares: f64| ((squares - sum * sum / n) / n).max(0.0).sqrt();
    let whole = spread(n, sum, squares);
    let (mut best, mut threshold) = (f64::NEG_INFINITY, low);
    let (mut left_sum, mut left_squares) = (0.0, 0.0);
    for (at, pair) in values.windows(2).enumerate() {
        let value = unit(pair[0]);
        left_sum += value;
        left_squares += value * value;
        if pair[0] == pair[1] {
            continue;
        }
        let left = (at + 1) as f64;
        let right = n - left;
        let left_spread = spread(left, left_sum, left_squares);
        let right_spread = spread(right, sum - left_sum, squares - left_squares);
        let after = match split {
            Split::AveragedGain => f64::midpoint(left_spread, right_spread),
            _ => (left * left_spread + right * right_spread) / n,
        };
        let gain = (whole - after) / whole;
        if gain > best {
            let middle = f64::midpoint(pair[0], pair[1]);
            (best, threshold) = (gain, if middle < pair[1] { middle } else { pair[0] });
        }
    }
    (best, threshold)
}
