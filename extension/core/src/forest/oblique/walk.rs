//! Walking rows down the trees: the hot path.
//!
//! A step depends on the one before, and deep trees wait for memory at each. Several trees of one row are walked side by
//! side instead, without branches that depend on data: a wrong guess would throw away the work on all of them. A walk
//! that has ended takes steps from its leaf to itself until the others have.

use super::nodes::{Node, ObliqueTrees, with_nodes};
use pulp::{Arch, NullaryFnOnce};

/// Walks side by side.
pub(super) const LANES: usize = 10;
/// Steps between two looks at whether all walks have ended.
const STEPS: usize = 4;

impl<const K: usize> Node<K> {
    /// How far the projection of a row is above the threshold, by the values that the terms are about.
    #[inline(always)]
    pub(super) fn beyond(&self, value: impl Fn(usize) -> f64) -> f64 {
        let term = |term: usize| f64::from(self.coefficients[term]) * value(term);
        (1..K).fold(term(0), |sum, at| sum + term(at)) - self.threshold
    }

    /// The same by the columns of the row.
    #[inline(always)]
    fn beyond_in(&self, column: impl Fn(usize) -> f64) -> f64 {
        self.beyond(|term| column(usize::from(self.columns[term])))
    }

    #[inline(always)]
    fn child(&self, beyond: f64) -> u32 {
        self.children[usize::from(beyond > 0.0)]
    }
}

/// Where walks are.
pub(super) struct Walks<const K: usize, const PENALIZE: bool> {
    pub(super) at: [u32; LANES],
    /// Projections out of reach so far.
    pub(super) out: [u16; LANES],
}

impl<const K: usize, const PENALIZE: bool> Walks<K, PENALIZE> {
    #[inline(always)]
    pub(super) fn all_at(at: u32) -> Self {
        Self {
            at: [at; LANES],
            out: [0; LANES],
        }
    }

    /// Takes the walks to their leaves and returns what they count: the leaf's value, less 1 for each projection out of
    /// reach, as `penalize_range` of isotree does. `column` is told the walk and the column.
    #[inline(always)]
    pub(super) fn values(
        mut self,
        nodes: &[Node<K>],
        column: impl Fn(usize, usize) -> f64,
    ) -> [f64; LANES] {
        loop {
            for _ in 0..STEPS {
                for (lane, (at, out)) in self.at.iter_mut().zip(&mut self.out).enumerate() {
                    let node = &nodes[*at as usize];
                    let beyond = node.beyond_in(|number| column(lane, number));
                    *at = node.child(beyond);
                    if PENALIZE {
                        *out += u16::from(beyond.abs() > node.reach);
                    }
                }
            }
            let reached = self.at.map(|at| &nodes[at as usize]);
            let ended = reached
                .iter()
                .zip(self.at)
                .map(|(node, at)| node.is_leaf(at));
            if ended.fold(true, |all, ended| all & ended) {
                return std::array::from_fn(|lane| reached[lane].reach - f64::from(self.out[lane]));
            }
        }
    }
}

/// A row to be scored.
struct Row<'a, const K: usize, const PENALIZE: bool> {
    nodes: &'a [Node<K>],
    roots: &'a [u32],
    columns: &'a [f64],
}

impl<const K: usize, const PENALIZE: bool> NullaryFnOnce for Row<'_, K, PENALIZE> {
    type Output = f64;

    // All of it must be inlined here, where the compiler may use the instructions that were found.
    #[inline(always)]
    fn call(self) -> f64 {
        let mut total = 0.0;
        for roots in self.roots.chunks(LANES) {
            let mut walks = Walks::<K, PENALIZE>::all_at(roots[0]);
            walks.at[..roots.len()].copy_from_slice(roots);
            let values = walks.values(self.nodes, |_, column| self.columns[column]);
            total = values[..roots.len()]
                .iter()
                .fold(total, |total, value| total + value);
        }
        total
    }
}

impl ObliqueTrees {
    /// The score of such a sum as [`ObliqueTrees::total`] gives it. Where reach counts, a row that is strange in many
    /// ways may score above 1.
    pub(crate) fn to_score(&self, total: f64) -> f64 {
        self.shape.score(total, self.n_trees())
    }

    /// Sum over the trees of what the leaves of a row of columns count, added in the order of the trees.
    pub(crate) fn total(&self, columns: &[f64]) -> f64 {
        let roots = &self.roots;
        with_nodes!(&self.nodes, nodes => if self.penalize {
            Arch::new().dispatch(Row::<_, true> { nodes, roots, columns })
        } else {
            Arch::new().dispatch(Row::<_, false> { nodes, roots, columns })
        })
    }

    /// Adds the columns on the path of a row down one tree to `path` and returns its length.
    pub(crate) fn path(&self, tree: usize, columns: &[f64], path: &mut Vec<usize>) -> usize {
        with_nodes!(&self.nodes, nodes => {
            let (mut at, mut length) = (self.roots[tree], 0);
            while !nodes[at as usize].is_leaf(at) {
                let node = &nodes[at as usize];
                path.extend(node.terms().map(|term| usize::from(term.column)));
                at = node.child(node.beyond_in(|column| columns[column]));
                length += 1;
            }
            length
        })
    }

    /// The total of a row with missing columns, where those take both branches: the mean of the leaves that it reaches,
    /// weighted by the shares of the training rows.
    pub(crate) fn total_of_both(&self, columns: &[f64]) -> f64 {
        with_nodes!(&self.nodes, nodes => self.roots.iter().map(|&root| {
            let (mut total, mut waiting) = (0.0, vec![(root, 1.0)]);
            while let Some((at, weight)) = waiting.pop() {
                let node = &nodes[at as usize];
                if node.is_leaf(at) {
                    total += weight * node.reach;
                } else if node.terms().any(|term| columns[usize::from(term.column)].is_nan()) {
                    let left = self.shares.left(at);
                    waiting.push((node.children[0], weight * left));
                    waiting.push((node.children[1], weight * (1.0 - left)));
                } else {
                    // Terms that are not used may point at a missing one.
                    let beyond = node.beyond_in(|column| if columns[column].is_nan() { 0.0 } else { columns[column] });
                    total -= weight * f64::from(u8::from(beyond.abs() > node.reach));
                    waiting.push((node.child(beyond), weight));
                }
            }
            total
        }).sum())
    }
}
