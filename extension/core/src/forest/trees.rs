//! The trees of a forest as one array of nodes, made for walking.

mod blocks;

use super::path::average_length;
use crate::codec::Kind;
use crate::error::{Error, Result};

/// A node as it is grown and stored. The nodes of a tree come in level order, from left to right, which alone fixes who
/// the children are: the next split's children follow those of the split before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Record {
    /// Rows with a value of at most `threshold` go left.
    Split { feature: u16, threshold: f64 },
    /// The end of a path that `size` training rows took.
    Leaf { size: u32 },
}

/// A node of 16 bytes. A split has its children at `left` and `left + 1`.
///
/// A leaf points to itself: its `feature` is the slot behind the row's elements, which always holds the smallest key, so
/// the walk stays at `left`, this node. So all trees can be walked side by side for the same number of steps, without a
/// branch that depends on data.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    /// [`key`] of the threshold of a split, bits of the path length of a leaf.
    pub(super) key: u64,
    pub(super) feature: u32,
    pub(super) left: u32,
}

/// The key that is at most any other.
pub(super) const LEAST_KEY: u64 = 0;

/// An integer that orders as the number does. Comparing and adding the carry takes two cycles on integers and about ten
/// on doubles, and a walk is a chain of such steps. Both zeros have one key; NaN has none.
pub(super) fn key(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    // Flips all bits of a negative number and the sign of a positive one.
    bits ^ ((bits as i64 >> 63) as u64 | 1 << 63)
}

impl Node {
    /// The node that a row goes to whose value of this node's feature has this key.
    #[inline(always)]
    pub(super) fn next(&self, key: u64) -> u32 {
        self.left + u32::from(self.key < key)
    }

    /// The threshold of a split.
    pub(super) fn threshold(&self) -> f64 {
        f64::from_bits(self.key ^ ((!self.key as i64 >> 63) as u64 | 1 << 63))
    }

    /// The path length of a leaf.
    pub(super) fn length(&self) -> f64 {
        f64::from_bits(self.key)
    }
}

/// Where a tree starts, and the steps to its deepest leaf.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tree {
    pub(super) root: u32,
    pub(super) depth: u32,
}

/// What all trees of a forest have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) n_features: u32,
    pub(super) sample_size: u32,
    pub(super) max_depth: u32,
}

/// Invariants, held by [`Trees::push`]: children follow their parents, features are at most `n_features`, values are
/// finite, paths are at most `max_depth` long. So a walk ends and stays within the arrays.
#[derive(Debug, Clone)]
pub(super) struct Trees {
    pub(super) shape: Shape,
    pub(super) nodes: Vec<Node>,
    pub(super) trees: Vec<Tree>,
    /// Training rows of each leaf, tree by tree in level order.
    pub(super) leaf_sizes: Vec<u32>,
}

impl Trees {
    pub(super) fn new(shape: Shape) -> Self {
        Self {
            shape,
            nodes: Vec::new(),
            trees: Vec::new(),
            leaf_sizes: Vec::new(),
        }
    }

    /// Adds a tree from its records, in level order, and checks all that scoring relies on.
    ///
    /// # Errors
    /// Those of `next`, [`Error::Corrupt`] for records that are no tree of this shape, [`Error::OutOfMemory`].
    pub(super) fn push(&mut self, next: impl FnMut() -> Result<Record>) -> Result<()> {
        let root = self.nodes.len() as u32;
        let (tree, depth) = self.read(next)?;
        self.nodes
            .try_reserve(tree.len())
            .map_err(|_| Error::OutOfMemory(2 * size_of_val(&*self.nodes)))?;
        self.nodes.extend(blocks::arrange(&tree).map(|node| Node {
            left: root + node.left,
            ..node
        }));
        self.trees.push(Tree { root, depth });
        Ok(())
    }

    /// Reads a tree, in level order and with children counted from its root, and the depth of its deepest leaf.
    fn read(&mut self, mut next: impl FnMut() -> Result<Record>) -> Result<(Vec<Node>, u32)> {
        let Shape {
            n_features,
            sample_size,
            max_depth,
        } = self.shape;
        // A tree whose leaves all hold rows has no more than this.
        let most = 2 * sample_size - 1;
        let mut tree = Vec::new();
        let (mut known, mut level_end, mut depth, mut rows) = (1, 1, 0, 0_u64);
        for at in 0.. {
            if at == known {
                break;
            }
            if at == level_end {
                depth += 1;
                level_end = known;
            }
            tree.push(match next()? {
                Record::Split { feature, threshold } => {
                    let left = known;
                    known += 2;
                    if depth == max_depth || known > most {
                        return Err(Kind::Forest.corrupt("tree too large"));
                    }
                    if u32::from(feature) >= n_features || !threshold.is_finite() {
                        return Err(Kind::Forest.corrupt("impossible split"));
                    }
                    Node {
                        key: key(threshold),
                        feature: feature.into(),
                        left,
                    }
                }
                Record::Leaf { size } => {
                    if size == 0 {
                        return Err(Kind::Forest.corrupt("empty leaf"));
                    }
                    rows += u64::from(size);
                    self.leaf_sizes.push(size);
                    let length = f64::from(depth) + average_length(size);
                    Node {
                        key: length.to_bits(),
                        feature: n_features,
                        left: at,
                    }
                }
            });
        }
        if rows == u64::from(sample_size) {
            Ok((tree, depth))
        } else {
            Err(Kind::Forest.corrupt("leaves do not add up to the sample"))
        }
    }

    /// The nodes of a tree in level order.
    pub(super) fn level_order(&self, tree: &Tree) -> Vec<&Node> {
        let mut order = vec![&self.nodes[tree.root as usize]];
        let mut at = 0;
        while let Some(&node) = order.get(at) {
            if !self.is_leaf(node) {
                order.extend(&self.nodes[node.left as usize..][..2]);
            }
            at += 1;
        }
        order
    }

    /// Whether a node is a leaf.
    pub(super) fn is_leaf(&self, node: &Node) -> bool {
        node.feature == self.shape.n_features
    }
}
