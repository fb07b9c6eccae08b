//! Scoring blocks of rows.
//!
//! Nothing is walked: each comparison of a tree is made for all rows, and the answers are merged from the leaves up. A
//! comparison takes a byte for each row, because values are replaced by their ranks among the thresholds. A tree of 256
//! rows has about 62 comparisons; a vector of 32 rows makes them all in the time in which one row is walked down the
//! tree.

use super::machine::{Machine, Task};
use super::merge::{Board, Comparison, MAX_LEAVES, MergedTree, Merging};
use super::tables::Tables;
use crate::forest::axis::nodes::AxisTrees;
use crate::forest::columns::Columns;

/// Rows of a block, which stay in the first cache.
pub(crate) const BLOCK: usize = CHUNKS * LANES;
/// Rows that are merged in one go.
pub(super) const LANES: usize = 64;
pub(super) const CHUNKS: usize = 4;
/// Trees of a pass over the totals.
pub(super) const TREES: usize = 4;

/// A byte for each row of a chunk, where no vector is on two lines of the cache.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Lanes<T>(pub(super) [T; LANES]);

/// A table's ranks of a block of rows. Signed, because that is how vectors compare.
pub(super) type Ranks = [Lanes<i8>; CHUNKS];

/// The comparisons of all trees.
#[derive(Debug, Clone)]
pub(super) struct Blocks {
    trees: Vec<Tree>,
}

#[derive(Debug, Clone)]
struct Tree {
    merged: MergedTree,
    /// What its leaves count.
    values: Box<[f64; MAX_LEAVES]>,
}

impl Blocks {
    /// `None` for trees with more leaves than can be numbered. `settled` are the nodes that are as good as leaves.
    pub(super) fn new(trees: &AxisTrees, settled: &[Option<f64>], tables: &Tables) -> Option<Self> {
        let numbers = (0..TREES).cycle();
        let merged = trees
            .trees
            .iter()
            .zip(numbers)
            .map(|(tree, number)| Tree::new(trees, settled, tree.root, number, tables));
        Some(Self {
            trees: merged.collect::<Option<_>>()?,
        })
    }

    /// Room to score blocks in.
    pub(super) fn room(&self, tables: &Tables) -> Room {
        let pairs = self.trees.iter().map(|tree| tree.merged.n_pairs());
        Room {
            ranks: vec![[Lanes([0; LANES]); CHUNKS]; tables.len()],
            board: Board::new(pairs.max().unwrap_or(0)),
        }
    }
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
pub(super) struct Block<'a> {
    pub(super) blocks: &'a Blocks,
    pub(super) tables: &'a Tables,
    pub(super) columns: &'a Columns,
    pub(super) rows: &'a [f64],
    pub(super) room: &'a mut Room,
    pub(super) totals: &'a mut [f64],
}

impl Task for Block<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, machine: impl Machine) {
        let Room { ranks, board } = self.room;
        let chunks = self.rows.chunks(LANES * self.columns.n_features());
        let n_chunks = chunks.len().min(CHUNKS);
        for (chunk, rows) in chunks.take(CHUNKS).enumerate() {
            self.tables.fill(rows, self.columns, chunk, ranks, machine);
        }
        for trees in self.blocks.trees.chunks(TREES) {
            for tree in trees {
                board.merge(&tree.merged, ranks, n_chunks);
            }
            for (chunk, totals) in self.totals.chunks_mut(LANES).enumerate() {
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
