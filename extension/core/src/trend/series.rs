//! The rows of a series, collected in any order.

use crate::codec::{Kind, Reader, Writer};
use crate::error::{Error, Result};
use crate::moments::{MICROSECONDS, offset};
use crate::trend::theil_sen::MAX_POINTS;
use crate::vector::{self, MAX_MAGNITUDE};

/// Bytes of a row.
const ROW: usize = 20;

/// A value at a time, in a season.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Row {
    ts: i64,
    season: i32,
    value: f64,
}

/// Values and their times, at most [`MAX_POINTS`], which may come in any order and be split over states.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    rows: Vec<Row>,
}

impl Series {
    /// An empty series.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value: `ts` in microseconds since 2000-01-01 UTC; a missing value (NaN) is skipped.
    ///
    /// # Errors
    /// [`Error::ValueOutOfRange`], [`Error::SeriesTooLong`], [`Error::OutOfMemory`].
    pub fn push(&mut self, ts: i64, value: f64, season: i32) -> Result<()> {
        vector::check(&[value])?;
        if !value.is_nan() {
            self.reserve(1)?;
            self.rows.push(Row { ts, season, value });
        }
        Ok(())
    }

    /// Adds the rows of another series.
    ///
    /// # Errors
    /// [`Error::SeriesTooLong`], [`Error::OutOfMemory`].
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        self.reserve(other.rows.len())?;
        self.rows.extend_from_slice(&other.rows);
        Ok(())
    }

    /// The values in order of time, and of value where times are equal, with x as seconds since the first.
    #[must_use]
    pub fn points(&self) -> Vec<(f64, f64)> {
        let mut rows = self.rows.clone();
        rows.sort_unstable_by(|a, b| a.ts.cmp(&b.ts).then(a.value.total_cmp(&b.value)));
        let first = rows.first().map_or(0, |row| row.ts);
        let point = |row: &Row| (offset(row.ts, first) / MICROSECONDS, row.value);
        rows.iter().map(point).collect()
    }

    /// The values of each season, with x as seconds since the first of all.
    #[must_use]
    pub fn seasons(&self) -> Vec<Vec<(f64, f64)>> {
        let mut rows = self.rows.clone();
        rows.sort_unstable_by_key(|row| row.season);
        let first = rows.iter().map(|row| row.ts).min().unwrap_or_default();
        let point = |row: &Row| (offset(row.ts, first) / MICROSECONDS, row.value);
        rows.chunk_by(|a, b| a.season == b.season)
            .map(|season| season.iter().map(point).collect())
            .collect()
    }

    /// The byte form: number of rows (`u32`); time (`i64`), season (`i32`) and value of each row.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new(Kind::Series, 4 + ROW * self.rows.len());
        // At most MAX_POINTS, which fits.
        out.u32(self.rows.len() as u32);
        for row in &self.rows {
            out.i64(row.ts);
            out.raw(&row.season.to_le_bytes());
            out.f64(row.value);
        }
        out.finish()
    }

    /// Reads the byte form.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for anything that [`Series::to_bytes`] cannot have written, [`Error::NewerVersion`],
    /// [`Error::OutOfMemory`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader::open(Kind::Series, bytes)?;
        let n = match usize::try_from(input.u32()?) {
            Ok(n) if n <= MAX_POINTS && n * ROW == input.remaining() => n,
            _ => return Err(input.corrupt("wrong number of values")),
        };
        let mut series = Self::default();
        series.reserve(n)?;
        for _ in 0..n {
            series.rows.push(Row {
                ts: input.i64()?,
                season: input.u32()?.cast_signed(),
                value: input.f64_within(MAX_MAGNITUDE)?,
            });
        }
        input.finish()?;
        Ok(series)
    }

    fn reserve(&mut self, added: usize) -> Result<()> {
        if self.rows.len() + added > MAX_POINTS {
            return Err(Error::SeriesTooLong(MAX_POINTS));
        }
        self.rows
            .try_reserve(added)
            .map_err(|_| Error::OutOfMemory(added * size_of::<Row>()))
    }
}
