//! Byte form of [`Distribution`]: level (`u8`) and number of buckets; unless that is 0, smallest and largest value, and for
//! each bucket in ascending order how far its number lies above the previous one, and its count.

use super::{Distribution, MAX_BUCKETS, MAX_LEVEL, number};
use crate::codec::{Kind, Reader, Writer};
use crate::error::Result;
use crate::vector::MAX_MAGNITUDE;
use std::collections::BTreeMap;

impl Distribution {
    /// The byte form: some 3 bytes a bucket, at most 12 KB in practice.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new(Kind::Distribution, 32 + 4 * self.buckets.len());
        out.u8(self.level as u8);
        out.varint(self.buckets.len() as u64);
        if !self.buckets.is_empty() {
            out.f64(self.min);
            out.f64(self.max);
        }
        let mut before = 0;
        for (&bucket, &count) in &self.buckets {
            out.varint(bucket - before);
            out.varint(count);
            before = bucket;
        }
        out.finish()
    }

    /// Reads the byte form.
    ///
    /// # Errors
    /// [`crate::Error::Corrupt`] for anything that [`Distribution::to_bytes`] cannot have written, and
    /// [`crate::Error::NewerVersion`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader::open(Kind::Distribution, bytes)?;
        let (level, n_buckets) = (u32::from(input.u8()?), input.varint()?);
        if level > MAX_LEVEL || n_buckets > MAX_BUCKETS as u64 {
            return Err(input.corrupt("wrong number of buckets"));
        }
        if n_buckets == 0 {
            if level > 0 {
                return Err(input.corrupt("level without buckets"));
            }
            input.finish()?;
            return Ok(Self::default());
        }
        let (min, max) = (
            input.f64_within(MAX_MAGNITUDE)?,
            input.f64_within(MAX_MAGNITUDE)?,
        );
        let (lowest, highest) = (number(min), number(max));
        let minus_zero = number(-0.0);
        if lowest == minus_zero || highest == minus_zero {
            return Err(input.corrupt("negative zero"));
        }
        let mut buckets = BTreeMap::new();
        let (mut last, mut total) = (0_u64, 0_u64);
        for index in 0..n_buckets {
            let (step, count) = (input.varint()?, input.varint()?);
            let bucket = last.checked_add(step);
            let (Some(bucket), Some(sum)) = (bucket, total.checked_add(count)) else {
                return Err(input.corrupt("numbers out of range"));
            };
            if count == 0 || (index > 0 && step == 0) || sum > i64::MAX as u64 {
                return Err(input.corrupt("bad bucket"));
            }
            buckets.insert(bucket, count);
            (last, total) = (bucket, sum);
        }
        let ends = [lowest >> level, highest >> level];
        let found = [buckets.first_key_value(), buckets.last_key_value()];
        if found.map(|end| end.map_or(0, |(&bucket, _)| bucket)) != ends || min > max {
            return Err(input.corrupt("extremes outside of the buckets"));
        }
        input.finish()?;
        Ok(Self {
            level,
            min,
            max,
            buckets,
        })
    }
}
