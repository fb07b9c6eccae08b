//! Scores of rows.

use super::axis::{self, LEAST_KEY, key};
use super::oblique::{self, ObliqueTrees};
use super::standard::Standard;
use super::{Forest, Trees};
use crate::error::Result;
use crate::vector::check_width;

impl Forest {
    /// Anomaly score of a vector, between 0 and 1; the closer to 1, the stranger. By depth
    /// `2^(-E[path length] / c(sample_size))`, of which about 0.5 is usual; by density see [`super::Metric`]. A missing
    /// element (NaN) counts as the training median, or takes both branches.
    ///
    /// # Errors
    /// [`crate::Error::FeatureCount`].
    pub fn score(&self, row: &[f64]) -> Result<f64> {
        check_width(self.n_features(), row.len())?;
        Ok(self.to_score(self.total(row)))
    }

    /// Appends the scores of rows that lie one after the other; each is what [`Forest::score`] gives, to the last bit.
    ///
    /// # Errors
    /// [`crate::Error::FeatureCount`] when `rows` is no whole number of rows.
    pub fn score_rows(&self, rows: &[f64], scores: &mut Vec<f64>) -> Result<()> {
        let n_features = self.n_features();
        check_width(n_features, n_features + rows.len() % n_features)?;
        let first = scores.len();
        scores.resize(first + rows.len() / n_features, 0.0);
        let scores = &mut scores[first..];
        self.totals(rows, scores);
        for (score, row) in scores.iter_mut().zip(rows.chunks_exact(n_features)) {
            if self.takes_both(row) {
                *score = self.total(row);
            }
            *score = self.to_score(*score);
        }
        Ok(())
    }

    /// Where values out of range shorten paths, those of a row that is strange in every way have less than no length; such
    /// a score is 1.
    fn to_score(&self, total: f64) -> f64 {
        self.trees
            .shape()
            .score(total, self.trees.n_trees())
            .min(1.0)
    }

    /// Whether missing values make a row take several paths down one tree.
    fn takes_both(&self, row: &[f64]) -> bool {
        self.trees.shape().both_branches && row.iter().any(|value| value.is_nan())
    }

    /// Sum of what the leaves count that a row reaches.
    fn total(&self, row: &[f64]) -> f64 {
        match &self.trees {
            Trees::Axis { trees, ranked } => {
                if self.takes_both(row) {
                    return trees.total_of_both(&self.row_of_columns(row, None));
                }
                let ranked = ranked.get(1, trees, &self.columns);
                if let Some(total) = ranked.and_then(|ranked| ranked.total(row, &self.columns)) {
                    return total;
                }
                if self.columns.len() < axis::SLOTS {
                    let mut slots = [LEAST_KEY; axis::SLOTS];
                    self.fill(row, &mut slots);
                    trees.total(|column| slots[column as usize % axis::SLOTS])
                } else {
                    let mut slots = vec![LEAST_KEY; self.columns.len() + 1];
                    self.fill(row, &mut slots);
                    trees.total(|column| slots[column as usize])
                }
            }
            Trees::Oblique { trees, standards } => {
                let columns = self.row_of_columns(row, Some(standards));
                if self.takes_both(row) {
                    trees.total_of_both(&columns)
                } else {
                    trees.total(&columns)
                }
            }
        }
    }

    /// Such sums for many rows, but for those that take both branches.
    fn totals(&self, rows: &[f64], totals: &mut [f64]) {
        let n_features = self.n_features();
        match &self.trees {
            Trees::Axis { trees, ranked } => {
                let ranked = ranked.get(totals.len(), trees, &self.columns);
                if let Some(ranked) = ranked.filter(|_| totals.len() > axis::ROWS) {
                    let mut room = ranked.room();
                    let blocks = rows.chunks(n_features * axis::BLOCK);
                    for (block, totals) in blocks.zip(totals.chunks_mut(axis::BLOCK)) {
                        ranked.totals(block, &self.columns, &mut room, totals);
                    }
                } else if self.columns.len() < axis::SLOTS {
                    let mut slots = [[LEAST_KEY; axis::SLOTS]; axis::ROWS];
                    let blocks = rows.chunks(n_features * axis::ROWS);
                    for (block, totals) in blocks.zip(totals.chunks_mut(axis::ROWS)) {
                        for (row, slots) in block.chunks_exact(n_features).zip(&mut slots) {
                            self.fill(row, slots);
                        }
                        totals.copy_from_slice(&trees.totals(&slots)[..totals.len()]);
                    }
                } else {
                    self.totals_one_by_one(rows, totals);
                }
            }
            Trees::Oblique { trees, standards } => {
                self.totals_of_blocks(trees, standards, rows, totals);
            }
        }
    }

    fn totals_of_blocks(
        &self,
        trees: &ObliqueTrees,
        standards: &[Standard],
        rows: &[f64],
        totals: &mut [f64],
    ) {
        let n_features = self.n_features();
        let mut cells = Vec::with_capacity(oblique::BLOCK.min(totals.len()) * self.columns.len());
        let blocks = rows.chunks(n_features * oblique::BLOCK);
        for (block, totals) in blocks.zip(totals.chunks_mut(oblique::BLOCK)) {
            cells.clear();
            for row in block.chunks_exact(n_features) {
                self.columns.each(row, |column, value| {
                    cells.push(standards[column].scaled(value));
                });
            }
            trees.totals(&cells, totals);
        }
    }

    fn totals_one_by_one(&self, rows: &[f64], totals: &mut [f64]) {
        for (total, row) in totals.iter_mut().zip(rows.chunks_exact(self.n_features())) {
            *total = self.total(row);
        }
    }

    /// The columns of a row, scaled where there is a scale; what is missing and takes both branches is NaN.
    pub(super) fn row_of_columns(&self, row: &[f64], standards: Option<&[Standard]>) -> Vec<f64> {
        let mut columns = vec![0.0; self.columns.len()];
        self.columns.each(row, |column, value| {
            columns[column] = match standards {
                Some(standards) if !value.is_nan() => standards[column].scaled(value),
                _ => value,
            };
        });
        columns
    }

    /// Copies the columns of a row as keys, and the slot that keeps leaves in place behind them.
    #[inline(always)]
    fn fill(&self, row: &[f64], slots: &mut [u64]) {
        self.columns
            .each(row, |column, value| slots[column] = key(value));
        slots[self.columns.len()] = LEAST_KEY;
    }
}
