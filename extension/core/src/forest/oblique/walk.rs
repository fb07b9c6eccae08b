//! Walking rows down the trees: the hot path.
//!
//! A step depends on the one before, and deep trees wait for memory at each. Several trees of one row, or several rows
//! of one tree, are walked side by side instead. The only branch that depends on data is the end of a path.

use super::nodes::{Node, ObliqueTrees, with_nodes};

/// Walks side by side.
const LANES: usize = 8;
/// Trees whose values are kept until they are added up in order.
const TREES: usize = 64;
/// Slots of a row held on the stack. A power of two: masking an index then replaces its bounds check.
const SLOTS: usize = 128;

impl<const K: usize> Node<K> {
    #[inline(always)]
    fn projection(&self, column: impl Fn(usize) -> f64) -> f64 {
        let mut sum = 0.0;
        for (&number, &coefficient) in self.columns.iter().zip(&self.coefficients) {
            sum += f64::from(coefficient) * column(usize::from(number));
        }
        sum
    }

    /// The node that a row goes to, and whether its projection is out of reach.
    #[inline(always)]
    fn next(&self, column: impl Fn(usize) -> f64) -> (u32, bool) {
        let beyond = self.projection(column) - self.threshold;
        (
            self.left + u32::from(beyond > 0.0),
            beyond.abs() > self.reach,
        )
    }
}

/// Where a walk is.
#[derive(Clone, Copy)]
struct Walk {
    /// Number of what is walked.
    item: usize,
    at: u32,
    /// Projections out of reach so far.
    beyond: u32,
}

/// Walks each of `items` from where it starts to its leaf and hands `put` what it counts: the leaf's value, less 1 for
/// each projection out of reach, as `penalize_range` of isotree does. Paths differ in length, so a lane whose walk has
/// ended takes the next item at once.
#[inline(always)]
fn walk_each<const K: usize>(
    nodes: &[Node<K>],
    items: usize,
    start: impl Fn(usize) -> u32,
    column: impl Fn(usize, usize) -> f64,
    mut put: impl FnMut(usize, f64),
) {
    let begin = |item| Walk {
        item,
        at: start(item),
        beyond: 0,
    };
    let mut lanes = [begin(0); LANES];
    let mut active = items.min(LANES);
    for (item, lane) in lanes[..active].iter_mut().enumerate() {
        *lane = begin(item);
    }
    let mut waiting = active;
    while active > 0 {
        let mut lane = 0;
        while lane < active {
            let walk = &mut lanes[lane];
            let node = &nodes[walk.at as usize];
            if node.left == walk.at {
                put(walk.item, node.reach - f64::from(walk.beyond));
                if waiting < items {
                    *walk = begin(waiting);
                    waiting += 1;
                } else {
                    active -= 1;
                    lanes[lane] = lanes[active];
                }
            } else {
                let (next, out) = node.next(|number| column(walk.item, number));
                walk.at = next;
                walk.beyond += u32::from(out);
                lane += 1;
            }
        }
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
        if columns.len() <= SLOTS {
            let mut slots = [0.0; SLOTS];
            slots[..columns.len()].copy_from_slice(columns);
            with_nodes!(&self.nodes, nodes => self.total_of(nodes, |number| slots[number % SLOTS]))
        } else {
            with_nodes!(&self.nodes, nodes => self.total_of(nodes, |number| columns[number]))
        }
    }

    #[inline(always)]
    fn total_of<const K: usize>(&self, nodes: &[Node<K>], column: impl Fn(usize) -> f64) -> f64 {
        let mut total = 0.0;
        let mut values = [0.0; TREES];
        for roots in self.roots.chunks(TREES) {
            walk_each(
                nodes,
                roots.len(),
                |tree| roots[tree],
                |_, number| column(number),
                |tree, value| values[tree] = value,
            );
            total = values[..roots.len()]
                .iter()
                .fold(total, |total, value| total + value);
        }
        total
    }

    /// The totals of rows of columns that lie one after the other, each as [`ObliqueTrees::total`] gives it. Tree by tree,
    /// so that one tree stays in the cache for all rows.
    pub(crate) fn totals(&self, rows: &[f64], totals: &mut [f64]) {
        totals.fill(0.0);
        let n_columns = self.shape.n_columns as usize;
        with_nodes!(&self.nodes, nodes => for &root in &self.roots {
            walk_each(
                nodes,
                totals.len(),
                |_| root,
                |row, number| rows[row * n_columns + number],
                |row, value| totals[row] += value,
            );
        });
    }

    /// Adds the columns on the path of a row down one tree to `path` and returns its length.
    pub(crate) fn path(&self, tree: usize, columns: &[f64], path: &mut Vec<usize>) -> usize {
        with_nodes!(&self.nodes, nodes => {
            let (mut at, mut length) = (self.roots[tree], 0);
            while nodes[at as usize].left != at {
                let node = &nodes[at as usize];
                path.extend(node.terms().map(|term| usize::from(term.column)));
                at = node.next(|number| columns[number]).0;
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
                if node.left == at {
                    total += weight * node.reach;
                } else if node.terms().any(|term| columns[usize::from(term.column)].is_nan()) {
                    let left = self.shares.left(at);
                    waiting.push((node.left, weight * left));
                    waiting.push((node.left + 1, weight * (1.0 - left)));
                } else {
                    // Terms that are not used may point at a missing one.
                    let (next, out) = node.next(|number| if columns[number].is_nan() { 0.0 } else { columns[number] });
                    total -= weight * f64::from(u8::from(out));
                    waiting.push((next, weight));
                }
            }
            total
        }).sum())
    }
}
