//! Ranks of values among the thresholds of a forest.

use super::below::{ABREAST, Below, Portable, Thresholds};
use super::merge::Comparison;
use super::{LANES, Ranks};
use crate::forest::columns::Columns;

/// Thresholds that a byte ranks values among. A column with more of them gets several tables, each for a part.
const PART: usize = 255;

/// The thresholds of all columns.
#[derive(Debug, Clone)]
pub(super) struct Tables {
    tables: Vec<Table>,
    /// First table of each column.
    first: Vec<u16>,
}

/// Thresholds of one column.
#[derive(Debug, Clone)]
struct Table {
    column: usize,
    /// Ascending, distinct, and filled up with infinity, of which at least the last one is.
    thresholds: Box<[Thresholds; ABREAST]>,
    /// The last threshold of each of the arrays.
    last: Thresholds,
}

impl Tables {
    /// From all splits, each a column and a threshold. `None` for more thresholds than can be numbered.
    pub(super) fn new(
        n_columns: usize,
        splits: impl Iterator<Item = (usize, f64)>,
    ) -> Option<Self> {
        let mut of_columns = vec![Vec::new(); n_columns];
        for (column, threshold) in splits {
            // Both zeros are one threshold.
            of_columns[column].push(threshold + 0.0);
        }
        let mut ranks = Self {
            tables: Vec::new(),
            first: Vec::with_capacity(n_columns),
        };
        for (column, mut thresholds) in of_columns.into_iter().enumerate() {
            ranks.first.push(u16::try_from(ranks.tables.len()).ok()?);
            thresholds.sort_unstable_by(f64::total_cmp);
            thresholds.dedup();
            let parts = thresholds.chunks(PART);
            ranks
                .tables
                .extend(parts.map(|part| Table::new(column, part)));
        }
        // One at least, which trees without a split are given.
        u16::try_from(ranks.tables.len())
            .ok()
            .filter(|&tables| tables > 0)?;
        Some(ranks)
    }

    /// Ranks of a row of features.
    pub(super) fn len(&self) -> usize {
        self.tables.len()
    }

    /// The comparison of a split.
    pub(super) fn comparison(&self, column: usize, threshold: f64) -> Comparison {
        let first = self.first[column];
        let parts = self.tables[usize::from(first)..]
            .iter()
            .take_while(|table| table.column == column);
        let part = parts.take_while(|table| table.is_below(threshold)).count();
        let table = &self.tables[usize::from(first) + part];
        Comparison {
            ranks: first + part as u16,
            rank: signed(table.rank(threshold, Portable)),
        }
    }

    /// Ranks of the values of a chunk of rows of features: how many thresholds are below a value. Those of lanes without
    /// a row are any.
    #[inline(always)]
    pub(super) fn fill(
        &self,
        rows: &[f64],
        columns: &Columns,
        chunk: usize,
        ranks: &mut [Ranks],
        machine: impl Below,
    ) {
        let mut values = [0.0; LANES];
        let mut column = usize::MAX;
        for (table, ranks) in self.tables.iter().zip(ranks) {
            if table.column != column {
                column = table.column;
                columns.of_rows(rows, column, &mut values);
            }
            for (rank, &value) in ranks[chunk].0.iter_mut().zip(&values) {
                *rank = signed(table.rank(value, machine));
            }
        }
    }
}

impl Table {
    /// From at most [`PART`] thresholds.
    fn new(column: usize, part: &[f64]) -> Self {
        let mut thresholds = Box::new([Thresholds([f64::INFINITY; ABREAST]); ABREAST]);
        for (some, part) in thresholds.iter_mut().zip(part.chunks(ABREAST)) {
            some.0[..part.len()].copy_from_slice(part);
        }
        Self {
            column,
            last: Thresholds(thresholds.each_ref().map(|some| some.0[ABREAST - 1])),
            thresholds,
        }
    }

    /// Whether a threshold is beyond this table, in one of the next.
    fn is_below(&self, threshold: f64) -> bool {
        self.thresholds[(PART - 1) / ABREAST].0[(PART - 1) % ABREAST] < threshold
    }

    /// How many thresholds are below a value: first whole arrays of them, then within one. Comparing with all of an array
    /// takes a few vector instructions, halving as many steps that wait for each other.
    #[inline(always)]
    fn rank(&self, value: f64, machine: impl Below) -> u8 {
        let array = machine.below(&self.last, value);
        (ABREAST * array + machine.below(&self.thresholds[array % ABREAST], value)) as u8
    }
}

/// A number from 0 to 255, in the order of signed bytes.
#[inline(always)]
fn signed(number: u8) -> i8 {
    (number ^ 0x80) as i8
}
