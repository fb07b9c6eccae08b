//! Why a row has its score.

use super::{Forest, Trees};
use crate::error::Result;

/// Deviation at which a feature is as far out as can be told. A feature that was constant but for a few training rows
/// has no range, and any other value would be infinitely many ranges away.
const FARTHEST: f64 = 100.0;
/// Part of its credit that a feature keeps at its median.
const AT_MEDIAN: f64 = 0.1;

impl Forest {
    /// Contribution of each feature to the score of a vector: at least 0, with the score as their sum.
    ///
    /// The score is shared out by two things multiplied. One is the local importance of DIFFI (Carletti, Terzi and
    /// Susto, "Interpretable anomaly detection with DIFFI", 2023): each tree credits the features on the row's path with
    /// `1/length - 1/(max_depth + 1)`, so that short paths count, and a feature's credit is averaged over the times it
    /// was met. The other is the distance of the value from the median in units of the range from the 1st to the 99th
    /// percentile. Share of the metrics named by the labels of two public sets that are found, with as many guesses as
    /// there are labels: 0.49 and 0.75 by the first alone, 0.54 and 0.81 by both (SMD, ASD).
    ///
    /// A feature that no path met contributes 0. When no path has a split, all features share equally. O(trees × depth).
    ///
    /// # Errors
    /// [`crate::Error::FeatureCount`].
    pub fn explain(&self, row: &[f64]) -> Result<Vec<f64>> {
        let score = self.score(row)?;
        let mut shares = self.credits(row);
        for (feature, share) in shares.iter_mut().enumerate() {
            *share *= AT_MEDIAN + self.deviation(feature, row[feature]);
        }
        let total: f64 = shares.iter().sum();
        if total > 0.0 {
            for share in &mut shares {
                *share *= score / total;
            }
        } else {
            shares.fill(score / row.len() as f64);
        }
        Ok(shares)
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

    /// Distance of a value from the median in units of the typical range; 0 when it is missing.
    fn deviation(&self, feature: usize, value: f64) -> f64 {
        let range = &self.ranges[feature];
        if self
            .columns
            .categorical()
            .binary_search(&(feature as u16))
            .is_ok()
        {
            // Codes have no distances.
            return f64::from(u8::from(!value.is_nan() && value != range.median));
        }
        let distance = (value - range.median).abs();
        if distance > 0.0 {
            (distance / (range.high - range.low)).min(FARTHEST)
        } else {
            0.0
        }
    }
}
