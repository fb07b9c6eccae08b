//! Choosing the columns and thresholds of a tree's nodes.

#[cfg(test)]
mod tests;

use super::nodes::Split;
use crate::forest::columns::Columns;
use crate::forest::gain::{Gains, Threshold, extremes, position, threshold, uniform};
use crate::forest::grow::{Parted, Splitter, part};
use crate::forest::random::Random;

/// Training rows as columns, missing values filled in on access unless they take both branches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FilledRows<'a> {
    cells: &'a [f64],
    columns: &'a Columns,
    /// Cells from a row to the next, and from a feature to the next.
    strides: (usize, usize),
}

impl<'a> FilledRows<'a> {
    /// Cells that lie row by row.
    pub(crate) fn by_row(cells: &'a [f64], columns: &'a Columns) -> Self {
        Self {
            cells,
            columns,
            strides: (columns.n_features(), 1),
        }
    }

    /// Cells that lie feature by feature.
    pub(crate) fn by_feature(cells: &'a [f64], columns: &'a Columns) -> Self {
        Self {
            cells,
            columns,
            strides: (1, cells.len() / columns.n_features()),
        }
    }

    fn get(&self, row: u32, column: u16) -> f64 {
        let (of_row, of_feature) = self.strides;
        self.columns.of_cell(usize::from(column), |feature| {
            self.cells[row as usize * of_row + feature * of_feature]
        })
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
    /// Room for the values of a node's rows, as they are and in order.
    values: Vec<f64>,
    ordered: Vec<f64>,
}

impl<'a> AxisSplitter<'a> {
    /// `features` are those that trees may split on.
    pub(crate) fn new(rows: FilledRows<'a>, gains: Gains, features: Vec<u16>) -> Self {
        Self {
            rows,
            gains,
            features,
            values: Vec::new(),
            ordered: Vec::new(),
        }
    }

    /// A column, uniform among the features that vary in the rows, a threshold, and the share of the range left of it.
    /// `None` when no feature varies. Leaves the values of the column in `values`.
    fn choose(&mut self, rows: &[u32], random: &mut Random) -> Option<(Split, f64)> {
        let how = self.gains.choose(random);
        let mut untried = self.features.len();
        while untried > 0 {
            let drawn = random.below(untried as u64) as usize;
            let column = self.rows.columns.column(self.features[drawn], random);
            let data = self.rows;
            self.values.clear();
            self.values
                .extend(rows.iter().map(|&row| data.get(row, column)));
            // What is missing is neither smaller nor larger.
            let (low, high) = extremes(self.values.iter().copied());
            if low < high {
                let threshold = if how == Threshold::Uniform {
                    uniform(low, high, random)
                } else {
                    self.ordered.clear();
                    let known = self.values.iter().filter(|value| !value.is_nan());
                    self.ordered.extend(known);
                    threshold(&mut self.ordered, how, random).0
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
        for value in self.values.iter_mut().filter(|value| !value.is_nan()) {
            // Its sign is enough; the difference may be infinite.
            *value = f64::from(u8::from(*value > split.threshold));
        }
        let left = part(rows, &mut self.values, random);
        Some(Parted {
            split,
            left,
            left_range,
        })
    }
}
