//! Readings as files of Apache Parquet, made and read in memory.
//!
//! A file holds rows of one profile in the order in which they were given:
//!
//! | column | type | content |
//! |--------|------|---------|
//! | `stream_id` | INT32 | number of the stream |
//! | `device` | BYTE_ARRAY, string | name of the device |
//! | `ts` | INT64, timestamp in microseconds, UTC | time of the reading |
//! | `width` | INT32 | elements of the vector, trailing missing ones included |
//! | one for each metric | DOUBLE, optional | the element; null where it is missing |
//!
//! The profile's contract stands in the file's metadata under `vigil.contract`. Parquet itself notices little damage, so
//! a file carries a hash of all its bytes (`seal`), and nothing but the hash is read of a file that does not match it.
//! What a file that was forged to match can ask for is bounded before the Parquet reader sees it (`limits`).

mod contract;
mod encoding;
mod group;
mod layout;
mod limits;
mod output;
mod reader;
mod rows;
mod seal;
mod thrift;
mod writer;

pub use contract::Contract;
pub use reader::{File, Info};
pub use rows::{Row, Rows};
pub use writer::Writer;

/// Key of the contract in a file's metadata.
const CONTRACT_KEY: &str = "vigil.contract";

/// Key of the version of this format in a file's metadata.
const VERSION_KEY: &str = "vigil.version";

/// Version that is written, and the newest that is read.
const VERSION: u16 = 1;

/// What errors call these bytes.
const WHAT: &str = "parquet file";

/// Rows of a row group that is full: some 4 million values, each of which takes ten bytes until it is written; or 1024, below
/// which columns are too short to be worth their headers.
fn group_rows(metrics: usize) -> usize {
    ((4 << 20) / (contract::KEY_COLUMNS.len() + metrics)).max(1024)
}

/// Most chunks of columns in one file: a reader keeps some hundred bytes about each.
const MAX_CHUNKS: usize = 200_000;
