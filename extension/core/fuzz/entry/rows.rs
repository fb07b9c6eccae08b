//! States that rows are pushed into.

use super::numbers::Numbers;
use super::{answer, assert_probability};
use vigil_core::baseline::seasonal::Seasonal;
use vigil_core::drift::distribution::Distribution;
use vigil_core::multivariate::correlation;
use vigil_core::multivariate::covariance::Covariance;
use vigil_core::multivariate::mahalanobis::Mahalanobis;
use vigil_core::multivariate::pca::Pca;
use vigil_core::stats::{Statistic, Stats};
use vigil_core::trend::Trend;

/// Rows of up to four numbers, hostile ones among them, into two states each that are merged.
pub(crate) fn rows(data: &[u8]) {
    let mut numbers = Numbers(data);
    let width = 1 + usize::from(numbers.byte() % 4);
    let mut rows = Vec::new();
    while !numbers.is_empty() {
        let ts = numbers.time();
        let row: Vec<f64> = (0..width).map(|_| numbers.float()).collect();
        rows.push((ts, row));
    }
    let (left, right) = rows.split_at(rows.len() / 2);
    statistics(left, right);
    trends(left, right);
    distributions(left, right);
    seasons(left, right);
    covariances(left, right);
}

type Row = (i64, Vec<f64>);

fn statistics(left: &[Row], right: &[Row]) {
    let state = |rows: &[Row]| {
        let mut state = Stats::new();
        for (ts, row) in rows {
            answer(state.push(*ts, row));
        }
        state
    };
    let (mut state, other) = (state(left), state(right));
    state.merge(&other);
    for statistic in Statistic::ALL {
        let numbers = state.statistic(statistic);
        assert!(numbers.iter().all(|x| !x.is_infinite()), "{numbers:?}");
    }
    let bytes = state.to_bytes();
    assert_eq!(Stats::from_bytes(&bytes).unwrap().to_bytes(), bytes);
}

fn trends(left: &[Row], right: &[Row]) {
    let state = |rows: &[Row]| {
        let mut state = Trend::new();
        for (ts, row) in rows.iter().filter(|(_, row)| !row[0].is_nan()) {
            answer(state.push(*ts, row[0]));
        }
        state
    };
    let (mut state, other) = (state(left), state(right));
    state.merge(&other);
    assert!(state.slope().is_none_or(f64::is_finite));
    assert!(state.fitted(i64::MAX - 1).is_none_or(|x| !x.is_nan()));
    assert_probability(state.p_value());
    assert_probability(state.r_squared());
    if let Some(Some((low, high))) = answer(state.slope_interval(0.95)) {
        assert!(low <= high, "{low} {high}");
    }
    let bytes = state.to_bytes();
    assert_eq!(Trend::from_bytes(&bytes).unwrap().to_bytes(), bytes);
}

fn distributions(left: &[Row], right: &[Row]) {
    let state = |rows: &[Row]| {
        let mut state = Distribution::new();
        for (_, row) in rows {
            answer(state.push(row[0]));
        }
        state
    };
    let (mut state, other) = (state(left), state(right));
    if let Some(result) = answer(state.ks_test(&other)) {
        assert_probability(result.statistic);
        assert_probability(result.p_value);
        assert!(
            state
                .wasserstein(&other)
                .is_ok_and(|d| d >= 0.0 && d.is_finite())
        );
    }
    state.merge(&other);
    let quantiles: Vec<f64> = [0.0, 0.25, 0.5, 0.75, 1.0]
        .into_iter()
        .filter_map(|q| answer(state.quantile(q)).flatten())
        .collect();
    assert!(quantiles.is_sorted(), "{quantiles:?}");
    let bytes = state.to_bytes();
    assert_eq!(Distribution::from_bytes(&bytes).unwrap(), state);
}

fn seasons(left: &[Row], right: &[Row]) {
    let state = |rows: &[Row]| {
        let mut state = Seasonal::new("Europe/Berlin").unwrap();
        for (ts, row) in rows.iter().filter(|(_, row)| !row[0].is_nan()) {
            answer(state.push(*ts, row[0]));
        }
        state
    };
    let (mut state, other) = (state(left), state(right));
    answer(state.merge(&other));
    for (ts, _) in left {
        assert!(state.expected(*ts).is_none_or(f64::is_finite));
        assert!(state.spread(*ts).is_none_or(|s| s >= 0.0 && s.is_finite()));
        assert!(state.z(*ts, 1e100).is_none_or(|z| !z.is_nan()));
    }
    let bytes = state.to_bytes();
    assert_eq!(Seasonal::from_bytes(&bytes).unwrap().to_bytes(), bytes);
}

fn covariances(left: &[Row], right: &[Row]) {
    let state = |rows: &[Row]| {
        let mut state = Covariance::new();
        for (_, row) in rows {
            answer(state.push(row));
        }
        state
    };
    let (mut state, other) = (state(left), state(right));
    for change in answer(correlation::changes(&state, &other)).unwrap_or_default() {
        assert_probability(change.p_value);
        assert_probability(change.adjusted_p);
        assert!(change.reference.abs() <= 1.0 && change.current.abs() <= 1.0);
    }
    answer(state.merge(&other));
    let bytes = state.to_bytes();
    assert_eq!(Covariance::from_bytes(&bytes).unwrap().to_bytes(), bytes);
    if let Some(model) = answer(Mahalanobis::new(&state)) {
        for (_, row) in left {
            let distance = answer(model.distance(row)).flatten();
            assert!(distance.is_none_or(|d| d >= 0.0), "{distance:?}");
        }
        let bytes = model.to_bytes();
        assert_eq!(Mahalanobis::from_bytes(&bytes).unwrap().to_bytes(), bytes);
    }
    for components in 0..=5 {
        let Some(model) = answer(Pca::new(&state, components, &mut || ())) else {
            continue;
        };
        assert_probability(model.explained());
        for (_, row) in left {
            let error = answer(model.reconstruction_error(row)).flatten();
            assert!(error.is_none_or(|e| e >= 0.0), "{error:?}");
        }
        let bytes = model.to_bytes();
        assert_eq!(Pca::from_bytes(&bytes).unwrap().to_bytes(), bytes);
    }
}
