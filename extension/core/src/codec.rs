//! The frame around every byte form of this crate, and bounds-checked access to what is inside.
//!
//! All integers and floats are little-endian.
//!
//! | offset | bytes | content |
//! |-------:|------:|---------|
//! | 0  | 4 | magic `VIGL` |
//! | 4  | 2 | format version of the kind |
//! | 6  | 2 | kind |
//! | 8  | 8 | payload length |
//! | 16 | 16 | XXH3-128 of the payload |
//! | 32 | … | payload |
//! | 32 + length | 4 | CRC-32 (IEEE) of everything before it |
//!
//! The header alone identifies the content, so a cache can be keyed without reading the payload. The frame is the same
//! in all format versions: damage is told apart from a newer version by checking the sums first. The sums find
//! accidents, not forgers; what they enclose is validated in full by each decoder.

use crate::error::{Error, Result};
use xxhash_rust::xxh3::xxh3_128;

/// Length of the header: magic, version, kind, payload length, content hash.
pub const HEADER_LEN: usize = 32;

const MAGIC: [u8; 4] = *b"VIGL";
const TRAILER_LEN: usize = 4;

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// State of [`crate::stats::Stats`].
    Stats,
    /// State of [`crate::trend::Trend`].
    Trend,
    /// Model of [`crate::forest::Forest`].
    Forest,
    /// Samples of [`crate::drift::Samples`].
    Samples,
    /// Model of [`crate::detector::Detector`].
    Detector,
    /// State of [`crate::baseline::seasonal::Seasonal`].
    Seasonal,
    /// State of [`crate::trend::series::Series`].
    Series,
    /// Summary of [`crate::drift::distribution::Distribution`].
    Distribution,
    /// Counts of [`crate::drift::categories::Categories`].
    Categories,
    /// State of [`crate::multivariate::covariance::Covariance`].
    Covariance,
    /// Model of [`crate::multivariate::mahalanobis::Mahalanobis`].
    Mahalanobis,
    /// Model of [`crate::multivariate::pca::Pca`].
    Pca,
    /// Model of [`crate::clustering::kmeans::KMeans`].
    KMeans,
}

impl Kind {
    const fn code(self) -> u16 {
        match self {
            Self::Stats => 1,
            Self::Trend => 2,
            Self::Forest => 3,
            Self::Samples => 4,
            Self::Detector => 32,
            Self::Seasonal => 16,
            Self::Series => 17,
            Self::Distribution => 20,
            Self::Categories => 21,
            Self::Covariance => 22,
            Self::Mahalanobis => 23,
            Self::Pca => 24,
            Self::KMeans => 40,
        }
    }

    /// Newest format version of the kind: the one that is written.
    #[must_use]
    pub const fn version(self) -> u16 {
        match self {
            Self::Stats
            | Self::Trend
            | Self::Forest
            | Self::Samples
            | Self::Seasonal
            | Self::Series
            | Self::Detector
            | Self::Distribution
            | Self::Categories
            | Self::Covariance
            | Self::Mahalanobis
            | Self::Pca
            | Self::KMeans => 1,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Stats => "stats value",
            Self::Trend => "trend value",
            Self::Forest => "forest model",
            Self::Samples => "samples value",
            Self::Detector => "detector model",
            Self::Seasonal => "seasonal value",
            Self::Series => "series value",
            Self::Distribution => "distribution value",
            Self::Categories => "categories value",
            Self::Covariance => "covariance value",
            Self::Mahalanobis => "mahalanobis model",
            Self::Pca => "pca model",
            Self::KMeans => "kmeans model",
        }
    }

    /// The error of bytes that break a rule of this kind.
    pub(crate) const fn corrupt(self, reason: &'static str) -> Error {
        Error::Corrupt {
            what: self.name(),
            reason,
        }
    }
}

/// Length of the frame around a payload of `payload` bytes, frame included.
#[must_use]
pub const fn framed_len(payload: usize) -> usize {
    HEADER_LEN + payload + TRAILER_LEN
}

/// The header of an intact-looking frame of `kind`, or `None`. `bytes` may be just the first [`HEADER_LEN`] bytes.
#[must_use]
pub fn header(kind: Kind, bytes: &[u8]) -> Option<[u8; HEADER_LEN]> {
    let header: [u8; HEADER_LEN] = bytes.get(..HEADER_LEN)?.try_into().ok()?;
    (header[..4] == MAGIC && header[6..8] == kind.code().to_le_bytes()).then_some(header)
}

/// Writes a payload and closes its frame.
#[derive(Debug)]
pub struct Writer {
    kind: Kind,
    bytes: Vec<u8>,
}

impl Writer {
    /// An empty payload of `kind`, with room for `payload` bytes.
    #[must_use]
    pub fn new(kind: Kind, payload: usize) -> Self {
        let mut bytes = Vec::with_capacity(framed_len(payload));
        bytes.resize(HEADER_LEN, 0);
        Self { kind, bytes }
    }

    /// Appends bytes.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Appends one byte.
    pub fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    /// Appends a 16-bit integer.
    pub fn u16(&mut self, value: u16) {
        self.raw(&value.to_le_bytes());
    }

    /// Appends a 32-bit integer.
    pub fn u32(&mut self, value: u32) {
        self.raw(&value.to_le_bytes());
    }

    /// Appends a 64-bit integer.
    pub fn u64(&mut self, value: u64) {
        self.raw(&value.to_le_bytes());
    }

    /// Appends a signed 64-bit integer.
    pub fn i64(&mut self, value: i64) {
        self.raw(&value.to_le_bytes());
    }

    /// Appends a double.
    pub fn f64(&mut self, value: f64) {
        self.raw(&value.to_le_bytes());
    }

    /// Appends an integer in 1 to 10 bytes: 7 bits each, lowest first, the high bit set in all but the last (LEB128).
    pub fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.u8(value as u8 | 0x80);
            value >>= 7;
        }
        self.u8(value as u8);
    }

    /// Fills in the header, appends the CRC and returns the frame.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        let payload = &self.bytes[HEADER_LEN..];
        let (length, hash) = (payload.len() as u64, xxh3_128(payload));
        self.bytes[..4].copy_from_slice(&MAGIC);
        self.bytes[4..6].copy_from_slice(&self.kind.version().to_le_bytes());
        self.bytes[6..8].copy_from_slice(&self.kind.code().to_le_bytes());
        self.bytes[8..16].copy_from_slice(&length.to_le_bytes());
        self.bytes[16..32].copy_from_slice(&hash.to_le_bytes());
        let crc = crc32fast::hash(&self.bytes);
        self.u32(crc);
        self.bytes
    }
}

/// Reads the payload of a frame whose sums have been checked. Every read is checked against the end.
#[derive(Debug)]
pub struct Reader<'a> {
    kind: Kind,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Checks the frame: magic, kind, length, CRC, content hash, and then the version.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when a check fails, [`Error::NewerVersion`] for an intact frame of a newer version.
    pub fn open(kind: Kind, bytes: &'a [u8]) -> Result<Self> {
        if bytes.len() < framed_len(0) {
            return Err(kind.corrupt("too short"));
        }
        let (head, tail) = bytes.split_at(HEADER_LEN);
        let (payload, crc) = tail.split_at(tail.len() - TRAILER_LEN);
        if head[..4] != MAGIC {
            return Err(kind.corrupt("wrong magic"));
        }
        let mut fields = Self {
            kind,
            rest: &head[4..],
        };
        let (version, code, length) = (fields.u16()?, fields.u16()?, fields.u64()?);
        if code != kind.code() {
            return Err(kind.corrupt("wrong kind"));
        }
        if length != payload.len() as u64 {
            return Err(kind.corrupt("wrong length"));
        }
        if crc != crc32fast::hash(&bytes[..bytes.len() - TRAILER_LEN]).to_le_bytes() {
            return Err(kind.corrupt("wrong checksum"));
        }
        if fields.rest != xxh3_128(payload).to_le_bytes() {
            return Err(kind.corrupt("wrong content hash"));
        }
        match version {
            0 => Err(kind.corrupt("version 0")),
            version if version > kind.version() => Err(Error::NewerVersion {
                what: kind.name(),
                version,
                supported: kind.version(),
            }),
            _ => Ok(Self {
                kind,
                rest: payload,
            }),
        }
    }

    /// Bytes that have not been read.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// The error of this payload breaking a rule.
    pub(crate) fn corrupt(&self, reason: &'static str) -> Error {
        self.kind.corrupt(reason)
    }

    /// Checks that the payload has been read to its end.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when bytes are left.
    pub fn finish(self) -> Result<()> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.corrupt("unused bytes"))
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (value, rest) = self
            .rest
            .split_first_chunk()
            .ok_or_else(|| self.corrupt("truncated"))?;
        self.rest = rest;
        Ok(*value)
    }

    /// Reads one byte.
    ///
    /// # Errors
    /// [`Error::Corrupt`] at the end, as in all reads.
    pub fn u8(&mut self) -> Result<u8> {
        self.array().map(u8::from_le_bytes)
    }

    /// Reads a 16-bit integer.
    ///
    /// # Errors
    /// See [`Reader::u8`].
    pub fn u16(&mut self) -> Result<u16> {
        self.array().map(u16::from_le_bytes)
    }

    /// Reads a 32-bit integer.
    ///
    /// # Errors
    /// See [`Reader::u8`].
    pub fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// Reads a 64-bit integer.
    ///
    /// # Errors
    /// See [`Reader::u8`].
    pub fn u64(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// Reads a signed 64-bit integer.
    ///
    /// # Errors
    /// See [`Reader::u8`].
    pub fn i64(&mut self) -> Result<i64> {
        self.array().map(i64::from_le_bytes)
    }

    /// Reads bytes.
    ///
    /// # Errors
    /// See [`Reader::u8`].
    pub fn raw(&mut self, length: usize) -> Result<&'a [u8]> {
        let (value, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or_else(|| self.corrupt("truncated"))?;
        self.rest = rest;
        Ok(value)
    }

    /// Reads an integer written by [`Writer::varint`].
    ///
    /// # Errors
    /// [`Error::Corrupt`] at the end, for more than 64 bits and for more bytes than needed.
    pub fn varint(&mut self) -> Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            let bits = u64::from(byte & 0x7F);
            if (bits << shift) >> shift != bits || (byte == 0 && shift > 0) {
                return Err(self.corrupt("bad integer"));
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.corrupt("bad integer"))
    }

    /// A byte that is 1 for yes or 0 for no; any other is `unknown`.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for any other byte.
    pub(crate) fn tag(&mut self, unknown: &'static str) -> Result<bool> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.corrupt(unknown)),
        }
    }

    /// Reads a double that must be finite with a magnitude of at most `limit`.
    ///
    /// # Errors
    /// [`Error::Corrupt`] at the end or for any other double.
    pub fn f64_within(&mut self, limit: f64) -> Result<f64> {
        let value = self.array().map(f64::from_le_bytes)?;
        if value.abs() <= limit {
            Ok(value)
        } else {
            Err(self.corrupt("number out of range"))
        }
    }
}
