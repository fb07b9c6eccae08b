//! The schema of a file.

use super::contract::Contract;
use crate::error::{Error, Result};
use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::errors::ParquetError;
use parquet::schema::types::{Type, TypePtr};
use std::sync::Arc;

/// Microseconds from 1970, from where Parquet counts, to 2000, from where this crate and Postgres do.
const EPOCH: i64 = 946_684_800_000_000;

/// A time as Parquet has it.
///
/// # Errors
/// [`Error::TimeOutOfRange`] for the last 29 years that Postgres knows.
pub(super) fn to_parquet(ts: i64) -> Result<i64> {
    ts.checked_add(EPOCH).ok_or(Error::TimeOutOfRange)
}

/// A time as Postgres has it; `None` for those that it has not.
pub(super) fn from_parquet(time: i64) -> Option<i64> {
    /// 4714-11-24 BC, the first day that Postgres knows.
    const FIRST: i64 = -211_813_488_000_000_000;
    time.checked_sub(EPOCH).filter(|&ts| ts >= FIRST)
}

/// The schema of files under a contract.
pub(super) fn schema(contract: &Contract) -> TypePtr {
    build(contract).expect("the columns of a contract are a schema")
}

fn build(contract: &Contract) -> std::result::Result<TypePtr, ParquetError> {
    let required = |name: &str, physical, logical| {
        let column = Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::REQUIRED)
            .with_logical_type(logical);
        column.build().map(Arc::new)
    };
    let utc = LogicalType::timestamp(true, TimeUnit::MICROS);
    let mut columns = vec![
        required("stream_id", Physical::INT32, None)?,
        required("device", Physical::BYTE_ARRAY, Some(LogicalType::String))?,
        required("ts", Physical::INT64, Some(utc))?,
        required("width", Physical::INT32, None)?,
    ];
    for name in contract.columns() {
        let column = Type::primitive_type_builder(name, Physical::DOUBLE)
            .with_repetition(Repetition::OPTIONAL)
            .build()?;
        columns.push(Arc::new(column));
    }
    let root = Type::group_type_builder("reading")
        .with_fields(columns)
        .build()?;
    Ok(Arc::new(root))
}
