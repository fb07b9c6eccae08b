//! Which of many weighted rows stay in a reservoir.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Priority sampling: Duffield, Lund and Thorup, "Priority sampling for estimation of arbitrary subset sums", 2007.
///
/// A row's priority is its weight divided by a number drawn from (0, 1]; those with the highest stay. Let τ be the
/// highest priority that did not: then a row stands for the larger of its weight and τ. While all fit, that is the
/// weight; of a long stream of light rows each that stayed stands for as much.
#[derive(Debug, Clone, Default)]
pub(super) struct Priorities {
    weights: Vec<f64>,
    /// Priorities as the bits of positive numbers, which order as those do, and slots. The lowest is on top.
    heap: BinaryHeap<Reverse<(u64, usize)>>,
    /// τ; 0 while all fit.
    left_out: f64,
}

/// What becomes of a row.
pub(super) enum Offered {
    Added,
    Replaces(usize),
    Passed,
}

impl Priorities {
    /// Offers a row to at most `capacity` slots.
    pub(super) fn offer(&mut self, weight: f64, drawn: f64, capacity: usize) -> Offered {
        let priority = (weight / drawn).min(f64::MAX);
        if self.weights.len() < capacity {
            self.heap
                .push(Reverse((priority.to_bits(), self.weights.len())));
            self.weights.push(weight);
            return Offered::Added;
        }
        let Some(mut lowest) = self.heap.peek_mut() else {
            return Offered::Passed;
        };
        let Reverse((bits, slot)) = *lowest;
        if priority.to_bits() <= bits {
            self.left_out = self.left_out.max(priority);
            return Offered::Passed;
        }
        self.left_out = self.left_out.max(f64::from_bits(bits));
        *lowest = Reverse((priority.to_bits(), slot));
        self.weights[slot] = weight;
        Offered::Replaces(slot)
    }

    /// What each row stands for.
    pub(super) fn weights(&self) -> Vec<f64> {
        self.weights
            .iter()
            .map(|weight| weight.max(self.left_out))
            .collect()
    }
}
