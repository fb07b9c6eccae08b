//! Merge sort that reports what it reorders, and that can be interrupted.

use std::cmp::Ordering;

/// Elements that are sorted without a look at a cancel request: some hundredths of a second.
const RUN: usize = 1 << 18;

/// Sorts in this order; `interrupt` is called every few hundredths of a second. O(n) memory for more than [`RUN`] elements.
pub(crate) fn sort_by<T: Copy>(
    elements: &mut [T],
    order: impl Fn(&T, &T) -> Ordering,
    interrupt: &mut dyn FnMut(),
) {
    for run in elements.chunks_mut(RUN) {
        interrupt();
        run.sort_unstable_by(&order);
    }
    if elements.len() > RUN {
        let mut buffer = elements.to_vec();
        let less = |a: &T, b: &T| order(a, b) == Ordering::Less;
        merge(elements, &mut buffer, RUN, less, interrupt, |_, _| {});
    }
}

/// Sorts, and calls `found(greater, lesser)` for each element that is less than some elements before it, with those
/// elements: all pairs out of order, O(n log n) plus the calls. The buffer is as long as the elements; `interrupt` is called
/// once for every pass of about log2(n).
pub(crate) fn each<T: Copy>(
    elements: &mut [T],
    buffer: &mut [T],
    less: impl Fn(&T, &T) -> bool,
    interrupt: &mut dyn FnMut(),
    found: impl FnMut(&[T], &T),
) {
    merge(elements, buffer, 1, less, interrupt, found);
}

/// Merges runs of `width` elements that are sorted, by passes that double their width.
fn merge<T: Copy>(
    elements: &mut [T],
    buffer: &mut [T],
    mut width: usize,
    less: impl Fn(&T, &T) -> bool,
    interrupt: &mut dyn FnMut(),
    mut found: impl FnMut(&[T], &T),
) {
    while width < elements.len() {
        interrupt();
        for (block, merged) in elements
            .chunks_mut(2 * width)
            .zip(buffer.chunks_mut(2 * width))
        {
            let (mut left, mut right) = block.split_at(width.min(block.len()));
            for slot in merged {
                match (left.split_first(), right.split_first()) {
                    (Some((first, _)), Some((second, rest))) if less(second, first) => {
                        found(left, second);
                        *slot = *second;
                        right = rest;
                    }
                    (Some((first, rest)), _) => {
                        *slot = *first;
                        left = rest;
                    }
                    (None, Some((second, rest))) => {
                        *slot = *second;
                        right = rest;
                    }
                    (None, None) => {}
                }
            }
        }
        elements.copy_from_slice(buffer);
        width *= 2;
    }
}

/// Sorts, and counts the pairs that were out of order.
pub(crate) fn count<T: Copy>(
    elements: &mut [T],
    buffer: &mut [T],
    less: impl Fn(&T, &T) -> bool,
    interrupt: &mut dyn FnMut(),
) -> u64 {
    let mut pairs = 0;
    each(elements, buffer, less, interrupt, |greater, _| {
        pairs += greater.len() as u64;
    });
    pairs
}
