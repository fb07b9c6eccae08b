//! Makes a file, row by row.

use super::contract::{Contract, KEY_COLUMNS};
use super::encoding::Encodings;
use super::group::Group;
use super::output::Output;
use super::{CONTRACT_KEY, MAX_CHUNKS, VERSION, VERSION_KEY, group_rows, layout, seal};
use crate::error::{Error, Result};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use std::mem;
use std::sync::Arc;

/// A file in the making. It holds the compressed row groups and the rows of the next one.
#[derive(Debug)]
pub struct Writer {
    file: SerializedFileWriter<Output>,
    encodings: Encodings,
    group: Group,
    group_rows: usize,
    chunks: usize,
    limit: usize,
}

impl Writer {
    /// A file without rows, which will have at most `limit` bytes.
    ///
    /// # Errors
    /// [`Error::FileTooLarge`] when even that is too long.
    pub fn new(contract: &Contract, limit: usize) -> Result<Self> {
        let entry = |key: &str, value: String| KeyValue::new(key.to_owned(), value);
        let metadata = vec![
            entry(CONTRACT_KEY, contract.as_json().to_owned()),
            entry(VERSION_KEY, VERSION.to_string()),
            entry(seal::KEY, seal::EMPTY.to_owned()),
        ];
        let properties = WriterProperties::builder()
            .set_created_by(format!("vigil {}", env!("CARGO_PKG_VERSION")))
            .set_key_value_metadata(Some(metadata))
            .set_offset_index_disabled(true)
            .build();
        let output = Output {
            bytes: Vec::new(),
            limit,
        };
        let metrics = contract.columns().len();
        let file =
            SerializedFileWriter::new(output, layout::schema(contract), Arc::new(properties))
                .map_err(|error| refused(&error, limit))?;
        Ok(Self {
            file,
            encodings: Encodings::new(),
            group: Group::new(metrics),
            group_rows: group_rows(metrics),
            chunks: 0,
            limit,
        })
    }

    /// Adds a row. Values that are missing at its end count into its width.
    ///
    /// # Errors
    /// [`Error::RowTooWide`] for more values than the contract has metrics, [`Error::TimeOutOfRange`],
    /// [`Error::FileTooLarge`].
    pub fn push(&mut self, stream_id: i32, device: &str, ts: i64, values: &[f64]) -> Result<()> {
        let metrics = self.group.metrics.len();
        if values.len() > metrics {
            return Err(Error::RowTooWide {
                values: values.len(),
                metrics,
            });
        }
        let time = layout::to_parquet(ts)?;
        self.group.push(stream_id, device, time, values);
        if self.group.rows() >= self.group_rows {
            self.write_group()?;
        }
        Ok(())
    }

    /// The bytes of the file. To be called once, after the last row.
    ///
    /// # Errors
    /// [`Error::FileTooLarge`].
    pub fn finish(&mut self) -> Result<Vec<u8>> {
        if self.group.rows() > 0 {
            self.write_group()?;
        }
        let limit = self.limit;
        self.file.finish().map_err(|error| refused(&error, limit))?;
        let mut bytes = mem::take(&mut self.file.inner_mut().bytes);
        seal::set(&mut bytes);
        Ok(bytes)
    }

    fn write_group(&mut self) -> Result<()> {
        self.chunks += KEY_COLUMNS.len() + self.group.metrics.len();
        if self.chunks > MAX_CHUNKS {
            return Err(Error::FileTooLarge(self.limit));
        }
        self.append_group()
            .map_err(|error| refused(&error, self.limit))?;
        self.group.clear();
        Ok(())
    }

    fn append_group(&mut self) -> std::result::Result<(), ParquetError> {
        let schema = self.file.schema_descr().clone();
        let mut group = self.file.next_row_group()?;
        self.encodings.write(&self.group, &schema, &mut group)?;
        group.close().map(drop)
    }
}

/// Writing rows that were checked to memory fails only where there is no more of it.
fn refused(_: &ParquetError, limit: usize) -> Error {
    Error::FileTooLarge(limit)
}
