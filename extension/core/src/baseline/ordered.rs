//! A sample in ascending order that values enter and leave.

use crate::quantile;

/// Values at which a block is split.
const BLOCK: usize = 1024;

/// Values in ascending order, in blocks of at most [`BLOCK`]: a value enters or leaves, and the value of a rank is found,
/// in time proportional to the length of a block and the number of blocks.
#[derive(Debug, Clone, Default)]
pub(super) struct Ordered {
    /// None is empty.
    blocks: Vec<Vec<f64>>,
    len: usize,
}

impl Ordered {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Adds a value that is not NaN.
    pub(super) fn insert(&mut self, value: f64) {
        self.len += 1;
        let at = self
            .block_of(value)
            .min(self.blocks.len().saturating_sub(1));
        let Some(block) = self.blocks.get_mut(at) else {
            self.blocks.push(vec![value]);
            return;
        };
        block.insert(block.partition_point(|&kept| kept < value), value);
        if block.len() > BLOCK {
            let upper = block.split_off(BLOCK / 2);
            self.blocks.insert(at + 1, upper);
        }
    }

    /// Removes one copy of a value; nothing when there is none.
    pub(super) fn remove(&mut self, value: f64) {
        let at = self.block_of(value);
        let Some(block) = self.blocks.get_mut(at) else {
            return;
        };
        let slot = block.partition_point(|&kept| kept < value);
        if block.get(slot) == Some(&value) {
            block.remove(slot);
            self.len -= 1;
            if block.is_empty() {
                self.blocks.remove(at);
            }
        }
    }

    /// Quantile (type 7); `None` without values.
    pub(super) fn quantile(&self, q: f64) -> Option<f64> {
        quantile::indexed(self.len, q, |rank| self.get(rank))
    }

    /// Median of the distances to a centre; `None` without values.
    pub(super) fn median_distance(&self, centre: f64) -> Option<f64> {
        let below = self.count_below(centre);
        quantile::indexed(self.len, 0.5, |rank| self.distance(centre, below, rank))
    }

    /// The distance to the centre that `rank` others come before. Distances of the `below` values under the centre,
    /// from the nearest on, ascend, and so do those of the others: the ranks of two ascending lists.
    fn distance(&self, centre: f64, below: usize, rank: usize) -> f64 {
        let above = self.len - below;
        let lower = |index: usize| centre - self.get(below - 1 - index);
        let upper = |index: usize| self.get(below + index) - centre;
        // How many of the `rank` nearest values are below the centre.
        let (mut least, mut most) = (rank.saturating_sub(above), rank.min(below));
        while least < most {
            let middle = usize::midpoint(least, most);
            if lower(middle) < upper(rank - middle - 1) {
                least = middle + 1;
            } else {
                most = middle;
            }
        }
        match (least < below, rank - least < above) {
            (true, true) => lower(least).min(upper(rank - least)),
            (true, false) => lower(least),
            _ => upper(rank - least),
        }
    }

    /// First block that does not end below the value.
    fn block_of(&self, value: f64) -> usize {
        self.blocks
            .partition_point(|block| block.last().is_some_and(|&last| last < value))
    }

    fn count_below(&self, value: f64) -> usize {
        let at = self.block_of(value);
        let before: usize = self.blocks[..at].iter().map(Vec::len).sum();
        before
            + self
                .blocks
                .get(at)
                .map_or(0, |block| block.partition_point(|&kept| kept < value))
    }

    /// The value of a rank below [`Ordered::len`].
    fn get(&self, rank: usize) -> f64 {
        let mut rank = rank;
        for block in &self.blocks {
            match block.get(rank) {
                Some(&value) => return value,
                None => rank -= block.len(),
            }
        }
        unreachable!("ranks are below the length")
    }
}
