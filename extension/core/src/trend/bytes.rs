//! Byte form of [`Trend`]: `u8` 0 when empty; otherwise 1, the origin (`i64`) and the moments.

use super::Trend;
use crate::codec::{Kind, Reader, Writer};
use crate::error::Result;
use crate::moments::Moments;

impl Trend {
    /// The byte form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new(Kind::Trend, 57);
        out.u8(u8::from(self.moments.n > 0));
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
            0 => Self::default(),
            1 => {
                let origin = input.i64()?;
                let mut moments = Moments::read_times(&mut input)?;
                moments.read_values(&mut input)?;
                Self { origin, moments }
            }
            _ => return Err(input.corrupt("unknown tag")),
        };
        input.finish()?;
        Ok(trend)
    }
}
