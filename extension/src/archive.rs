//! Readings as Parquet files: the aggregate that makes one and the functions that read it. Files are values here;
//! `vigil_platform` brings them to a disk.

use crate::error::{Result, invalid, report};
use crate::pg::{Call, Float8s, Json, JsonText, State, Vector};
use crate::scalar;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::iter::TableIterator;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, extension_sql, name, pg_extern};
use vigil_core::Error;
use vigil_core::archive::{Contract, File, Row, Writer};

/// Most bytes of a `bytea`: the server allocates 1 GiB less one byte, of which four are the length.
const MAX_FILE: usize = (1 << 30) - 1 - 4;

/// A file in the making, under the contract of its first row.
pub(crate) struct Building {
    writer: Writer,
    contract: Vec<u8>,
    scratch: Vec<f64>,
}

impl Building {
    fn new(contract: Json<'_>) -> Result<Self> {
        let checked = Contract::from_json(contract.text()).map_err(report)?;
        Ok(Self {
            writer: Writer::new(&checked, MAX_FILE).map_err(report)?,
            contract: contract.with_stored(<[u8]>::to_vec),
            scratch: Vec::new(),
        })
    }
}

/// Adds a row. Not strict: a row that cannot be stored as it is must not be left out.
#[pg_extern(immutable, parallel_safe)]
fn parquet_agg_trans<'fcx>(
    state: Option<State<'fcx, Building>>,
    stream_id: Option<i32>,
    device: Option<&str>,
    ts: Option<TimestampWithTimeZone>,
    values: Option<Vector<'fcx>>,
    contract: Option<Json<'fcx>>,
    call: Call<'fcx>,
) -> Result<State<'fcx, Building>> {
    let stream_id = stream_id.ok_or_else(|| missing("stream_id"))?;
    let device = device.ok_or_else(|| missing("device"))?;
    let ts = scalar::time(ts.ok_or_else(|| missing("ts"))?)?;
    let values = values.ok_or_else(|| missing("values"))?;
    let contract = contract.ok_or_else(|| missing("contract"))?;
    let mut state = State::or_new(state, &call, || Building::new(contract))?;
    let Building {
        writer,
        contract: first,
        scratch,
    } = &mut *state;
    if !contract.with_stored(|stored| stored == *first) {
        return Err(report(Error::Contract("differs between rows")));
    }
    writer
        .push(stream_id, device, ts, values.read_stored(scratch)?)
        .map_err(report)?;
    Ok(state)
}

fn missing(column: &str) -> ErrorReport {
    invalid(
        format!("{column} is null"),
        "Every row of a file has a stream, a device, a time, values and a contract.",
    )
}

/// The file; NULL when there was no row.
#[pg_extern(immutable, parallel_safe)]
fn parquet_agg_final(state: Option<State<'_, Building>>) -> Result<Option<Vec<u8>>> {
    let Some(mut state) = state else {
        return Ok(None);
    };
    state.writer.finish().map(Some).map_err(report)
}

// No combine function: a file has its rows in their order. Its end is written into the state, so that there is no
// window over it.
extension_sql!(
    r#"
create aggregate parquet_agg(stream_id int, device text, ts timestamptz, "values" float8[], contract jsonb) (
    sfunc = parquet_agg_trans,
    stype = internal,
    finalfunc = parquet_agg_final,
    finalfunc_modify = read_write,
    parallel = safe
);
"#,
    name = "archive_aggregates",
    requires = [parquet_agg_trans, parquet_agg_final],
);

/// The rows of a file, as they were put in.
#[pg_extern(immutable, strict, parallel_safe, cost = 10000)]
#[allow(clippy::type_complexity)]
fn parquet_rows(
    file: &[u8],
) -> Result<
    TableIterator<
        'static,
        (
            name!(stream_id, i32),
            name!(device, String),
            name!(ts, TimestampWithTimeZone),
            name!(values, Float8s),
        ),
    >,
> {
    let rows = open(file)?.rows();
    Ok(TableIterator::new(rows.map(|row| {
        let Row {
            stream_id,
            device,
            ts,
            values,
        } = raised(row);
        (stream_id, device, raised(time(ts)), Float8s(values))
    })))
}

/// Facts about a file.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000)]
#[allow(clippy::type_complexity)]
fn parquet_info(
    file: &[u8],
) -> Result<
    TableIterator<
        'static,
        (
            name!(rows, i64),
            name!(row_groups, i32),
            name!(points, i64),
            name!(from_ts, Option<TimestampWithTimeZone>),
            name!(to_ts, Option<TimestampWithTimeZone>),
            name!(contract, JsonText),
        ),
    >,
> {
    let file = open(file)?;
    let info = file.info().map_err(report)?;
    let range = info.time_range;
    Ok(TableIterator::once((
        i64::try_from(info.rows).unwrap_or(i64::MAX),
        i32::try_from(info.row_groups).unwrap_or(i32::MAX),
        i64::try_from(info.points).unwrap_or(i64::MAX),
        range
            .map(|(first, _)| time(first))
            .transpose()
            .map_err(report)?,
        range
            .map(|(_, last)| time(last))
            .transpose()
            .map_err(report)?,
        JsonText(file.contract().as_json().to_owned()),
    )))
}

/// Opens a file. The reader outlives the argument, so that it has a copy.
fn open(file: &[u8]) -> Result<File> {
    let mut copy = Vec::new();
    let room = copy.try_reserve_exact(file.len());
    room.map_err(|_| report(Error::OutOfMemory(file.len())))?;
    copy.extend_from_slice(file);
    File::open(copy).map_err(report)
}

/// A time of a file as Postgres has it.
fn time(ts: i64) -> vigil_core::Result<TimestampWithTimeZone> {
    TimestampWithTimeZone::try_from(ts).map_err(|_| Error::TimeOutOfRange)
}

/// What there is, or an error: rows of a set are made when they are asked for, where no result can be returned.
fn raised<T>(result: vigil_core::Result<T>) -> T {
    result.unwrap_or_else(|error| {
        report(error).report(PgLogLevel::ERROR);
        unreachable!("an error does not return")
    })
}
