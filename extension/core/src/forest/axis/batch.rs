//! Scoring many rows at once, with vector instructions.
//!
//! Nothing is walked: for a block of rows each comparison of a tree is made, and the answers are blended from the leaves
//! up, without a branch. A comparison takes a byte for each row, because values are replaced by their ranks among the
//! thresholds. A tree of 256 rows has about 62 comparisons; a vector of 32 rows makes them all in the time in which one
//! row is walked down the tree.

mod ranks;

use super::nodes::{AxisTrees, Tree};
use crate::forest::columns::Columns;
use pulp::{Arch, NullaryFnOnce};
use ranks::Ranks;

/// Rows of a block.
pub(crate) const BLOCK: usize = 128;
/// Most leaves of a tree: their numbers are bytes.
const MAX_LEAVES: usize = 256;
/// Places for results of subtrees, more than a tree of so many leaves can have waiting.
const PLACES: usize = MAX_LEAVES;

/// A number for each row of a block. Signed, because that is how vectors compare.
type Lanes = [i8; BLOCK];

/// A comparison and what to blend by it.
#[derive(Debug, Clone, Copy)]
struct Blend {
    /// Ranks to compare, and the one up to which rows go left.
    ranks: u16,
    rank: i8,
    /// Where the numbers of the leaves are that rows have reached left and right, and where to put the blend.
    left: u16,
    right: u16,
    out: u16,
}

/// The comparisons of all trees. Made when rows are first scored in numbers: it takes as long as some hundred rows.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    ranks: Ranks,
    /// Comparisons, tree by tree, children before parents.
    blends: Vec<Blend>,
    trees: Vec<BlendedTree>,
}

#[derive(Debug, Clone)]
struct BlendedTree {
    /// One past its last comparison.
    end: u32,
    /// Where the result is.
    root: u16,
    /// What its leaves count, from left to right.
    values: Box<[f64; MAX_LEAVES]>,
}

impl Batch {
    /// `None` for trees too large for it.
    pub(crate) fn new(trees: &AxisTrees, columns: &Columns) -> Option<Self> {
        let splits = trees.nodes.iter().filter(|node| !trees.is_leaf(node));
        let ranks = Ranks::new(
            columns.len(),
            splits.map(|node| (node.column as usize, node.threshold())),
        )?;
        let mut batch = Self {
            ranks,
            blends: Vec::with_capacity(trees.n_nodes() - trees.n_leaves()),
            trees: Vec::with_capacity(trees.n_trees()),
        };
        for tree in &trees.trees {
            let mut values = Box::new([0.0; MAX_LEAVES]);
            let root = batch.add(trees, tree, &mut values)?;
            batch.trees.push(BlendedTree {
                end: batch.blends.len() as u32,
                root,
                values,
            });
        }
        Some(batch)
    }

    /// Adds the comparisons of a tree and returns where its result will be.
    fn add(
        &mut self,
        trees: &AxisTrees,
        tree: &Tree,
        values: &mut [f64; MAX_LEAVES],
    ) -> Option<u16> {
        enum Task {
            Visit(u32),
            Blend { ranks: u16, rank: i8 },
        }
        let mut tasks = vec![Task::Visit(tree.root)];
        // Where the results of finished subtrees are, and how many leaves and places are taken.
        let mut results: Vec<u16> = Vec::new();
        let (mut leaves, mut waiting) = (0, 0);
        while let Some(task) = tasks.pop() {
            match task {
                Task::Visit(at) => {
                    let node = &trees.nodes[at as usize];
                    if trees.is_leaf(node) {
                        *values.get_mut(leaves)? = node.value();
                        results.push(leaves as u16);
                        leaves += 1;
                    } else {
                        let (ranks, rank) = self.ranks.of(node.column as usize, node.threshold());
                        tasks.push(Task::Blend { ranks, rank });
                        tasks.push(Task::Visit(node.left + 1));
                        tasks.push(Task::Visit(node.left));
                    }
                }
                Task::Blend { ranks, rank } => {
                    let (right, left) = (results.pop()?, results.pop()?);
                    // Places are a stack: those of the children are the topmost.
                    let taken = |result: u16| usize::from(usize::from(result) >= MAX_LEAVES);
                    waiting -= taken(left) + taken(right);
                    if waiting == PLACES {
                        return None;
                    }
                    let out = (MAX_LEAVES + waiting) as u16;
                    waiting += 1;
                    results.push(out);
                    self.blends.push(Blend {
                        ranks,
                        rank,
                        left,
                        right,
                        out,
                    });
                }
            }
        }
        results.pop()
    }

    /// Adds to `totals`, one for each row of at most [`BLOCK`] rows, the values of the leaves that the row reaches in
    /// each tree, in the order of the trees.
    pub(crate) fn totals(
        &self,
        rows: &[f64],
        columns: &Columns,
        room: &mut Room,
        totals: &mut [f64],
    ) {
        // The fastest instructions of this machine; the code is the same.
        Arch::new().dispatch(Block {
            batch: self,
            rows,
            columns,
            room,
            totals,
        });
    }

    /// Room to score blocks in.
    pub(crate) fn room(&self) -> Room {
        let mut places = vec![[0; BLOCK]; MAX_LEAVES + PLACES];
        for (leaf, place) in places.iter_mut().take(MAX_LEAVES).enumerate() {
            *place = [leaf as u8 as i8; BLOCK];
        }
        Room {
            values: [0.0; BLOCK],
            ranks: vec![[0; BLOCK]; self.ranks.len()],
            places,
        }
    }
}

/// A block to be scored.
struct Block<'a> {
    batch: &'a Batch,
    rows: &'a [f64],
    columns: &'a Columns,
    room: &'a mut Room,
    totals: &'a mut [f64],
}

impl NullaryFnOnce for Block<'_> {
    type Output = ();

    // All of it must be inlined here, where the compiler may use the instructions that were found.
    #[inline(always)]
    fn call(self) {
        let Self {
            batch,
            rows,
            columns,
            room,
            totals,
        } = self;
        batch
            .ranks
            .fill(rows, columns, &mut room.values, &mut room.ranks);
        let mut start = 0;
        for tree in &batch.trees {
            for blend in &batch.blends[start..tree.end as usize] {
                blend.apply(&room.ranks, &mut room.places);
            }
            start = tree.end as usize;
            let reached = &room.places[usize::from(tree.root)];
            for (total, &leaf) in totals.iter_mut().zip(reached) {
                *total += tree.values[usize::from(leaf as u8)];
            }
        }
    }
}

/// What scoring a block works in.
pub(crate) struct Room {
    /// A column's values.
    values: [f64; BLOCK],
    ranks: Vec<Lanes>,
    /// The number of each leaf, repeated, and results of subtrees.
    places: Vec<Lanes>,
}

impl Blend {
    #[inline(always)]
    fn apply(&self, ranks: &[Lanes], places: &mut [Lanes]) {
        let ranks = &ranks[usize::from(self.ranks)];
        let mut out = [0; BLOCK];
        {
            let (left, right) = (
                &places[usize::from(self.left)],
                &places[usize::from(self.right)],
            );
            for lane in 0..BLOCK {
                // As bits: of a choice the compiler makes one of addresses, which no vector can do.
                let is_right = -i8::from(ranks[lane] > self.rank);
                out[lane] = left[lane] ^ ((left[lane] ^ right[lane]) & is_right);
            }
        }
        places[usize::from(self.out)] = out;
    }
}
