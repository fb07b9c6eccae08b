//! Clusters: the aggregate that finds them by k-means and the functions that use its model; DBSCAN.

use crate::error::{Result, invalid, report};
use crate::pg::{Cached, Call, Json, Matrix, Model, State, Vector, check_interrupts};
use pgrx::datum::JsonB;
use pgrx::iter::TableIterator;
use pgrx::{default, extension_sql, name, pg_extern};
use vigil_core::clustering::dbscan::{self, Label, Rows};
use vigil_core::clustering::kmeans::{KMeans, KMeansOptions, Trainer};

/// Adds a row. Not strict: the first row brings the options, even when its features are NULL and skipped.
#[pg_extern(immutable, parallel_safe)]
fn kmeans_agg_trans<'fcx>(
    state: Option<State<'fcx, Trainer>>,
    features: Option<Vector<'fcx>>,
    k: Option<i32>,
    options: Option<Json<'fcx>>,
    call: Call<'fcx>,
) -> Result<State<'fcx, Trainer>> {
    // Refused as out of range.
    let k = k.unwrap_or(0);
    let mut state = State::or_new(state, &call, || {
        Trainer::new(k, Json::options(options, KMeansOptions::from_json)?).map_err(report)
    })?;
    if k != state.clusters() {
        return Err(invalid(
            "k differs between rows",
            "Pass the same number of clusters for all rows.",
        ));
    }
    if let Some(features) = features {
        state
            .push(features.read(&mut Vec::new())?)
            .map_err(report)?;
    }
    Ok(state)
}

/// Finds the clusters. Not strict: no rows at all are too few rows.
#[pg_extern(immutable, parallel_safe)]
fn kmeans_agg_final(state: Option<State<'_, Trainer>>) -> Result<Vec<u8>> {
    let trainer = state.ok_or_else(|| {
        invalid(
            "there are no rows to cluster",
            "Take a period that has readings.",
        )
    })?;
    let model = trainer.train(&mut check_interrupts).map_err(report)?;
    Ok(model.to_bytes())
}

/// Number of the nearest cluster.
#[pg_extern(immutable, strict, parallel_safe, cost = 100)]
fn kmeans_assign(
    model: Model<'_, KMeans>,
    features: Vector<'_>,
    mut call: Call<'_>,
) -> Result<Option<i32>> {
    let Cached { model, scratch } = call.decoded(model)?;
    let nearest = model.nearest(features.read(scratch)?).map_err(report)?;
    Ok(nearest.map(|(cluster, _)| cluster as i32 + 1))
}

/// Distance from the centre of the nearest cluster.
#[pg_extern(immutable, strict, parallel_safe, cost = 100)]
fn kmeans_distance(
    model: Model<'_, KMeans>,
    features: Vector<'_>,
    mut call: Call<'_>,
) -> Result<Option<f64>> {
    let Cached { model, scratch } = call.decoded(model)?;
    let nearest = model.nearest(features.read(scratch)?).map_err(report)?;
    Ok(nearest.map(|(_, distance)| distance))
}

/// Centres and sizes of the clusters.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000)]
#[allow(clippy::type_complexity)]
fn kmeans_centers(
    model: Model<'_, KMeans>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(cluster, i32),
            name!(center, Vec<f64>),
            name!(size, i64),
        ),
    >,
> {
    let clusters = model.decode()?.clusters();
    Ok(TableIterator::new((1..).zip(clusters).map(
        |(number, cluster)| {
            let size = i64::try_from(cluster.size).unwrap_or(i64::MAX);
            (number, cluster.centre, size)
        },
    )))
}

/// Facts about a model.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000)]
fn kmeans_info(model: Model<'_, KMeans>) -> Result<JsonB> {
    Ok(JsonB(model.decode()?.info()))
}

/// Rows, and how they are to be clustered.
#[derive(Clone)]
pub(crate) struct Dense {
    rows: Rows,
    eps: f64,
    min_points: i32,
    standardize: bool,
}

impl Dense {
    fn labels(&self) -> Result<Vec<Option<Label>>> {
        let Self {
            rows,
            eps,
            min_points,
            standardize,
        } = self;
        dbscan::labels(rows, *eps, *min_points, *standardize, &mut check_interrupts).map_err(report)
    }
}

/// Adds a row. Not strict: a row that is NULL keeps its place, and a parameter that is NULL is refused.
#[pg_extern(immutable, parallel_safe)]
fn dbscan_agg_trans<'fcx>(
    state: Option<State<'fcx, Dense>>,
    features: Option<Vector<'fcx>>,
    eps: Option<f64>,
    min_points: Option<i32>,
    standardize: Option<bool>,
    call: Call<'fcx>,
) -> Result<State<'fcx, Dense>> {
    let (Some(eps), Some(min_points), Some(standardize)) = (eps, min_points, standardize) else {
        return Err(invalid(
            "eps, min_points or standardize is null",
            "Pass a distance, a number of rows and true or false.",
        ));
    };
    let mut state = State::or_new(state, &call, || {
        Ok(Dense {
            rows: Rows::new(),
            eps,
            min_points,
            standardize,
        })
    })?;
    // A NaN differs from itself, and is refused as what it is.
    let same_eps = eps == state.eps || (eps.is_nan() && state.eps.is_nan());
    if !same_eps || min_points != state.min_points || standardize != state.standardize {
        return Err(invalid(
            "eps, min_points or standardize differs between rows",
            "Pass the same values for all rows.",
        ));
    }
    let mut scratch = Vec::new();
    let row = features
        .map(|features| features.read(&mut scratch))
        .transpose()?;
    state.rows.push(row).map_err(report)?;
    Ok(state)
}

/// Labels the rows; NULL without rows.
#[pg_extern(immutable, parallel_safe)]
fn dbscan_agg_final(state: Option<State<'_, Dense>>) -> Result<Option<Vec<Option<i32>>>> {
    let Some(state) = state else { return Ok(None) };
    let labels = state.labels()?;
    let cluster = |label: Option<Label>| label.map(|label| label.cluster as i32);
    Ok(Some(labels.into_iter().map(cluster).collect()))
}

// No combine functions: which rows stay in the sample of one, and which label belongs to which row of the other, depends
// on their order.
extension_sql!(
    r#"
create aggregate kmeans_agg(features float8[], k int, options jsonb) (
    sfunc = kmeans_agg_trans,
    stype = internal,
    finalfunc = kmeans_agg_final,
    parallel = safe
);

create aggregate dbscan_agg(features float8[], eps float8, min_points int, standardize boolean) (
    sfunc = dbscan_agg_trans,
    stype = internal,
    finalfunc = dbscan_agg_final,
    parallel = safe
);
"#,
    name = "clustering_aggregates",
    requires = [
        kmeans_agg_trans,
        kmeans_agg_final,
        dbscan_agg_trans,
        dbscan_agg_final
    ],
);

/// Labels the rows of a matrix.
#[pg_extern(immutable, strict, parallel_safe, cost = 10000)]
#[allow(clippy::type_complexity)]
fn dbscan(
    rows: Matrix<'_>,
    eps: f64,
    min_points: default!(i32, 5),
    standardize: default!(bool, true),
) -> Result<
    TableIterator<
        'static,
        (
            name!(position, i32),
            name!(cluster, Option<i32>),
            name!(is_core, Option<bool>),
        ),
    >,
> {
    let mut scratch = Vec::new();
    let (cells, width) = rows.read(&mut scratch)?;
    let mut collected = Rows::new();
    for row in cells.chunks_exact(width.max(1)) {
        collected.push(Some(row)).map_err(report)?;
    }
    let dense = Dense {
        rows: collected,
        eps,
        min_points,
        standardize,
    };
    let labels = dense.labels()?;
    Ok(TableIterator::new((1..).zip(labels).map(
        |(position, label)| {
            (
                position,
                label.map(|label| label.cluster as i32),
                label.map(|label| label.is_core),
            )
        },
    )))
}
