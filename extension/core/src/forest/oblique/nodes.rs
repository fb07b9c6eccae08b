//! The nodes of trees that split along directions, made for walking.

use super::MAX_DIMENSIONS;
use crate::codec::Kind;
use crate::error::{Error, Result};
use crate::forest::grow::Record;
use crate::forest::shape::{Leaf, Shape, Shares};

/// How a node splits its rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Direction {
    pub(crate) terms: Vec<Term>,
    /// Rows whose projection is at most this go left.
    pub(crate) threshold: f64,
    /// Range of the projections of the node's rows. A projection farther than this from the threshold is out of the
    /// ordinary; infinite where that does not count.
    pub(crate) reach: f64,
}

/// A column's part in a direction. Single precision halves the model and moves the direction, not what it separates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Term {
    pub(crate) column: u16,
    pub(crate) coefficient: f32,
}

/// A node with room for `K` terms, so that a step knows how many there are. Those that are not used have the coefficient
/// 0 and add nothing.
///
/// A leaf points to itself with a threshold that no projection compares to, so a walk stays there; its `reach` is the
/// value of the leaf.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<const K: usize> {
    pub(super) threshold: f64,
    pub(super) reach: f64,
    pub(super) coefficients: [f32; K],
    pub(super) columns: [u16; K],
    /// The children are at `left` and `left + 1`.
    pub(super) left: u32,
}

impl<const K: usize> Node<K> {
    fn new(terms: &[Term], threshold: f64, reach: f64, left: u32) -> Self {
        let (mut coefficients, mut columns) = ([0.0; K], [0; K]);
        for (at, term) in terms.iter().enumerate() {
            coefficients[at] = term.coefficient;
            columns[at] = term.column;
        }
        Self {
            threshold,
            reach,
            coefficients,
            columns,
            left,
        }
    }

    fn leaf(at: u32, value: f64) -> Self {
        Self::new(&[], f64::NAN, value, at)
    }

    /// Its terms.
    pub(super) fn terms(&self) -> impl Iterator<Item = Term> {
        self.columns
            .into_iter()
            .zip(self.coefficients)
            .filter(|&(_, coefficient)| coefficient != 0.0)
            .map(|(column, coefficient)| Term {
                column,
                coefficient,
            })
    }
}

/// Trees whose directions have at most 2, 3, 4 or 8 terms.
#[derive(Debug, Clone)]
pub(super) enum Nodes {
    Two(Vec<Node<2>>),
    Three(Vec<Node<3>>),
    Four(Vec<Node<4>>),
    Eight(Vec<Node<8>>),
}

/// Runs an expression with the nodes, whatever their size.
macro_rules! with_nodes {
    ($nodes:expr, $name:ident => $body:expr) => {
        match $nodes {
            $crate::forest::oblique::nodes::Nodes::Two($name) => $body,
            $crate::forest::oblique::nodes::Nodes::Three($name) => $body,
            $crate::forest::oblique::nodes::Nodes::Four($name) => $body,
            $crate::forest::oblique::nodes::Nodes::Eight($name) => $body,
        }
    };
}
pub(super) use with_nodes;

/// Invariants, held by [`ObliqueTrees::push`]: children follow their parents, columns exist, numbers are finite. So a
/// walk ends and stays within the arrays.
#[derive(Debug, Clone)]
pub(crate) struct ObliqueTrees {
    pub(crate) shape: Shape,
    /// Most terms of a node.
    pub(crate) dimensions: u8,
    /// Whether projections out of reach shorten a path.
    pub(crate) penalize: bool,
    pub(super) nodes: Nodes,
    pub(super) roots: Vec<u32>,
    /// Tree by tree in level order.
    pub(super) leaves: Vec<Leaf>,
    /// Kept where a missing value takes both branches.
    pub(super) shares: Shares,
}

impl ObliqueTrees {
    pub(crate) fn new(shape: Shape, dimensions: u8, penalize: bool) -> Self {
        Self {
            shape,
            dimensions,
            penalize,
            nodes: match dimensions {
                ..=2 => Nodes::Two(Vec::new()),
                3 => Nodes::Three(Vec::new()),
                4 => Nodes::Four(Vec::new()),
                _ => Nodes::Eight(Vec::new()),
            },
            roots: Vec::new(),
            leaves: Vec::new(),
            shares: Shares::default(),
        }
    }

    pub(crate) fn n_trees(&self) -> usize {
        self.roots.len()
    }

    pub(crate) fn n_nodes(&self) -> usize {
        with_nodes!(&self.nodes, nodes => nodes.len())
    }

    /// Adds a tree from its records, in level order, and checks all that scoring relies on.
    ///
    /// # Errors
    /// Those of `next`, [`Error::Corrupt`] for records that are no tree of this shape, [`Error::OutOfMemory`].
    pub(crate) fn push(
        &mut self,
        kind: Kind,
        next: impl FnMut() -> Result<Record<Direction>>,
    ) -> Result<()> {
        let (shape, dimensions) = (self.shape, self.dimensions);
        let first_leaf = self.leaves.len();
        let root = self.n_nodes() as u32;
        let tree = with_nodes!(&mut self.nodes, nodes =>
            read(kind, shape, dimensions, nodes, &mut self.leaves, next))?;
        if shape.both_branches {
            let shares = Shares::of_tree(&tree, &self.leaves[first_leaf..]);
            self.shares.extend(shares);
        }
        self.roots.push(root);
        Ok(())
    }

    /// The records of all trees, as they were pushed.
    pub(crate) fn records(&self) -> Vec<Record<Direction>> {
        let mut leaves = self.leaves.iter();
        with_nodes!(&self.nodes, nodes => (0..)
            .zip(nodes)
            .filter_map(|(at, node)| {
                if node.left == at {
                    leaves.next().map(|&leaf| Record::Leaf(leaf))
                } else {
                    Some(Record::Split(Direction {
                        terms: node.terms().collect(),
                        threshold: node.threshold,
                        reach: node.reach,
                    }))
                }
            })
            .collect())
    }
}

/// Reads a tree onto the end of `nodes` and returns the first child of each of its nodes, counted from its root.
fn read<const K: usize>(
    kind: Kind,
    shape: Shape,
    dimensions: u8,
    nodes: &mut Vec<Node<K>>,
    leaves: &mut Vec<Leaf>,
    mut next: impl FnMut() -> Result<Record<Direction>>,
) -> Result<Vec<u32>> {
    debug_assert!(dimensions <= MAX_DIMENSIONS && usize::from(dimensions) <= K);
    let root = nodes.len() as u32;
    let mut tree = shape.tree(kind);
    while let Some(at) = tree.next() {
        nodes
            .try_reserve(1)
            .map_err(|_| Error::OutOfMemory(2 * size_of_val(&**nodes)))?;
        nodes.push(match next()? {
            Record::Split(Direction {
                terms,
                threshold,
                reach,
            }) => {
                let possible = (1..=usize::from(dimensions)).contains(&terms.len())
                    && terms.iter().all(|term| {
                        u32::from(term.column) < shape.n_columns
                            && term.coefficient.is_finite()
                            && term.coefficient != 0.0
                    })
                    && threshold.is_finite()
                    && reach >= 0.0;
                if !possible {
                    return Err(kind.corrupt("impossible split"));
                }
                Node::new(&terms, threshold, reach, root + tree.split()?)
            }
            Record::Leaf(leaf) => {
                let value = tree.leaf(leaf)?;
                leaves.push(leaf);
                Node::leaf(root + at, value)
            }
        });
    }
    tree.finish()
}
