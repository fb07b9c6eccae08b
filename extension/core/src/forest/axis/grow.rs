//! Choosing the columns and thresholds of a tree's nodes.

#[cfg(test)]
mod tests;

use super::nodes::Split;
use crate::forest::columns::{Columns, filled};
use crate::forest::gain::{Gains, Threshold, extremes, position, threshold, uniform};
use crate::forest::grow::{Parted, Splitter, part};
use crate::forest::random::Random;

/// Rows whose extremes are sought side by side. More do not fit the registers.
const LANES: usize = 4;

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

    /// Replaces `values` with a column of some rows, and returns the smallest and the largest of them. What is missing is
    /// neither smaller nor larger.
    fn gather(&self, rows: &[u32], column: u16, values: &mut [f64]) -> (f64, f64) {
        let (of_row, of_feature) = self.strides;
        let column = usize::from(column);
        let cells = &self.cells[self.columns.feature(column) * of_feature..];
        match self.columns.fill(column) {
            Some(fill) => gather(rows, values, |row| filled(cells[row * of_row], fill)),
            None => gather(rows, values, |row| {
                self.columns.of_cell(column, |_| cells[row * of_row])
            }),
        }
    }
}

/// Puts into `values` what `value` gives for the rows, and returns the smallest and the largest of them.
#[inline(always)]
fn gather(rows: &[u32], values: &mut [f64], value: impl Fn(usize) -> f64) -> (f64, f64) {
    // In lanes, because a comparison waits for the one before it in its lane.
    let (mut low, mut high) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
    let (blocks, rest) = rows.as_chunks::<LANES>();
    let (of_blocks, of_rest) = values.as_chunks_mut::<LANES>();
    for (rows, values) in blocks.iter().zip(of_blocks) {
        *values = rows.map(|row| value(row as usize));
        for (lane, &value) in values.iter().enumerate() {
            low[lane] = if value < low[lane] { value } else { low[lane] };
            high[lane] = if value > high[lane] {
                value
            } else {
                high[lane]
            };
        }
    }
    for (&row, place) in rest.iter().zip(&mut *of_rest) {
        *place = value(row as usize);
    }
    let (least, most) = extremes(of_rest.iter().copied());
    let (low, _) = extremes(low.into_iter().chain([least]));
    let (_, high) = extremes(high.into_iter().chain([most]));
    (low, high)
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
    /// Room for rows that go right.
    right: Vec<u32>,
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
            right: Vec::new(),
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
            let (low, high) = self
                .rows
                .gather(rows, column, &mut self.values[..rows.len()]);
            if low < high {
                let threshold = if how == Threshold::Uniform {
                    uniform(low, high, random)
                } else {
                    self.ordered.clear();
                    let known = self.values[..rows.len()]
                        .iter()
                        .filter(|value| !value.is_nan());
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
        if self.values.len() < rows.len() {
            self.values.resize(rows.len(), 0.0);
            self.right.resize(rows.len(), 0);
        }
        let (split, left_range) = self.choose(rows, random)?;
        let values = &mut self.values[..rows.len()];
        let left = if self.rows.columns.keeps_missing() {
            for value in values.iter_mut().filter(|value| !value.is_nan()) {
                // Its sign is enough; the difference may be infinite.
                *value = f64::from(u8::from(*value > split.threshold));
            }
            part(rows, values, random)
        } else {
            part_known(rows, values, split.threshold, &mut self.right)
        };
        Some(Parted {
            split,
            left,
            left_range,
        })
    }
}

/// Moves the rows with values up to the threshold to the front and returns their number. Either side keeps its order:
/// rows in ascending order stay so, and reading their cells goes one way through memory.
#[inline(never)]
fn part_known(rows: &mut [u32], values: &[f64], threshold: f64, right: &mut [u32]) -> usize {
    let right = &mut right[..rows.len()];
    let values = &values[..rows.len()];
    let mut left = 0;
    for at in 0..rows.len() {
        let row = rows[at];
        // Without a branch, which would be guessed wrong every other time.
        right[at - left] = row;
        rows[left] = row;
        left += usize::from(values[at] <= threshold);
    }
    let (_, rest) = rows.split_at_mut(left);
    rest.copy_from_slice(&right[..rest.len()]);
    left
}
