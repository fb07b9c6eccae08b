//! Linear trends.

use proptest::prelude::*;
use vigil_core::Error;
use vigil_core::trend::{Trend, ols};

const SECOND: i64 = 1_000_000;

fn trend(pairs: &[(i64, f64)]) -> Trend {
    let mut trend = Trend::new();
    for &(ts, value) in pairs {
        trend.push(ts, value).unwrap();
    }
    trend
}

#[test]
fn what_is_undefined_is_none() {
    let empty = Trend::new();
    assert_eq!(
        (empty.n(), empty.slope(), empty.fitted(0), empty.r_squared()),
        (0, None, None, None)
    );
    let one_time = trend(&[(5, 1.0), (5, 2.0), (5, 9.0)]);
    assert_eq!(
        (one_time.slope(), one_time.stderr(), one_time.p_value()),
        (None, None, None)
    );
    let two = trend(&[(0, 1.0), (SECOND, 3.0)]);
    assert_eq!(
        (two.slope(), two.stderr(), two.p_value()),
        (Some(2.0), None, None)
    );
    assert_eq!(
        (two.r_squared(), two.fitted(2 * SECOND)),
        (Some(1.0), Some(5.0))
    );
    let flat = trend(&[(0, 3.25), (SECOND, 3.25), (2 * SECOND, 3.25)]);
    assert_eq!((flat.slope(), flat.stderr()), (Some(0.0), Some(0.0)));
    assert_eq!((flat.p_value(), flat.r_squared()), (None, None));
}

/// Quantiles of Student's t from tables to 15 digits: 1, 3 and 28 degrees of freedom.
#[test]
fn intervals_of_the_slope() {
    for (n, quantile) in [
        (3, 12.706_204_736_432_095),
        (5, 3.182_446_305_284_263),
        (30, 2.048_407_141_795_244),
    ] {
        let pairs: Vec<(i64, f64)> = (0..n).map(|i| (i * SECOND, (i * i % 7) as f64)).collect();
        let state = trend(&pairs);
        let (low, high) = state.slope_interval(0.95).unwrap().unwrap();
        let reach = quantile * state.stderr().unwrap();
        assert!(((high - low) / 2.0 / reach - 1.0).abs() < 1e-9);
        assert!(((high + low) / 2.0 - state.slope().unwrap()).abs() < 1e-9);
    }
    assert_eq!(trend(&[(0, 1.0), (1, 2.0)]).slope_interval(0.95), Ok(None));
    assert!(trend(&[]).slope_interval(1.0).is_err());
    assert!(trend(&[]).slope_interval(f64::NAN).is_err());
}

#[test]
fn missing_values_are_skipped_and_bad_ones_refused() {
    let mut trend = trend(&[(0, 1.0), (1, f64::NAN)]);
    assert_eq!(trend.n(), 1);
    assert_eq!(trend.push(2, f64::INFINITY), Err(Error::ValueOutOfRange(1)));
    assert_eq!(trend.n(), 1);
}

#[test]
fn merging_into_an_empty_state_loses_nothing() {
    // 200 years after 2000, ten values a tenth of a second apart.
    let start = 200 * 365 * 86_400 * SECOND;
    let pairs: Vec<(i64, f64)> = (0..10)
        .map(|i| (start + i * SECOND / 10, 0.5 * i as f64))
        .collect();
    let whole = trend(&pairs);
    let mut merged = Trend::new();
    merged.merge(&whole);
    merged.merge(&Trend::new());
    assert_eq!(merged, whole);
    assert!((merged.slope().unwrap() - 5.0).abs() < 1e-13);
}

#[test]
fn a_fit_needs_two_different_x() {
    assert_eq!(ols::fit(&[], &[]), None);
    assert_eq!(ols::fit(&[1.0], &[1.0]), None);
    assert_eq!(ols::fit(&[1.0, 1.0], &[1.0, 2.0]), None);
    assert_eq!(ols::fit(&[1.0, 2.0], &[1.0]), None);
}

#[test]
fn tiny_values_keep_their_spread() {
    let values = [1.0, 2.5, 2.0, 4.5, 5.0];
    let of = |unit: f64, split: usize| {
        let rows: Vec<(i64, f64)> = (0..)
            .map(|i: i64| i * SECOND)
            .zip(values.map(|value| value * unit))
            .collect();
        let mut merged = trend(&rows[..split]);
        merged.merge(&trend(&rows[split..]));
        Trend::from_bytes(&merged.to_bytes()).unwrap()
    };
    let one = of(1.0, 2);
    for split in [0, 2, 5] {
        let tiny = of(1e-300, split);
        assert!(close(
            tiny.slope().map(|slope| slope * 1e300),
            one.slope(),
            1e-12
        ));
        assert!(close(
            tiny.stderr().map(|stderr| stderr * 1e300),
            one.stderr(),
            1e-12
        ));
        assert!(close(
            tiny.fitted(0).map(|value| value * 1e300),
            one.fitted(0),
            1e-12
        ));
        assert!(close(tiny.p_value(), one.p_value(), 1e-12));
        assert!(close(tiny.r_squared(), one.r_squared(), 1e-12));
    }
    // Beside a value that is not tiny they are nothing.
    let mut mixed = of(1e-300, 2);
    mixed.merge(&trend(&[(5 * SECOND, 1.0)]));
    let with_zeros: Vec<(i64, f64)> = (0..6)
        .map(|i| (i * SECOND, f64::from(u8::from(i == 5))))
        .collect();
    assert!(close(mixed.slope(), trend(&with_zeros).slope(), 1e-12));
    assert!(close(mixed.stderr(), trend(&with_zeros).stderr(), 1e-12));
}

fn pairs() -> impl Strategy<Value = Vec<(i64, f64)>> {
    prop::collection::vec(
        ((-100..100_i64).prop_map(|ts| ts * SECOND), -1e3..1e3),
        0..40,
    )
}

fn close(a: Option<f64>, b: Option<f64>, tolerance: f64) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= tolerance * (1.0 + a.abs()),
        (a, b) => a == b,
    }
}

proptest! {
    #[test]
    fn agrees_with_the_fit_of_all_pairs(pairs in pairs()) {
        let state = trend(&pairs);
        let x: Vec<f64> = pairs.iter().map(|pair| pair.0 as f64 / 1e6).collect();
        let y: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
        let fit = ols::fit(&x, &y);
        prop_assert!(close(state.slope(), fit.map(|fit| fit.slope), 1e-9));
        prop_assert!(close(state.fitted(0), fit.map(|fit| fit.intercept), 1e-9));
        // The square root of a residual that is all rounding leaves half of the digits.
        prop_assert!(close(state.stderr(), fit.and_then(|fit| fit.stderr), 1e-5));
        prop_assert!(close(state.r_squared(), fit.and_then(|fit| fit.r).map(|r| r * r), 1e-9));
    }

    #[test]
    fn any_split_and_order_gives_the_same(pairs in pairs(), parts in prop::collection::vec(0..3_usize, 40)) {
        let whole = trend(&pairs);
        let mut split = vec![Trend::new(); 3];
        for (&(ts, value), &part) in pairs.iter().zip(&parts).rev() {
            split[part].push(ts, value).unwrap();
        }
        let mut merged = Trend::new();
        split.iter().rev().for_each(|part| merged.merge(part));
        prop_assert_eq!(merged.n(), whole.n());
        prop_assert!(close(merged.slope(), whole.slope(), 1e-9));
        prop_assert!(close(merged.fitted(0), whole.fitted(0), 1e-9));
        prop_assert!(close(merged.r_squared(), whole.r_squared(), 1e-9));
        prop_assert!(close(merged.stderr(), whole.stderr(), 1e-5));
    }

    #[test]
    fn probabilities_are_probabilities(pairs in pairs()) {
        let state = trend(&pairs);
        for value in [state.p_value(), state.r_squared()].into_iter().flatten() {
            prop_assert!((0.0..=1.0).contains(&value));
        }
        let bytes = state.to_bytes();
        prop_assert_eq!(Trend::from_bytes(&bytes).unwrap(), state);
    }
}
