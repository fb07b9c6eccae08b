//! The nodes of trees that split on one column each, made for walking.

use super::blocks;
use crate::codec::Kind;
use crate::error::{Error, Result};
use crate::forest::grow::Record;
use crate::forest::shape::{Leaf, Shape, Shares};

/// How a node splits its rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Split {
    pub(crate) column: u16,
    /// Rows with a value of at most this go left.
    pub(crate) threshold: f64,
}

/// A node of 16 bytes. A split has its children at `left` and `left + 1`.
///
/// A leaf points to itself: its `column` is the slot behind the row's elements, which always holds the smallest key, so
/// the walk stays at `left`, this node. So all trees can be walked side by side for the same number of steps, without a
/// branch that depends on data.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    /// [`key`] of the threshold of a split, bits of the value of a leaf.
    pub(super) key: u64,
    pub(super) column: u32,
    pub(super) left: u32,
}

/// The key that is at most any other.
pub(crate) const LEAST_KEY: u64 = 0;

/// An integer that orders as the number does. Comparing and adding the carry takes two cycles on integers and about ten
/// on doubles, and a walk is a chain of such steps. Both zeros have one key; NaN has none.
pub(crate) fn key(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    // Flips all bits of a negative number and the sign of a positive one.
    bits ^ ((bits as i64 >> 63) as u64 | 1 << 63)
}

impl Node {
    /// The node that a row goes to whose value of this node's column has this key.
    #[inline(always)]
    pub(super) fn next(&self, key: u64) -> u32 {
        self.left + u32::from(self.key < key)
    }

    /// The threshold of a split.
    pub(super) fn threshold(&self) -> f64 {
        f64::from_bits(self.key ^ ((!self.key as i64 >> 63) as u64 | 1 << 63))
    }

    /// What a leaf counts.
    pub(super) fn value(&self) -> f64 {
        f64::from_bits(self.key)
    }
}

/// Where a tree starts, and the steps to its deepest leaf.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tree {
    pub(super) root: u32,
    pub(super) depth: u32,
}

/// Invariants, held by [`AxisTrees::push`]: children follow their parents, columns are at most `n_columns`, values are
/// finite, paths are at most `max_depth` long. So a walk ends and stays within the arrays.
#[derive(Debug, Clone)]
pub(crate) struct AxisTrees {
    pub(crate) shape: Shape,
    pub(super) nodes: Vec<Node>,
    pub(super) trees: Vec<Tree>,
    /// Tree by tree in level order.
    pub(super) leaves: Vec<Leaf>,
    /// Kept where a missing value takes both branches.
    pub(super) shares: Shares,
}

impl AxisTrees {
    pub(crate) fn new(shape: Shape) -> Self {
        Self {
            shape,
            nodes: Vec::new(),
            trees: Vec::new(),
            leaves: Vec::new(),
            shares: Shares::default(),
        }
    }

    pub(crate) fn n_trees(&self) -> usize {
        self.trees.len()
    }

    pub(crate) fn n_nodes(&self) -> usize {
        self.nodes.len()
    }

    /// Adds a tree from its records, in level order, and checks all that scoring relies on.
    ///
    /// # Errors
    /// Those of `next`, [`Error::Corrupt`] for records that are no tree of this shape, [`Error::OutOfMemory`].
    pub(crate) fn push(&mut self, next: impl FnMut() -> Result<Record<Split>>) -> Result<()> {
        let root = self.nodes.len() as u32;
        let first_leaf = self.leaves.len();
        let (tree, children, depth) = self.read_tree(next)?;
        self.nodes
            .try_reserve(tree.len())
            .map_err(|_| Error::OutOfMemory(2 * size_of_val(&*self.nodes)))?;
        let order = blocks::arrange(&children);
        let mut place = vec![0; order.len()];
        for (new, &old) in (root..).zip(&order) {
            place[old as usize] = new;
        }
        self.nodes.extend(order.iter().map(|&old| {
            let node = tree[old as usize];
            Node {
                left: place[node.left as usize],
                ..node
            }
        }));
        if self.shape.both_branches {
            let shares = Shares::of_tree(&children, &self.leaves[first_leaf..]);
            self.shares
                .extend(order.iter().map(|&old| shares[old as usize]));
        }
        self.trees.push(Tree { root, depth });
        Ok(())
    }

    /// Reads a tree: its nodes in level order with children counted from its root, their first children, and the depth
    /// of its deepest leaf.
    fn read_tree(
        &mut self,
        mut next: impl FnMut() -> Result<Record<Split>>,
    ) -> Result<(Vec<Node>, Vec<u32>, u32)> {
        let n_columns = self.shape.n_columns;
        let mut reading = self.shape.tree(Kind::Forest);
        let mut tree = Vec::new();
        while let Some(at) = reading.next() {
            tree.push(match next()? {
                Record::Split(Split { column, threshold }) => {
                    let left = reading.split()?;
                    if u32::from(column) >= n_columns || !threshold.is_finite() {
                        return Err(Kind::Forest.corrupt("impossible split"));
                    }
                    Node {
                        key: key(threshold),
                        column: column.into(),
                        left,
                    }
                }
                Record::Leaf(leaf) => {
                    let value = reading.leaf(leaf)?;
                    self.leaves.push(leaf);
                    Node {
                        key: value.to_bits(),
                        column: n_columns,
                        left: at,
                    }
                }
            });
        }
        let depth = reading.depth();
        Ok((tree, reading.finish()?, depth))
    }

    /// The records of all trees, as they were pushed.
    pub(crate) fn records(&self) -> impl Iterator<Item = Record<Split>> {
        let mut leaves = self.leaves.iter();
        let nodes = self.trees.iter().flat_map(|tree| self.level_order(tree));
        nodes.filter_map(move |node| {
            if self.is_leaf(node) {
                leaves.next().map(|&leaf| Record::Leaf(leaf))
            } else {
                Some(Record::Split(Split {
                    column: node.column as u16,
                    threshold: node.threshold(),
                }))
            }
        })
    }

    /// The nodes of a tree in level order.
    fn level_order(&self, tree: &Tree) -> Vec<&Node> {
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
        node.column == self.shape.n_columns
    }
}
