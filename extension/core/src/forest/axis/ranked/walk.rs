//! Walking one row of ranks down the trees.

use super::machine::{self, Machine, Task};
use super::tables::Tables;
use crate::forest::axis::nodes::AxisTrees;
use crate::forest::columns::Columns;

/// Trees walked side by side.
const TREES: usize = 10;
/// Room for nodes. Numbers of 16 bits cannot miss it, which spares a comparison at every step.
const NODES: usize = 1 << 16;
/// Room for the ranks of a row, each at the number of its table, and for one that is never above any; for different
/// values of leaves as well.
const SLOTS: usize = 256;
/// Where the rank is that is never above any.
const LEAST: u8 = (SLOTS - 1) as u8;

/// A node of 4 bytes, a quarter of what it takes with a threshold.
#[derive(Debug, Clone, Copy, Default)]
struct Node {
    /// Nodes from here to the left child, which the right one follows; 0 for a leaf.
    ahead: u16,
    /// The rank to compare; of a leaf the least one, by which a walk stays.
    slot: u8,
    /// The rank up to which rows go left; of a leaf, the number of its value.
    rank: u8,
}

/// A tree's root, and the steps to its deepest leaf.
#[derive(Debug, Clone, Copy, Default)]
struct Tree {
    root: u16,
    depth: u16,
}

/// Trees made for walking by ranks.
#[derive(Debug, Clone)]
pub(super) struct Walk {
    nodes: Box<[Node; NODES]>,
    trees: Vec<Tree>,
    /// What leaves count.
    values: Box<[f64; SLOTS]>,
}

impl Walk {
    /// `None` for more tables, nodes or different values of leaves than can be numbered. `settled` are the nodes that are
    /// as good as leaves.
    pub(super) fn new(trees: &AxisTrees, settled: &[Option<f64>], tables: &Tables) -> Option<Self> {
        if tables.len() > usize::from(LEAST) || trees.n_nodes() > NODES {
            return None;
        }
        let mut distinct: Vec<f64> = settled.iter().flatten().copied().collect();
        distinct.sort_unstable_by(f64::total_cmp);
        distinct.dedup();
        let mut values = Box::new([0.0; SLOTS]);
        values.get_mut(..distinct.len())?.copy_from_slice(&distinct);
        let mut nodes = vec![Node::default(); NODES];
        for ((at, node), settled) in (0..).zip(&trees.nodes).zip(settled) {
            nodes[at as usize] = if let Some(value) = settled {
                Node {
                    ahead: 0,
                    slot: LEAST,
                    rank: distinct.partition_point(|other| other < value) as u8,
                }
            } else {
                let (slot, rank) = tables.rank_of(node.column as usize, node.threshold());
                Node {
                    ahead: u16::try_from(node.left - at).ok()?,
                    slot: slot as u8,
                    rank,
                }
            };
        }
        let trees = trees.trees.iter().map(|tree| {
            Some(Tree {
                root: tree.root as u16,
                depth: u16::try_from(tree.depth).ok()?,
            })
        });
        Some(Self {
            nodes: nodes.into_boxed_slice().try_into().ok()?,
            trees: trees.collect::<Option<_>>()?,
            values,
        })
    }

    /// Sum of the values of the leaves that a row reaches, added in the order of the trees.
    pub(super) fn total(&self, tables: &Tables, columns: &Columns, row: &[f64]) -> f64 {
        let mut ranks = [0; SLOTS];
        machine::run(RankRow {
            tables,
            columns,
            row,
            ranks: &mut ranks,
        });
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
                    *at = self.step(*at, &ranks);
                }
            }
            for at in at {
                total += self.value(at);
            }
        }
        for tree in rest {
            let at = (0..tree.depth).fold(tree.root, |at, _| self.step(at, &ranks));
            total += self.value(at);
        }
        total
    }

    #[inline(always)]
    fn step(&self, at: u16, ranks: &[u8; SLOTS]) -> u16 {
        let node = self.nodes[usize::from(at)];
        let is_right = ranks[usize::from(node.slot)] > node.rank;
        at.wrapping_add(node.ahead)
            .wrapping_add(u16::from(is_right))
    }

    #[inline(always)]
    fn value(&self, leaf: u16) -> f64 {
        self.values[usize::from(self.nodes[usize::from(leaf)].rank)]
    }
}

/// A row to be ranked. The walk itself is not made for vector instructions, which the compiler would use to gain nothing.
struct RankRow<'a> {
    tables: &'a Tables,
    columns: &'a Columns,
    row: &'a [f64],
    ranks: &'a mut [u8; SLOTS],
}

impl Task for RankRow<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, machine: impl Machine) {
        self.tables
            .fill_row(self.row, self.columns, self.ranks, machine);
    }
}
