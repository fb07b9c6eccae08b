//! State of one element of a vector.

use crate::moments::Moments;

/// A value and its time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Sample {
    pub(super) ts: i64,
    pub(super) value: f64,
}

impl Sample {
    /// Keeps the earlier of two samples; of equal times the larger value.
    fn keep_first(&mut self, other: Self) {
        if other.ts < self.ts || (other.ts == self.ts && other.value > self.value) {
            *self = other;
        }
    }

    /// Keeps the later of two samples; of equal times the larger value.
    fn keep_last(&mut self, other: Self) {
        if other.ts > self.ts || (other.ts == self.ts && other.value > self.value) {
            *self = other;
        }
    }
}

/// Everything but the moments is meaningless while the count is 0.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Element {
    pub(super) moments: Moments,
    pub(super) min: f64,
    pub(super) max: f64,
    pub(super) first: Sample,
    pub(super) last: Sample,
}

impl Element {
    pub(super) fn count(&self) -> u64 {
        self.moments.n
    }

    /// Microseconds from the first value to the last; 0 without values.
    pub(super) fn span(&self) -> i64 {
        self.last.ts.saturating_sub(self.first.ts)
    }

    /// The mean, which rounding must not carry past the extremes.
    pub(super) fn mean(&self) -> f64 {
        self.moments.mean.max(self.min).min(self.max)
    }

    /// Adds a value at `ts`, which is `time` microseconds after the origin.
    pub(super) fn push(&mut self, ts: i64, time: f64, value: f64) {
        // -0.0 and 0.0 are one value in SQL; keeping the sign would make minimum and maximum depend on the order.
        let value = value + 0.0;
        let sample = Sample { ts, value };
        if self.count() == 0 {
            (self.min, self.max, self.first, self.last) = (value, value, sample, sample);
        } else {
            self.min = self.min.min(value);
            self.max = self.max.max(value);
            self.first.keep_first(sample);
            self.last.keep_last(sample);
        }
        self.moments.push(time, value);
    }

    /// Adds the values of `other`, whose origin lies `shift` microseconds after this one's.
    pub(super) fn merge(&mut self, other: &Self, shift: f64) {
        if other.count() == 0 {
            return;
        }
        if self.count() == 0 {
            *self = *other;
            self.moments = Moments::default();
        } else {
            self.min = self.min.min(other.min);
            self.max = self.max.max(other.max);
            self.first.keep_first(other.first);
            self.last.keep_last(other.last);
        }
        self.moments.merge(&other.moments, shift);
    }
}
