//! Choosing the columns and thresholds of a tree's nodes.

#[cfg(test)]
mod tests;

use super::nodes::Split;
use crate::forest::columns::Columns;
use crate::forest::gain::{Gains, Threshold, extremes, position, threshold, uniform};
use crate::forest::grow::{Parted, Splitter};
use crate::forest::oblique::part;
use crate::forest::random::Random;

/// Training rows as columns, missing values filled in on access unless they take both branches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FilledRows<'a> {
    pub(crate) cells: &'a [f64],
    pub(crate) columns: &'a Columns,
}

impl FilledRows<'_> {
    fn get(&self, row: u32, column: u16) -> f64 {
        let n_features = self.columns.n_features();
        let row = &self.cells[row as usize * n_features..][..n_features];
        self.columns.get(row, usize::from(column))
    }
}

/// Splits rows on random columns.
#[derive(Debug)]
pub(crate) struct AxisSplitter<'a> {
    rows: FilledRows<'a>,
    gains: Gains,
    /// Features that vary. The order carries over from node to node, which is harmless: each draw is uniform in any
    /// order.
    features: Vec<u16>,
    /// Room for the values of a node.
    values: Vec<f64>,
}

impl<'a> AxisSplitter<'a> {
    /// `features` are those that trees may split on.
    pub(crate) fn new(rows: FilledRows<'a>, gains: Gains, features: Vec<u16>) -> Self {
        Self {
            rows,
            gains,
            features,
            values: Vec::new(),
        }
    }

    /// A column, uniform among the features that vary in the rows, a threshold, and the share of the range left of it.
    /// `None` when no feature varies.
    fn choose(&mut self, rows: &[u32], random: &mut Random) -> Option<(Split, f64)> {
        let how = self.gains.choose(random);
        let mut untried = self.features.len();
        while untried > 0 {
            let drawn = random.below(untried as u64) as usize;
            let column = self.rows.columns.column(self.features[drawn], random);
            let data = self.rows;
            let values = || {
                let values = rows.iter().map(|&row| data.get(row, column));
                values.filter(|value| !value.is_nan())
            };
            let (low, high) = extremes(values());
            if low < high {
                let threshold = if how == Threshold::Uniform {
                    uniform(low, high, random)
                } else {
                    self.values.clear();
                    self.values.extend(values());
                    threshold(&mut self.values, how, random).0
                };
                let left_range = position(low, threshold, high);
                return Some((Split { column, threshold }, left_range));
            }
            untried -= 1;
            self.features.swap(drawn, untried);
        }
        None
    }
}

impl Splitter for AxisSplitter<'_> {
    type Split = Split;

    fn split(&mut self, rows: &mut [u32], random: &mut Random) -> Option<Parted<Split>> {
        let (split, left_range) = self.choose(rows, random)?;
        let data = self.rows;
        let left = part(
            rows,
            // Not their difference, which may be infinite or vanish.
            |row| match data.get(row, split.column).partial_cmp(&split.threshold) {
                Some(order) => f64::from(order as i8),
                None => f64::NAN,
            },
            random,
        );
        Some(Parted {
            split,
            left,
            left_range,
        })
    }
}
