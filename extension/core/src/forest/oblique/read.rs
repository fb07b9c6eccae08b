//! Making trees of their records: checked, then laid out for walking.

use super::nodes::{Direction, Node};
use crate::codec::Kind;
use crate::error::{Error, Result};
use crate::forest::grow::Record;
use crate::forest::shape::{Leaf, Metric, Shape, Shares};

/// Leaves with fewer training rows than this are looked up, so that all that count the same are one node. Nearly all
/// leaves are: a model takes half the memory then, and the ends of walks stay in the cache.
const FEW_ROWS: u32 = 32;

/// The leaves of all trees.
#[derive(Debug, Clone, Default)]
pub(super) struct Leaves {
    /// One for each node that is a leaf.
    pub(super) records: Vec<Leaf>,
    /// Number of leaves, where one that several splits lead to counts as often.
    pub(super) n: usize,
    /// The node for each depth and number of rows, where path lengths count.
    known: Vec<Option<u32>>,
}

/// A child of a split while its tree is read.
#[derive(Clone, Copy)]
enum Child {
    /// Its number among the splits of its tree, in level order.
    Split(usize),
    Leaf(u32),
}

/// Reads trees onto the end of `nodes`.
pub(super) struct Reading<'a, const K: usize> {
    pub(super) shape: Shape,
    pub(super) dimensions: u8,
    pub(super) nodes: &'a mut Vec<Node<K>>,
    pub(super) leaves: &'a mut Leaves,
    pub(super) shares: &'a mut Shares,
}

impl<const K: usize> Reading<'_, K> {
    /// Reads a tree from its records in level order and returns its root.
    pub(super) fn tree(
        &mut self,
        kind: Kind,
        mut next: impl FnMut() -> Result<Record<Direction>>,
    ) -> Result<u32> {
        let (mut children, mut splits, mut leaves) = (Vec::new(), Vec::new(), Vec::new());
        let mut tree = self.shape.tree(kind);
        while tree.next().is_some() {
            make_room(&mut children)?;
            children.push(match next()? {
                Record::Split(direction) => {
                    self.check(kind, &direction)?;
                    tree.split()?;
                    make_room(&mut splits)?;
                    splits.push(Node::split(&direction));
                    Child::Split(splits.len() - 1)
                }
                Record::Leaf(leaf) => {
                    let value = tree.leaf(leaf)?;
                    make_room(&mut leaves)?;
                    leaves.push(leaf);
                    Child::Leaf(self.leaf(leaf, value, tree.depth())?)
                }
            });
        }
        let first_children = tree.finish()?;
        let shares = if self.shape.both_branches {
            Shares::of_tree(&first_children, &leaves)
        } else {
            Vec::new()
        };
        let is_split = (0..).zip(first_children).map(|(at, left)| left != at);
        let shares = is_split.zip(shares).filter(|&(is_split, _)| is_split);
        let shares: Vec<f32> = shares.map(|(_, share)| share).collect();
        self.leaves.n += leaves.len();
        self.place(&children, &splits, &shares)
    }

    /// Puts each split before all that is left of it, and that before all that is right of it. In level order the first
    /// child is the root, the next two are the children of the first split, and so on.
    fn place(&mut self, children: &[Child], splits: &[Node<K>], shares: &[f32]) -> Result<u32> {
        self.nodes
            .try_reserve(splits.len())
            .map_err(|_| Error::OutOfMemory(2 * size_of_val(&**self.nodes)))?;
        let mut root = 0;
        let mut waiting = vec![(children[0], None)];
        while let Some((child, parent)) = waiting.pop() {
            let at = match child {
                Child::Leaf(at) => at,
                Child::Split(split) => {
                    let at = self.nodes.len() as u32;
                    self.nodes.push(splits[split]);
                    if let Some(&share) = shares.get(split) {
                        self.shares.put(at, share);
                    }
                    waiting.push((children[2 * split + 2], Some((at, 1))));
                    waiting.push((children[2 * split + 1], Some((at, 0))));
                    at
                }
            };
            match parent {
                Some((parent, side)) => self.nodes[parent as usize].children[side] = at,
                None => root = at,
            }
        }
        Ok(root)
    }

    /// The node of a leaf, a new one where none counts the same.
    fn leaf(&mut self, leaf: Leaf, value: f64, depth: u32) -> Result<u32> {
        let Leaves { records, known, .. } = self.leaves;
        let mut unknown = None;
        let known = if self.shape.metric == Metric::Depth && leaf.size < FEW_ROWS {
            let key = (depth * FEW_ROWS + leaf.size) as usize;
            if known.len() <= key {
                known.resize(key + 1, None);
            }
            &mut known[key]
        } else {
            &mut unknown
        };
        if let Some(at) = *known {
            return Ok(at);
        }
        make_room(self.nodes)?;
        make_room(records)?;
        let at = self.nodes.len() as u32;
        self.nodes.push(Node::leaf(at, value, records.len() as u32));
        records.push(leaf);
        *known = Some(at);
        Ok(at)
    }

    /// Checks that rows can be projected on a direction.
    fn check(&self, kind: Kind, direction: &Direction) -> Result<()> {
        let Direction {
            terms,
            threshold,
            reach,
        } = direction;
        let possible = (1..=usize::from(self.dimensions)).contains(&terms.len())
            && terms.iter().all(|term| {
                u32::from(term.column) < self.shape.n_columns
                    && term.coefficient.is_finite()
                    && term.coefficient != 0.0
            })
            && threshold.is_finite()
            && *reach >= 0.0;
        if possible {
            Ok(())
        } else {
            Err(kind.corrupt("impossible split"))
        }
    }
}

fn make_room<T>(items: &mut Vec<T>) -> Result<()> {
    items
        .try_reserve(1)
        .map_err(|_| Error::OutOfMemory(2 * size_of_val(&**items)))
}
