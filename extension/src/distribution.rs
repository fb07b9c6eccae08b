//! The type `distribution`, the aggregates that make it, and the functions that read and compare its values.

use crate::error::{Result, report};
use crate::pg::{Call, DistributionState, KsRow, State};
use crate::scalar;
use pgrx::datum::Internal;
use pgrx::{default, extension_sql, pg_extern};
use vigil_core::drift::distribution::Distribution;

extension_sql!(
    r#"
create type distribution;

create function distribution_in(cstring) returns distribution
    language internal immutable strict parallel safe as 'byteain';
create function distribution_out(distribution) returns cstring
    language internal immutable strict parallel safe as 'byteaout';
create function distribution_recv(internal) returns distribution
    language internal immutable strict parallel safe as 'bytearecv';
create function distribution_send(distribution) returns bytea
    language internal immutable strict parallel safe as 'byteasend';

create type distribution (
    input = distribution_in,
    output = distribution_out,
    receive = distribution_recv,
    send = distribution_send,
    like = pg_catalog.bytea
);
"#,
    name = "distribution_type",
    creates = [Type(DistributionState)],
);

/// Adds a value. Not strict: NULL is skipped.
#[pg_extern(immutable, parallel_safe)]
fn distribution_agg_trans<'fcx>(
    state: Option<State<'fcx, Distribution>>,
    value: Option<f64>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Distribution>>> {
    let Some(value) = value else {
        return Ok(state);
    };
    let mut state = State::or_new(state, &call, || Ok(Distribution::new()))?;
    state.push(scalar::number(value)?).map_err(report)?;
    Ok(Some(state))
}

/// Adds a stored state. Not strict: NULL is skipped.
#[pg_extern(immutable, parallel_safe)]
fn distribution_rollup_trans<'fcx>(
    state: Option<State<'fcx, Distribution>>,
    part: Option<DistributionState>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Distribution>>> {
    let Some(DistributionState(part)) = part else {
        return Ok(state);
    };
    let mut state = State::or_new(state, &call, || Ok(Distribution::new()))?;
    state.merge(&part);
    Ok(Some(state))
}

/// Merges the second state into the first, which may be missing; the second is never kept, it has another owner.
#[pg_extern(immutable, parallel_safe)]
fn distribution_agg_combine<'fcx>(
    state: Option<State<'fcx, Distribution>>,
    other: Option<State<'fcx, Distribution>>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Distribution>>> {
    let Some(other) = other else { return Ok(state) };
    let mut state = State::or_new(state, &call, || Ok(Distribution::new()))?;
    state.merge(&other);
    Ok(Some(state))
}

/// The state as bytes, for another process.
#[pg_extern(immutable, strict, parallel_safe)]
fn distribution_agg_serialize(state: State<'_, Distribution>) -> Vec<u8> {
    state.to_bytes()
}

/// The state from bytes.
#[pg_extern(immutable, strict, parallel_safe)]
fn distribution_agg_deserialize<'fcx>(
    bytes: &'fcx [u8],
    _internal: Internal,
) -> Result<State<'fcx, Distribution>> {
    Ok(State::passing(
        Distribution::from_bytes(bytes).map_err(report)?,
    ))
}

/// The state as a value of type `distribution`; NULL when there was no value.
#[pg_extern(immutable, parallel_safe)]
fn distribution_agg_final(state: Option<State<'_, Distribution>>) -> Option<DistributionState> {
    state.map(|state| DistributionState(state.clone()))
}

extension_sql!(
    r#"
create aggregate distribution_agg(value float8) (
    sfunc = distribution_agg_trans,
    stype = internal,
    finalfunc = distribution_agg_final,
    combinefunc = distribution_agg_combine,
    serialfunc = distribution_agg_serialize,
    deserialfunc = distribution_agg_deserialize,
    parallel = safe
);

create aggregate rollup(state distribution) (
    sfunc = distribution_rollup_trans,
    stype = internal,
    finalfunc = distribution_agg_final,
    combinefunc = distribution_agg_combine,
    serialfunc = distribution_agg_serialize,
    deserialfunc = distribution_agg_deserialize,
    parallel = safe
);
"#,
    name = "distribution_aggregates",
    requires = [
        distribution_agg_trans,
        distribution_rollup_trans,
        distribution_agg_combine,
        distribution_agg_serialize,
        distribution_agg_deserialize,
        distribution_agg_final
    ],
);

/// Number of values.
#[pg_extern(immutable, strict, parallel_safe, name = "num_vals")]
fn distribution_num_vals(state: DistributionState) -> i64 {
    i64::try_from(state.0.n()).unwrap_or(i64::MAX)
}

/// Quantile of the values.
#[pg_extern(immutable, strict, parallel_safe, cost = 100, name = "quantile")]
fn distribution_quantile(state: DistributionState, share: f64) -> Result<Option<f64>> {
    state.0.quantile(share).map_err(report)
}

/// How far a value that the state gives back may be off.
#[pg_extern(immutable, strict, parallel_safe, cost = 100)]
fn relative_error(state: DistributionState) -> f64 {
    state.0.relative_error()
}

/// Kolmogorov-Smirnov test of two states.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000, name = "ks_test")]
fn distribution_ks_test(reference: DistributionState, current: DistributionState) -> Result<KsRow> {
    let result = reference.0.ks_test(&current.0);
    result.map(KsRow).map_err(report)
}

/// Population stability index of two states.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000, name = "psi")]
fn distribution_psi(
    reference: DistributionState,
    current: DistributionState,
    bins: default!(i32, 10),
) -> Result<Option<f64>> {
    reference.0.psi(&current.0, bins).map_err(report)
}

/// Jensen-Shannon divergence of two states.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000, name = "js_divergence")]
fn distribution_js_divergence(
    reference: DistributionState,
    current: DistributionState,
    bins: default!(i32, 10),
) -> Result<Option<f64>> {
    reference.0.js_divergence(&current.0, bins).map_err(report)
}

/// 1-Wasserstein distance of two states.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000, name = "wasserstein")]
fn distribution_wasserstein(
    reference: DistributionState,
    current: DistributionState,
) -> Result<f64> {
    reference.0.wasserstein(&current.0).map_err(report)
}
