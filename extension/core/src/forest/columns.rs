//! What trees split on: the features of a row, and numbers into which categories are turned.

use super::random::{Random, mixed};

/// Columns of each categorical feature. Each orders the categories in a way of its own, so that thresholds divide them
/// at random.
pub(crate) const CATEGORY_COLUMNS: usize = 8;

/// How a row of features becomes a row of columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Columns {
    /// Stand-ins for missing values; NaN throughout where those take both branches.
    fills: Vec<f64>,
    /// Features whose values are codes of categories, ascending.
    categorical: Vec<u16>,
    seed: u64,
}

impl Columns {
    pub(crate) fn new(fills: Vec<f64>, categorical: Vec<u16>, seed: u64) -> Self {
        Self {
            fills,
            categorical,
            seed,
        }
    }

    pub(crate) fn n_features(&self) -> usize {
        self.fills.len()
    }

    /// Number of columns.
    pub(crate) fn len(&self) -> usize {
        self.fills.len() + CATEGORY_COLUMNS * self.categorical.len()
    }

    pub(crate) fn categorical(&self) -> &[u16] {
        &self.categorical
    }

    /// The feature that a column is made from.
    pub(crate) fn feature(&self, column: usize) -> usize {
        match column.checked_sub(self.fills.len()) {
            None => column,
            Some(beyond) => usize::from(self.categorical[beyond / CATEGORY_COLUMNS]),
        }
    }

    /// A column of a feature: itself, or one of those that its categories are turned into.
    pub(crate) fn column(&self, feature: u16, random: &mut Random) -> u16 {
        match self.categorical.binary_search(&feature) {
            Ok(number) => {
                let first = self.fills.len() + CATEGORY_COLUMNS * number;
                (first as u64 + random.below(CATEGORY_COLUMNS as u64)) as u16
            }
            Err(_) => feature,
        }
    }

    /// The columns that trees may split on, of the features that vary.
    pub(crate) fn of_features(&self, features: &[u16]) -> Vec<u16> {
        let mut columns = Vec::with_capacity(features.len());
        for &feature in features {
            match self.categorical.binary_search(&feature) {
                Ok(number) => {
                    let first = (self.fills.len() + CATEGORY_COLUMNS * number) as u16;
                    columns.extend(first..first + CATEGORY_COLUMNS as u16);
                }
                Err(_) => columns.push(feature),
            }
        }
        columns
    }

    /// Whether missing values stay missing, because they take both branches.
    pub(crate) fn keeps_missing(&self) -> bool {
        self.fills.iter().all(|fill| fill.is_nan())
    }

    /// What a missing value counts as in a column that is a feature itself; `None` for one that is not.
    pub(crate) fn fill(&self, column: usize) -> Option<f64> {
        self.fills.get(column).copied()
    }

    /// One column of a row of features.
    #[inline(always)]
    pub(crate) fn get(&self, row: &[f64], column: usize) -> f64 {
        self.of_cell(column, |feature| row[feature])
    }

    /// One column of a row whose features `cell` gives.
    #[inline(always)]
    pub(crate) fn of_cell(&self, column: usize, cell: impl Fn(usize) -> f64) -> f64 {
        if column < self.fills.len() {
            filled(cell(column), self.fills[column])
        } else {
            let feature = self.feature(column);
            let code = filled(cell(feature), self.fills[feature]);
            self.order(code, column)
        }
    }

    /// One column of rows of features that lie one after the other.
    #[inline(always)]
    pub(crate) fn of_rows(&self, rows: &[f64], column: usize, values: &mut [f64]) {
        let rows = rows.chunks_exact(self.n_features());
        if column < self.fills.len() {
            for (value, row) in values.iter_mut().zip(rows) {
                *value = row[column];
            }
            let fill = self.fills[column];
            values
                .iter_mut()
                .for_each(|value| *value = filled(*value, fill));
        } else {
            for (value, row) in values.iter_mut().zip(rows) {
                *value = self.get(row, column);
            }
        }
    }

    /// Hands all columns of a row to `put`, in order.
    #[inline(always)]
    pub(crate) fn each(&self, row: &[f64], mut put: impl FnMut(usize, f64)) {
        for (column, (&value, &fill)) in row.iter().zip(&self.fills).enumerate() {
            put(column, filled(value, fill));
        }
        for column in self.fills.len()..self.len() {
            put(column, self.get(row, column));
        }
    }

    /// Where a category stands in the order of a column, from 0 to 1.
    fn order(&self, code: f64, column: usize) -> f64 {
        if code.is_nan() {
            return code;
        }
        // Both zeros are one category.
        let hash = mixed((code + 0.0).to_bits(), self.seed, column as u64);
        (hash >> 11) as f64 * f64::EPSILON / 2.0
    }
}

#[inline(always)]
pub(crate) fn filled(value: f64, fill: f64) -> f64 {
    if value.is_nan() { fill } else { value }
}
