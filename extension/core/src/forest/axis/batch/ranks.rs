//! Ranks of values among the thresholds of a forest.

use super::{BLOCK, Lanes};
use crate::forest::columns::Columns;

/// Thresholds that a byte ranks values among. A column with more of them gets several tables, each for a part.
const PART: usize = 255;
/// Values that are searched for side by side.
const ABREAST: usize = 8;

/// The thresholds of all columns.
#[derive(Debug, Clone)]
pub(super) struct Ranks {
    tables: Vec<Table>,
    /// First table of each column.
    first: Vec<u16>,
}

/// Thresholds of one column.
#[derive(Debug, Clone)]
struct Table {
    column: usize,
    /// Ascending, distinct, and filled up with infinity. An index of a byte needs no check.
    thresholds: Box<[f64; PART + 1]>,
}

impl Ranks {
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
            ranks.tables.extend(thresholds.chunks(PART).map(|part| {
                let mut thresholds = Box::new([f64::INFINITY; PART + 1]);
                thresholds[..part.len()].copy_from_slice(part);
                Table { column, thresholds }
            }));
        }
        u16::try_from(ranks.tables.len()).ok()?;
        Some(ranks)
    }

    /// Ranks of a row of features.
    pub(super) fn len(&self) -> usize {
        self.tables.len()
    }

    /// Which ranks a split compares, and the greatest that goes left.
    pub(super) fn of(&self, column: usize, threshold: f64) -> (u16, i8) {
        let first = self.first[column];
        let parts = self.tables[usize::from(first)..]
            .iter()
            .take_while(|table| table.column == column);
        let part = parts
            .take_while(|table| table.thresholds[PART - 1] < threshold)
            .count();
        let table = &self.tables[usize::from(first) + part];
        let rank = table.thresholds.partition_point(|&below| below < threshold);
        (first + part as u16, signed(rank as u8))
    }

    /// Ranks of the values of a block of rows of features: how many thresholds are below a value. Those of lanes without
    /// a row are any.
    #[inline(always)]
    pub(super) fn fill(
        &self,
        rows: &[f64],
        columns: &Columns,
        values: &mut [f64; BLOCK],
        ranks: &mut [Lanes],
    ) {
        let mut column = usize::MAX;
        for (table, ranks) in self.tables.iter().zip(ranks) {
            if table.column != column {
                column = table.column;
                let rows = rows.chunks_exact(columns.n_features());
                for (value, row) in values.iter_mut().zip(rows) {
                    *value = columns.get(row, column);
                }
            }
            let values = values.as_chunks::<ABREAST>().0;
            for (values, ranks) in values.iter().zip(ranks.as_chunks_mut().0) {
                *ranks = table.search(values).map(signed);
            }
        }
    }
}

impl Table {
    /// How many thresholds are below each value.
    #[inline(always)]
    fn search(&self, values: &[f64; ABREAST]) -> [u8; ABREAST] {
        let mut below = [0_u8; ABREAST];
        for half in [128, 64, 32, 16, 8, 4, 2, 1] {
            for lane in 0..ABREAST {
                let threshold = self.thresholds[usize::from(below[lane] + (half - 1))];
                // As bits: a choice might become a branch, which nothing predicts.
                below[lane] += half & u8::from(threshold < values[lane]).wrapping_neg();
            }
        }
        below
    }
}

/// A number from 0 to 255, in the order of signed bytes.
#[inline(always)]
fn signed(number: u8) -> i8 {
    (number ^ 0x80) as i8
}
