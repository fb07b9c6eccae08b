//! A uniform random sample of a stream of rows, in bounded memory.

#[cfg(test)]
mod tests;

use super::MAX_RESERVOIR_BYTES;
use super::random::Random;
use crate::error::{Error, Result};

/// Stream of the generator; trees use 0, 1, ….
const STREAM: u64 = u64::MAX;

/// Reservoir sampling by Algorithm L (Li, "Reservoir-sampling algorithms of time complexity O(n(1 + log(N/n)))", 1994):
/// it draws random numbers for the rows it keeps instead of for every row.
#[derive(Debug, Clone)]
pub(crate) struct Reservoir {
    n_features: usize,
    capacity: usize,
    cells: Vec<f64>,
    seen: u64,
    /// Number of the row, counted from 0, that replaces one next.
    next: u64,
    weight: f64,
    random: Random,
}

impl Reservoir {
    /// A reservoir of at most `rows` rows of `n_features`, fewer where those would exceed [`MAX_RESERVOIR_BYTES`].
    pub(crate) fn new(n_features: usize, rows: u32, seed: u64) -> Self {
        let capacity = (rows as usize).min(MAX_RESERVOIR_BYTES / 8 / n_features.max(1));
        Self {
            n_features,
            capacity,
            cells: Vec::new(),
            seen: 0,
            next: 0,
            weight: 1.0,
            random: Random::new(seed, STREAM),
        }
    }

    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(crate) fn n_features(&self) -> usize {
        self.n_features
    }

    /// Rows offered so far.
    pub(crate) fn seen(&self) -> u64 {
        self.seen
    }

    /// Rows held.
    pub(crate) fn len(&self) -> usize {
        self.cells.len() / self.n_features
    }

    /// The rows held, one after the other.
    pub(crate) fn cells(&self) -> &[f64] {
        &self.cells
    }

    /// Offers a row of `n_features` elements.
    pub(crate) fn push(&mut self, row: &[f64]) -> Result<()> {
        if self.len() < self.capacity {
            self.reserve()?;
            self.cells.extend_from_slice(row);
            if self.len() == self.capacity {
                self.next = self.seen;
                self.skip();
            }
        } else if self.seen == self.next {
            let slot = self.random.below(self.capacity as u64) as usize;
            self.cells[slot * self.n_features..][..self.n_features].copy_from_slice(row);
            self.skip();
        }
        self.seen += 1;
        Ok(())
    }

    /// Grows by doubling, but never past the capacity, which plain doubling would exceed almost twofold.
    fn reserve(&mut self) -> Result<()> {
        if self.cells.capacity() - self.cells.len() < self.n_features {
            let rows = (2 * self.len())
                .clamp(64, self.capacity.max(64))
                .min(self.capacity);
            let added = rows * self.n_features - self.cells.len();
            self.cells
                .try_reserve_exact(added)
                .map_err(|_| Error::OutOfMemory(8 * added))?;
        }
        Ok(())
    }

    /// Draws how many rows pass before the next one is kept.
    fn skip(&mut self) {
        // 1 - unit() is in (0, 1], where the logarithm is finite.
        self.weight *= libm::exp(libm::log(1.0 - self.random.unit()) / self.capacity as f64);
        let skipped = libm::log(1.0 - self.random.unit()) / libm::log1p(-self.weight);
        // A weight that has rounded to 0 gives an infinite skip, which saturates, as it should.
        self.next = self
            .next
            .saturating_add(1)
            .saturating_add(skipped.floor() as u64);
    }
}
