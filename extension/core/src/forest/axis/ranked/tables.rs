//! Ranks of values among the thresholds of a forest.

use super::blocks::{LANES, Ranks};
use super::machine::Machine;
use super::merge::Comparison;
use super::table::{PART, Table};
use crate::forest::columns::Columns;

/// The thresholds of all columns.
#[derive(Debug, Clone)]
pub(super) struct Tables {
    tables: Vec<Table>,
    /// First table of each column.
    first: Vec<u16>,
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
        let mut all = Self {
            tables: Vec::new(),
            first: Vec::with_capacity(n_columns),
        };
        for (column, mut thresholds) in of_columns.into_iter().enumerate() {
            all.first.push(u16::try_from(all.tables.len()).ok()?);
            thresholds.sort_unstable_by(f64::total_cmp);
            thresholds.dedup();
            let parts = thresholds.chunks(PART);
            all.tables
                .extend(parts.map(|part| Table::new(column, part)));
        }
        // One at least, which trees without a split are given.
        u16::try_from(all.tables.len())
            .ok()
            .filter(|&tables| tables > 0)?;
        Some(all)
    }

    /// Ranks that a row of features has: one for each table.
    pub(super) fn len(&self) -> usize {
        self.tables.len()
    }

    /// The table that a split's threshold is in, and the greatest rank there that goes left.
    pub(super) fn rank_of(&self, column: usize, threshold: f64) -> (u16, u8) {
        let first = self.first[column];
        let parts = self.tables[usize::from(first)..]
            .iter()
            .take_while(|table| table.column == column);
        let part = parts.take_while(|table| table.is_below(threshold)).count();
        let table = &self.tables[usize::from(first) + part];
        (first + part as u16, table.rank(threshold))
    }

    /// The comparison of a split, for blocks.
    pub(super) fn comparison(&self, column: usize, threshold: f64) -> Comparison {
        let (ranks, rank) = self.rank_of(column, threshold);
        Comparison {
            ranks,
            rank: signed(rank),
        }
    }

    /// Ranks of the values of one row of features, each at the number of its table.
    #[inline(always)]
    pub(super) fn fill_row(
        &self,
        row: &[f64],
        columns: &Columns,
        ranks: &mut [u8],
        machine: impl Machine,
    ) {
        for (table, rank) in self.tables.iter().zip(ranks) {
            let [only] = table.ranks(&[columns.get(row, table.column)], machine);
            *rank = only;
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
        machine: impl Machine,
    ) {
        let mut values = [0.0; LANES];
        let mut column = usize::MAX;
        for (table, ranks) in self.tables.iter().zip(ranks) {
            if table.column != column {
                column = table.column;
                columns.of_rows(rows, column, &mut values);
            }
            ranks[chunk].0 = table.ranks(&values, machine).map(signed);
        }
    }
}

/// A number from 0 to 255, in the order of signed bytes.
#[inline(always)]
fn signed(number: u8) -> i8 {
    (number ^ 0x80) as i8
}
