//! Numbers out of arbitrary bytes, the awkward ones more often than chance would have it.

use vigil_core::vector::MAX_MAGNITUDE;

const AWKWARD: [f64; 20] = [
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::MAX,
    f64::MIN,
    f64::MIN_POSITIVE,
    5e-324,
    -0.0,
    0.0,
    1.0,
    -1.0,
    0.5,
    MAX_MAGNITUDE,
    -MAX_MAGNITUDE,
    1e-100,
    1e16,
    9_007_199_254_740_993.0,
    0.1,
    1e-300,
    1e99,
];

/// Arguments that are taken from the front of some bytes; zeros after their end.
pub(super) struct Numbers<'a>(pub(super) &'a [u8]);

impl Numbers<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> u8 {
        let (byte, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *byte
    }

    fn word(&mut self) -> u64 {
        (0..8).fold(0, |word, _| word << 8 | u64::from(self.byte()))
    }

    /// Any number.
    pub(super) fn float(&mut self) -> f64 {
        match self.byte() {
            byte @ 0..64 => AWKWARD[usize::from(byte) % AWKWARD.len()],
            byte @ 64..192 => f64::from(byte) - 128.0,
            192..224 => f64::from(self.byte()) * 1e-3,
            _ => f64::from_bits(self.word()),
        }
    }

    /// A measurement, as the extension hands it to functions of arrays: NaN for missing, or within bounds.
    pub(super) fn value(&mut self) -> f64 {
        let value = self.float();
        if value.abs() <= MAX_MAGNITUDE {
            value
        } else {
            f64::NAN
        }
    }

    /// As many measurements as a byte says.
    pub(super) fn values(&mut self) -> Vec<f64> {
        let n = self.byte() % 64;
        (0..n).map(|_| self.value()).collect()
    }

    /// All the rest.
    pub(super) fn rest(&mut self) -> Vec<f64> {
        let mut values = Vec::new();
        while !self.is_empty() {
            values.push(self.value());
        }
        values
    }

    pub(super) fn integer(&mut self) -> i32 {
        match self.byte() {
            byte @ 0..200 => i32::from(byte) - 4,
            byte @ 200..228 => i32::from(byte) * 1_000_003,
            byte if byte % 2 == 0 => i32::MAX,
            _ => i32::MIN,
        }
    }

    /// A time in microseconds, up to the ends of what a timestamp holds.
    pub(super) fn time(&mut self) -> i64 {
        match self.byte() {
            byte @ 0..200 => i64::from(byte) * 1_000_000,
            200 => i64::MAX - 1,
            201 => i64::MIN + 1,
            _ => (self.word() as i64).clamp(i64::MIN + 1, i64::MAX - 1),
        }
    }

    /// Nothing, or any number.
    pub(super) fn maybe(&mut self) -> Option<f64> {
        self.byte().is_multiple_of(2).then(|| self.float())
    }
}
