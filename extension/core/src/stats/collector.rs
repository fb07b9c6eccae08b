//! Rows taken in block by block: the sums of a block need no division for each value, and several elements are added up at
//! once.

use super::element::{Element, Sample};
use super::{Span, Stats};
use crate::error::Result;
use crate::moments::{Moments, offset};
use crate::vector;
use std::borrow::Cow;

/// Rows of a block. So many take up about as much memory as the state that they go into.
const ROWS: usize = 16;
/// Blocks of fewer rows are taken in value by value, which is no slower.
const FEW: usize = 4;
/// Elements that are added up at once.
const LANES: usize = 8;

/// What [`Stats`] is made by: takes in many rows several times as fast as [`Stats::push`]. The results are the same, but for
/// rounding of mean, standard deviation and slope.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Collector {
    stats: Stats,
    /// Times of the rows that are waiting.
    times: Vec<i64>,
    /// Their values, one row after the other, `width` each, NaN for what is missing.
    values: Vec<f64>,
    width: usize,
}

impl Collector {
    /// No rows.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row, as [`Stats::push`].
    ///
    /// # Errors
    /// Those of [`Stats::push`]; nothing is then changed.
    pub fn push(&mut self, ts: i64, values: &[f64]) -> Result<()> {
        vector::check(values)?;
        if values.len() > self.width {
            self.flush();
            self.width = values.len();
        }
        self.times.push(ts);
        self.values.extend_from_slice(values);
        self.values.resize(self.times.len() * self.width, f64::NAN);
        if self.times.len() == ROWS {
            self.flush();
        }
        Ok(())
    }

    /// Adds the rows of a state.
    pub fn merge(&mut self, other: &Stats) {
        self.stats.merge(other);
    }

    /// The state over all rows.
    #[must_use]
    pub fn stats(&self) -> Cow<'_, Stats> {
        if self.times.is_empty() {
            return Cow::Borrowed(&self.stats);
        }
        let mut stats = self.stats.clone();
        add(&mut stats, &self.times, &self.values, self.width);
        Cow::Owned(stats)
    }

    fn flush(&mut self) {
        add(&mut self.stats, &self.times, &self.values, self.width);
        self.times.clear();
        self.values.clear();
    }
}

impl From<Stats> for Collector {
    fn from(stats: Stats) -> Self {
        Self {
            stats,
            ..Self::default()
        }
    }
}

/// Adds rows of `width` valid values.
fn add(stats: &mut Stats, times: &[i64], values: &[f64], width: usize) {
    let (Some(&first), Some(&last)) = (times.iter().min(), times.iter().max()) else {
        return;
    };
    let span = stats.span.get_or_insert(Span {
        origin: times[0],
        first,
        last,
    });
    span.first = span.first.min(first);
    span.last = span.last.max(last);
    let origin = span.origin;
    if width > stats.elements.len() {
        stats.elements.resize(width, Element::default());
    }
    if times.len() < FEW {
        for (&ts, row) in times.iter().zip(values.chunks_exact(width.max(1))) {
            let time = offset(ts, origin);
            for (element, &value) in stats.elements.iter_mut().zip(row) {
                if !value.is_nan() {
                    element.push(ts, time, value);
                }
            }
        }
        return;
    }
    let block = Block::new(times, values, width, origin);
    for (part, elements) in stats.elements[..width].chunks_mut(LANES).enumerate() {
        block.add(part * LANES, elements);
    }
}

/// Rows, and what their times have in common for all elements.
struct Block<'a> {
    times: &'a [i64],
    values: &'a [f64],
    width: usize,
    origin: i64,
    /// Mean of the times, relative to the origin.
    mean_time: f64,
    /// Deviations of the times from their mean.
    deviations: [f64; ROWS],
    /// Sum of their squares.
    tt: f64,
    /// Earliest and latest time, each with its row; `None` where several rows have it.
    first: (i64, Option<usize>),
    last: (i64, Option<usize>),
}

impl<'a> Block<'a> {
    /// At least one row and at most [`ROWS`].
    fn new(times: &'a [i64], values: &'a [f64], width: usize, origin: i64) -> Self {
        let n = times.len() as f64;
        // Relative to the first row, so that times far from the origin lose nothing.
        let mean_step = times.iter().map(|&ts| offset(ts, times[0])).sum::<f64>() / n;
        let mut deviations = [0.0; ROWS];
        for (deviation, &ts) in deviations.iter_mut().zip(times) {
            *deviation = offset(ts, times[0]) - mean_step;
        }
        let only = |ts: i64| {
            let mut rows = (0..times.len()).filter(|&row| times[row] == ts);
            (ts, rows.next().filter(|_| rows.next().is_none()))
        };
        Self {
            times,
            values,
            width,
            origin,
            mean_time: offset(times[0], origin) + mean_step,
            deviations,
            tt: deviations
                .iter()
                .map(|deviation| deviation * deviation)
                .sum(),
            first: only(times.iter().copied().min().unwrap_or_default()),
            last: only(times.iter().copied().max().unwrap_or_default()),
        }
    }

    /// Values of up to [`LANES`] elements of a row.
    fn lanes(&self, row: usize, start: usize) -> [f64; LANES] {
        let row = &self.values[row * self.width..][..self.width][start..];
        let lanes = row.first_chunk::<LANES>().copied().unwrap_or_else(|| {
            let mut lanes = [0.0; LANES];
            lanes[..row.len()].copy_from_slice(row);
            lanes
        });
        // One zero of two, as for single values.
        lanes.map(|value| value + 0.0)
    }

    /// Adds the values from element `start` on.
    fn add(&self, start: usize, elements: &mut [Element]) {
        let rows = self.times.len();
        let n = rows as f64;
        let mut sums = [0.0; LANES];
        let mut least = self.lanes(0, start);
        let mut most = least;
        for row in 0..rows {
            let values = self.lanes(row, start);
            for lane in 0..LANES {
                sums[lane] += values[lane];
                least[lane] = if values[lane] < least[lane] {
                    values[lane]
                } else {
                    least[lane]
                };
                most[lane] = if values[lane] > most[lane] {
                    values[lane]
                } else {
                    most[lane]
                };
            }
        }
        let means: [f64; LANES] = std::array::from_fn(|lane| {
            // A constant is its own mean, whatever rounding makes of the sum.
            if least[lane] == most[lane] {
                least[lane]
            } else {
                sums[lane] / n
            }
        });
        let (mut rest, mut xx, mut tx) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        for row in 0..rows {
            let values = self.lanes(row, start);
            for lane in 0..LANES {
                let deviation = values[lane] - means[lane];
                rest[lane] += deviation;
                xx[lane] += deviation * deviation;
                tx[lane] += deviation * self.deviations[row];
            }
        }
        for (lane, element) in elements.iter_mut().enumerate() {
            // Valid values are so small that only a missing one makes their sum anything but finite.
            if sums[lane].is_nan() {
                self.add_present(start + lane, element);
                continue;
            }
            let moments = Moments {
                n: rows as u64,
                time: self.mean_time,
                mean: means[lane],
                tt: self.tt,
                tx: tx[lane],
                // What rounding of the mean has added.
                xx: (xx[lane] - rest[lane] * rest[lane] / n).max(0.0),
            };
            let part = Element {
                moments,
                min: least[lane],
                max: most[lane],
                first: self.sample(self.first, start + lane),
                last: self.sample(self.last, start + lane),
            };
            element.merge(&part, 0.0);
        }
    }

    /// Adds the values of an element that is missing in some rows.
    fn add_present(&self, index: usize, element: &mut Element) {
        for (row, &ts) in self.times.iter().enumerate() {
            let value = self.values[row * self.width + index];
            if !value.is_nan() {
                element.push(ts, offset(ts, self.origin), value);
            }
        }
    }

    /// The value of an element at a time; of several the largest.
    fn sample(&self, (ts, row): (i64, Option<usize>), index: usize) -> Sample {
        let value = |row: usize| self.values[row * self.width + index] + 0.0;
        let value = row.map_or_else(
            || {
                let rows = (0..self.times.len()).filter(|&row| self.times[row] == ts);
                rows.map(value).fold(f64::NEG_INFINITY, f64::max)
            },
            value,
        );
        Sample { ts, value }
    }
}
