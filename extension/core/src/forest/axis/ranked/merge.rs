//! Merging which leaf rows reach, from the leaves up.
//!
//! The leaves of a tree have the greater numbers the farther right they are. So of what a node's children came to, the
//! one on the side where a row goes is the greater of the left one and of the right one or nothing.

use super::blocks::{CHUNKS, LANES, Lanes, Ranks, TREES};

/// Most leaves of a tree: their numbers are bytes.
pub(super) const MAX_LEAVES: usize = 256;

/// A comparison: rows with a rank above this go right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comparison {
    pub(super) ranks: u16,
    pub(super) rank: i8,
}

impl Comparison {
    /// No row goes right.
    const NEVER: Self = Self {
        ranks: 0,
        rank: i8::MAX,
    };

    /// All bits where a row goes right.
    #[inline(always)]
    fn right(self, rank: i8) -> u8 {
        u8::from(rank > self.rank).wrapping_neg()
    }
}

/// Where the numbers of the leaves are that rows reach in a subtree: the line of the first chunk of rows, and lines from
/// there to that of the next.
#[derive(Debug, Clone, Copy)]
struct Reached {
    first: u16,
    step: u16,
}

impl Reached {
    /// One leaf, whatever the row.
    fn leaf(leaf: u8) -> Self {
        Self {
            first: leaf.into(),
            step: 0,
        }
    }

    fn lines_from(first: usize) -> Self {
        Self {
            first: first as u16,
            step: 1,
        }
    }

    #[inline(always)]
    fn line(self, chunk: usize) -> usize {
        usize::from(self.first) + chunk * usize::from(self.step)
    }
}

/// A node with two leaves, of which the right one has the number after the left one's.
#[derive(Debug, Clone, Copy)]
struct Pair {
    by: Comparison,
    left: u8,
}

/// A node with at least one subtree.
#[derive(Debug, Clone, Copy)]
struct Merge {
    by: Comparison,
    left: Reached,
    right: Reached,
    /// First line to write to.
    out: u16,
}

/// The nodes of a tree. Pairs come first: they need nothing to be read but ranks, and one loop over nodes of a kind is
/// faster than choosing at each what to do.
#[derive(Debug, Clone)]
pub(super) struct MergedTree {
    pairs: Box<[Pair]>,
    /// Children before parents.
    merges: Box<[Merge]>,
}

/// Where trees are merged: a line for each leaf, which holds nothing but its number, those of results, and those of
/// subtrees.
pub(super) struct Board {
    lines: Vec<Lanes<u8>>,
}

impl Board {
    /// First line of a result.
    const fn result(number: usize) -> usize {
        MAX_LEAVES + number * CHUNKS
    }

    /// First line of subtrees.
    const SUBTREES: usize = Self::result(TREES);

    /// Has room for trees with so many pairs of leaves.
    pub(super) fn new(pairs: usize) -> Self {
        let mut lines = vec![Lanes([0; LANES]); Self::SUBTREES + pairs * CHUNKS];
        for (leaf, line) in lines.iter_mut().take(MAX_LEAVES).enumerate() {
            *line = Lanes([leaf as u8; LANES]);
        }
        Self { lines }
    }

    /// The leaves that a chunk of rows reached in a tree with this number.
    #[inline(always)]
    pub(super) fn reached(&self, number: usize, chunk: usize) -> &[u8; LANES] {
        &self.lines[Self::result(number) + chunk].0
    }

    /// Merges a tree for rows whose ranks are given.
    #[inline(always)]
    pub(super) fn merge(&mut self, tree: &MergedTree, ranks: &[Ranks], n_chunks: usize) {
        let subtrees = self.lines[Self::SUBTREES..].chunks_exact_mut(CHUNKS);
        for (pair, lines) in tree.pairs.iter().zip(subtrees) {
            let ranks = &ranks[usize::from(pair.by.ranks)];
            for (line, ranks) in lines.iter_mut().zip(ranks).take(n_chunks) {
                let mut reached = Lanes([pair.left; LANES]);
                for (reached, &rank) in reached.0.iter_mut().zip(&ranks.0) {
                    *reached = reached.wrapping_sub(pair.by.right(rank));
                }
                *line = reached;
            }
        }
        for merge in &tree.merges {
            let ranks = &ranks[usize::from(merge.by.ranks)];
            for (chunk, ranks) in ranks.iter().enumerate().take(n_chunks) {
                let mut reached = self.lines[merge.left.line(chunk)];
                let right = &self.lines[merge.right.line(chunk)];
                for ((reached, &right), &rank) in reached.0.iter_mut().zip(&right.0).zip(&ranks.0) {
                    *reached = (*reached).max(right & merge.by.right(rank));
                }
                self.lines[usize::from(merge.out) + chunk] = reached;
            }
        }
    }
}

/// Takes in the nodes of a tree, children first, from left to right.
#[derive(Default)]
pub(super) struct Merging {
    leaves: usize,
    pairs: Vec<Pair>,
    merges: Vec<Merge>,
    /// What is known of subtrees and was not merged yet.
    results: Vec<Reached>,
}

impl Merging {
    /// Adds a leaf and returns its number; `None` for more of them than can be numbered.
    pub(super) fn leaf(&mut self) -> Option<usize> {
        let leaf = self.leaves;
        self.results.push(Reached::leaf(u8::try_from(leaf).ok()?));
        self.leaves += 1;
        Some(leaf)
    }

    /// Adds the node above the last two subtrees.
    pub(super) fn split(&mut self, by: Comparison) -> Option<()> {
        let (right, left) = (self.results.pop()?, self.results.pop()?);
        let out = if left.step == 0 && right.step == 0 {
            let out = Board::SUBTREES + self.pairs.len() * CHUNKS;
            self.pairs.push(Pair {
                by,
                left: left.first as u8,
            });
            out
        } else {
            // Takes the place of a subtree that is not needed any more.
            let out = if left.step == 0 { right } else { left }.first;
            self.merges.push(Merge {
                by,
                left,
                right,
                out,
            });
            out.into()
        };
        self.results.push(Reached::lines_from(out));
        Some(())
    }

    /// The tree, when all nodes were added. Its result will have this number.
    pub(super) fn finish(mut self, number: usize) -> Option<MergedTree> {
        let root = self.results.pop()?;
        let result = Board::result(number) as u16;
        match self.merges.last_mut() {
            Some(last) => last.out = result,
            // A leaf or a pair of them.
            None => self.merges.push(Merge {
                by: Comparison::NEVER,
                left: root,
                right: root,
                out: result,
            }),
        }
        Some(MergedTree {
            pairs: self.pairs.into(),
            merges: self.merges.into(),
        })
    }
}

impl MergedTree {
    /// How many pairs of leaves it has.
    pub(super) fn n_pairs(&self) -> usize {
        self.pairs.len()
    }
}
