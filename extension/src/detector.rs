//! Detectors: the aggregates that train one. `anomaly_score` and the other functions of models take them as they take
//! forests.

use crate::error::{Result, invalid, no_rows, report};
use crate::pg::{Call, Json, State, Vector, check_interrupts};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::{extension_sql, pg_extern};
use vigil_core::detector::{DetectorOptions, DetectorTrainer, Rows};

/// Adds a row of a table. Not strict: the first row brings the options, even when its features are NULL and skipped.
#[pg_extern(immutable, parallel_safe)]
fn detector_table_trans<'fcx>(
    state: Option<State<'fcx, DetectorTrainer>>,
    features: Option<Vector<'fcx>>,
    options: Option<Json<'fcx>>,
    call: Call<'fcx>,
) -> Result<State<'fcx, DetectorTrainer>> {
    push(state, Rows::Table, features, options, &call)
}

/// Adds a row of a history. Rows without a time are skipped.
#[pg_extern(immutable, parallel_safe)]
fn detector_history_trans<'fcx>(
    state: Option<State<'fcx, DetectorTrainer>>,
    ts: Option<TimestampWithTimeZone>,
    features: Option<Vector<'fcx>>,
    options: Option<Json<'fcx>>,
    call: Call<'fcx>,
) -> Result<State<'fcx, DetectorTrainer>> {
    push(state, Rows::History, ts.and(features), options, &call)
}

fn push<'fcx>(
    state: Option<State<'fcx, DetectorTrainer>>,
    rows: Rows,
    features: Option<Vector<'fcx>>,
    options: Option<Json<'fcx>>,
    call: &Call<'fcx>,
) -> Result<State<'fcx, DetectorTrainer>> {
    let mut state = State::or_new(state, call, || {
        let from_json = |options: &_| DetectorOptions::from_json(rows, options);
        Ok(DetectorTrainer::new(Json::options(options, from_json)?))
    })?;
    if let Some(features) = features {
        state
            .push(features.read_features(&mut Vec::new())?)
            .map_err(report)?;
    }
    Ok(state)
}

/// Trains on the rows. Not strict: no rows at all are too few rows.
#[pg_extern(immutable, parallel_safe)]
fn detector_agg_final(state: Option<State<'_, DetectorTrainer>>) -> Result<Vec<u8>> {
    let trainer = state.ok_or_else(no_rows)?;
    let detector = trainer.train(&mut check_interrupts).map_err(report)?;
    Ok(detector.to_bytes())
}

/// Adds a value to an exponentially weighted moving average. Not strict: NULL values leave it as it is.
#[pg_extern(immutable, parallel_safe)]
fn ewma_trans(average: Option<f64>, value: Option<f64>, span: Option<f64>) -> Result<Option<f64>> {
    let Some(span) = span.filter(|span| (1.0..=1e9).contains(span)) else {
        return Err(invalid(
            "span must be from 1 to 1e9 values",
            "Give the number of values over which to average, for example 3.",
        ));
    };
    let value = value.map(crate::scalar::number).transpose()?;
    Ok(match (average, value) {
        (Some(average), Some(value)) => Some(average + 2.0 / (span + 1.0) * (value - average)),
        (average, value) => average.or(value),
    })
}

// No combine functions: which rows stay in the reservoir, and what an average weighs, depends on the order of the rows.
extension_sql!(
    r#"
create aggregate detector_agg(features float8[], options jsonb) (
    sfunc = detector_table_trans,
    stype = internal,
    finalfunc = detector_agg_final,
    parallel = safe
);

create aggregate detector_agg(ts timestamptz, features float8[], options jsonb) (
    sfunc = detector_history_trans,
    stype = internal,
    finalfunc = detector_agg_final,
    parallel = safe
);

create aggregate ewma(value float8, span float8) (
    sfunc = ewma_trans,
    stype = float8,
    parallel = safe
);
"#,
    name = "detector_aggregates",
    requires = [
        detector_table_trans,
        detector_history_trans,
        detector_agg_final,
        ewma_trans
    ],
);
