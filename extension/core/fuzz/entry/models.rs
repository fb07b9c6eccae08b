//! Clusters and forecasts.

use super::answer;
use super::numbers::Numbers;
use vigil_core::clustering::dbscan;
use vigil_core::clustering::kmeans::{self, KMeans, KMeansOptions};
use vigil_core::forecast::{ForecastOptions, forecast};

/// Options as text of an object, or a few bytes of small options, then rows of up to four numbers.
pub(crate) fn clusters(data: &[u8]) {
    if let Ok(options) = serde_json::from_slice(data) {
        answer(KMeansOptions::from_json(&options));
    }
    let mut numbers = Numbers(data);
    let (count, eps, least) = (numbers.integer() % 8, numbers.float(), numbers.integer());
    let (width, kind) = (1 + numbers.byte() % 4, numbers.byte());
    let mut rows = Vec::new();
    while !numbers.is_empty() && rows.len() < 200 {
        rows.push((0..width).map(|_| numbers.float()).collect::<Vec<f64>>());
    }
    let mut options = KMeansOptions {
        n_init: 1 + u32::from(kind % 3),
        max_iter: 1 + u32::from(kind / 8),
        ..KMeansOptions::default()
    };
    options.standardize = kind & 4 > 0;
    if let Some(mut trainer) = answer(kmeans::Trainer::new(count, options)) {
        for row in &rows {
            answer(trainer.push(row));
        }
        if let Some(model) = answer(trainer.train(&mut || ())) {
            means(&model, &rows);
        }
    }
    let mut places = dbscan::Rows::new();
    for row in &rows {
        answer(places.push(Some(row)));
    }
    answer(dbscan::labels(
        &places,
        eps,
        least,
        kind & 4 > 0,
        &mut || (),
    ));
}

fn means(model: &KMeans, rows: &[Vec<f64>]) {
    let bytes = model.to_bytes();
    assert_eq!(KMeans::from_bytes(&bytes).unwrap().to_bytes(), bytes);
    let clusters = model.clusters();
    for row in rows {
        if let Some(Some((nearest, distance))) = answer(model.nearest(row)) {
            assert!(nearest <= clusters.len() && distance >= 0.0, "{distance}");
        }
    }
}

/// The horizon, the options as an object behind their length, then the values of a series.
pub(crate) fn forecasts(data: &[u8]) {
    let &[horizon, length, ref rest @ ..] = data else {
        return;
    };
    let (text, rest) = rest.split_at(usize::from(length).min(rest.len()));
    let parsed = serde_json::from_slice(text).map(|object| ForecastOptions::from_json(&object));
    let options = parsed.ok().and_then(answer).unwrap_or_default();
    let mut values = Numbers(rest).rest();
    // Estimating the weights takes most of the time.
    values.truncate(24);
    let steps = answer(forecast(
        &values,
        i32::from(horizon % 16),
        &options,
        &mut || (),
    ));
    for step in steps.unwrap_or_default() {
        assert!(step.lower <= step.value && step.value <= step.upper);
    }
}
