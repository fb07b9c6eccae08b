//! The type `stats`, the aggregates that make it and the functions that read it.

use crate::error::{Result, invalid, report};
use crate::pg::{Call, Float8s, Positions, State, StatsState, Vector};
use crate::scalar;
use pgrx::datum::{Array, Internal, Interval, Range, RangeBound, TimestampWithTimeZone};
use pgrx::{default, extension_sql, pg_extern};
use vigil_core::stats::{Collector, Statistic, Stats};
use vigil_core::vector::MAX_ELEMENTS;

extension_sql!(
    r#"
create type stats;

create function stats_in(cstring) returns stats
    language internal immutable strict parallel safe as 'byteain';
create function stats_out(stats) returns cstring
    language internal immutable strict parallel safe as 'byteaout';
create function stats_recv(internal) returns stats
    language internal immutable strict parallel safe as 'bytearecv';
create function stats_send(stats) returns bytea
    language internal immutable strict parallel safe as 'byteasend';

create type stats (
    input = stats_in,
    output = stats_out,
    receive = stats_recv,
    send = stats_send,
    like = pg_catalog.bytea
);
"#,
    name = "stats_type",
    creates = [Type(StatsState)],
);

/// Adds a row. Not strict: rows without a time or without values are skipped.
#[pg_extern(immutable, parallel_safe)]
fn stats_agg_trans<'fcx>(
    state: Option<State<'fcx, Collector>>,
    ts: Option<TimestampWithTimeZone>,
    values: Option<Vector<'fcx>>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Collector>>> {
    let (Some(ts), Some(values)) = (ts, values) else {
        return Ok(state);
    };
    let mut state = State::or_new(state, &call, || Ok(Collector::new()))?;
    state
        .push(scalar::time(ts)?, values.read(&mut Vec::new())?)
        .map_err(report)?;
    Ok(Some(state))
}

/// Adds a stored state. Not strict: NULL is skipped.
#[pg_extern(immutable, parallel_safe)]
fn stats_rollup_trans<'fcx>(
    state: Option<State<'fcx, Collector>>,
    part: Option<StatsState>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Collector>>> {
    let Some(StatsState(part)) = part else {
        return Ok(state);
    };
    let mut state = State::or_new(state, &call, || Ok(Collector::new()))?;
    state.merge(&part);
    Ok(Some(state))
}

/// Merges the second state into the first, which may be missing; the second is never kept, it has another owner.
#[pg_extern(immutable, parallel_safe)]
fn stats_agg_combine<'fcx>(
    state: Option<State<'fcx, Collector>>,
    other: Option<State<'fcx, Collector>>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Collector>>> {
    let Some(other) = other else { return Ok(state) };
    let mut state = State::or_new(state, &call, || Ok(Collector::new()))?;
    state.merge(&other.stats());
    Ok(Some(state))
}

/// The state as bytes, for another process.
#[pg_extern(immutable, strict, parallel_safe)]
fn stats_agg_serialize(state: State<'_, Collector>) -> Vec<u8> {
    state.stats().to_bytes()
}

/// The state from bytes.
#[pg_extern(immutable, strict, parallel_safe)]
fn stats_agg_deserialize<'fcx>(
    bytes: &'fcx [u8],
    _internal: Internal,
) -> Result<State<'fcx, Collector>> {
    let stats = Stats::from_bytes(bytes).map_err(report)?;
    Ok(State::passing(stats.into()))
}

/// The state as a value of type `stats`; NULL when there was no row.
#[pg_extern(immutable, parallel_safe)]
fn stats_agg_final(state: Option<State<'_, Collector>>) -> Option<StatsState> {
    state.map(|state| StatsState(state.stats().into_owned()))
}

extension_sql!(
    r#"
create aggregate stats_agg(ts timestamptz, "values" float8[]) (
    sfunc = stats_agg_trans,
    stype = internal,
    finalfunc = stats_agg_final,
    combinefunc = stats_agg_combine,
    serialfunc = stats_agg_serialize,
    deserialfunc = stats_agg_deserialize,
    parallel = safe
);

create aggregate rollup(state stats) (
    sfunc = stats_rollup_trans,
    stype = internal,
    finalfunc = stats_agg_final,
    combinefunc = stats_agg_combine,
    serialfunc = stats_agg_serialize,
    deserialfunc = stats_agg_deserialize,
    parallel = safe
);
"#,
    name = "stats_aggregates",
    requires = [
        stats_agg_trans,
        stats_rollup_trans,
        stats_agg_combine,
        stats_agg_serialize,
        stats_agg_deserialize,
        stats_agg_final
    ],
);

/// Number of values of each element that were not NULL.
#[pg_extern(immutable, strict, parallel_safe, name = "num_vals")]
fn stats_num_vals(state: StatsState) -> Vec<i64> {
    state
        .0
        .counts()
        .into_iter()
        .map(|count| i64::try_from(count).unwrap_or(i64::MAX))
        .collect()
}

/// Mean of each element.
#[pg_extern(immutable, strict, parallel_safe)]
fn average(state: StatsState) -> Float8s {
    Float8s(state.0.statistic(Statistic::Mean))
}

/// Sample standard deviation of each element.
#[pg_extern(immutable, strict, parallel_safe)]
fn stddev(state: StatsState) -> Float8s {
    Float8s(state.0.statistic(Statistic::StdDev))
}

/// Smallest value of each element.
#[pg_extern(immutable, strict, parallel_safe)]
fn min_val(state: StatsState) -> Float8s {
    Float8s(state.0.statistic(Statistic::Min))
}

/// Largest value of each element.
#[pg_extern(immutable, strict, parallel_safe)]
fn max_val(state: StatsState) -> Float8s {
    Float8s(state.0.statistic(Statistic::Max))
}

/// First value of each element.
#[pg_extern(immutable, strict, parallel_safe)]
fn first_val(state: StatsState) -> Float8s {
    Float8s(state.0.statistic(Statistic::First))
}

/// Last value of each element.
#[pg_extern(immutable, strict, parallel_safe)]
fn last_val(state: StatsState) -> Float8s {
    Float8s(state.0.statistic(Statistic::Last))
}

/// Change per second of each element, by least squares.
#[pg_extern(immutable, strict, parallel_safe, name = "slope")]
fn stats_slope(state: StatsState) -> Float8s {
    Float8s(state.0.statistic(Statistic::Slope))
}

/// Last minus first value of each element.
#[pg_extern(immutable, strict, parallel_safe)]
fn delta(state: StatsState) -> Float8s {
    Float8s(state.0.statistic(Statistic::Delta))
}

/// Times of the first and the last row, both included.
#[pg_extern(immutable, strict, parallel_safe)]
fn time_range(state: StatsState) -> Option<Range<TimestampWithTimeZone>> {
    let (first, last) = state.0.time_range()?;
    let bound = |time| {
        TimestampWithTimeZone::try_from(time)
            .ok()
            .map(RangeBound::Inclusive)
    };
    Some(Range::new(bound(first)?, bound(last)?))
}

/// A feature vector: one statistic of one element for each entry.
#[pg_extern(immutable, strict, parallel_safe)]
fn features(
    state: StatsState,
    statistics: Array<'_, &str>,
    elements: Positions<'_>,
    min_span: default!(Interval, "'0'"),
) -> Result<Float8s> {
    let min_span = scalar::duration(&min_span)?;
    let elements = elements.read()?;
    if statistics.len() != elements.len() {
        return Err(invalid(
            format!(
                "{} statistics do not match {} elements",
                statistics.len(),
                elements.len()
            ),
            "Pass one statistic for each element; repeat the element for a second statistic of it.",
        ));
    }
    let mut features = Vec::with_capacity(elements.len().min(MAX_ELEMENTS));
    for (name, &element) in statistics.iter().zip(elements) {
        let name =
            name.ok_or_else(|| invalid("statistic is null", "Name a statistic for each element."))?;
        let statistic: Statistic = name.parse().map_err(report)?;
        let index = usize::try_from(element)
            .ok()
            .and_then(|element| element.checked_sub(1));
        let index = index.ok_or_else(|| report(vigil_core::Error::Position(element)))?;
        features.push(state.0.feature(statistic, index, min_span));
    }
    Ok(Float8s(features))
}
