//! The type `seasonal`, the aggregates that make it and the functions that read it.

use crate::error::{Result, invalid, report};
use crate::pg::{Call, SeasonalState, State};
use crate::scalar;
use pgrx::datum::{Internal, TimestampWithTimeZone};
use pgrx::{extension_sql, pg_extern};
use vigil_core::baseline::seasonal::Seasonal;

/// Time zone of a state that was made without one.
const UTC: &str = "UTC";

extension_sql!(
    r#"
create type seasonal;

create function seasonal_in(cstring) returns seasonal
    language internal immutable strict parallel safe as 'byteain';
create function seasonal_out(seasonal) returns cstring
    language internal immutable strict parallel safe as 'byteaout';
create function seasonal_recv(internal) returns seasonal
    language internal immutable strict parallel safe as 'bytearecv';
create function seasonal_send(seasonal) returns bytea
    language internal immutable strict parallel safe as 'byteasend';

create type seasonal (
    input = seasonal_in,
    output = seasonal_out,
    receive = seasonal_recv,
    send = seasonal_send,
    like = pg_catalog.bytea
);
"#,
    name = "seasonal_type",
    creates = [Type(SeasonalState)],
);

/// Local time in a zone, in microseconds since 2000-01-01; `None` for a zone that Postgres does not know.
fn local(ts: TimestampWithTimeZone, zone: &str) -> Result<Option<i64>> {
    let utc = scalar::time(ts)?;
    if zone == UTC {
        return Ok(Some(utc));
    }
    // A time so close to the ends of the calendar that it has no local form stays where it is.
    match ts.at_timezone(zone) {
        Ok(local) => Ok(Some(local.into())),
        Err(pgrx::datum::datetime_support::DateTimeConversionError::UnknownTimezone(_)) => Ok(None),
        Err(_) => Ok(Some(utc)),
    }
}

/// Adds a row to a state of its zone.
fn add<'fcx>(
    state: Option<State<'fcx, Seasonal>>,
    ts: TimestampWithTimeZone,
    value: f64,
    zone: &str,
    call: &Call<'fcx>,
) -> Result<State<'fcx, Seasonal>> {
    let value = scalar::number(value)?;
    let local = local(ts, zone)?.ok_or_else(|| {
        invalid(
            "time zone is not known",
            "Pass a name from pg_timezone_names, such as Europe/Berlin.",
        )
    })?;
    let mut state = State::or_new(state, call, || Seasonal::new(zone).map_err(report))?;
    if state.zone() != zone {
        return Err(report(vigil_core::Error::TimeZones));
    }
    state.push(local, value).map_err(report)?;
    Ok(state)
}

/// Adds a row in UTC. Not strict: rows with a NULL are skipped.
#[pg_extern(immutable, parallel_safe)]
fn seasonal_agg_trans<'fcx>(
    state: Option<State<'fcx, Seasonal>>,
    ts: Option<TimestampWithTimeZone>,
    value: Option<f64>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Seasonal>>> {
    match (ts, value) {
        (Some(ts), Some(value)) => add(state, ts, value, UTC, &call).map(Some),
        _ => Ok(state),
    }
}

/// Adds a row in a time zone. Not strict: rows with a NULL time or value are skipped.
#[pg_extern(immutable, parallel_safe, name = "seasonal_agg_trans")]
fn seasonal_agg_zone_trans<'fcx>(
    state: Option<State<'fcx, Seasonal>>,
    ts: Option<TimestampWithTimeZone>,
    value: Option<f64>,
    zone: Option<&str>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Seasonal>>> {
    let (Some(ts), Some(value)) = (ts, value) else {
        return Ok(state);
    };
    let zone = zone.ok_or_else(|| {
        invalid(
            "time zone is null",
            "Pass a name from pg_timezone_names, such as Europe/Berlin.",
        )
    })?;
    add(state, ts, value, zone, &call).map(Some)
}

/// Adds a stored state. Not strict: NULL is skipped.
#[pg_extern(immutable, parallel_safe)]
fn seasonal_rollup_trans<'fcx>(
    state: Option<State<'fcx, Seasonal>>,
    part: Option<SeasonalState>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Seasonal>>> {
    let Some(SeasonalState(part)) = part else {
        return Ok(state);
    };
    let mut state = State::or_new(state, &call, || Seasonal::new(part.zone()).map_err(report))?;
    state.merge(&part).map_err(report)?;
    Ok(Some(state))
}

/// Merges the second state into the first, which may be missing; the second is never kept, it has another owner.
#[pg_extern(immutable, parallel_safe)]
fn seasonal_agg_combine<'fcx>(
    state: Option<State<'fcx, Seasonal>>,
    other: Option<State<'fcx, Seasonal>>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Seasonal>>> {
    let Some(other) = other else { return Ok(state) };
    let mut state = State::or_new(state, &call, || Seasonal::new(other.zone()).map_err(report))?;
    state.merge(&other).map_err(report)?;
    Ok(Some(state))
}

/// The state as bytes, for another process.
#[pg_extern(immutable, strict, parallel_safe)]
fn seasonal_agg_serialize(state: State<'_, Seasonal>) -> Vec<u8> {
    state.to_bytes()
}

/// The state from bytes.
#[pg_extern(immutable, strict, parallel_safe)]
fn seasonal_agg_deserialize<'fcx>(
    bytes: &'fcx [u8],
    _internal: Internal,
) -> Result<State<'fcx, Seasonal>> {
    Ok(State::passing(Seasonal::from_bytes(bytes).map_err(report)?))
}

/// The state as a value of type `seasonal`; NULL when there was no row.
#[pg_extern(immutable, parallel_safe)]
fn seasonal_agg_final(state: Option<State<'_, Seasonal>>) -> Option<SeasonalState> {
    state.map(|state| SeasonalState(state.clone()))
}

extension_sql!(
    r#"
create aggregate seasonal_agg(ts timestamptz, value float8) (
    sfunc = seasonal_agg_trans,
    stype = internal,
    finalfunc = seasonal_agg_final,
    combinefunc = seasonal_agg_combine,
    serialfunc = seasonal_agg_serialize,
    deserialfunc = seasonal_agg_deserialize,
    parallel = safe
);

create aggregate seasonal_agg(ts timestamptz, value float8, time_zone text) (
    sfunc = seasonal_agg_trans,
    stype = internal,
    finalfunc = seasonal_agg_final,
    combinefunc = seasonal_agg_combine,
    serialfunc = seasonal_agg_serialize,
    deserialfunc = seasonal_agg_deserialize,
    parallel = safe
);

create aggregate rollup(state seasonal) (
    sfunc = seasonal_rollup_trans,
    stype = internal,
    finalfunc = seasonal_agg_final,
    combinefunc = seasonal_agg_combine,
    serialfunc = seasonal_agg_serialize,
    deserialfunc = seasonal_agg_deserialize,
    parallel = safe
);
"#,
    name = "seasonal_aggregates",
    requires = [
        seasonal_agg_trans,
        seasonal_agg_zone_trans,
        seasonal_rollup_trans,
        seasonal_agg_combine,
        seasonal_agg_serialize,
        seasonal_agg_deserialize,
        seasonal_agg_final
    ],
);

/// Local time in the zone of a state.
fn local_of(state: &Seasonal, at: TimestampWithTimeZone) -> Result<i64> {
    local(at, state.zone())?.ok_or_else(|| report(Seasonal::unknown_zone()))
}

/// Number of values.
#[pg_extern(immutable, strict, parallel_safe, name = "num_vals")]
fn seasonal_num_vals(state: SeasonalState) -> i64 {
    i64::try_from(state.0.n()).unwrap_or(i64::MAX)
}

/// Mean of the hour of the week.
#[pg_extern(immutable, strict, parallel_safe)]
fn expected(state: SeasonalState, at: TimestampWithTimeZone) -> Result<Option<f64>> {
    Ok(state.0.expected(local_of(&state.0, at)?))
}

/// Standard deviation of the hour of the week.
#[pg_extern(immutable, strict, parallel_safe)]
fn spread(state: SeasonalState, at: TimestampWithTimeZone) -> Result<Option<f64>> {
    Ok(state.0.spread(local_of(&state.0, at)?))
}

/// Standard deviations from the mean of the hour of the week to a value.
#[pg_extern(immutable, strict, parallel_safe, name = "zscore")]
fn seasonal_zscore(
    state: SeasonalState,
    at: TimestampWithTimeZone,
    value: f64,
) -> Result<Option<f64>> {
    Ok(state.0.z(local_of(&state.0, at)?, scalar::number(value)?))
}
