//! Why a row has its score.

use super::{Forest, Trees};
use crate::error::Result;
use crate::explanation::{contributions, evidence, evidence_of_category};

impl Forest {
    /// Contribution of each feature to the score of a vector: at least 0, with the score as their sum.
    ///
    /// The score is shared out by how far each value is out of its typical range, and where that says little by the local
    /// importance of DIFFI (Carletti, Terzi and Susto, "Interpretable anomaly detection with DIFFI", 2023): each tree
    /// credits the features on the row's path with `1/length - 1/(max_depth + 1)`, so that short paths count, and a
    /// feature's credit is averaged over the times it was met. Missing values contribute 0.
    /// O(trees × depth + features).
    ///
    /// # Errors
    /// [`crate::Error::FeatureCount`].
    pub fn explain(&self, row: &[f64]) -> Result<Vec<f64>> {
        let score = self.score(row)?;
        let categorical = self.columns.categorical();
        let evidence = (0..)
            .zip(row)
            .zip(&self.ranges)
            .map(|((feature, &value), range)| {
                if categorical.binary_search(&feature).is_ok() {
                    evidence_of_category(range, value)
                } else {
                    evidence(range, value)
                }
            });
        Ok(contributions(score, evidence.collect(), &self.credits(row)))
    }

    /// Average credit of each feature on the paths of a row. A split along several features credits each.
    fn credits(&self, row: &[f64]) -> Vec<f64> {
        let least = 1.0 / f64::from(self.trees.shape().max_depth + 1);
        let mut credits = vec![(0.0, 0_u32); row.len()];
        self.each_path(row, |path, length| {
            for &column in path {
                let (credit, met) = &mut credits[self.columns.feature(column)];
                *credit += 1.0 / length as f64 - least;
                *met += 1;
            }
        });
        credits
            .into_iter()
            .map(|(credit, met)| credit / f64::from(met.max(1)))
            .collect()
    }

    /// Hands `visit` the columns on the path of a row down each tree, and its length. A missing value counts as the
    /// median here.
    fn each_path(&self, row: &[f64], mut visit: impl FnMut(&[usize], usize)) {
        let mut path = Vec::new();
        let filled: Vec<f64> = (row.iter().zip(&self.ranges))
            .map(|(&value, range)| if value.is_nan() { range.fill() } else { value })
            .collect();
        match &self.trees {
            Trees::Axis { trees, .. } => {
                let columns = self.row_of_columns(&filled, None);
                for tree in 0..trees.n_trees() {
                    path.clear();
                    trees.path(tree, &columns, &mut path);
                    visit(&path, path.len());
                }
            }
            Trees::Oblique { trees, standards } => {
                let columns = self.row_of_columns(&filled, Some(standards));
                for tree in 0..trees.n_trees() {
                    path.clear();
                    let length = trees.path(tree, &columns, &mut path);
                    visit(&path, length);
                }
            }
        }
    }
}
