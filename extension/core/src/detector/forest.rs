//! A forest whose nodes split along directions in the space of all features.

use crate::codec::Kind;
use crate::error::{Error, Result};
use crate::forest::path::average_length;

/// Most features in one direction.
pub(super) const MAX_DIMENSIONS: u8 = 8;
/// Greatest height of a tree. Trees are grown until every row is alone; this stops the few paths that peel off one row
/// after another.
pub(super) const MAX_HEIGHT: u32 = 60;

/// A node as it is grown and stored; the nodes of a tree come in level order, as in [`crate::forest`].
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Record {
    /// Rows whose projection is at most `threshold` go left.
    Split {
        direction: Vec<Term>,
        threshold: f64,
        /// Range of the projections of the node's rows. A projection farther than this from the threshold is out of the
        /// ordinary; infinite where that does not count.
        reach: f64,
    },
    /// The end of a path that `size` training rows took.
    Leaf { size: u32 },
}

/// A feature's part in a direction. Single precision halves the model and moves the direction, not what it separates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Term {
    pub(super) feature: u16,
    pub(super) coefficient: f32,
}

/// A leaf has no terms, and its path length for a threshold.
#[derive(Debug, Clone, Copy)]
struct Node {
    threshold: f64,
    reach: f64,
    /// First of its terms.
    first: u32,
    /// The children are at `left` and `left + 1`.
    left: u32,
    terms: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) n_features: u32,
    pub(super) sample_size: u32,
    /// Whether projections out of reach shorten a path.
    pub(super) penalize: bool,
}

/// Invariants, held by [`HyperplaneForest::push`]: children follow their parents, features exist, numbers are finite.
#[derive(Debug, Clone)]
pub(super) struct HyperplaneForest {
    pub(super) shape: Shape,
    nodes: Vec<Node>,
    terms: Vec<Term>,
    roots: Vec<u32>,
    leaf_sizes: Vec<u32>,
}

impl HyperplaneForest {
    pub(super) fn new(shape: Shape) -> Self {
        Self {
            shape,
            nodes: Vec::new(),
            terms: Vec::new(),
            roots: Vec::new(),
            leaf_sizes: Vec::new(),
        }
    }

    pub(super) fn n_trees(&self) -> usize {
        self.roots.len()
    }

    pub(super) fn n_nodes(&self) -> usize {
        self.nodes.len()
    }

    /// Adds a tree from its records and checks all that scoring relies on.
    ///
    /// # Errors
    /// Those of `next`, [`Error::Corrupt`] for records that are no tree of this shape, [`Error::OutOfMemory`].
    pub(super) fn push(&mut self, mut next: impl FnMut() -> Result<Record>) -> Result<()> {
        let corrupt = |reason| Err(Kind::Detector.corrupt(reason));
        let root = self.nodes.len();
        // A tree whose leaves all hold rows has no more than this.
        let most = 2 * self.shape.sample_size as usize - 1;
        let (mut known, mut level_end, mut depth, mut rows) = (1, 1, 0, 0_u64);
        for at in 0.. {
            if at == known {
                break;
            }
            if at == level_end {
                depth += 1;
                level_end = known;
            }
            let (nodes, terms) = (self.nodes.try_reserve(1), self.terms.try_reserve(8));
            if nodes.is_err() || terms.is_err() {
                return Err(Error::OutOfMemory(2 * size_of_val(&*self.nodes)));
            }
            let node = match next()? {
                Record::Split {
                    direction,
                    threshold,
                    reach,
                } => {
                    let left = root + known;
                    known += 2;
                    if depth == MAX_HEIGHT || known > most {
                        return corrupt("tree too large");
                    }
                    let possible = (1..=usize::from(MAX_DIMENSIONS)).contains(&direction.len())
                        && direction.iter().all(|term| {
                            u32::from(term.feature) < self.shape.n_features
                                && term.coefficient.is_finite()
                        })
                        && threshold.is_finite()
                        && reach >= 0.0;
                    if !possible {
                        return corrupt("impossible split");
                    }
                    let first = self.terms.len() as u32;
                    self.terms.extend_from_slice(&direction);
                    Node {
                        threshold,
                        reach,
                        first,
                        left: left as u32,
                        terms: direction.len() as u8,
                    }
                }
                Record::Leaf { size } => {
                    if size == 0 {
                        return corrupt("empty leaf");
                    }
                    rows += u64::from(size);
                    self.leaf_sizes.push(size);
                    Node {
                        threshold: f64::from(depth) + average_length(size),
                        reach: f64::INFINITY,
                        first: 0,
                        left: 0,
                        terms: 0,
                    }
                }
            };
            self.nodes.push(node);
        }
        if rows != u64::from(self.shape.sample_size) {
            return corrupt("leaves do not add up to the sample");
        }
        self.roots.push(root as u32);
        Ok(())
    }

    /// The records of all trees, as they were pushed.
    pub(super) fn records(&self) -> impl Iterator<Item = Record> {
        let mut sizes = self.leaf_sizes.iter();
        self.nodes.iter().map(move |node| {
            if node.terms == 0 {
                Record::Leaf {
                    size: sizes.next().copied().unwrap_or_default(),
                }
            } else {
                Record::Split {
                    direction: self.direction(node).to_vec(),
                    threshold: node.threshold,
                    reach: node.reach,
                }
            }
        })
    }

    fn direction(&self, node: &Node) -> &[Term] {
        &self.terms[node.first as usize..][..usize::from(node.terms)]
    }

    /// Anomaly score of a scaled row, `2^(-E[path length] / c(sample_size))`. Each projection out of reach takes 1 off
    /// its path, as `penalize_range` of isotree does, so a row that is strange in many ways may score above 1.
    pub(super) fn score(&self, scaled: &[f64]) -> f64 {
        let mut total = 0.0;
        for &root in &self.roots {
            let mut node = &self.nodes[root as usize];
            while node.terms > 0 {
                let projection: f64 = self
                    .direction(node)
                    .iter()
                    .map(|term| f64::from(term.coefficient) * scaled[usize::from(term.feature)])
                    .sum();
                let beyond = projection - node.threshold;
                if beyond.abs() > node.reach {
                    total -= 1.0;
                }
                node = &self.nodes[(node.left + u32::from(beyond > 0.0)) as usize];
            }
            total += node.threshold;
        }
        let scale = self.roots.len() as f64 * average_length(self.shape.sample_size);
        libm::exp2(-total / scale)
    }
}
