//! Ranks among the thresholds of one column.

use super::machine::{ABREAST, Machine};

/// Thresholds that a byte ranks values among. A column with more of them gets several tables, each for a part.
pub(super) const PART: usize = 255;
/// Thresholds, and as many as are compared with at once behind the last.
const ROOM: usize = PART + 1 + ABREAST;
/// Thresholds between two of the steps.
const STEP: usize = 2 * ABREAST;
const STEPS: usize = (PART + 1) / STEP;
/// Parts of the range of the thresholds.
const BUCKETS: usize = 1024;

/// Some thresholds of a column.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) column: usize,
    /// Ascending, distinct, and filled up with infinity.
    thresholds: Box<[f64; ROOM]>,
    search: Search,
}

/// How ranks are found. Comparing with all of a few thresholds takes one or two vector instructions, halving as many steps
/// that wait for each other.
#[derive(Debug, Clone)]
enum Search {
    /// A bucket tells the rank but for the thresholds in it, of which there are few.
    Buckets(Buckets),
    /// Where thresholds crowd: comparing with every [`STEP`]th, then with those up to it.
    Steps(Box<[f64; STEPS]>),
}

impl Table {
    /// From at least one and at most [`PART`] thresholds.
    pub(super) fn new(column: usize, part: &[f64]) -> Self {
        let mut thresholds = Box::new([f64::INFINITY; ROOM]);
        thresholds[..part.len()].copy_from_slice(part);
        let steps = || {
            let mut steps = Box::new([f64::INFINITY; STEPS]);
            for (step, some) in steps.iter_mut().zip(thresholds.chunks_exact(STEP)) {
                *step = some[STEP - 1];
            }
            Search::Steps(steps)
        };
        let search = Buckets::new(part).map_or_else(steps, Search::Buckets);
        Self {
            column,
            thresholds,
            search,
        }
    }

    /// Whether a threshold is beyond this table, in one of the next.
    pub(super) fn is_below(&self, threshold: f64) -> bool {
        self.thresholds[PART - 1] < threshold
    }

    /// How many thresholds are below a value.
    pub(super) fn rank(&self, value: f64) -> u8 {
        self.thresholds
            .partition_point(|&threshold| threshold < value) as u8
    }

    /// The same for some values.
    #[inline(always)]
    pub(super) fn ranks<const N: usize>(
        &self,
        values: &[f64; N],
        machine: impl Machine,
    ) -> [u8; N] {
        let mut ranks = [0; N];
        match &self.search {
            Search::Buckets(buckets) => {
                let numbers = buckets.numbers(values);
                for ((rank, &value), number) in ranks.iter_mut().zip(values).zip(numbers) {
                    let first = buckets.first[number as usize % BUCKETS];
                    *rank = first + below(machine, &self.thresholds[first.into()..], value);
                }
            }
            Search::Steps(steps) => {
                for (rank, &value) in ranks.iter_mut().zip(values) {
                    let whole =
                        below(machine, &**steps, value) + below(machine, &steps[ABREAST..], value);
                    let first = STEP * usize::from(whole) % (PART + 1);
                    let some = &self.thresholds[first..];
                    *rank = first as u8
                        + below(machine, some, value)
                        + below(machine, &some[ABREAST..], value);
                }
            }
        }
        ranks
    }
}

/// How many of the first [`ABREAST`] thresholds are below a value.
#[inline(always)]
fn below(machine: impl Machine, thresholds: &[f64], value: f64) -> u8 {
    thresholds
        .first_chunk()
        .map_or(0, |some| machine.below(some, value))
}

/// The range of thresholds in parts of one length, none with more thresholds than are compared at once.
#[derive(Debug, Clone)]
struct Buckets {
    /// Start of the first one, and how many of them go into a unit.
    origin: f64,
    scale: f64,
    /// Thresholds in buckets before each.
    first: Box<[u8; BUCKETS]>,
}

impl Buckets {
    /// `None` for thresholds that crowd, or that are too far from each other for a scale.
    fn new(part: &[f64]) -> Option<Self> {
        let (origin, last) = (*part.first()?, *part.last()?);
        let scale = if last > origin {
            BUCKETS as f64 / (last - origin)
        } else {
            1.0
        };
        let mut buckets = Self {
            origin,
            scale,
            first: Box::new([0; BUCKETS]),
        };
        let mut counts = [0; BUCKETS];
        for &threshold in part {
            counts[buckets.number(threshold) as usize % BUCKETS] += 1;
        }
        let mut below = 0;
        for (first, count) in buckets.first.iter_mut().zip(counts) {
            *first = below as u8;
            below += count;
        }
        let fit = scale.is_normal() && counts.iter().all(|&count| count <= ABREAST);
        fit.then_some(buckets)
    }

    /// The number of the bucket that a value is in, or nearest to, in its lowest bits. Each of the operations keeps the
    /// order of values, if not their distances. So of all thresholds, a value must be compared with those in its bucket
    /// only.
    #[inline(always)]
    fn number(&self, value: f64) -> u64 {
        /// Numbers of this size have no fraction, and the lowest bits count.
        const WHOLE: f64 = (1_u64 << 52) as f64;
        const LAST: f64 = (BUCKETS - 1) as f64;
        let number = (value - self.origin) * self.scale;
        let number = if number > 0.0 { number } else { 0.0 };
        let number = if number < LAST { number } else { LAST };
        (number + WHOLE).to_bits()
    }

    #[inline(always)]
    fn numbers<const N: usize>(&self, values: &[f64; N]) -> [u64; N] {
        values.map(|value| self.number(value))
    }
}

#[cfg(test)]
mod tests;
