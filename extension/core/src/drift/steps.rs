//! Empirical distribution functions as their steps.

use crate::quantile;

/// The distinct values of a sample in ascending order, and how many of its values lie at or below each. Not empty.
#[derive(Debug)]
pub(super) struct Steps {
    values: Vec<f64>,
    up_to: Vec<u64>,
}

impl Steps {
    /// The steps of values with counts, ascending by value. Counts of equal values are added.
    pub(super) fn new(counted: impl Iterator<Item = (f64, u64)>) -> Self {
        let mut steps = Self {
            values: Vec::new(),
            up_to: Vec::new(),
        };
        let mut total = 0_u64;
        for (value, count) in counted {
            total = total.saturating_add(count);
            match (steps.values.last(), steps.up_to.last_mut()) {
                (Some(&last), Some(up_to)) if last == value => *up_to = total,
                _ => {
                    steps.values.push(value);
                    steps.up_to.push(total);
                }
            }
        }
        steps
    }

    /// The steps of ascending values.
    pub(super) fn of_ascending(values: &[f64]) -> Self {
        Self::new(values.iter().map(|&value| (value, 1)))
    }

    /// Number of values.
    pub(super) fn n(&self) -> u64 {
        self.up_to.last().copied().unwrap_or(0)
    }

    /// Largest magnitude of a value.
    pub(super) fn largest_magnitude(&self) -> f64 {
        let ends = [self.values.first(), self.values.last()];
        ends.into_iter()
            .flatten()
            .fold(0.0, |largest, value| value.abs().max(largest))
    }

    /// How many values lie at or below a limit.
    pub(super) fn up_to(&self, limit: f64) -> u64 {
        match self.values.partition_point(|&value| value <= limit) {
            0 => 0,
            steps => self.up_to[steps - 1],
        }
    }

    /// Type-7 quantile at `q` in 0..=1, as of the values written out one by one.
    pub(super) fn quantile(&self, q: f64) -> Option<f64> {
        let last = self.n().checked_sub(1)?;
        let position = last as f64 * q;
        let below = (position.floor() as u64).min(last);
        Some(quantile::between(
            self.at(below),
            self.at((below + 1).min(last)),
            position - position.floor(),
        ))
    }

    /// The value of a rank, counted from 0.
    fn at(&self, rank: u64) -> f64 {
        let step = self.up_to.partition_point(|&up_to| up_to <= rank);
        self.values[step.min(self.values.len() - 1)]
    }

    /// Calls `visit` with every distinct value of two samples, ascending, and the number of values of each sample at or
    /// below it.
    pub(super) fn walk(a: &Self, b: &Self, mut visit: impl FnMut(f64, u64, u64)) {
        let (mut i, mut j) = (0, 0);
        let (mut below_a, mut below_b) = (0, 0);
        loop {
            let value = match (a.values.get(i), b.values.get(j)) {
                (Some(&x), Some(&y)) => x.min(y),
                (Some(&x), None) => x,
                (None, Some(&y)) => y,
                (None, None) => return,
            };
            if a.values.get(i) == Some(&value) {
                below_a = a.up_to[i];
                i += 1;
            }
            if b.values.get(j) == Some(&value) {
                below_b = b.up_to[j];
                j += 1;
            }
            visit(value, below_a, below_b);
        }
    }
}
