//! Reads the rows of a file, some at a time.

use super::contract::KEY_COLUMNS;
use super::limits::Budget;
use super::reader::{corrupt, guarded};
use super::{group_rows, layout};
use crate::error::Result;
use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::reader::{ColumnReaderImpl, get_typed_column_reader};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::file::serialized_reader::SerializedFileReader;

/// Values that are decoded at a time.
const BATCH_VALUES: usize = 1 << 18;

/// A row of a file, as it was put in.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Number of the stream.
    pub stream_id: i32,
    /// Name of the device.
    pub device: String,
    /// Time of the reading.
    pub ts: i64,
    /// Elements of the vector.
    pub values: Vec<f64>,
}

/// The rows of a file, in order. After an error there are no more.
pub struct Rows {
    bytes: Bytes,
    reader: SerializedFileReader<Bytes>,
    next_group: usize,
    group: Option<GroupReader>,
    batch: Batch,
}

impl Rows {
    pub(super) fn new(bytes: Bytes, reader: SerializedFileReader<Bytes>) -> Self {
        Self {
            bytes,
            reader,
            next_group: 0,
            group: None,
            batch: Batch::default(),
        }
    }

    /// Reads the next rows. `false` after the last one.
    fn advance(&mut self) -> Result<bool> {
        loop {
            if let Some(group) = &mut self.group {
                if group.rows_left > 0 {
                    guarded(|| group.read(&mut self.batch))?;
                    return Ok(true);
                }
                self.group = None;
            }
            if self.next_group == self.reader.num_row_groups() {
                return Ok(false);
            }
            self.group = Some(guarded(|| self.open_group(self.next_group))?);
            self.next_group += 1;
        }
    }

    fn open_group(&self, index: usize) -> Result<GroupReader> {
        self.check_pages(index)?;
        let malformed = |_| corrupt("a row group is malformed");
        let group = self.reader.get_row_group(index).map_err(malformed)?;
        GroupReader::new(&*group).map_err(malformed)
    }

    /// Whether what the pages of a row group claim is possible.
    fn check_pages(&self, index: usize) -> Result<()> {
        const REPEATED: Encoding = Encoding::RLE_DICTIONARY;
        let group = self.reader.metadata().row_group(index);
        let rows = usize::try_from(group.num_rows()).unwrap_or(usize::MAX);
        let metrics = group.num_columns().saturating_sub(KEY_COLUMNS.len());
        if rows > group_rows(metrics) {
            return Err(corrupt("a row group is too long"));
        }
        let mut budget = Budget::new();
        for (column, chunk) in group.columns().iter().enumerate() {
            let (start, length) = chunk.byte_range();
            let bytes = usize::try_from(start)
                .ok()
                .zip(usize::try_from(length).ok())
                .and_then(|(start, length)| self.bytes.get(start..start.checked_add(length)?));
            let encodings: &[Encoding] = match column {
                0 | 1 | 3 => &[Encoding::PLAIN, REPEATED],
                2 => &[Encoding::DELTA_BINARY_PACKED],
                _ => &[Encoding::PLAIN, REPEATED, Encoding::BYTE_STREAM_SPLIT],
            };
            if !bytes.is_some_and(|bytes| budget.allows(bytes, rows, encodings)) {
                return Err(corrupt("a page is malformed"));
            }
        }
        Ok(())
    }
}

impl Iterator for Rows {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.batch.is_empty() {
            match self.advance() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(self.give_up(error))),
            }
        }
        let row = self.batch.row();
        Some(row.ok_or_else(|| self.give_up(corrupt("a row is malformed"))))
    }
}

impl Rows {
    fn give_up(&mut self, error: crate::Error) -> crate::Error {
        self.group = None;
        self.batch = Batch::default();
        self.next_group = self.reader.num_row_groups();
        error
    }
}

/// The columns of a row group, each read up to the same row.
struct GroupReader {
    rows_left: usize,
    batch_rows: usize,
    streams: ColumnReaderImpl<Int32Type>,
    devices: ColumnReaderImpl<ByteArrayType>,
    times: ColumnReaderImpl<Int64Type>,
    widths: ColumnReaderImpl<Int32Type>,
    metrics: Vec<ColumnReaderImpl<DoubleType>>,
}

impl GroupReader {
    fn new(group: &dyn RowGroupReader) -> parquet::errors::Result<Self> {
        let columns = group.num_columns();
        let metrics = (KEY_COLUMNS.len()..columns).map(|index| open(group, index));
        Ok(Self {
            rows_left: usize::try_from(group.metadata().num_rows())?,
            batch_rows: (BATCH_VALUES / columns).max(1),
            streams: open(group, 0)?,
            devices: open(group, 1)?,
            times: open(group, 2)?,
            widths: open(group, 3)?,
            metrics: metrics.collect::<parquet::errors::Result<_>>()?,
        })
    }

    /// Replaces the rows of a batch by the next ones.
    fn read(&mut self, batch: &mut Batch) -> Result<()> {
        let rows = self.rows_left.min(self.batch_rows);
        batch.rows = rows;
        batch.next = 0;
        required(&mut self.streams, rows, &mut batch.streams)?;
        required(&mut self.devices, rows, &mut batch.devices)?;
        required(&mut self.times, rows, &mut batch.times)?;
        required(&mut self.widths, rows, &mut batch.widths)?;
        batch
            .metrics
            .resize_with(self.metrics.len(), Metric::default);
        for (reader, metric) in self.metrics.iter_mut().zip(&mut batch.metrics) {
            metric.read(reader, rows)?;
        }
        self.rows_left -= rows;
        Ok(())
    }
}

fn open<T: DataType>(
    group: &dyn RowGroupReader,
    index: usize,
) -> parquet::errors::Result<ColumnReaderImpl<T>> {
    group.get_column_reader(index).map(get_typed_column_reader)
}

/// Reads a column that has a value in each row.
fn required<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    values: &mut Vec<T::T>,
) -> Result<()> {
    values.clear();
    match reader.read_records(rows, None, None, values) {
        Ok((records, _, _)) if records == rows && values.len() == rows => Ok(()),
        _ => Err(corrupt("a column is malformed")),
    }
}

/// Some rows of one metric.
#[derive(Default)]
struct Metric {
    levels: Vec<i16>,
    values: Vec<f64>,
    /// The next of the values, fewer than there are rows.
    next: usize,
}

impl Metric {
    fn read(&mut self, reader: &mut ColumnReaderImpl<DoubleType>, rows: usize) -> Result<()> {
        self.levels.clear();
        self.values.clear();
        self.next = 0;
        let read = reader.read_records(rows, Some(&mut self.levels), None, &mut self.values);
        match read {
            Ok((records, _, _)) if records == rows && self.levels.len() == rows => Ok(()),
            _ => Err(corrupt("a column is malformed")),
        }
    }

    /// The value in a row, to be asked for row by row; NaN where it is missing, `None` where the column is malformed.
    fn value(&mut self, row: usize) -> Option<f64> {
        if self.levels[row] == 0 {
            return Some(f64::NAN);
        }
        let value = *self.values.get(self.next)?;
        self.next += 1;
        // What is missing has no value, so that none is NaN.
        (!value.is_nan()).then_some(value)
    }
}

/// Decoded rows, and which of them is next.
#[derive(Default)]
struct Batch {
    rows: usize,
    next: usize,
    streams: Vec<i32>,
    devices: Vec<ByteArray>,
    times: Vec<i64>,
    widths: Vec<i32>,
    metrics: Vec<Metric>,
}

impl Batch {
    fn is_empty(&self) -> bool {
        self.next == self.rows
    }

    /// The next row. `None` where it could not have been put in.
    fn row(&mut self) -> Option<Row> {
        let row = self.next;
        self.next += 1;
        let width = usize::try_from(self.widths[row]).ok()?;
        let (present, beyond) = self.metrics.split_at_mut_checked(width)?;
        let values = present.iter_mut().map(|metric| metric.value(row));
        let values = values.collect::<Option<Vec<f64>>>()?;
        if beyond.iter().any(|metric| metric.levels[row] != 0) {
            return None;
        }
        Some(Row {
            stream_id: self.streams[row],
            device: String::from_utf8(self.devices[row].data().to_vec()).ok()?,
            ts: layout::from_parquet(self.times[row])?,
            values,
        })
    }
}
