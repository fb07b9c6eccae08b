//! Opens a file.

use super::contract::{Contract, KEY_COLUMNS};
use super::rows::Rows;
use super::{CONTRACT_KEY, MAX_CHUNKS, VERSION, VERSION_KEY, WHAT, layout, limits, seal};
use crate::error::{Error, Result};
use bytes::Bytes;
use parquet::file::metadata::{FileMetaData, ParquetMetaData};
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::file::statistics::Statistics;
use std::panic::{self, AssertUnwindSafe};

/// Facts about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// Rows.
    pub rows: u64,
    /// Row groups, which are read one by one.
    pub row_groups: usize,
    /// Values that are not missing.
    pub points: u64,
    /// Times of the first and the last reading, if there is one.
    pub time_range: Option<(i64, i64)>,
}

/// A file that holds what it held when it was made.
pub struct File {
    bytes: Bytes,
    reader: SerializedFileReader<Bytes>,
    contract: Contract,
}

impl File {
    /// Opens a file that [`super::Writer`] made.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for anything else, [`Error::NewerVersion`] for files of newer versions.
    pub fn open(bytes: Vec<u8>) -> Result<Self> {
        let footer = limits::footer(&bytes).ok_or(corrupt("it does not begin and end as one"))?;
        if !seal::holds(&bytes) {
            return Err(corrupt("it has no matching hash"));
        }
        if !limits::footer_is_bounded(&bytes[footer]) {
            return Err(corrupt("its footer is malformed"));
        }
        let bytes = Bytes::from(bytes);
        let reader = guarded(|| {
            SerializedFileReader::new(bytes.clone())
                .map_err(|_| corrupt("its metadata are malformed"))
        })?;
        let contract = contract(reader.metadata().file_metadata())?;
        let file = Self {
            bytes,
            reader,
            contract,
        };
        file.check()?;
        Ok(file)
    }

    /// The contract that the file was made under.
    #[must_use]
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// The rows, in order.
    #[must_use]
    pub fn rows(self) -> Rows {
        Rows::new(self.bytes, self.reader)
    }

    /// What the metadata say. No row is read.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for metadata without what [`super::Writer`] puts there.
    pub fn info(&self) -> Result<Info> {
        guarded(|| info(self.metadata()).ok_or(corrupt("its statistics are missing")))
    }

    fn metadata(&self) -> &ParquetMetaData {
        self.reader.metadata()
    }

    /// Whether the columns are those of the contract, and there are not too many chunks of them.
    fn check(&self) -> Result<()> {
        let metadata = self.metadata();
        let schema = metadata.file_metadata().schema_descr();
        if schema.root_schema().get_fields() != layout::schema(&self.contract).get_fields() {
            return Err(corrupt("its columns are not those of its contract"));
        }
        let chunks = metadata.num_row_groups().checked_mul(schema.num_columns());
        if chunks.is_none_or(|chunks| chunks > MAX_CHUNKS) {
            return Err(corrupt("it has too many row groups"));
        }
        Ok(())
    }
}

/// The error of a file that is not as it was made.
pub(super) fn corrupt(reason: &'static str) -> Error {
    Error::Corrupt { what: WHAT, reason }
}

/// Reads with a library that panics over what it does not expect.
///
/// # Errors
/// [`Error::Corrupt`] where it does, and those of `read`.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    // What a panic leaves behind is not looked at again: the file is given up.
    panic::catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(corrupt("its content is malformed")))
}

fn contract(metadata: &FileMetaData) -> Result<Contract> {
    let value = |key| {
        let entries = metadata.key_value_metadata()?;
        entries
            .iter()
            .find(|entry| entry.key == key)?
            .value
            .as_deref()
    };
    let version = value(VERSION_KEY).and_then(|version| version.parse().ok());
    match version {
        Some(0) | None => return Err(corrupt("it has no version")),
        Some(version) if version > VERSION => {
            return Err(Error::NewerVersion {
                what: WHAT,
                version,
                supported: VERSION,
            });
        }
        Some(_) => {}
    }
    let contract = value(CONTRACT_KEY).ok_or(corrupt("it has no contract"))?;
    Contract::from_json(contract).map_err(|_| corrupt("its contract is malformed"))
}

fn info(metadata: &ParquetMetaData) -> Option<Info> {
    let mut info = Info {
        rows: 0,
        row_groups: metadata.num_row_groups(),
        points: 0,
        time_range: None,
    };
    for group in metadata.row_groups() {
        let rows = u64::try_from(group.num_rows()).ok()?;
        info.rows = info.rows.checked_add(rows)?;
        let (keys, metrics) = group.columns().split_at_checked(KEY_COLUMNS.len())?;
        for metric in metrics {
            let present = rows.checked_sub(metric.statistics()?.null_count_opt()?)?;
            info.points = info.points.checked_add(present)?;
        }
        let Some(Statistics::Int64(times)) = keys[2].statistics() else {
            return None;
        };
        let first = layout::from_parquet(*times.min_opt()?)?;
        let last = layout::from_parquet(*times.max_opt()?)?;
        info.time_range = Some(match info.time_range {
            None => (first, last),
            Some((earliest, latest)) => (earliest.min(first), latest.max(last)),
        });
    }
    Some(info)
}
