//! Scoring: the hot path.
//!
//! A walk down one tree waits for memory at each level. Several trees of one row, or several rows of one tree, are
//! walked side by side instead, without branches: measured here, that is three times as fast.

use super::Forest;
use super::path::average_length;
use super::trees::{LEAST_KEY, Node, Trees, key};
use crate::error::{Error, Result};

/// Trees walked side by side for one row.
const TREES: usize = 10;
/// Rows walked side by side for one tree.
const ROWS: usize = 10;
/// Slots of a row held on the stack. A power of two: masking an index then replaces its bounds check.
const SLOTS: usize = 128;

impl Forest {
    /// Anomaly score of a vector, between 0 and 1: `2^(-E[path length] / c(sample_size))`. A missing element (NaN)
    /// counts as the training median. About 0.5 is usual; the closer to 1, the more isolated.
    ///
    /// # Errors
    /// [`Error::FeatureCount`].
    pub fn score(&self, row: &[f64]) -> Result<f64> {
        self.check_width(row.len())?;
        let total = if row.len() < SLOTS {
            let mut slots = [LEAST_KEY; SLOTS];
            self.fill(row, &mut slots);
            self.trees
                .total_length(|feature| slots[feature as usize % SLOTS])
        } else {
            let mut slots = vec![LEAST_KEY; row.len() + 1];
            self.fill(row, &mut slots);
            self.trees.total_length(|feature| slots[feature as usize])
        };
        Ok(self.to_score(total))
    }

    /// Appends the scores of rows that lie one after the other; each is what [`Forest::score`] gives, to the last bit.
    ///
    /// # Errors
    /// [`Error::FeatureCount`] when `rows` is no whole number of rows.
    pub fn score_rows(&self, rows: &[f64], scores: &mut Vec<f64>) -> Result<()> {
        let n_features = self.n_features();
        self.check_width(n_features + rows.len() % n_features)?;
        let mut rest = rows;
        if n_features < SLOTS {
            let mut slots = [[LEAST_KEY; SLOTS]; ROWS];
            let blocks = rows.chunks_exact(n_features * ROWS);
            rest = blocks.remainder();
            for block in blocks {
                for (row, slots) in block.chunks_exact(n_features).zip(&mut slots) {
                    self.fill(row, slots);
                }
                scores.extend(
                    self.trees
                        .total_lengths(&slots)
                        .map(|total| self.to_score(total)),
                );
            }
        }
        for row in rest.chunks_exact(n_features) {
            scores.push(self.score(row)?);
        }
        Ok(())
    }

    /// # Errors
    /// [`Error::FeatureCount`] unless a vector of `got` elements fits the model.
    pub(super) fn check_width(&self, got: usize) -> Result<()> {
        let expected = self.n_features();
        if got == expected {
            Ok(())
        } else {
            Err(Error::FeatureCount { expected, got })
        }
    }

    /// Copies a row, with stand-ins for missing values, and the slot that keeps leaves in place behind it.
    pub(super) fn fill(&self, row: &[f64], slots: &mut [u64]) {
        for ((slot, &value), &fill) in slots.iter_mut().zip(row).zip(&self.fills) {
            *slot = key(if value.is_nan() { fill } else { value });
        }
        slots[row.len()] = LEAST_KEY;
    }

    /// The score of a sum of path lengths over all trees.
    pub(super) fn to_score(&self, total: f64) -> f64 {
        let scale = self.trees.trees.len() as f64 * average_length(self.trees.shape.sample_size);
        libm::exp2(-total / scale)
    }
}

/// The node after `at` on the path of a row whose keys `key` gives.
#[inline(always)]
fn step(nodes: &[Node], at: u32, key: impl Fn(u32) -> u64) -> u32 {
    let node = &nodes[at as usize];
    node.next(key(node.feature))
}

impl Trees {
    /// Sum of the path lengths of one row, added in the order of the trees.
    #[inline(always)]
    fn total_length(&self, key: impl Fn(u32) -> u64) -> f64 {
        let groups = self.trees.chunks_exact(TREES);
        let rest = groups.remainder();
        let mut total = 0.0;
        for group in groups {
            let mut at = [0; TREES];
            let mut depth = 0;
            for (at, tree) in at.iter_mut().zip(group) {
                *at = tree.root;
                depth = depth.max(tree.depth);
            }
            for _ in 0..depth {
                for at in &mut at {
                    *at = step(&self.nodes, *at, &key);
                }
            }
            for at in at {
                total += self.nodes[at as usize].length();
            }
        }
        for tree in rest {
            let at = (0..tree.depth).fold(tree.root, |at, _| step(&self.nodes, at, &key));
            total += self.nodes[at as usize].length();
        }
        total
    }

    /// Sums of the path lengths of some rows.
    fn total_lengths(&self, slots: &[[u64; SLOTS]; ROWS]) -> [f64; ROWS] {
        let mut totals = [0.0; ROWS];
        for tree in &self.trees {
            let mut at = [tree.root; ROWS];
            for _ in 0..tree.depth {
                for (at, slots) in at.iter_mut().zip(slots) {
                    *at = step(&self.nodes, *at, |feature| slots[feature as usize % SLOTS]);
                }
            }
            for (total, at) in totals.iter_mut().zip(at) {
                *total += self.nodes[at as usize].length();
            }
        }
        totals
    }
}
