//! The type `trend`, the aggregates that make it and the functions that read it.

use crate::error::{Result, report};
use crate::pg::{Call, Float8s, State, TrendState};
use crate::scalar;
use pgrx::datum::{Internal, TimestampWithTimeZone};
use pgrx::{default, extension_sql, pg_extern};
use vigil_core::trend::Trend;

extension_sql!(
    r#"
create type trend;

create function trend_in(cstring) returns trend
    language internal immutable strict parallel safe as 'byteain';
create function trend_out(trend) returns cstring
    language internal immutable strict parallel safe as 'byteaout';
create function trend_recv(internal) returns trend
    language internal immutable strict parallel safe as 'bytearecv';
create function trend_send(trend) returns bytea
    language internal immutable strict parallel safe as 'byteasend';

create type trend (
    input = trend_in,
    output = trend_out,
    receive = trend_recv,
    send = trend_send,
    like = pg_catalog.bytea
);
"#,
    name = "trend_type",
    creates = [Type(TrendState)],
);

/// Adds a pair. Not strict: pairs with a NULL are skipped.
#[pg_extern(immutable, parallel_safe)]
fn trend_agg_trans<'fcx>(
    state: Option<State<'fcx, Trend>>,
    ts: Option<TimestampWithTimeZone>,
    value: Option<f64>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Trend>>> {
    let (Some(ts), Some(value)) = (ts, value) else {
        return Ok(state);
    };
    let mut state = State::or_new(state, &call, || Ok(Trend::new()))?;
    state
        .push(scalar::time(ts)?, scalar::number(value)?)
        .map_err(report)?;
    Ok(Some(state))
}

/// Adds a stored state. Not strict: NULL is skipped.
#[pg_extern(immutable, parallel_safe)]
fn trend_rollup_trans<'fcx>(
    state: Option<State<'fcx, Trend>>,
    part: Option<TrendState>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Trend>>> {
    let Some(TrendState(part)) = part else {
        return Ok(state);
    };
    let mut state = State::or_new(state, &call, || Ok(Trend::new()))?;
    state.merge(&part);
    Ok(Some(state))
}

/// Merges the second state into the first, which may be missing; the second is never kept, it has another owner.
#[pg_extern(immutable, parallel_safe)]
fn trend_agg_combine<'fcx>(
    state: Option<State<'fcx, Trend>>,
    other: Option<State<'fcx, Trend>>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Trend>>> {
    let Some(other) = other else { return Ok(state) };
    let mut state = State::or_new(state, &call, || Ok(Trend::new()))?;
    state.merge(&other);
    Ok(Some(state))
}

/// The state as bytes, for another process.
#[pg_extern(immutable, strict, parallel_safe)]
fn trend_agg_serialize(state: State<'_, Trend>) -> Vec<u8> {
    state.to_bytes()
}

/// The state from bytes.
#[pg_extern(immutable, strict, parallel_safe)]
fn trend_agg_deserialize<'fcx>(
    bytes: &'fcx [u8],
    _internal: Internal,
) -> Result<State<'fcx, Trend>> {
    Ok(State::passing(Trend::from_bytes(bytes).map_err(report)?))
}

/// The state as a value of type `trend`; NULL when there was no pair.
#[pg_extern(immutable, parallel_safe)]
fn trend_agg_final(state: Option<State<'_, Trend>>) -> Option<TrendState> {
    state.map(|state| TrendState(state.clone()))
}

extension_sql!(
    r#"
create aggregate trend_agg(ts timestamptz, value float8) (
    sfunc = trend_agg_trans,
    stype = internal,
    finalfunc = trend_agg_final,
    combinefunc = trend_agg_combine,
    serialfunc = trend_agg_serialize,
    deserialfunc = trend_agg_deserialize,
    parallel = safe
);

create aggregate rollup(state trend) (
    sfunc = trend_rollup_trans,
    stype = internal,
    finalfunc = trend_agg_final,
    combinefunc = trend_agg_combine,
    serialfunc = trend_agg_serialize,
    deserialfunc = trend_agg_deserialize,
    parallel = safe
);
"#,
    name = "trend_aggregates",
    requires = [
        trend_agg_trans,
        trend_rollup_trans,
        trend_agg_combine,
        trend_agg_serialize,
        trend_agg_deserialize,
        trend_agg_final
    ],
);

/// Number of pairs.
#[pg_extern(immutable, strict, parallel_safe, name = "num_vals")]
fn trend_num_vals(state: TrendState) -> i64 {
    i64::try_from(state.0.n()).unwrap_or(i64::MAX)
}

/// Slope per second.
#[pg_extern(immutable, strict, parallel_safe, name = "slope")]
fn trend_slope(state: TrendState) -> Option<f64> {
    state.0.slope()
}

/// Value of the line at a time.
#[pg_extern(immutable, strict, parallel_safe)]
fn intercept(state: TrendState, at: TimestampWithTimeZone) -> Result<Option<f64>> {
    Ok(state.0.fitted(scalar::time(at)?))
}

/// Standard error of the slope.
#[pg_extern(immutable, strict, parallel_safe)]
fn stderr(state: TrendState) -> Option<f64> {
    state.0.stderr()
}

/// Two-sided p-value of the slope.
#[pg_extern(immutable, strict, parallel_safe)]
fn p_value(state: TrendState) -> Option<f64> {
    state.0.p_value()
}

/// Share of the variance that the line explains.
#[pg_extern(immutable, strict, parallel_safe)]
fn r_squared(state: TrendState) -> Option<f64> {
    state.0.r_squared()
}

/// Confidence interval of the slope.
#[pg_extern(immutable, strict, parallel_safe)]
fn slope_interval(state: TrendState, confidence: default!(f64, 0.95)) -> Result<Option<Float8s>> {
    let interval = state.0.slope_interval(confidence).map_err(report)?;
    Ok(interval.map(|(low, high)| Float8s(vec![low, high])))
}
