//! What all trees of a forest have in common, and what makes a list of nodes a tree.

use super::MAX_DEPTH;
use super::path::average_length;
use crate::codec::{Kind, Reader, Writer};
use crate::error::Result;

/// What the end of a path counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Its length: the fewer splits isolate a row, the stranger it is.
    Depth,
    /// The logarithm of the density of training rows there: their share divided by the share of the range, multiplied
    /// over the splits of the path. It tells apart what paths of one length do not.
    Density,
}

/// The end of a path, as it is grown and stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Leaf {
    /// Training rows that took the path.
    pub(crate) size: u32,
    /// Logarithm of their density; 0 where only depth counts.
    pub(crate) log_density: f32,
}

impl Leaf {
    /// Writes the `u32` number of rows and, where density counts, its `f32` logarithm.
    pub(crate) fn write(&self, shape: &Shape, out: &mut Writer) {
        out.u32(self.size);
        if shape.metric == Metric::Density {
            out.u32(self.log_density.to_bits());
        }
    }

    /// Reads what [`Leaf::write`] wrote.
    pub(crate) fn read(shape: &Shape, input: &mut Reader<'_>) -> Result<Self> {
        let size = input.u32()?;
        let log_density = match shape.metric {
            Metric::Depth => 0.0,
            Metric::Density => f32::from_bits(input.u32()?),
        };
        if log_density.is_finite() {
            Ok(Self { size, log_density })
        } else {
            Err(input.corrupt("impossible density"))
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// What trees split on: features and what categories are turned into.
    pub(crate) n_columns: u32,
    pub(crate) sample_size: u32,
    pub(crate) max_depth: u32,
    pub(crate) metric: Metric,
    /// Whether a missing value takes both branches.
    pub(crate) both_branches: bool,
}

impl Shape {
    /// The shape of a detector's trees: grown until every row is alone. The height limit stops the few paths that peel
    /// off one row after another.
    pub(crate) fn of_detector(n_features: u32, sample_size: u32) -> Self {
        Self {
            n_columns: n_features,
            sample_size,
            max_depth: MAX_DEPTH,
            metric: Metric::Depth,
            both_branches: false,
        }
    }

    /// A tree that is read node by node.
    pub(crate) fn tree(self, kind: Kind) -> Reading {
        Reading {
            shape: self,
            kind,
            children: Vec::new(),
            known: 1,
            level_end: 1,
            depth: 0,
            rows: 0,
        }
    }

    /// The score, from 0 to 1, of the values of the leaves that a row reached, summed over the trees.
    ///
    /// By depth `2^(-E[path length] / c(sample_size))`; about 0.5 is usual. By density the logistic function of the mean
    /// logarithm, with 0.5 for rows where training rows are as dense as if spread evenly.
    pub(crate) fn score(&self, total: f64, n_trees: usize) -> f64 {
        let mean = total / n_trees as f64;
        match self.metric {
            Metric::Depth => libm::exp2(-mean / average_length(self.sample_size)),
            Metric::Density => 1.0 / (1.0 + libm::exp(mean)),
        }
    }
}

/// Checks that nodes in level order are a tree of a shape.
pub(crate) struct Reading {
    shape: Shape,
    kind: Kind,
    /// First child of each node, counted from the root; a leaf has itself.
    children: Vec<u32>,
    known: u32,
    level_end: u32,
    depth: u32,
    rows: u64,
}

impl Reading {
    /// The number of the next node; `None` when the tree is complete.
    pub(crate) fn next(&mut self) -> Option<u32> {
        let at = self.children.len() as u32;
        if at == self.known {
            return None;
        }
        if at == self.level_end {
            self.depth += 1;
            self.level_end = self.known;
        }
        Some(at)
    }

    /// The node is a split: the number of its left child.
    pub(crate) fn split(&mut self) -> Result<u32> {
        let left = self.known;
        self.known += 2;
        // A tree whose leaves all hold rows has no more than this.
        if self.depth == self.shape.max_depth || self.known > 2 * self.shape.sample_size - 1 {
            return Err(self.kind.corrupt("tree too large"));
        }
        self.children.push(left);
        Ok(left)
    }

    /// The node is a leaf: what it counts.
    pub(crate) fn leaf(&mut self, leaf: Leaf) -> Result<f64> {
        if leaf.size == 0 {
            return Err(self.kind.corrupt("empty leaf"));
        }
        self.rows += u64::from(leaf.size);
        self.children.push(self.children.len() as u32);
        Ok(match self.shape.metric {
            Metric::Depth => f64::from(self.depth) + average_length(leaf.size),
            Metric::Density => f64::from(leaf.log_density),
        })
    }

    /// Steps to the deepest leaf so far.
    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }

    /// The first child of each node, of a complete tree.
    pub(crate) fn finish(self) -> Result<Vec<u32>> {
        if self.rows == u64::from(self.shape.sample_size) {
            Ok(self.children)
        } else {
            Err(self.kind.corrupt("leaves do not add up to the sample"))
        }
    }
}

/// For each node of all trees the share of its rows that went left.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shares(Vec<f32>);

impl Shares {
    /// Shares of a tree, by the first children of its nodes and its leaves, in level order.
    pub(crate) fn of_tree(children: &[u32], leaves: &[Leaf]) -> Vec<f32> {
        let mut sizes = vec![0_u64; children.len()];
        let mut leaves = leaves.iter().rev();
        let mut shares = vec![1.0; children.len()];
        for (at, &left) in children.iter().enumerate().rev() {
            if left == at as u32 {
                sizes[at] = leaves.next().map_or(0, |leaf| leaf.size.into());
            } else {
                let (left, right) = (sizes[left as usize], sizes[left as usize + 1]);
                sizes[at] = left + right;
                shares[at] = (left as f64 / sizes[at] as f64) as f32;
            }
        }
        shares
    }

    pub(crate) fn extend(&mut self, shares: impl IntoIterator<Item = f32>) {
        self.0.extend(shares);
    }

    /// Sets the share of a node behind all others.
    pub(crate) fn put(&mut self, at: u32, share: f32) {
        self.0.resize(at as usize, 1.0);
        self.0.push(share);
    }

    pub(crate) fn left(&self, at: u32) -> f64 {
        self.0[at as usize].into()
    }
}
