//! Why a row has its score.

use super::Forest;
use crate::error::Result;

impl Forest {
    /// Contribution of each feature to the score of a vector: at least 0, with the score as their sum.
    ///
    /// The score is shared out by the local feature importance of DIFFI (Carletti, Terzi and Susto, "Interpretable
    /// anomaly detection with DIFFI", 2023): each tree credits the features on the row's path with `1/length -
    /// 1/(max_depth + 1)`, so that short paths count, and a feature's credit is averaged over the times it was met.
    /// O(trees × depth). When no path has a split, all features share equally.
    ///
    /// # Errors
    /// [`crate::Error::FeatureCount`].
    pub fn explain(&self, row: &[f64]) -> Result<Vec<f64>> {
        let score = self.score(row)?;
        let mut slots = vec![0.0; row.len() + 1];
        self.fill(row, &mut slots);
        let mut shares = self.credits(&slots);
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

    /// Average credit of each feature on the paths of a filled row.
    fn credits(&self, slots: &[f64]) -> Vec<f64> {
        let base = 1.0 / f64::from(self.trees.shape.max_depth + 1);
        let mut credits = vec![(0.0, 0_u32); self.n_features()];
        let mut path = Vec::new();
        for tree in &self.trees.trees {
            path.clear();
            let mut node = &self.trees.nodes[tree.root as usize];
            while !self.trees.is_leaf(node) {
                let feature = node.feature as usize;
                path.push(feature);
                node = &self.trees.nodes
                    [(node.left + u32::from(slots[feature] > node.value)) as usize];
            }
            for &feature in &path {
                let (credit, met) = &mut credits[feature];
                *credit += 1.0 / path.len() as f64 - base;
                *met += 1;
            }
        }
        credits
            .into_iter()
            .map(|(credit, met)| {
                if met == 0 {
                    0.0
                } else {
                    credit / f64::from(met)
                }
            })
            .collect()
    }
}
