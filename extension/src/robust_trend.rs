//! Theil-Sen lines, Mann-Kendall tests and autocorrelation, as functions of arrays and as aggregates over time.

use crate::error::{Result, invalid, report};
use crate::pg::{
    Call, Float8s, LjungBoxRow, MannKendallRow, State, TheilSenRow, Vector, check_interrupts,
};
use crate::scalar;
use pgrx::datum::{Internal, TimestampWithTimeZone};
use pgrx::{default, extension_sql, pg_extern};
use vigil_core::autocorrelation;
use vigil_core::trend::series::Series;
use vigil_core::trend::{mann_kendall, theil_sen};

/// Confidence of the intervals that the aggregate gives.
const CONFIDENCE: f64 = 0.95;
/// Significance of the autocorrelations that the aggregate corrects for.
const ALPHA: f64 = 0.05;

extension_sql!(
    r#"
create type theil_sen_result as (
    n bigint,
    slope float8,
    intercept float8,
    slope_low float8,
    slope_high float8
);

create type mann_kendall_result as (
    n bigint,
    s bigint,
    variance float8,
    tau_a float8,
    tau_b float8,
    z float8,
    p_value float8,
    slope float8,
    intercept float8
);

create type ljung_box_result as (
    statistic float8,
    p_value float8,
    lags int
);
"#,
    name = "robust_trend_types",
    creates = [Type(TheilSenRow), Type(MannKendallRow), Type(LjungBoxRow)],
);

/// Points of an array with the position from 0 as x.
fn indexed(values: &[f64]) -> Vec<(f64, f64)> {
    let positions = (0_u32..).map(f64::from);
    positions.zip(values.iter().copied()).collect()
}

/// Theil-Sen line of y on x.
#[pg_extern(immutable, strict, parallel_safe, cost = 10000, name = "theil_sen")]
fn theil_sen_arrays(
    x: Vector<'_>,
    y: Vector<'_>,
    confidence: default!(f64, 0.95),
) -> Result<Option<TheilSenRow>> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let line = theil_sen::fit(
        x.read_sample(&mut left)?,
        y.read_sample(&mut right)?,
        confidence,
        &mut check_interrupts,
    );
    Ok(line.map_err(report)?.map(TheilSenRow))
}

/// Mann-Kendall test of values in order.
#[pg_extern(immutable, strict, parallel_safe, cost = 10000, name = "mann_kendall")]
fn mann_kendall_array(y: Vector<'_>) -> Result<Option<MannKendallRow>> {
    let mut scratch = Vec::new();
    let points = indexed(y.read_sample(&mut scratch)?);
    let result = mann_kendall::test(&points, &mut check_interrupts);
    Ok(result.map_err(report)?.map(MannKendallRow))
}

/// Mann-Kendall test with the correction of Hamed and Rao. Not strict: a NULL `max_lag` means all lags.
#[pg_extern(
    immutable,
    parallel_safe,
    cost = 10000,
    name = "mann_kendall_hamed_rao"
)]
fn mann_kendall_hamed_rao_array(
    y: Option<Vector<'_>>,
    max_lag: default!(Option<i32>, "null"),
    alpha: default!(Option<f64>, 0.05),
) -> Result<Option<MannKendallRow>> {
    let Some(y) = y else { return Ok(None) };
    let mut scratch = Vec::new();
    let result = mann_kendall::hamed_rao(
        &indexed(y.read_sample(&mut scratch)?),
        max_lag,
        alpha.unwrap_or(f64::NAN),
        &mut check_interrupts,
    );
    Ok(result.map_err(report)?.map(MannKendallRow))
}

/// Seasonal Mann-Kendall test of values in order.
#[pg_extern(
    immutable,
    strict,
    parallel_safe,
    cost = 10000,
    name = "mann_kendall_seasonal"
)]
fn mann_kendall_seasonal_array(y: Vector<'_>, period: i32) -> Result<Option<MannKendallRow>> {
    let mut scratch = Vec::new();
    let seasons = mann_kendall::seasons(y.read_sample(&mut scratch)?, period).map_err(report)?;
    let result = mann_kendall::seasonal(&seasons, &mut check_interrupts);
    Ok(result.map_err(report)?.map(MannKendallRow))
}

/// Autocorrelations of values in order.
#[pg_extern(immutable, strict, parallel_safe, cost = 10000)]
fn acf(y: Vector<'_>, max_lag: i32) -> Result<Option<Float8s>> {
    let mut scratch = Vec::new();
    let correlations = autocorrelation::acf(
        y.read_sample(&mut scratch)?,
        lag(max_lag)?,
        &mut check_interrupts,
    );
    Ok(correlations.map_err(report)?.map(Float8s))
}

/// Partial autocorrelations of values in order.
#[pg_extern(immutable, strict, parallel_safe, cost = 10000)]
fn pacf(y: Vector<'_>, max_lag: i32) -> Result<Option<Float8s>> {
    let mut scratch = Vec::new();
    let correlations = autocorrelation::acf(
        y.read_sample(&mut scratch)?,
        lag(max_lag)?.min(MAX_PARTIAL_LAG),
        &mut check_interrupts,
    );
    Ok(correlations
        .map_err(report)?
        .map(|correlations| Float8s(autocorrelation::pacf(&correlations))))
}

/// Longest lag of a partial autocorrelation, whose cost is its square: some milliseconds.
const MAX_PARTIAL_LAG: usize = 1000;

fn lag(max_lag: i32) -> Result<usize> {
    usize::try_from(max_lag).map_err(|_| {
        report(vigil_core::Error::Argument {
            name: "max_lag",
            expected: "a number of values, not negative",
        })
    })
}

/// Ljung-Box test of values in order.
#[pg_extern(immutable, strict, parallel_safe, cost = 10000)]
fn ljung_box(y: Vector<'_>, lags: default!(i32, 10)) -> Result<Option<LjungBoxRow>> {
    let mut scratch = Vec::new();
    let result =
        autocorrelation::ljung_box(y.read_sample(&mut scratch)?, lags, &mut check_interrupts);
    Ok(result.map_err(report)?.map(LjungBoxRow))
}

/// Adds a row. Not strict: rows with a NULL are skipped.
#[pg_extern(immutable, parallel_safe)]
fn series_trans<'fcx>(
    state: Option<State<'fcx, Series>>,
    ts: Option<TimestampWithTimeZone>,
    value: Option<f64>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Series>>> {
    add(state, ts, value, 0, &call)
}

/// Adds a row of a season. Not strict: rows with a NULL time or value are skipped.
#[pg_extern(immutable, parallel_safe, name = "series_trans")]
fn series_season_trans<'fcx>(
    state: Option<State<'fcx, Series>>,
    ts: Option<TimestampWithTimeZone>,
    value: Option<f64>,
    season: Option<i32>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Series>>> {
    if ts.is_none() || value.is_none() {
        return Ok(state);
    }
    let season = season.ok_or_else(|| {
        invalid(
            "season is null",
            "Pass a number such as extract(hour from ts)::int.",
        )
    })?;
    add(state, ts, value, season, &call)
}

fn add<'fcx>(
    state: Option<State<'fcx, Series>>,
    ts: Option<TimestampWithTimeZone>,
    value: Option<f64>,
    season: i32,
    call: &Call<'fcx>,
) -> Result<Option<State<'fcx, Series>>> {
    let (Some(ts), Some(value)) = (ts, value) else {
        return Ok(state);
    };
    let mut state = State::or_new(state, call, || Ok(Series::new()))?;
    state
        .push(scalar::time(ts)?, scalar::number(value)?, season)
        .map_err(report)?;
    Ok(Some(state))
}

/// Merges the second state into the first, which may be missing; the second is never kept, it has another owner.
#[pg_extern(immutable, parallel_safe)]
fn series_combine<'fcx>(
    state: Option<State<'fcx, Series>>,
    other: Option<State<'fcx, Series>>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Series>>> {
    let Some(other) = other else { return Ok(state) };
    let mut state = State::or_new(state, &call, || Ok(Series::new()))?;
    state.merge(&other).map_err(report)?;
    Ok(Some(state))
}

/// The state as bytes, for another process.
#[pg_extern(immutable, strict, parallel_safe)]
fn series_serialize(state: State<'_, Series>) -> Vec<u8> {
    state.to_bytes()
}

/// The state from bytes.
#[pg_extern(immutable, strict, parallel_safe)]
fn series_deserialize<'fcx>(bytes: &'fcx [u8], _internal: Internal) -> Result<State<'fcx, Series>> {
    Ok(State::passing(Series::from_bytes(bytes).map_err(report)?))
}

/// Fits the line; NULL without rows.
#[pg_extern(immutable, parallel_safe)]
fn theil_sen_final(state: Option<State<'_, Series>>) -> Result<Option<TheilSenRow>> {
    let Some(series) = state else { return Ok(None) };
    let (x, y): (Vec<f64>, Vec<f64>) = series.points().into_iter().unzip();
    let line = theil_sen::fit(&x, &y, CONFIDENCE, &mut check_interrupts);
    Ok(line.map_err(report)?.map(TheilSenRow))
}

/// Tests the rows in order of time; NULL without rows.
#[pg_extern(immutable, parallel_safe)]
fn mann_kendall_final(state: Option<State<'_, Series>>) -> Result<Option<MannKendallRow>> {
    let Some(series) = state else { return Ok(None) };
    let result = mann_kendall::test(&series.points(), &mut check_interrupts);
    Ok(result.map_err(report)?.map(MannKendallRow))
}

/// Tests the rows in order of time, corrected for autocorrelation; NULL without rows.
#[pg_extern(immutable, parallel_safe)]
fn mann_kendall_hamed_rao_final(
    state: Option<State<'_, Series>>,
) -> Result<Option<MannKendallRow>> {
    let Some(series) = state else { return Ok(None) };
    let result = mann_kendall::hamed_rao(&series.points(), None, ALPHA, &mut check_interrupts);
    Ok(result.map_err(report)?.map(MannKendallRow))
}

/// Tests the rows of each season in order of time; NULL without rows.
#[pg_extern(immutable, parallel_safe)]
fn mann_kendall_seasonal_final(state: Option<State<'_, Series>>) -> Result<Option<MannKendallRow>> {
    let Some(series) = state else { return Ok(None) };
    let result = mann_kendall::seasonal(&series.seasons(), &mut check_interrupts);
    Ok(result.map_err(report)?.map(MannKendallRow))
}

extension_sql!(
    r#"
create aggregate theil_sen(ts timestamptz, value float8) (
    sfunc = series_trans,
    stype = internal,
    finalfunc = theil_sen_final,
    combinefunc = series_combine,
    serialfunc = series_serialize,
    deserialfunc = series_deserialize,
    parallel = safe
);

create aggregate mann_kendall(ts timestamptz, value float8) (
    sfunc = series_trans,
    stype = internal,
    finalfunc = mann_kendall_final,
    combinefunc = series_combine,
    serialfunc = series_serialize,
    deserialfunc = series_deserialize,
    parallel = safe
);

create aggregate mann_kendall_hamed_rao(ts timestamptz, value float8) (
    sfunc = series_trans,
    stype = internal,
    finalfunc = mann_kendall_hamed_rao_final,
    combinefunc = series_combine,
    serialfunc = series_serialize,
    deserialfunc = series_deserialize,
    parallel = safe
);

create aggregate mann_kendall_seasonal(ts timestamptz, value float8, season int) (
    sfunc = series_trans,
    stype = internal,
    finalfunc = mann_kendall_seasonal_final,
    combinefunc = series_combine,
    serialfunc = series_serialize,
    deserialfunc = series_deserialize,
    parallel = safe
);
"#,
    name = "robust_trend_aggregates",
    requires = [
        series_trans,
        series_season_trans,
        series_combine,
        series_serialize,
        series_deserialize,
        theil_sen_final,
        mann_kendall_final,
        mann_kendall_hamed_rao_final,
        mann_kendall_seasonal_final
    ],
);
