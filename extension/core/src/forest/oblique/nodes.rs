//! The nodes of trees that split along directions, made for walking.

use super::MAX_DIMENSIONS;
use super::read::{Leaves, Reading};
use crate::codec::Kind;
use crate::error::Result;
use crate::forest::grow::Record;

use crate::forest::shape::{Shape, Shares};
use std::collections::VecDeque;

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
/// A leaf is its own left child, with a threshold that no projection compares to, so a walk stays there. Its `reach` is
/// what it counts, and instead of a right child it has the number of its record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<const K: usize> {
    pub(super) threshold: f64,
    pub(super) reach: f64,
    pub(super) coefficients: [f32; K],
    pub(super) columns: [u16; K],
    pub(super) children: [u32; 2],
}

impl<const K: usize> Node<K> {
    /// A node whose children are not known yet.
    pub(super) fn split(direction: &Direction) -> Self {
        let (mut coefficients, mut columns) = ([0.0; K], [0; K]);
        for (at, term) in direction.terms.iter().enumerate() {
            coefficients[at] = term.coefficient;
            columns[at] = term.column;
        }
        Self {
            threshold: direction.threshold,
            reach: direction.reach,
            coefficients,
            columns,
            children: [0; 2],
        }
    }

    pub(super) fn leaf(at: u32, value: f64, record: u32) -> Self {
        Self {
            threshold: f64::NAN,
            reach: value,
            coefficients: [0.0; K],
            columns: [0; K],
            children: [at, record],
        }
    }

    #[inline(always)]
    pub(super) fn is_leaf(&self, at: u32) -> bool {
        self.children[0] == at
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

/// Invariants, held by [`ObliqueTrees::push`]: children exist, splits follow their parents, columns exist, numbers are
/// finite. So a walk ends and stays within the arrays.
#[derive(Debug, Clone)]
pub(crate) struct ObliqueTrees {
    pub(crate) shape: Shape,
    /// Most terms of a node.
    pub(crate) dimensions: u8,
    /// Whether projections out of reach shorten a path.
    pub(crate) penalize: bool,
    /// Tree by tree those leaves that no earlier tree has, then the splits: each before all that is left of it, then all
    /// that is right of it. So a walk finds what it needs next in memory that is near.
    pub(super) nodes: Nodes,
    pub(super) roots: Vec<u32>,
    leaves: Leaves,
    /// Kept where a missing value takes both branches.
    pub(super) shares: Shares,
}

impl ObliqueTrees {
    pub(crate) fn new(shape: Shape, dimensions: u8, penalize: bool) -> Self {
        debug_assert!(dimensions <= MAX_DIMENSIONS);
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
            leaves: Leaves::default(),
            shares: Shares::default(),
        }
    }

    pub(crate) fn n_trees(&self) -> usize {
        self.roots.len()
    }

    /// Number of splits and leaves, as many as there are records.
    pub(crate) fn n_nodes(&self) -> usize {
        with_nodes!(&self.nodes, nodes => nodes.len()) - self.leaves.records.len() + self.leaves.n
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
        with_nodes!(&mut self.nodes, nodes => {
            let mut reading = Reading {
                shape: self.shape,
                dimensions: self.dimensions,
                nodes,
                leaves: &mut self.leaves,
                shares: &mut self.shares,
            };
            self.roots.push(reading.tree(kind, next)?);
        });
        Ok(())
    }

    /// The records of all trees, as they were pushed.
    pub(crate) fn records(&self) -> Vec<Record<Direction>> {
        let mut records = Vec::with_capacity(self.n_nodes());
        with_nodes!(&self.nodes, nodes => for &root in &self.roots {
            let mut waiting = VecDeque::from([root]);
            while let Some(at) = waiting.pop_front() {
                let node = &nodes[at as usize];
                records.push(if node.is_leaf(at) {
                    Record::Leaf(self.leaves.records[node.children[1] as usize])
                } else {
                    waiting.extend(node.children);
                    Record::Split(Direction {
                        terms: node.terms().collect(),
                        threshold: node.threshold,
                        reach: node.reach,
                    })
                });
            }
        });
        records
    }
}
