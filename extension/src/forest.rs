//! Isolation forests: the aggregate that trains one and the functions that use it.

use crate::error::{Result, no_rows, report};
use crate::pg::{Cached, Call, Float8s, Json, Matrix, Model, State, Vector, check_interrupts};
use crate::scalar::known;
use pgrx::datum::JsonB;
use pgrx::iter::TableIterator;
use pgrx::{extension_sql, name, pg_extern};
use vigil_core::forest::{ForestOptions, Trainer};

/// Rows of a matrix that are scored between two looks at a cancel request: some milliseconds.
const INTERRUPT_ROWS: usize = 4096;

/// Adds a training row. Not strict: the first row brings the options, even when its features are NULL and skipped.
#[pg_extern(immutable, parallel_safe)]
fn forest_agg_trans<'fcx>(
    state: Option<State<'fcx, Trainer>>,
    features: Option<Vector<'fcx>>,
    options: Option<Json<'fcx>>,
    call: Call<'fcx>,
) -> Result<State<'fcx, Trainer>> {
    let mut state = State::or_new(state, &call, || new_trainer(options))?;
    if let Some(features) = features {
        state
            .push(features.read_features(&mut Vec::new())?)
            .map_err(report)?;
    }
    Ok(state)
}

/// Adds a training row with a weight. Rows without one are skipped.
#[pg_extern(immutable, parallel_safe)]
fn forest_agg_weighted_trans<'fcx>(
    state: Option<State<'fcx, Trainer>>,
    features: Option<Vector<'fcx>>,
    weight: Option<f64>,
    options: Option<Json<'fcx>>,
    call: Call<'fcx>,
) -> Result<State<'fcx, Trainer>> {
    let mut state = State::or_new(state, &call, || new_trainer(options))?;
    if let (Some(features), Some(weight)) = (features, weight) {
        state
            .push_weighted(features.read_features(&mut Vec::new())?, weight)
            .map_err(report)?;
    }
    Ok(state)
}

fn new_trainer(options: Option<Json<'_>>) -> Result<Trainer> {
    Trainer::new(Json::options(options, ForestOptions::from_json)?).map_err(report)
}

/// Trains on the rows. Not strict: no rows at all are too few rows.
#[pg_extern(immutable, parallel_safe)]
fn forest_agg_final(state: Option<State<'_, Trainer>>) -> Result<Vec<u8>> {
    let trainer = state.ok_or_else(no_rows)?;
    let forest = trainer.train(&mut check_interrupts).map_err(report)?;
    Ok(forest.to_bytes())
}

// No combine function: which rows stay in the reservoir depends on their order.
extension_sql!(
    r#"
create aggregate forest_agg(features float8[], options jsonb) (
    sfunc = forest_agg_trans,
    stype = internal,
    finalfunc = forest_agg_final,
    parallel = safe
);

create aggregate forest_agg(features float8[], weight float8, options jsonb) (
    sfunc = forest_agg_weighted_trans,
    stype = internal,
    finalfunc = forest_agg_final,
    parallel = safe
);
"#,
    name = "forest_aggregates",
    requires = [
        forest_agg_trans,
        forest_agg_weighted_trans,
        forest_agg_final
    ],
);

/// Anomaly score of a vector.
#[pg_extern(immutable, strict, parallel_safe, cost = 100)]
fn anomaly_score(model: Model<'_>, features: Vector<'_>, mut call: Call<'_>) -> Result<f64> {
    let Cached { model, scratch } = call.decoded(model)?;
    model
        .score(features.read_features(scratch)?)
        .map_err(report)
}

/// Whether the score of a vector is above the model's threshold.
#[pg_extern(immutable, strict, parallel_safe, cost = 100)]
fn is_anomaly(model: Model<'_>, features: Vector<'_>, mut call: Call<'_>) -> Result<bool> {
    let Cached { model, scratch } = call.decoded(model)?;
    let threshold = model.threshold().map_err(report)?;
    Ok(model
        .score(features.read_features(scratch)?)
        .map_err(report)?
        > threshold)
}

/// Anomaly scores of the rows of a matrix.
#[pg_extern(immutable, strict, parallel_safe, cost = 10000)]
fn anomaly_scores(model: Model<'_>, features: Matrix<'_>, mut call: Call<'_>) -> Result<Float8s> {
    let Cached { model, scratch } = call.decoded(model)?;
    let (rows, width) = features.read_features(scratch)?;
    if rows.is_empty() {
        return Ok(Float8s(Vec::new()));
    }
    if width != model.n_features() {
        let expected = model.n_features();
        return Err(report(vigil_core::Error::FeatureCount {
            expected,
            got: width,
        }));
    }
    let mut scores = Vec::with_capacity(rows.len() / width);
    for block in rows.chunks(INTERRUPT_ROWS * width) {
        check_interrupts();
        model.score_rows(block, &mut scores).map_err(report)?;
    }
    Ok(Float8s(scores))
}

/// What each feature contributes to the score of a vector.
#[pg_extern(immutable, strict, parallel_safe, cost = 200)]
fn explain(model: Model<'_>, features: Vector<'_>, mut call: Call<'_>) -> Result<Float8s> {
    let Cached { model, scratch } = call.decoded(model)?;
    model
        .explain(features.read_features(scratch)?)
        .map(Float8s)
        .map_err(report)
}

/// What is usual for each feature.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000)]
#[allow(clippy::type_complexity)]
fn typical_range(
    model: Model<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(feature, i32),
            name!(low, Option<f64>),
            name!(median, Option<f64>),
            name!(high, Option<f64>),
        ),
    >,
> {
    let ranges = model.decode()?.typical_ranges().to_vec();
    let rows = (1..).zip(ranges).map(move |(feature, range)| {
        (
            feature,
            known(range.low),
            known(range.median),
            known(range.high),
        )
    });
    Ok(TableIterator::new(rows))
}

/// Facts about a model.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000)]
fn forest_info(model: Model<'_>) -> Result<JsonB> {
    Ok(JsonB(model.decode()?.info()))
}
