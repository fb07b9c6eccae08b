//! Scoring many rows at once, with vector instructions.
//!
//! Nothing is walked: for a block of rows each comparison of a tree is made, and the answers are merged from the leaves
//! up. A comparison takes a byte for each row, because values are replaced by their ranks among the thresholds. A tree of
//! 256 rows has about 62 comparisons; a vector of 32 rows makes them all in the time in which one row is walked down the
//! tree.

mod below;
mod merge;
mod ranks;
mod table;

use super::nodes::AxisTrees;
use crate::forest::columns::Columns;
use below::{Below, Portable};
use merge::{Board, Comparison, MAX_LEAVES, MergedTree, Merging};
use pulp::{Arch, NullaryFnOnce};
use ranks::Tables;

/// Rows of a block. Each merge is chosen anew in every block, so a block is as long as the first cache allows.
pub(crate) const BLOCK: usize = CHUNKS * LANES;
/// Rows that are merged in one go.
const LANES: usize = 64;
const CHUNKS: usize = 4;
/// Trees of a pass over the totals.
const TREES: usize = 4;

/// A byte for each row of a chunk, where no vector is on two lines of the cache.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Lanes<T>([T; LANES]);

/// A column's ranks of a block of rows. Signed, because that is how vectors compare.
type Ranks = [Lanes<i8>; CHUNKS];
/// The comparisons of all trees. Made when rows are first scored in numbers: it takes as long as some hundred rows.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    tables: Tables,
    trees: Vec<Tree>,
}

#[derive(Debug, Clone)]
struct Tree {
    merged: MergedTree,
    /// What its leaves count.
    values: Box<[f64; MAX_LEAVES]>,
}

impl Batch {
    /// `None` for trees too large for it.
    pub(crate) fn new(trees: &AxisTrees, columns: &Columns) -> Option<Self> {
        let settled = settled(trees);
        let nodes = trees.nodes.iter().zip(&settled);
        let splits = nodes.filter(|(_, value)| value.is_none());
        let tables = Tables::new(
            columns.len(),
            splits.map(|(node, _)| (node.column as usize, node.threshold())),
        )?;
        let numbers = (0..TREES).cycle();
        let merged = trees.trees.iter().zip(numbers);
        Some(Self {
            trees: merged
                .map(|(tree, number)| Tree::new(trees, &settled, tree.root, number, &tables))
                .collect::<Option<_>>()?,
            tables,
        })
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
        // The fastest instructions of this machine.
        let block = Block {
            batch: self,
            rows,
            columns,
            room,
            totals,
        };
        match Arch::new() {
            #[cfg(target_arch = "x86_64")]
            Arch::V4(machine) => machine.vectorize(On { machine, block }),
            #[cfg(target_arch = "x86_64")]
            Arch::V3(machine) => machine.vectorize(On { machine, block }),
            other => other.dispatch(On {
                machine: Portable,
                block,
            }),
        }
    }

    /// Room to score blocks in.
    pub(crate) fn room(&self) -> Room {
        let pairs = self.trees.iter().map(|tree| tree.merged.n_pairs());
        Room {
            ranks: vec![[Lanes([0; LANES]); CHUNKS]; self.tables.len()],
            board: Board::new(pairs.max().unwrap_or(0)),
        }
    }
}

/// What each node counts below which it does not matter where a row goes, as below one with two rows. Such a node is as
/// good as a leaf.
fn settled(trees: &AxisTrees) -> Vec<Option<f64>> {
    let mut settled: Vec<Option<f64>> = vec![None; trees.n_nodes()];
    for (at, node) in trees.nodes.iter().enumerate().rev() {
        settled[at] = if trees.is_leaf(node) {
            Some(node.value())
        } else {
            let left = node.left as usize;
            settled[left].filter(|_| settled[left] == settled[left + 1])
        };
    }
    settled
}

impl Tree {
    /// The tree with this root and number among those of a pass.
    fn new(
        trees: &AxisTrees,
        settled: &[Option<f64>],
        root: u32,
        number: usize,
        tables: &Tables,
    ) -> Option<Self> {
        enum Task {
            Visit(u32),
            Split(Comparison),
        }
        let mut values = Box::new([0.0; MAX_LEAVES]);
        let mut merging = Merging::default();
        let mut tasks = vec![Task::Visit(root)];
        while let Some(task) = tasks.pop() {
            match task {
                Task::Visit(at) => {
                    if let Some(value) = settled[at as usize] {
                        values[merging.leaf()?] = value;
                    } else {
                        let node = &trees.nodes[at as usize];
                        let by = tables.comparison(node.column as usize, node.threshold());
                        tasks.push(Task::Split(by));
                        tasks.push(Task::Visit(node.left + 1));
                        tasks.push(Task::Visit(node.left));
                    }
                }
                Task::Split(by) => merging.split(by)?,
            }
        }
        Some(Self {
            merged: merging.finish(number)?,
            values,
        })
    }

    #[inline(always)]
    fn value(&self, leaf: u8) -> f64 {
        self.values[usize::from(leaf)]
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

/// A block on a kind of machine.
struct On<'a, M> {
    machine: M,
    block: Block<'a>,
}

impl<M: Below> NullaryFnOnce for On<'_, M> {
    type Output = ();

    // All of it must be inlined here, where the compiler may use the instructions that were found.
    #[inline(always)]
    fn call(self) {
        let Block {
            batch,
            rows,
            columns,
            room,
            totals,
        } = self.block;
        let chunks = rows.chunks(LANES * columns.n_features());
        let n_chunks = chunks.len().min(CHUNKS);
        for (chunk, rows) in chunks.take(CHUNKS).enumerate() {
            batch
                .tables
                .fill(rows, columns, chunk, &mut room.ranks, self.machine);
        }
        let board = &mut room.board;
        for trees in batch.trees.chunks(TREES) {
            for tree in trees {
                board.merge(&tree.merged, &room.ranks, n_chunks);
            }
            for (chunk, totals) in totals.chunks_mut(LANES).enumerate() {
                let reached = |number| *board.reached(number, chunk);
                if let [a, b, c, d] = trees {
                    let [of_a, of_b, of_c, of_d] = [reached(0), reached(1), reached(2), reached(3)];
                    for (row, total) in totals.iter_mut().enumerate() {
                        *total = *total
                            + a.value(of_a[row])
                            + b.value(of_b[row])
                            + c.value(of_c[row])
                            + d.value(of_d[row]);
                    }
                } else {
                    for (number, tree) in trees.iter().enumerate() {
                        for (total, leaf) in totals.iter_mut().zip(reached(number)) {
                            *total += tree.value(leaf);
                        }
                    }
                }
            }
        }
    }
}

/// What scoring a block works in.
pub(crate) struct Room {
    ranks: Vec<Ranks>,
    board: Board,
}
