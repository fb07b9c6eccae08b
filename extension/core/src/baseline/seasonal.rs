//! Baseline by hour of the week.

use crate::codec::{Kind, Reader, Writer};
use crate::error::{Error, Result};
use crate::spread::Spread;
use crate::vector;

/// Hours of a week.
const HOURS: usize = 168;
/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;
/// The times count from a Saturday, the hours of the week from Monday.
const SATURDAY: i64 = 5 * 24;
/// Longest name of a time zone that Postgres takes.
const MAX_ZONE: usize = 255;

/// Mean and spread of the values of each hour of the week in one time zone: at most 4.3 kB.
///
/// Values may come in any order and be split over states that are merged in any order: the results agree but for
/// rounding. All times are local: the caller converts them to the state's [`Seasonal::zone`].
#[derive(Debug, Clone, PartialEq)]
pub struct Seasonal {
    zone: String,
    hours: Box<[Spread; HOURS]>,
}

impl Seasonal {
    /// An empty state.
    ///
    /// # Errors
    /// [`Error::Argument`] for a name that is empty or longer than 255 bytes; whether there is such a zone is for the
    /// caller to find out.
    pub fn new(zone: &str) -> Result<Self> {
        if zone.is_empty() || zone.len() > MAX_ZONE {
            return Err(Error::Argument {
                name: "time zone",
                expected: "a name such as Europe/Berlin",
            });
        }
        Ok(Self {
            zone: zone.to_owned(),
            hours: Box::new([Spread::default(); HOURS]),
        })
    }

    /// Time zone in which hours are counted.
    #[must_use]
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// Adds a value at a local time in microseconds since 2000-01-01 00:00; a missing value (NaN) is skipped.
    ///
    /// # Errors
    /// [`Error::ValueOutOfRange`].
    pub fn push(&mut self, local: i64, value: f64) -> Result<()> {
        vector::check(&[value])?;
        if !value.is_nan() {
            self.hours[hour_of_week(local)].push(value);
        }
        Ok(())
    }

    /// Adds the values of another state.
    ///
    /// # Errors
    /// [`Error::TimeZones`] when the zones differ.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.zone != other.zone {
            return Err(Error::TimeZones);
        }
        for (hour, other) in self.hours.iter_mut().zip(other.hours.iter()) {
            hour.merge(other);
        }
        Ok(())
    }

    /// Number of values.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.hours
            .iter()
            .fold(0, |n: u64, hour| n.saturating_add(hour.n))
    }

    /// Mean of the hour of a local time; `None` where that hour has no value.
    #[must_use]
    pub fn expected(&self, local: i64) -> Option<f64> {
        self.hours[hour_of_week(local)].mean()
    }

    /// Sample standard deviation of the hour of a local time; `None` where that hour has fewer than two values.
    #[must_use]
    pub fn spread(&self, local: i64) -> Option<f64> {
        self.hours[hour_of_week(local)].stddev()
    }

    /// Standard deviations from the mean of the hour to the value; `None` where the spread is undefined or 0.
    #[must_use]
    pub fn z(&self, local: i64, value: f64) -> Option<f64> {
        self.hours[hour_of_week(local)].z(value)
    }

    /// The byte form: length of the zone's name (`u8`), the name, a bit for each hour that has values (21 bytes, lowest
    /// first), and the sums of those hours.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new(Kind::Seasonal, 1 + self.zone.len() + HOURS / 8 + 25 * HOURS);
        // The constructors see to it that the length fits.
        out.u8(self.zone.len() as u8);
        out.raw(self.zone.as_bytes());
        for hours in self.hours.chunks(8) {
            let bits = hours.iter().enumerate();
            out.u8(bits.fold(0, |bits, (bit, hour)| bits | (u8::from(hour.n > 0) << bit)));
        }
        for hour in self.hours.iter().filter(|hour| hour.n > 0) {
            hour.write(&mut out);
        }
        out.finish()
    }

    /// Reads the byte form.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for anything that [`Seasonal::to_bytes`] cannot have written, and [`Error::NewerVersion`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader::open(Kind::Seasonal, bytes)?;
        let length = input.u8()?;
        let zone = (0..length)
            .map(|_| input.u8())
            .collect::<Result<Vec<u8>>>()?;
        let zone = String::from_utf8(zone).map_err(|_| input.corrupt("no name of a time zone"))?;
        let mut seasonal = Self::new(&zone).map_err(|_| input.corrupt("no name of a time zone"))?;
        let mut present = [0_u8; HOURS / 8];
        for bits in &mut present {
            *bits = input.u8()?;
        }
        for (index, hour) in seasonal.hours.iter_mut().enumerate() {
            if present[index / 8] & (1 << (index % 8)) != 0 {
                *hour = Spread::read(&mut input)?;
            }
        }
        input.finish()?;
        Ok(seasonal)
    }

    /// The error of a state whose time zone is not known here.
    #[must_use]
    pub fn unknown_zone() -> Error {
        Kind::Seasonal.corrupt("unknown time zone")
    }
}

/// Hours from Monday 00:00 to a local time, within its week.
fn hour_of_week(local: i64) -> usize {
    (local.div_euclid(HOUR) + SATURDAY).rem_euclid(HOURS as i64) as usize
}
