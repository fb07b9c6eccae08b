//! Mean and spread of values of any magnitude, mergeable.

use crate::codec::Reader;
use crate::codec::Writer;
use crate::error::Result;
use crate::vector::MAX_MAGNITUDE;

/// Values below this magnitude are kept multiplied by [`LIFT`], so that their squares do not vanish. As soon as one
/// value is larger, a spread that is not zero is at least 2^-353, whose square doubles hold.
pub(crate) const TINY: f64 = f64::from_bits((1023 - 300) << 52);
/// 2^600.
pub(crate) const LIFT: f64 = f64::from_bits((1023 + 600) << 52);
/// 2^-600.
pub(crate) const DROP: f64 = f64::from_bits((1023 - 600) << 52);
/// The last integer that doubles count exactly.
const MAX_COUNT: u64 = 1 << 53;
/// Bound of the sum of squares that [`MAX_COUNT`] values can reach.
const MAX_SQUARE_SUM: f64 = 1e217;

/// Count, mean and sum of squared deviations, by the updates of Welford and the merge of Chan, Golub and LeVeque (1983).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    /// Values.
    pub(crate) n: u64,
    mean: f64,
    squares: f64,
    /// Whether all values are tiny, and mean and squares those of the values times 2^600.
    lifted: bool,
}

impl Default for Spread {
    fn default() -> Self {
        Self {
            n: 0,
            mean: 0.0,
            squares: 0.0,
            lifted: true,
        }
    }
}

impl Spread {
    /// Adds a value of at most [`MAX_MAGNITUDE`].
    pub(crate) fn push(&mut self, value: f64) {
        if value.abs() >= TINY {
            self.drop();
        }
        let value = self.in_own_unit(value);
        self.n += 1;
        let step = value - self.mean;
        self.mean += step / self.n as f64;
        self.squares += step * (value - self.mean);
    }

    /// Adds the values of another spread.
    pub(crate) fn merge(&mut self, other: &Self) {
        let mut other = *other;
        if !(self.lifted && other.lifted) {
            self.drop();
            other.drop();
        }
        if self.n == 0 || other.n == 0 {
            if self.n == 0 {
                *self = other;
            }
            return;
        }
        let (n, m) = (self.n as f64, other.n as f64);
        let total = n + m;
        let step = other.mean - self.mean;
        self.n = self.n.saturating_add(other.n);
        self.mean += step * (m / total);
        self.squares += other.squares + step * step * (n * m / total);
    }

    /// Mean; `None` without values.
    pub(crate) fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.in_unit_of_values(self.mean))
    }

    /// Sample standard deviation (divisor n - 1); `None` for fewer than two values.
    pub(crate) fn stddev(&self) -> Option<f64> {
        self.own_stddev()
            .map(|stddev| self.in_unit_of_values(stddev))
    }

    /// Standard deviations from the mean to the value; `None` for fewer than two values and when all are equal.
    /// Saturates where the quotient is beyond the doubles.
    pub(crate) fn z(&self, value: f64) -> Option<f64> {
        let stddev = self.own_stddev().filter(|&stddev| stddev > 0.0)?;
        Some(((self.in_own_unit(value) - self.mean) / stddev).clamp(f64::MIN, f64::MAX))
    }

    fn own_stddev(&self) -> Option<f64> {
        (self.n >= 2).then(|| (self.squares / (self.n - 1) as f64).sqrt())
    }

    fn in_own_unit(&self, value: f64) -> f64 {
        if self.lifted { value * LIFT } else { value }
    }

    fn in_unit_of_values(&self, value: f64) -> f64 {
        if self.lifted { value * DROP } else { value }
    }

    /// Goes back to the unit of the values.
    fn drop(&mut self) {
        if self.lifted {
            self.mean *= DROP;
            self.squares *= DROP * DROP;
            self.lifted = false;
        }
    }

    /// Writes the sums: `u8` lifted, count `u64`, mean, sum of squares.
    pub(crate) fn write(&self, out: &mut Writer) {
        out.u8(u8::from(self.lifted));
        out.u64(self.n);
        out.f64(self.mean);
        out.f64(self.squares);
    }

    /// Reads what [`Spread::write`] wrote of at least one value.
    pub(crate) fn read(input: &mut Reader<'_>) -> Result<Self> {
        let lifted = match input.u8()? {
            0 => false,
            1 => true,
            _ => return Err(input.corrupt("unknown unit")),
        };
        let n = input.u64()?;
        if n == 0 || n > MAX_COUNT {
            return Err(input.corrupt("count out of range"));
        }
        // A mean may exceed the largest value by rounding.
        let mean = input.f64_within(MAX_MAGNITUDE * 1.001)?;
        let squares = input.f64_within(MAX_SQUARE_SUM)?;
        if squares < 0.0 {
            return Err(input.corrupt("negative sum of squares"));
        }
        Ok(Self {
            n,
            mean,
            squares,
            lifted,
        })
    }
}
