//! The algorithms of Vigil, without Postgres: no I/O, no clock, no threads, no unsafe code.
//!
//! Two conventions hold everywhere. A measurement vector is `&[f64]` in which **NaN means missing** (NULL in SQL). A
//! time is an `i64` of microseconds since 2000-01-01 UTC, the representation of `timestamptz`.
//!
//! States and models have one byte form each (see [`codec`]); decoding validates everything, so bytes from anywhere
//! give an [`Error`] and never a panic.

#![forbid(unsafe_code)]

pub mod archive;
pub mod autocorrelation;
pub mod baseline;
pub mod changepoint;
pub mod clustering;
pub mod codec;
pub mod control;
pub mod detector;
pub mod drift;
pub mod error;
mod explanation;
pub mod forecast;
pub mod forest;
mod inversions;
pub mod model;
mod moments;
pub mod multivariate;
mod normal;
mod options;
pub mod quantile;
mod spread;
pub mod stats;
pub mod trend;
pub mod vector;

pub use error::{Error, ErrorKind, Result};
