//! Ranks of values among the thresholds of a forest.

use super::{BLOCK, Lanes};
use crate::forest::columns::Columns;

/// Thresholds that a byte ranks values among. A column with more of them gets several tables, each for a part.
const PART: usize = 255;
/// Thresholds that are compared at once.
const ABREAST: usize = 16;

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
    /// Ascending, distinct, and filled up with infinity, of which at least the last one is.
    thresholds: Box<[[f64; ABREAST]; ABREAST]>,
    /// The last threshold of each of the arrays.
    last: [f64; ABREAST],
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
                let mut thresholds = Box::new([[f64::INFINITY; ABREAST]; ABREAST]);
                thresholds.as_flattened_mut()[..part.len()].copy_from_slice(part);
                Table {
                    column,
                    last: thresholds.map(|some| some[ABREAST - 1]),
                    thresholds,
                }
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
            .take_while(|table| table.thresholds.as_flattened()[PART - 1] < threshold)
            .count();
        let table = &self.tables[usize::from(first) + part];
        (first + part as u16, signed(table.rank(threshold)))
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
                columns.of_rows(rows, column, values);
            }
            for (rank, value) in ranks.iter_mut().zip(&*values) {
                *rank = signed(table.rank(*value));
            }
        }
    }
}

impl Table {
    /// How many thresholds are below a value: first whole arrays of them, then within one. Comparing with all of an array
    /// takes a few vector instructions, halving as many steps that wait for each other.
    #[inline(always)]
    fn rank(&self, value: f64) -> u8 {
        let array = below(&self.last, value);
        (ABREAST * array + below(&self.thresholds[array % ABREAST], value)) as u8
    }
}

#[inline(always)]
fn below(thresholds: &[f64; ABREAST], value: f64) -> usize {
    thresholds
        .iter()
        .map(|&threshold| u64::from(threshold < value))
        .sum::<u64>() as usize
}

/// A number from 0 to 255, in the order of signed bytes.
#[inline(always)]
fn signed(number: u8) -> i8 {
    (number ^ 0x80) as i8
}
