//! Scoring many rows at once.
//!
//! Rows go down a tree together: each split parts the list of the rows that reach it, with what it is held in registers
//! and without a branch on data. That is a quarter of the work of walking, where each step fetches its node. Only where
//! few rows are left they are walked.

use super::nodes::{Node, ObliqueTrees, with_nodes};
use super::walk::{LANES, Walks};
use pulp::{Arch, NullaryFnOnce};
use std::hint::black_box;

/// Most rows of a block. Many, because a tree that is larger than the cache comes from memory once for each block. A
/// power of two: masking an index then replaces its bounds check.
pub(crate) const BLOCK: usize = 1024;
/// Fewer rows than this are scored one by one.
const LEAST_ROWS: usize = 32;
/// Rows with more columns than this are scored one by one: a block of them would not stay in the cache.
const MOST_COLUMNS: usize = 256;
/// Most rows at a node that are walked from there.
const FEW: usize = 8;
/// Nodes for each row of a block up to which the whole tree is loaded in advance.
const LOADED: usize = 8;

impl ObliqueTrees {
    /// The totals of at most [`BLOCK`] rows of columns that lie one after the other, each as [`ObliqueTrees::total`] gives
    /// it.
    pub(crate) fn totals(&self, rows: &[f64], totals: &mut [f64]) {
        let n_columns = self.shape.n_columns as usize;
        let rows = rows.chunks_exact(n_columns);
        if totals.len() < LEAST_ROWS || n_columns > MOST_COLUMNS {
            for (total, row) in totals.iter_mut().zip(rows) {
                *total = self.total(row);
            }
            return;
        }
        let mut columns = vec![[0.0; BLOCK]; n_columns];
        for (at, row) in rows.enumerate() {
            for (column, &value) in columns.iter_mut().zip(row) {
                column[at] = value;
            }
        }
        totals.fill(0.0);
        with_nodes!(&self.nodes, nodes => if self.penalize {
            Arch::new().dispatch(Block::<_, true>::new(nodes, &self.roots, &columns, totals));
        } else {
            Arch::new().dispatch(Block::<_, false>::new(nodes, &self.roots, &columns, totals));
        });
    }
}

/// A block of rows to be scored.
struct Block<'a, const K: usize, const PENALIZE: bool> {
    nodes: &'a [Node<K>],
    roots: &'a [u32],
    columns: &'a [[f64; BLOCK]],
    totals: &'a mut [f64],
    /// Two lists of rows: those of a node are a part of one, those of its children take the same part of the other.
    lists: [[u16; BLOCK]; 2],
    /// For each row how many of its projections were out of reach.
    out: [u16; BLOCK],
    /// Nodes with few rows, and each of these.
    few: Vec<(u32, u16)>,
}

/// A node and the part of a list that reaches it.
struct Visit {
    at: u32,
    list: usize,
    start: usize,
    end: usize,
}

impl<const K: usize, const PENALIZE: bool> NullaryFnOnce for Block<'_, K, PENALIZE> {
    type Output = ();

    // All of it must be inlined here, where the compiler may use the instructions that were found.
    #[inline(always)]
    fn call(mut self) {
        let ends = self.roots.iter().skip(1).map(|&root| root as usize);
        for (&root, end) in self.roots.iter().zip(ends.chain([self.nodes.len()])) {
            if let Some(tree) = self.nodes.get(root as usize..end) {
                self.load(tree);
            }
            self.descend(root);
            self.walk_few();
        }
    }
}

impl<'a, const K: usize, const PENALIZE: bool> Block<'a, K, PENALIZE> {
    fn new(
        nodes: &'a [Node<K>],
        roots: &'a [u32],
        columns: &'a [[f64; BLOCK]],
        totals: &'a mut [f64],
    ) -> Self {
        Self {
            nodes,
            roots,
            columns,
            totals,
            lists: [[0; BLOCK]; 2],
            out: [0; BLOCK],
            few: Vec::new(),
        }
    }

    /// Brings a tree into the cache. In order that is fast, while each node that is waited for takes as long as scoring
    /// many rows there.
    #[inline(always)]
    fn load(&self, tree: &[Node<K>]) {
        if tree.len() <= LOADED * self.totals.len() {
            black_box(tree.iter().fold(0, |sum, node| sum ^ node.children[0]));
        }
    }

    /// Takes all rows down a tree, each to its leaf or to where few are left.
    #[inline(always)]
    fn descend(&mut self, root: u32) {
        for (row, place) in (0..).zip(&mut self.lists[0]) {
            *place = row;
        }
        self.out = [0; BLOCK];
        let mut waiting = vec![Visit {
            at: root,
            list: 0,
            start: 0,
            end: self.totals.len(),
        }];
        while let Some(visit) = waiting.pop() {
            let Visit {
                at,
                list,
                start,
                end,
            } = visit;
            let node = &self.nodes[at as usize];
            let rows = &self.lists[list][start..end];
            if node.is_leaf(at) {
                for &row in rows {
                    let row = usize::from(row);
                    self.totals[row] += node.reach - f64::from(self.out[row % BLOCK]);
                }
            } else if rows.len() <= FEW {
                self.few.extend(rows.iter().map(|&row| (at, row)));
            } else {
                let middle = self.part(node, &visit);
                let [left, right] = node.children;
                // The left one is visited next: it follows in memory.
                for (at, start, end) in [(right, middle, end), (left, start, middle)] {
                    if start < end {
                        waiting.push(Visit {
                            at,
                            list: 1 - list,
                            start,
                            end,
                        });
                    }
                }
            }
        }
    }

    /// Parts the rows of a split and returns where those begin that go right.
    #[inline(always)]
    fn part(&mut self, node: &Node<K>, visit: &Visit) -> usize {
        let [first, second] = &mut self.lists;
        let (from, to) = if visit.list == 0 {
            (first, second)
        } else {
            (second, first)
        };
        let columns: [_; K] =
            std::array::from_fn(|term| &self.columns[usize::from(node.columns[term])]);
        // Those that go left are put from the start on, the others from the end on. Each is put at both ends: the wrong
        // one is overwritten by the next.
        let (mut left, mut right) = (visit.start, visit.end);
        for &number in &from[visit.start..visit.end] {
            let row = usize::from(number) % BLOCK;
            let beyond = node.beyond(|term| columns[term][row]);
            if PENALIZE {
                self.out[row] += u16::from(beyond.abs() > node.reach);
            }
            let is_right = usize::from(beyond > 0.0);
            to[left % BLOCK] = number;
            to[(right - 1) % BLOCK] = number;
            left += 1 - is_right;
            right -= is_right;
        }
        left
    }

    /// Walks the rows that were left where there are few.
    #[inline(always)]
    fn walk_few(&mut self) {
        for few in self.few.chunks(LANES) {
            let mut rows = [0; LANES];
            let mut walks = Walks::<K, PENALIZE>::all_at(few[0].0);
            for (lane, &(at, row)) in few.iter().enumerate() {
                rows[lane] = usize::from(row) % BLOCK;
                walks.at[lane] = at;
                walks.out[lane] = self.out[rows[lane]];
            }
            let values = walks.values(self.nodes, |lane, column| self.columns[column][rows[lane]]);
            for (value, &row) in values.iter().zip(&rows[..few.len()]) {
                self.totals[row] += value;
            }
        }
        self.few.clear();
    }
}
