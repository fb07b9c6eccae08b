//! The type `covariance`, the aggregates that make it, the models learned from it and the functions that use them.

use crate::error::{Result, report};
use crate::pg::{Cached, Call, CovarianceState, Model, State, Vector, check_interrupts};
use pgrx::datum::Internal;
use pgrx::iter::TableIterator;
use pgrx::{extension_sql, name, pg_extern};
use vigil_core::multivariate::correlation;
use vigil_core::multivariate::covariance::Covariance;
use vigil_core::multivariate::mahalanobis::Mahalanobis;
use vigil_core::multivariate::pca::Pca;

extension_sql!(
    r#"
create type covariance;

create function covariance_in(cstring) returns covariance
    language internal immutable strict parallel safe as 'byteain';
create function covariance_out(covariance) returns cstring
    language internal immutable strict parallel safe as 'byteaout';
create function covariance_recv(internal) returns covariance
    language internal immutable strict parallel safe as 'bytearecv';
create function covariance_send(covariance) returns bytea
    language internal immutable strict parallel safe as 'byteasend';

create type covariance (
    input = covariance_in,
    output = covariance_out,
    receive = covariance_recv,
    send = covariance_send,
    like = pg_catalog.bytea
);
"#,
    name = "covariance_type",
    creates = [Type(CovarianceState)],
);

/// Adds a row. Not strict: NULL is skipped.
#[pg_extern(immutable, parallel_safe)]
fn covariance_agg_trans<'fcx>(
    state: Option<State<'fcx, Covariance>>,
    values: Option<Vector<'fcx>>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Covariance>>> {
    let Some(values) = values else {
        return Ok(state);
    };
    let mut state = State::or_new(state, &call, || Ok(Covariance::new()))?;
    state.push(values.read(&mut Vec::new())?).map_err(report)?;
    Ok(Some(state))
}

/// Adds a stored state. Not strict: NULL is skipped.
#[pg_extern(immutable, parallel_safe)]
fn covariance_rollup_trans<'fcx>(
    state: Option<State<'fcx, Covariance>>,
    part: Option<CovarianceState>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Covariance>>> {
    let Some(CovarianceState(part)) = part else {
        return Ok(state);
    };
    let mut state = State::or_new(state, &call, || Ok(Covariance::new()))?;
    state.merge(&part).map_err(report)?;
    Ok(Some(state))
}

/// Merges the second state into the first, which may be missing; the second is never kept, it has another owner.
#[pg_extern(immutable, parallel_safe)]
fn covariance_agg_combine<'fcx>(
    state: Option<State<'fcx, Covariance>>,
    other: Option<State<'fcx, Covariance>>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Covariance>>> {
    let Some(other) = other else { return Ok(state) };
    let mut state = State::or_new(state, &call, || Ok(Covariance::new()))?;
    state.merge(&other).map_err(report)?;
    Ok(Some(state))
}

/// The state as bytes, for another process.
#[pg_extern(immutable, strict, parallel_safe)]
fn covariance_agg_serialize(state: State<'_, Covariance>) -> Vec<u8> {
    state.to_bytes()
}

/// The state from bytes.
#[pg_extern(immutable, strict, parallel_safe)]
fn covariance_agg_deserialize<'fcx>(
    bytes: &'fcx [u8],
    _internal: Internal,
) -> Result<State<'fcx, Covariance>> {
    Ok(State::passing(
        Covariance::from_bytes(bytes).map_err(report)?,
    ))
}

/// The state as a value of type `covariance`; NULL when there was no row.
#[pg_extern(immutable, parallel_safe)]
fn covariance_agg_final(state: Option<State<'_, Covariance>>) -> Option<CovarianceState> {
    state.map(|state| CovarianceState(state.clone()))
}

extension_sql!(
    r#"
create aggregate covariance_agg("values" float8[]) (
    sfunc = covariance_agg_trans,
    stype = internal,
    finalfunc = covariance_agg_final,
    combinefunc = covariance_agg_combine,
    serialfunc = covariance_agg_serialize,
    deserialfunc = covariance_agg_deserialize,
    parallel = safe
);

create aggregate rollup(state covariance) (
    sfunc = covariance_rollup_trans,
    stype = internal,
    finalfunc = covariance_agg_final,
    combinefunc = covariance_agg_combine,
    serialfunc = covariance_agg_serialize,
    deserialfunc = covariance_agg_deserialize,
    parallel = safe
);
"#,
    name = "covariance_aggregates",
    requires = [
        covariance_agg_trans,
        covariance_rollup_trans,
        covariance_agg_combine,
        covariance_agg_serialize,
        covariance_agg_deserialize,
        covariance_agg_final
    ],
);

/// Number of complete rows.
#[pg_extern(immutable, strict, parallel_safe, name = "num_vals")]
fn covariance_num_vals(state: CovarianceState) -> i64 {
    i64::try_from(state.0.n()).unwrap_or(i64::MAX)
}

/// Learns what is usual for the features together.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000)]
fn mahalanobis_model(state: CovarianceState) -> Result<Vec<u8>> {
    Mahalanobis::new(&state.0)
        .map(|model| model.to_bytes())
        .map_err(report)
}

/// Mahalanobis distance of a row.
#[pg_extern(immutable, strict, parallel_safe, cost = 100)]
fn mahalanobis(
    model: Model<'_, Mahalanobis>,
    features: Vector<'_>,
    mut call: Call<'_>,
) -> Result<Option<f64>> {
    let Cached { model, scratch } = call.decoded(model)?;
    model.distance(features.read(scratch)?).map_err(report)
}

/// Learns the first principal components of the features.
#[pg_extern(immutable, strict, parallel_safe, cost = 10000)]
fn pca_model(state: CovarianceState, components: i32) -> Result<Vec<u8>> {
    Pca::new(&state.0, components, &mut check_interrupts)
        .map(|model| model.to_bytes())
        .map_err(report)
}

/// Share of the variance that the components explain.
#[pg_extern(immutable, strict, parallel_safe, cost = 100)]
fn pca_explained(model: Model<'_, Pca>) -> Result<f64> {
    Ok(model.decode()?.explained())
}

/// How far a row is from what the components can express.
#[pg_extern(immutable, strict, parallel_safe, cost = 100)]
fn pca_error(
    model: Model<'_, Pca>,
    features: Vector<'_>,
    mut call: Call<'_>,
) -> Result<Option<f64>> {
    let Cached { model, scratch } = call.decoded(model)?;
    model
        .reconstruction_error(features.read(scratch)?)
        .map_err(report)
}

/// How the correlation of each pair of features changed.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000)]
#[allow(clippy::type_complexity)]
fn correlation_changes(
    reference: CovarianceState,
    current: CovarianceState,
) -> Result<
    TableIterator<
        'static,
        (
            name!(first, i32),
            name!(second, i32),
            name!(reference_r, f64),
            name!(current_r, f64),
            name!(effect_size, f64),
            name!(p_value, f64),
            name!(adjusted_p, f64),
        ),
    >,
> {
    let changes = correlation::changes(&reference.0, &current.0).map_err(report)?;
    let rows = changes.into_iter().map(|change| {
        (
            change.first as i32,
            change.second as i32,
            change.reference,
            change.current,
            change.effect_size,
            change.p_value,
            change.adjusted_p,
        )
    });
    Ok(TableIterator::new(rows))
}
