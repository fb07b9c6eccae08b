//! Drift tests of a current against a reference sample, as functions of arrays and as aggregates.

use crate::error::{Result, invalid, report};
use crate::pg::{Call, Float8s, KsRow, State, Vector, check_interrupts};
use crate::scalar;
use pgrx::datum::Internal;
use pgrx::{default, extension_sql, pg_extern};
use vigil_core::drift::{Samples, benjamini_hochberg, jensen_shannon, ks, psi, wasserstein};

extension_sql!(
    r#"
create type ks_result as (
    statistic float8,
    p_value float8,
    n_reference bigint,
    n_current bigint
);
"#,
    name = "ks_result_type",
    creates = [Type(KsRow)],
);

/// Kolmogorov-Smirnov test of two samples.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000)]
fn ks_test(reference: Vector<'_>, current: Vector<'_>) -> Result<KsRow> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let result = ks::two_sample(
        reference.read_sample(&mut left)?,
        current.read_sample(&mut right)?,
        &mut check_interrupts,
    );
    result.map(KsRow).map_err(report)
}

/// Adds a value. Not strict: rows with a NULL are skipped.
#[pg_extern(immutable, parallel_safe)]
fn ks_test_trans<'fcx>(
    state: Option<State<'fcx, Samples>>,
    value: Option<f64>,
    is_current: Option<bool>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Samples>>> {
    let (Some(value), Some(is_current)) = (value, is_current) else {
        return Ok(state);
    };
    let mut state = State::or_new(state, &call, || Ok(Samples::new()))?;
    state
        .push(scalar::number(value)?, is_current)
        .map_err(report)?;
    Ok(Some(state))
}

/// Merges the second state into the first, which may be missing; the second is never kept, it has another owner.
#[pg_extern(immutable, parallel_safe)]
fn ks_test_combine<'fcx>(
    state: Option<State<'fcx, Samples>>,
    other: Option<State<'fcx, Samples>>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Samples>>> {
    let Some(other) = other else { return Ok(state) };
    let mut state = State::or_new(state, &call, || Ok(Samples::new()))?;
    state.merge(&other).map_err(report)?;
    Ok(Some(state))
}

/// The state as bytes, for another process.
#[pg_extern(immutable, strict, parallel_safe)]
fn ks_test_serialize(state: State<'_, Samples>) -> Vec<u8> {
    state.to_bytes()
}

/// The state from bytes.
#[pg_extern(immutable, strict, parallel_safe)]
fn ks_test_deserialize<'fcx>(
    bytes: &'fcx [u8],
    _internal: Internal,
) -> Result<State<'fcx, Samples>> {
    Ok(State::passing(Samples::from_bytes(bytes).map_err(report)?))
}

/// Tests the samples. Not strict: without rows both samples are empty, which is an error.
#[pg_extern(immutable, parallel_safe)]
fn ks_test_final(state: Option<State<'_, Samples>>) -> Result<KsRow> {
    let result = match state {
        Some(samples) => ks::two_sample(
            samples.reference(),
            samples.current(),
            &mut check_interrupts,
        ),
        None => ks::two_sample(&[], &[], &mut check_interrupts),
    };
    result.map(KsRow).map_err(report)
}

/// Population stability index of two samples.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000, name = "psi")]
fn psi_arrays(reference: Vector<'_>, current: Vector<'_>, bins: default!(i32, 10)) -> Result<f64> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    psi::psi(
        reference.read_sample(&mut left)?,
        current.read_sample(&mut right)?,
        bins,
        &mut check_interrupts,
    )
    .map_err(report)
}

/// Samples and the number of bins to compare them in.
#[derive(Clone)]
pub(crate) struct Binned {
    bins: i32,
    samples: Samples,
}

impl Binned {
    fn new(bins: i32) -> Self {
        Self {
            bins,
            samples: Samples::new(),
        }
    }

    fn check_bins(&self, bins: i32) -> Result<()> {
        if bins == self.bins {
            return Ok(());
        }
        Err(invalid(
            format!("bins differ between rows: {} and {bins}", self.bins),
            "Pass the same number of bins for all rows.",
        ))
    }
}

/// Adds a value. Not strict: rows with a NULL value or side are skipped.
#[pg_extern(immutable, parallel_safe)]
fn psi_trans<'fcx>(
    state: Option<State<'fcx, Binned>>,
    value: Option<f64>,
    is_current: Option<bool>,
    bins: Option<i32>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Binned>>> {
    let (Some(value), Some(is_current)) = (value, is_current) else {
        return Ok(state);
    };
    let bins =
        bins.ok_or_else(|| invalid("bins is null", "Pass a number of bins; 10 is usual."))?;
    let mut state = State::or_new(state, &call, || Ok(Binned::new(bins)))?;
    state.check_bins(bins)?;
    state
        .samples
        .push(scalar::number(value)?, is_current)
        .map_err(report)?;
    Ok(Some(state))
}

/// Merges the second state into the first, which may be missing; the second is never kept, it has another owner.
#[pg_extern(immutable, parallel_safe)]
fn psi_combine<'fcx>(
    state: Option<State<'fcx, Binned>>,
    other: Option<State<'fcx, Binned>>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Binned>>> {
    let Some(other) = other else { return Ok(state) };
    let mut state = State::or_new(state, &call, || Ok(Binned::new(other.bins)))?;
    state.check_bins(other.bins)?;
    state.samples.merge(&other.samples).map_err(report)?;
    Ok(Some(state))
}

/// The state as bytes, for another process: the number of bins, then the samples.
#[pg_extern(immutable, strict, parallel_safe)]
fn psi_serialize(state: State<'_, Binned>) -> Vec<u8> {
    [&state.bins.to_le_bytes()[..], &state.samples.to_bytes()].concat()
}

/// The state from bytes.
#[pg_extern(immutable, strict, parallel_safe)]
fn psi_deserialize<'fcx>(bytes: &'fcx [u8], _internal: Internal) -> Result<State<'fcx, Binned>> {
    let (bins, samples) = bytes.split_first_chunk().unwrap_or((&[0; 4], &[]));
    let samples = Samples::from_bytes(samples).map_err(report)?;
    Ok(State::passing(Binned {
        bins: i32::from_le_bytes(*bins),
        samples,
    }))
}

/// Compares the samples. Not strict: without rows both samples are empty, which is an error.
#[pg_extern(immutable, parallel_safe)]
fn psi_final(state: Option<State<'_, Binned>>) -> Result<f64> {
    let result = match state {
        Some(state) => psi::psi(
            state.samples.reference(),
            state.samples.current(),
            state.bins,
            &mut check_interrupts,
        ),
        None => psi::psi(&[], &[], 10, &mut check_interrupts),
    };
    result.map_err(report)
}

/// 1-Wasserstein distance of two samples.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000, name = "wasserstein")]
fn wasserstein_arrays(reference: Vector<'_>, current: Vector<'_>) -> Result<f64> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    wasserstein::distance(
        reference.read_sample(&mut left)?,
        current.read_sample(&mut right)?,
        &mut check_interrupts,
    )
    .map_err(report)
}

/// Compares the samples of `ks_test`. Not strict: without rows both samples are empty, which is an error.
#[pg_extern(immutable, parallel_safe)]
fn wasserstein_final(state: Option<State<'_, Samples>>) -> Result<f64> {
    let result = match state {
        Some(samples) => wasserstein::distance(
            samples.reference(),
            samples.current(),
            &mut check_interrupts,
        ),
        None => wasserstein::distance(&[], &[], &mut check_interrupts),
    };
    result.map_err(report)
}

/// Jensen-Shannon divergence of two samples.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000, name = "js_divergence")]
fn js_divergence_arrays(
    reference: Vector<'_>,
    current: Vector<'_>,
    bins: default!(i32, 10),
) -> Result<f64> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    jensen_shannon::binned(
        reference.read_sample(&mut left)?,
        current.read_sample(&mut right)?,
        bins,
        &mut check_interrupts,
    )
    .map_err(report)
}

/// Compares the samples of `psi`. Not strict: without rows both samples are empty, which is an error.
#[pg_extern(immutable, parallel_safe)]
fn js_divergence_final(state: Option<State<'_, Binned>>) -> Result<f64> {
    let result = match state {
        Some(state) => jensen_shannon::binned(
            state.samples.reference(),
            state.samples.current(),
            state.bins,
            &mut check_interrupts,
        ),
        None => jensen_shannon::binned(&[], &[], 10, &mut check_interrupts),
    };
    result.map_err(report)
}

/// Jensen-Shannon divergence of two distributions over the same categories.
#[pg_extern(immutable, strict, parallel_safe, cost = 100, name = "jensen_shannon")]
fn jensen_shannon_shares(reference: Vector<'_>, current: Vector<'_>) -> Result<f64> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    jensen_shannon::divergence(reference.read(&mut left)?, current.read(&mut right)?)
        .map_err(report)
}

/// P-values adjusted for being many.
#[pg_extern(
    immutable,
    strict,
    parallel_safe,
    cost = 100,
    name = "benjamini_hochberg"
)]
fn adjusted_p_values(p_values: Vector<'_>) -> Result<Float8s> {
    benjamini_hochberg::adjust(p_values.read(&mut Vec::new())?)
        .map(Float8s)
        .map_err(report)
}

extension_sql!(
    r#"
create aggregate ks_test(value float8, is_current boolean) (
    sfunc = ks_test_trans,
    stype = internal,
    finalfunc = ks_test_final,
    combinefunc = ks_test_combine,
    serialfunc = ks_test_serialize,
    deserialfunc = ks_test_deserialize,
    parallel = safe
);

create aggregate psi(value float8, is_current boolean, bins int) (
    sfunc = psi_trans,
    stype = internal,
    finalfunc = psi_final,
    combinefunc = psi_combine,
    serialfunc = psi_serialize,
    deserialfunc = psi_deserialize,
    parallel = safe
);

create aggregate wasserstein(value float8, is_current boolean) (
    sfunc = ks_test_trans,
    stype = internal,
    finalfunc = wasserstein_final,
    combinefunc = ks_test_combine,
    serialfunc = ks_test_serialize,
    deserialfunc = ks_test_deserialize,
    parallel = safe
);

create aggregate js_divergence(value float8, is_current boolean, bins int) (
    sfunc = psi_trans,
    stype = internal,
    finalfunc = js_divergence_final,
    combinefunc = psi_combine,
    serialfunc = psi_serialize,
    deserialfunc = psi_deserialize,
    parallel = safe
);
"#,
    name = "drift_aggregates",
    requires = [
        ks_test_trans,
        ks_test_combine,
        ks_test_serialize,
        ks_test_deserialize,
        ks_test_final,
        psi_trans,
        psi_combine,
        psi_serialize,
        psi_deserialize,
        psi_final,
        wasserstein_final,
        js_divergence_final
    ],
);
