//! How columns are encoded: what takes least room on measurements.

use super::group::{Group, Metric};
use bytes::Bytes;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::column::writer::{ColumnCloseResult, ColumnWriterImpl};
use parquet::data_type::{ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::Result;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite};
use parquet::schema::types::{ColumnDescPtr, SchemaDescriptor};
use std::io::Write;
use std::sync::Arc;

/// Level of zstd.
const LEVEL: i32 = 3;

/// Most bytes of a dictionary: more than one that is worth having.
const DICTIONARY_BYTES: usize = 4 << 20;

/// A dictionary that takes fewer halves of a byte for a value than this is taken without trying other forms. Measured
/// on server metrics and on noise rounded to some digits: the others are smaller only above, and trying takes time.
const GOOD_NIBBLES: usize = 3;

/// How columns are written.
#[derive(Debug)]
pub(super) struct Encodings {
    dictionary: WriterPropertiesPtr,
    deltas: WriterPropertiesPtr,
    split: WriterPropertiesPtr,
    plain: WriterPropertiesPtr,
}

/// An encoded column: its bytes, and what the file's metadata says about it.
type Chunk = (Bytes, ColumnCloseResult);

impl Encodings {
    pub(super) fn new() -> Self {
        let properties = |dictionary, encoding| {
            let level = ZstdLevel::try_new(LEVEL).expect("zstd has this level");
            let builder = WriterProperties::builder()
                .set_compression(Compression::ZSTD(level))
                .set_statistics_enabled(EnabledStatistics::Chunk)
                .set_dictionary_enabled(dictionary)
                .set_dictionary_page_size_limit(DICTIONARY_BYTES)
                .set_data_page_row_count_limit(usize::MAX)
                .set_encoding(encoding);
            Arc::new(builder.build())
        };
        Self {
            dictionary: properties(true, Encoding::PLAIN),
            deltas: properties(false, Encoding::DELTA_BINARY_PACKED),
            split: properties(false, Encoding::BYTE_STREAM_SPLIT),
            plain: properties(false, Encoding::PLAIN),
        }
    }

    /// Writes all columns of a row group, one after the other, so that only one is there in both forms.
    pub(super) fn write<W: Write + Send>(
        &self,
        group: &Group,
        schema: &SchemaDescriptor,
        file: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<()> {
        let mut append = |(bytes, close): Chunk| file.append_column(&bytes, close);
        let column = |index| schema.column(index);
        let Group {
            streams,
            devices,
            times,
            widths,
            metrics,
        } = group;
        append(chunk::<Int32Type>(
            column(0),
            &self.dictionary,
            streams,
            None,
        )?)?;
        append(chunk::<ByteArrayType>(
            column(1),
            &self.dictionary,
            devices,
            None,
        )?)?;
        append(chunk::<Int64Type>(column(2), &self.deltas, times, None)?)?;
        append(chunk::<Int32Type>(
            column(3),
            &self.dictionary,
            widths,
            None,
        )?)?;
        for (index, metric) in (4..).zip(metrics) {
            append(self.metric(&column(index), metric)?)?;
        }
        Ok(())
    }

    /// Rounded values repeat, so that a dictionary has them smallest. Of those that hardly do, the first bytes still
    /// are alike, or the values come again in the same order.
    fn metric(&self, column: &ColumnDescPtr, metric: &Metric) -> Result<Chunk> {
        let Metric { values, levels } = metric;
        let encode =
            |properties| chunk::<DoubleType>(Arc::clone(column), properties, values, Some(levels));
        let mut smallest = encode(&self.dictionary)?;
        if 2 * smallest.0.len() > GOOD_NIBBLES * values.len() {
            for properties in [&self.split, &self.plain] {
                let other = encode(properties)?;
                if other.0.len() < smallest.0.len() {
                    smallest = other;
                }
            }
        }
        Ok(smallest)
    }
}

fn chunk<T: DataType>(
    column: ColumnDescPtr,
    properties: &WriterPropertiesPtr,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<Chunk> {
    let mut sink = TrackedWrite::new(Vec::new());
    let pages = Box::new(SerializedPageWriter::new(&mut sink));
    let mut writer = ColumnWriterImpl::<T>::new(column, Arc::clone(properties), pages);
    writer.write_batch(values, levels, None)?;
    let close = writer.close()?;
    Ok((sink.into_inner()?.into(), close))
}
