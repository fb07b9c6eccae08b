//! Walking rows down the trees: the hot path.
//!
//! A walk down one tree waits for memory at each level. Several trees of one row, or several rows of one tree, are
//! walked side by side instead, without branches: measured here, that is three times as fast.

use super::nodes::{AxisTrees, Node, key};

/// Trees walked side by side for one row.
const TREES: usize = 10;
/// Rows walked side by side for one tree.
pub(crate) const ROWS: usize = 10;
/// Slots of a row held on the stack. A power of two: masking an index then replaces its bounds check.
pub(crate) const SLOTS: usize = 128;

/// The node after `at` on the path of a row whose keys `key` gives.
#[inline(always)]
fn step(nodes: &[Node], at: u32, key: impl Fn(u32) -> u64) -> u32 {
    let node = &nodes[at as usize];
    node.next(key(node.column))
}

impl AxisTrees {
    /// Sum of the values of the leaves that one row reaches, added in the order of the trees.
    #[inline(always)]
    pub(crate) fn total(&self, key: impl Fn(u32) -> u64) -> f64 {
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
                total += self.nodes[at as usize].value();
            }
        }
        for tree in rest {
            let at = (0..tree.depth).fold(tree.root, |at, _| step(&self.nodes, at, &key));
            total += self.nodes[at as usize].value();
        }
        total
    }

    /// Such sums of some rows, each as [`AxisTrees::total`] gives it.
    pub(crate) fn totals(&self, slots: &[[u64; SLOTS]; ROWS]) -> [f64; ROWS] {
        let mut totals = [0.0; ROWS];
        for tree in &self.trees {
            let mut at = [tree.root; ROWS];
            for _ in 0..tree.depth {
                for (at, slots) in at.iter_mut().zip(slots) {
                    *at = step(&self.nodes, *at, |column| slots[column as usize % SLOTS]);
                }
            }
            for (total, at) in totals.iter_mut().zip(at) {
                *total += self.nodes[at as usize].value();
            }
        }
        totals
    }

    /// Adds the columns on the path of a row down one tree to `path`.
    pub(crate) fn path(&self, tree: usize, columns: &[f64], path: &mut Vec<usize>) {
        let mut node = &self.nodes[self.trees[tree].root as usize];
        while !self.is_leaf(node) {
            let column = node.column as usize;
            path.push(column);
            node = &self.nodes[node.next(key(columns[column])) as usize];
        }
    }

    /// The sum for a row with missing columns, where those take both branches: in each tree the mean of the leaves that
    /// the row reaches, weighted by the shares of the training rows.
    pub(crate) fn total_of_both(&self, columns: &[f64]) -> f64 {
        let mut total = 0.0;
        let mut waiting = Vec::new();
        for tree in &self.trees {
            waiting.push((tree.root, 1.0));
            while let Some((at, weight)) = waiting.pop() {
                let node = &self.nodes[at as usize];
                if self.is_leaf(node) {
                    total += weight * node.value();
                    continue;
                }
                let value = columns[node.column as usize];
                if value.is_nan() {
                    let left = self.shares.left(at);
                    waiting.push((node.left, weight * left));
                    waiting.push((node.left + 1, weight * (1.0 - left)));
                } else {
                    waiting.push((node.next(key(value)), weight));
                }
            }
        }
        total
    }
}
