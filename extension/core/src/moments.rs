//! Mergeable first and second moments of values over time: what both the statistics and the trends are made of.

use crate::codec::{Reader, Writer};
use crate::error::Result;
use crate::vector::MAX_MAGNITUDE;

/// More rows than any table holds, and the last integer that doubles count exactly.
const MAX_COUNT: u64 = 1 << 53;
/// Time differences are below 2^64 microseconds.
const MAX_TIME: f64 = 1.85e19;
/// Sums over [`MAX_COUNT`] rows of their squares are below this.
const MAX_TIME_SUM: f64 = 1e55;
/// Bounds of the sums of products and squares that [`MAX_COUNT`] valid rows can reach.
const MAX_CROSS_SUM: f64 = 1e140;
const MAX_SQUARE_SUM: f64 = 1e217;

/// Microseconds in a second.
pub(crate) const MICROSECONDS: f64 = 1e6;

/// Microseconds from `origin` to `ts`, exact while they are below 2^53 (285 years).
pub(crate) fn offset(ts: i64, origin: i64) -> f64 {
    match ts.checked_sub(origin) {
        Some(offset) => offset as f64,
        None => (i128::from(ts) - i128::from(origin)) as f64,
    }
}

/// Count, means and centred sums of (time, value) pairs, by Welford's updates and the merge of Chan, Golub and LeVeque
/// ("Algorithms for computing the sample variance", 1983).
///
/// Times are offsets in microseconds from an origin that the owner keeps: differences of absolute times would lose a
/// tenth of a microsecond, and with it half of the digits of a slope over a few seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Moments {
    /// Pairs.
    pub(crate) n: u64,
    /// Mean time, relative to the origin.
    pub(crate) time: f64,
    /// Mean value.
    pub(crate) mean: f64,
    /// Sum of squared time deviations.
    pub(crate) tt: f64,
    /// Sum of products of time and value deviations.
    pub(crate) tx: f64,
    /// Sum of squared value deviations.
    pub(crate) xx: f64,
}

impl Moments {
    /// Adds a pair.
    pub(crate) fn push(&mut self, time: f64, value: f64) {
        self.n += 1;
        let n = self.n as f64;
        let time_step = time - self.time;
        let step = value - self.mean;
        self.time += time_step / n;
        self.mean += step / n;
        let after = value - self.mean;
        self.tt += time_step * (time - self.time);
        self.tx += time_step * after;
        self.xx += step * after;
    }

    /// Adds the pairs of `other`, whose origin lies `shift` microseconds after this one's.
    pub(crate) fn merge(&mut self, other: &Self, shift: f64) {
        if other.n == 0 {
            return;
        }
        if self.n == 0 {
            *self = Self {
                time: other.time + shift,
                ..*other
            };
            return;
        }
        let (n, m) = (self.n as f64, other.n as f64);
        let total = n + m;
        let weight = n * m / total;
        let time_step = other.time + shift - self.time;
        let step = other.mean - self.mean;
        self.n = self.n.saturating_add(other.n);
        self.time += time_step * (m / total);
        self.mean += step * (m / total);
        self.tt += other.tt + time_step * time_step * weight;
        self.tx += other.tx + time_step * step * weight;
        self.xx += other.xx + step * step * weight;
    }

    /// Sample standard deviation; `None` for fewer than two pairs.
    pub(crate) fn stddev(&self) -> Option<f64> {
        (self.n >= 2).then(|| (self.xx / (self.n - 1) as f64).sqrt())
    }

    /// Least-squares slope in values per microsecond; `None` unless there are two different times.
    pub(crate) fn slope(&self) -> Option<f64> {
        (self.n >= 2 && self.tt > 0.0).then(|| self.tx / self.tt)
    }

    /// Whether count and time sums are those of `other`, to the last bit.
    pub(crate) fn same_times(&self, other: &Self) -> bool {
        self.n == other.n
            && self.time.to_bits() == other.time.to_bits()
            && self.tt.to_bits() == other.tt.to_bits()
    }

    /// Writes count and time sums.
    pub(crate) fn write_times(&self, out: &mut Writer) {
        out.u64(self.n);
        out.f64(self.time);
        out.f64(self.tt);
    }

    /// Writes the sums of the values.
    pub(crate) fn write_values(&self, out: &mut Writer) {
        out.f64(self.mean);
        out.f64(self.tx);
        out.f64(self.xx);
    }

    /// Reads what [`Moments::write_times`] wrote, with empty sums of values.
    pub(crate) fn read_times(input: &mut Reader<'_>) -> Result<Self> {
        let n = input.u64()?;
        if n == 0 || n > MAX_COUNT {
            return Err(input.corrupt("count out of range"));
        }
        let time = input.f64_within(MAX_TIME)?;
        let tt = input.f64_within(MAX_TIME_SUM)?;
        if tt < 0.0 {
            return Err(input.corrupt("negative sum of squares"));
        }
        Ok(Self {
            n,
            time,
            tt,
            ..Self::default()
        })
    }

    /// Reads what [`Moments::write_values`] wrote.
    pub(crate) fn read_values(&mut self, input: &mut Reader<'_>) -> Result<()> {
        // A mean may exceed the largest value by rounding.
        self.mean = input.f64_within(MAX_MAGNITUDE * 1.001)?;
        self.tx = input.f64_within(MAX_CROSS_SUM)?;
        self.xx = input.f64_within(MAX_SQUARE_SUM)?;
        if self.xx < 0.0 {
            Err(input.corrupt("negative sum of squares"))
        } else {
            Ok(())
        }
    }
}
