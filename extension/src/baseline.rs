//! Baselines of one variable: functions of a sample, and aggregates that compare the last row of a frame with all of it.

use crate::error::{Result, report};
use crate::pg::{BaselineRow, Call, State, Vector};
use crate::scalar;
use pgrx::{default, extension_sql, pg_extern};
use vigil_core::baseline::Baseline;
use vigil_core::baseline::window::{Moving, Ranked, Running};
use vigil_core::{Error, quantile as quantiles};

extension_sql!(
    r#"
create type baseline_result as (
    n bigint,
    mean float8,
    stddev float8,
    median float8,
    mad float8,
    sigma float8,
    q1 float8,
    q3 float8,
    iqr float8,
    lower_fence float8,
    upper_fence float8
);
"#,
    name = "baseline_result_type",
    creates = [Type(BaselineRow)],
);

fn baseline_of(sample: Vector<'_>) -> Result<Option<Baseline>> {
    Ok(Baseline::of(sample.read_sample(&mut Vec::new())?))
}

/// Location and spread of a sample.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000, name = "baseline")]
fn baseline_array(sample: Vector<'_>) -> Result<Option<BaselineRow>> {
    Ok(baseline_of(sample)?.map(BaselineRow))
}

/// Quantile of a sample by one of nine definitions.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000)]
fn quantile(sample: Vector<'_>, q: f64, kind: default!(i32, 7)) -> Result<Option<f64>> {
    quantiles::of_type(sample.read_sample(&mut Vec::new())?, q, kind).map_err(report)
}

/// Standard deviations from the mean of a sample to a value.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000, name = "zscore")]
fn zscore_array(value: f64, sample: Vector<'_>) -> Result<Option<f64>> {
    let value = scalar::number(value)?;
    Ok(baseline_of(sample)?.and_then(|baseline| baseline.z(value)))
}

/// Scaled median absolute deviations from the median of a sample to a value.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000, name = "robust_z")]
fn robust_z_array(value: f64, sample: Vector<'_>) -> Result<Option<f64>> {
    let value = scalar::number(value)?;
    Ok(baseline_of(sample)?.and_then(|baseline| baseline.robust_z(value)))
}

/// Whether a value lies outside of the fences of a sample.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000, name = "iqr_outlier")]
fn iqr_outlier_array(
    value: f64,
    sample: Vector<'_>,
    k: default!(f64, 1.5),
) -> Result<Option<bool>> {
    let value = scalar::number(value)?;
    if !(0.0..=1e6).contains(&k) {
        return Err(report(Error::Argument {
            name: "k",
            expected: "a number from 0 to 1e6",
        }));
    }
    Ok(baseline_of(sample)?.map(|baseline| baseline.is_outlier(value, k)))
}

/// A value of the frame, with NaN for NULL.
fn frame_value(value: Option<f64>) -> Result<f64> {
    value.map_or(Ok(f64::NAN), scalar::number)
}

/// Adds a value. Not strict: a last row that is NULL has no score.
#[pg_extern(immutable, parallel_safe)]
fn zscore_trans<'fcx>(
    state: Option<State<'fcx, Running>>,
    value: Option<f64>,
    call: Call<'fcx>,
) -> Result<State<'fcx, Running>> {
    let mut state = State::or_new(state, &call, || Ok(Running::default()))?;
    state.push(frame_value(value)?).map_err(report)?;
    Ok(state)
}

/// Scores the last value.
#[pg_extern(immutable, parallel_safe)]
fn zscore_final(state: Option<State<'_, Running>>) -> Option<f64> {
    state?.z()
}

/// Adds a value at the end of a moving frame. Not strict: see `zscore_trans`.
#[pg_extern(immutable, parallel_safe)]
fn zscore_moving_trans<'fcx>(
    state: Option<State<'fcx, Moving>>,
    value: Option<f64>,
    call: Call<'fcx>,
) -> Result<State<'fcx, Moving>> {
    let mut state = State::or_new(state, &call, || Ok(Moving::default()))?;
    state.push(frame_value(value)?).map_err(report)?;
    Ok(state)
}

/// Removes the value at the start of a moving frame.
#[pg_extern(immutable, parallel_safe)]
fn zscore_moving_inverse<'fcx>(
    state: Option<State<'fcx, Moving>>,
    value: Option<f64>,
) -> Result<Option<State<'fcx, Moving>>> {
    let value = frame_value(value)?;
    Ok(state.map(|mut state| {
        state.pop(value);
        state
    }))
}

/// Scores the last value of a moving frame.
#[pg_extern(immutable, parallel_safe)]
fn zscore_moving_final(state: Option<State<'_, Moving>>) -> Option<f64> {
    state?.z()
}

/// Adds a value at the end of a frame, for `robust_z` and `iqr_outlier`. Not strict: see `zscore_trans`.
#[pg_extern(immutable, parallel_safe)]
fn ranked_trans<'fcx>(
    state: Option<State<'fcx, Ranked>>,
    value: Option<f64>,
    call: Call<'fcx>,
) -> Result<State<'fcx, Ranked>> {
    let mut state = State::or_new(state, &call, || Ok(Ranked::default()))?;
    state.push(frame_value(value)?).map_err(report)?;
    Ok(state)
}

/// Removes the value at the start of a frame.
#[pg_extern(immutable, parallel_safe)]
fn ranked_inverse<'fcx>(
    state: Option<State<'fcx, Ranked>>,
    value: Option<f64>,
) -> Result<Option<State<'fcx, Ranked>>> {
    let value = frame_value(value)?;
    Ok(state.map(|mut state| {
        state.pop(value);
        state
    }))
}

/// Robust z-score of the last value.
#[pg_extern(immutable, parallel_safe)]
fn robust_z_final(state: Option<State<'_, Ranked>>) -> Option<f64> {
    state?.robust_z()
}

/// Whether the last value lies outside of the fences.
#[pg_extern(immutable, parallel_safe)]
fn iqr_outlier_final(state: Option<State<'_, Ranked>>) -> Option<bool> {
    state?.is_outlier()
}

// No combine functions: which row is the last one depends on the order.
extension_sql!(
    r#"
create aggregate zscore(value float8) (
    sfunc = zscore_trans,
    stype = internal,
    finalfunc = zscore_final,
    msfunc = zscore_moving_trans,
    minvfunc = zscore_moving_inverse,
    mstype = internal,
    mfinalfunc = zscore_moving_final,
    parallel = safe
);

create aggregate robust_z(value float8) (
    sfunc = ranked_trans,
    stype = internal,
    finalfunc = robust_z_final,
    msfunc = ranked_trans,
    minvfunc = ranked_inverse,
    mstype = internal,
    mfinalfunc = robust_z_final,
    parallel = safe
);

create aggregate iqr_outlier(value float8) (
    sfunc = ranked_trans,
    stype = internal,
    finalfunc = iqr_outlier_final,
    msfunc = ranked_trans,
    minvfunc = ranked_inverse,
    mstype = internal,
    mfinalfunc = iqr_outlier_final,
    parallel = safe
);
"#,
    name = "baseline_aggregates",
    requires = [
        zscore_trans,
        zscore_final,
        zscore_moving_trans,
        zscore_moving_inverse,
        zscore_moving_final,
        ranked_trans,
        ranked_inverse,
        robust_z_final,
        iqr_outlier_final
    ],
);
