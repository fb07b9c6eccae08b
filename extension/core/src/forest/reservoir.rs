//! A uniform random sample of a stream of rows, in bounded memory.

#[cfg(test)]
mod tests;

mod priorities;

use super::MAX_RESERVOIR_BYTES;
use super::random::Random;
use crate::error::{Error, Result};
use crate::vector::MAX_ELEMENTS;
use priorities::{Offered, Priorities};
use std::slice::ChunksExact;

/// Stream of the generator; trees use 0, 1, ….
const STREAM: u64 = u64::MAX;

/// Features whose cells are read together. They lie next to each other in cache lines, and most of the time it is lines
/// that reading a feature waits for.
const TOGETHER: usize = 16;

/// Reservoir sampling by Algorithm L (Li, "Reservoir-sampling algorithms of time complexity O(n(1 + log(N/n)))", 1994):
/// it draws random numbers for the rows it keeps instead of for every row. Rows with weights are sampled by their
/// [`Priorities`].
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
    priorities: Option<Priorities>,
}

impl Reservoir {
    /// A reservoir of at most `rows` rows of `n_features`, fewer where those would exceed [`MAX_RESERVOIR_BYTES`].
    ///
    /// # Errors
    /// [`Error::VectorEmpty`], [`Error::VectorTooLong`].
    pub(crate) fn new(n_features: usize, rows: u32, seed: u64) -> Result<Self> {
        match n_features {
            0 => Err(Error::VectorEmpty),
            1..=MAX_ELEMENTS => Ok(Self {
                n_features,
                capacity: (rows as usize).min(MAX_RESERVOIR_BYTES / 8 / n_features),
                cells: Vec::new(),
                seen: 0,
                next: 0,
                weight: 1.0,
                random: Random::new(seed, STREAM),
                priorities: None,
            }),
            _ => Err(Error::VectorTooLong(n_features)),
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

    /// The rows held.
    pub(crate) fn rows(&self) -> ChunksExact<'_, f64> {
        self.cells.chunks_exact(self.n_features)
    }

    /// The cells, feature by feature.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(crate) fn by_feature(&self) -> Result<Vec<f64>> {
        let mut cells = room(self.cells.len())?;
        self.each_feature(|column| cells.extend_from_slice(column))?;
        Ok(cells)
    }

    /// Hands `take` the cells of each feature, which it may reorder.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(crate) fn each_feature(&self, mut take: impl FnMut(&mut [f64])) -> Result<()> {
        let n_rows = self.len();
        let together = TOGETHER.min(self.n_features);
        let mut cells = room(together * n_rows)?;
        cells.resize(together * n_rows, 0.0);
        for first in (0..self.n_features).step_by(together) {
            let together = together.min(self.n_features - first);
            let columns = &mut cells[..together * n_rows];
            for (at, row) in self.rows().enumerate() {
                for (number, &cell) in row[first..][..together].iter().enumerate() {
                    columns[number * n_rows + at] = cell;
                }
            }
            // Without rows there is nothing to hand out.
            columns.chunks_exact_mut(n_rows.max(1)).for_each(&mut take);
        }
        Ok(())
    }

    /// Hands `take` the rows, or every so many of them so that there are at most `most`, in blocks of at most `size`.
    ///
    /// # Errors
    /// Those of `take`.
    pub(crate) fn blocks(
        &self,
        most: usize,
        size: usize,
        mut take: impl FnMut(&[f64]) -> Result<()>,
    ) -> Result<()> {
        let step = self.len().div_ceil(most).max(1);
        if step == 1 {
            return self.cells.chunks(size * self.n_features).try_for_each(take);
        }
        let mut block = Vec::with_capacity(size * self.n_features);
        let mut rows = self.rows().step_by(step).peekable();
        while rows.peek().is_some() {
            block.clear();
            rows.by_ref()
                .take(size)
                .for_each(|row| block.extend_from_slice(row));
            take(&block)?;
        }
        Ok(())
    }

    /// How much more often one row held stands for rows offered than another; `None` when all stand for as many.
    pub(crate) fn weights(&self) -> Option<Vec<f64>> {
        self.priorities.as_ref().map(Priorities::weights)
    }

    /// Offers a row; the first one decides on how many elements all have.
    ///
    /// # Errors
    /// [`Error::RowLength`], [`Error::ValueNotFinite`], [`Error::MixedWeights`], [`Error::OutOfMemory`].
    pub(crate) fn push(&mut self, row: &[f64]) -> Result<()> {
        self.check(row)?;
        if self.priorities.is_some() {
            return Err(Error::MixedWeights);
        }
        if self.len() < self.capacity {
            self.append(row)?;
            if self.len() == self.capacity {
                self.next = self.seen;
                self.skip();
            }
        } else if self.seen == self.next {
            let slot = self.random.below(self.capacity as u64) as usize;
            self.replace(slot, row);
            self.skip();
        }
        self.seen += 1;
        Ok(())
    }

    /// Offers a row with a weight; one of weight 0 is passed over.
    ///
    /// # Errors
    /// Those of [`Reservoir::push`], [`Error::InvalidWeight`].
    pub(crate) fn push_weighted(&mut self, row: &[f64], weight: f64) -> Result<()> {
        self.check(row)?;
        if !(weight.is_finite() && weight >= 0.0) {
            return Err(Error::InvalidWeight(weight));
        }
        if self.priorities.is_none() && self.seen > 0 {
            return Err(Error::MixedWeights);
        }
        self.seen += 1;
        let capacity = self.capacity;
        let priorities = self.priorities.get_or_insert_default();
        if weight == 0.0 {
            return Ok(());
        }
        let drawn = 1.0 - self.random.unit();
        match priorities.offer(weight, drawn, capacity) {
            Offered::Added => self.append(row)?,
            Offered::Replaces(slot) => self.replace(slot, row),
            Offered::Passed => {}
        }
        Ok(())
    }

    fn check(&self, row: &[f64]) -> Result<()> {
        if row.len() != self.n_features {
            return Err(Error::RowLength {
                expected: self.n_features,
                got: row.len(),
            });
        }
        match row.iter().position(|value| value.is_infinite()) {
            Some(index) => Err(Error::ValueNotFinite(index + 1)),
            None => Ok(()),
        }
    }

    fn replace(&mut self, slot: usize, row: &[f64]) {
        self.cells[slot * self.n_features..][..self.n_features].copy_from_slice(row);
    }

    /// Grows by doubling, but never past the capacity, which plain doubling would exceed almost twofold.
    fn append(&mut self, row: &[f64]) -> Result<()> {
        if self.cells.capacity() - self.cells.len() < self.n_features {
            let rows = (2 * self.len())
                .clamp(64, self.capacity.max(64))
                .min(self.capacity);
            let added = rows * self.n_features - self.cells.len();
            self.cells
                .try_reserve_exact(added)
                .map_err(|_| Error::OutOfMemory(8 * added))?;
        }
        self.cells.extend_from_slice(row);
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

/// Room for cells.
fn room(count: usize) -> Result<Vec<f64>> {
    let mut cells = Vec::new();
    cells
        .try_reserve_exact(count)
        .map_err(|_| Error::OutOfMemory(8 * count))?;
    Ok(cells)
}
