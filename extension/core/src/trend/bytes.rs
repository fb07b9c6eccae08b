//! Byte form of [`Trend`]: `u8` 0 when empty; otherwise 1, or 2 for moments of values times 2^600; the origin (`i64`)
//! and the moments.

use super::Trend;
use crate::codec::{Kind, Reader, Writer};
use crate::error::Result;
use crate::moments::Moments;

const EMPTY: u8 = 0;
const IN_VALUES: u8 = 1;
const LIFTED: u8 = 2;

impl Trend {
    /// The byte form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new(Kind::Trend, 57);
        out.u8(match (self.moments.n, self.lifted) {
            (0, _) => EMPTY,
            (_, false) => IN_VALUES,
            (_, true) => LIFTED,
        });
        if self.moments.n > 0 {
            out.i64(self.origin);
            self.moments.write_times(&mut out);
            self.moments.write_values(&mut out);
        }
        out.finish()
    }

    /// Reads the byte form.
    ///
    /// # Errors
    /// [`crate::Error::Corrupt`] for anything that [`Trend::to_bytes`] cannot have written, and
    /// [`crate::Error::NewerVersion`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader::open(Kind::Trend, bytes)?;
        let trend = match input.u8()? {
            EMPTY => Self::default(),
            tag @ (IN_VALUES | LIFTED) => {
                let origin = input.i64()?;
                let mut moments = Moments::read_times(&mut input)?;
                moments.read_values(&mut input)?;
                Self {
                    origin,
                    moments,
                    lifted: tag == LIFTED,
                }
            }
            _ => return Err(input.corrupt("unknown tag")),
        };
        input.finish()?;
        Ok(trend)
    }
}
