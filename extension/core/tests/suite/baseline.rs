//! Baselines of one variable: reference values, frames, hours of the week.

use crate::data::{cases, check, numbers};
use proptest::prelude::*;
use std::collections::VecDeque;
use vigil_core::Error;
use vigil_core::baseline::Baseline;
use vigil_core::baseline::seasonal::Seasonal;
use vigil_core::baseline::window::{Moving, Ranked, Running};
use vigil_core::quantile;

const MISSING: f64 = f64::NAN;
const HOUR: i64 = 3_600_000_000;

#[test]
pub(crate) fn z_scores() {
    for case in cases("zscore") {
        let x = numbers(&case["input"]["x"]);
        let (expected, rtol) = (&case["expected"], case["rtol"].as_f64().unwrap());
        let baseline = Baseline::of(&x).unwrap();
        check(
            &case,
            "mean",
            &expected["mean"],
            Some(baseline.mean()),
            rtol,
        );
        check(
            &case,
            "sd_sample",
            &expected["sd_sample"],
            baseline.stddev(),
            rtol,
        );
        let mut running = Running::default();
        for (index, &value) in x.iter().enumerate() {
            running.push(value).unwrap();
            let z = expected["z_sample"]
                .get(index)
                .unwrap_or(&serde_json::Value::Null);
            check_near(&case, "z", z, baseline.z(value), rtol);
        }
        let last = expected["z_sample"]
            .get(x.len() - 1)
            .unwrap_or(&serde_json::Value::Null);
        check_near(&case, "z of the last", last, running.z(), rtol);
    }
}

/// As `check`, but a number that is 0 but for rounding may differ from 0 by as much.
fn check_near(
    case: &serde_json::Value,
    name: &str,
    expected: &serde_json::Value,
    got: Option<f64>,
    rtol: f64,
) {
    match (expected.as_f64(), got) {
        (Some(expected), Some(got)) if expected.abs() < 1e-9 => {
            assert!(got.abs() < 1e-9, "{}: {name}", case["id"]);
        }
        _ => check(case, name, expected, got, rtol),
    }
}

#[test]
pub(crate) fn median_absolute_deviations() {
    for case in cases("mad") {
        let x = numbers(&case["input"]["x"]);
        let (expected, rtol) = (&case["expected"], case["rtol"].as_f64().unwrap());
        let baseline = Baseline::of(&x).unwrap();
        check(
            &case,
            "median",
            &expected["median"],
            Some(baseline.median()),
            rtol,
        );
        check(&case, "mad", &expected["mad"], Some(baseline.mad()), rtol);
        check(
            &case,
            "mad_normal",
            &expected["mad_normal"],
            Some(baseline.sigma()),
            rtol,
        );
        let mut ranked = Ranked::default();
        for (index, &value) in x.iter().enumerate() {
            ranked.push(value).unwrap();
            let z = expected["robust_z"]
                .get(index)
                .unwrap_or(&serde_json::Value::Null);
            check(&case, "robust_z", z, baseline.robust_z(value), rtol);
        }
        let last = expected["robust_z"]
            .get(x.len() - 1)
            .unwrap_or(&serde_json::Value::Null);
        check(&case, "robust_z of the last", last, ranked.robust_z(), rtol);
    }
}

#[test]
pub(crate) fn fences() {
    for case in cases("iqr_fences") {
        let x = numbers(&case["input"]["x"]);
        let (expected, rtol) = (&case["expected"], case["rtol"].as_f64().unwrap());
        let baseline = Baseline::of(&x).unwrap();
        let (q1, q3) = baseline.quartiles();
        let ((low, high), (far_low, far_high)) = (baseline.fences(1.5), baseline.fences(3.0));
        for (name, got) in [
            ("q1", q1),
            ("q3", q3),
            ("iqr", baseline.iqr()),
            ("lo15", low),
            ("hi15", high),
            ("lo3", far_low),
            ("hi3", far_high),
        ] {
            check(&case, name, &expected[name], Some(got), rtol);
        }
        let outliers: Vec<f64> = (0_i32..)
            .zip(&x)
            .filter(|&(_, &value)| baseline.is_outlier(value, 1.5))
            .map(|(index, _)| index.into())
            .collect();
        assert_eq!(outliers, numbers(&expected["outliers15"]), "{}", case["id"]);
    }
}

#[test]
pub(crate) fn quantiles() {
    for case in cases("quantile_type7") {
        let x = numbers(&case["input"]["x"]);
        for (p, q) in numbers(&case["expected"]["p"])
            .into_iter()
            .zip(case["expected"]["q"].as_array().unwrap())
        {
            let got = quantile::of_type(&x, p, 7).unwrap();
            check(
                &case,
                &format!("quantile {p}"),
                q,
                got,
                case["rtol"].as_f64().unwrap(),
            );
        }
    }
}

#[test]
pub(crate) fn quantile_types() {
    for case in cases("quantile_types") {
        let x = numbers(&case["input"]["x"]);
        for (kind, quantiles) in case["expected"].as_object().unwrap() {
            for (p, q) in quantiles.as_object().unwrap() {
                let got = quantile::of_type(&x, p.parse().unwrap(), kind.parse().unwrap()).unwrap();
                check(&case, &format!("type {kind} of {p}"), q, got, 1e-9);
            }
        }
    }
}

#[test]
fn quantile_types_at_the_ends() {
    for kind in 1..=9 {
        for values in [&[3.0][..], &[1.0, 2.0, 3.0], &[MISSING, 3.0, 1.0]] {
            let (low, high) = (
                quantile::of_type(values, 0.0, kind),
                quantile::of_type(values, 1.0, kind),
            );
            assert_eq!(high, Ok(Some(3.0)), "type {kind}");
            assert_eq!(
                low,
                Ok(Some(if values.len() == 1 { 3.0 } else { 1.0 })),
                "type {kind}"
            );
        }
        assert_eq!(quantile::of_type(&[MISSING], 0.5, kind), Ok(None));
    }
    assert!(quantile::of_type(&[1.0], 1.5, 7).is_err());
    assert!(quantile::of_type(&[1.0], f64::NAN, 7).is_err());
    assert!(quantile::of_type(&[1.0], 0.5, 10).is_err());
}

#[test]
fn what_is_undefined_is_none() {
    assert_eq!(Baseline::of(&[]), None);
    assert_eq!(Baseline::of(&[MISSING]), None);
    let one = Baseline::of(&[5.0, MISSING]).unwrap();
    assert_eq!(
        (one.n, one.stddev(), one.z(7.0), one.robust_z(7.0)),
        (1, None, None, None)
    );
    assert!(one.is_outlier(7.0, 1.5) && !one.is_outlier(5.0, 1.5));
    let constant = Baseline::of(&[0.1; 10]).unwrap();
    assert_eq!(
        (constant.mean(), constant.stddev(), constant.z(0.1)),
        (0.1, Some(0.0), None)
    );
}

#[test]
fn no_magnitude_is_out_of_range() {
    for unit in [1e308, 1e-308] {
        let baseline = Baseline::of(&[-unit, 0.0, unit, unit]).unwrap();
        let one = Baseline::of(&[-1.0, 0.0, 1.0, 1.0]).unwrap();
        assert!((baseline.stddev().unwrap() / unit - one.stddev().unwrap()).abs() < 1e-12);
        assert!((baseline.z(unit).unwrap() - one.z(1.0).unwrap()).abs() < 1e-12);
        assert!((baseline.robust_z(-unit).unwrap() - one.robust_z(-1.0).unwrap()).abs() < 1e-12);
        let (low, high) = baseline.fences(1e300);
        assert!(low.is_finite() && high.is_finite() && low < high);
    }
    let tiny = Baseline::of(&[1e-308, 2e-308, 3e-308]).unwrap();
    assert_eq!(
        (tiny.z(1e308), tiny.robust_z(-1e308)),
        (Some(f64::MAX), Some(f64::MIN))
    );
    let mut running = Running::default();
    for value in [1e-300, 2e-300, 4e-300] {
        running.push(value).unwrap();
    }
    assert!((running.z().unwrap() - 1.091_089_451_179_961_9).abs() < 1e-12);
    assert_eq!(running.push(1e101), Err(Error::ValueOutOfRange(1)));
    running.push(1e100).unwrap();
    assert!((running.z().unwrap() - 1.5).abs() < 1e-12);
}

#[test]
fn long_frames() {
    let mut ranked = Ranked::default();
    let value = |index: u64| ((index * 7919) % 10_007) as f64;
    for index in 0..10_007 {
        ranked.push(value(index)).unwrap();
    }
    // 0, 1, … 10006: median 5003, median absolute deviation 2501.5 rounded to a value of the sample.
    let expected = (value(10_006) - 5003.0) / 2502.0 / 1.482_602_218_505_602;
    assert_eq!(ranked.robust_z(), Some(expected));
    for index in 0..10_006 {
        ranked.pop(value(index));
    }
    assert_eq!(
        (ranked.robust_z(), ranked.is_outlier()),
        (None, Some(false))
    );
}

#[test]
fn hours_of_the_week() {
    let mut seasonal = Seasonal::new("UTC").unwrap();
    // 2000-01-03 was a Monday.
    let monday = 2 * 24 * HOUR;
    for week in 0..4_i64 {
        seasonal
            .push(monday + week * 168 * HOUR, week as f64)
            .unwrap();
        seasonal
            .push(monday + week * 168 * HOUR + HOUR, 100.0)
            .unwrap();
        seasonal.push(monday + week * 168 * HOUR - 1, 7.0).unwrap();
    }
    seasonal.push(0, MISSING).unwrap();
    assert_eq!(seasonal.n(), 12);
    let later = monday - 1000 * 168 * HOUR + 59 * HOUR / 60;
    assert_eq!(seasonal.expected(later), Some(1.5));
    assert_eq!(seasonal.spread(later), Some((5.0_f64 / 3.0).sqrt()));
    assert_eq!(seasonal.z(later, 1.5), Some(0.0));
    assert_eq!(seasonal.expected(later + HOUR), Some(100.0));
    assert_eq!(
        (
            seasonal.spread(later + HOUR),
            seasonal.z(later + HOUR, 101.0)
        ),
        (Some(0.0), None)
    );
    assert_eq!(
        (
            seasonal.expected(later - HOUR),
            seasonal.expected(later - 2 * HOUR)
        ),
        (Some(7.0), None)
    );
    assert_eq!(
        seasonal.merge(&Seasonal::new("Europe/Berlin").unwrap()),
        Err(Error::TimeZones)
    );
    assert!(Seasonal::new("").is_err() && Seasonal::new(&"x".repeat(256)).is_err());
    assert_eq!(
        (seasonal.expected(i64::MAX), seasonal.expected(i64::MIN)),
        (None, None)
    );
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        1 => Just(MISSING),
        4 => -1e3..1e3,
        3 => (-3..3_i32).prop_map(f64::from),
        1 => (-3..3_i32).prop_map(|n| f64::from(n) * 1e-300),
        1 => Just(1e100),
    ]
}

fn close(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-7 * (1.0 + a.abs()),
        (a, b) => a == b,
    }
}

proptest! {
    #[test]
    fn frames_have_the_answer_of_their_values(values in prop::collection::vec((value(), 0..3_usize), 1..80)) {
        let (mut moving, mut ranked, mut running) = (Moving::default(), Ranked::default(), Running::default());
        let mut frame = VecDeque::new();
        let mut all = Vec::new();
        for (value, leave) in values {
            for _ in 0..leave.min(frame.len()) {
                let gone = frame.pop_front().unwrap();
                moving.pop(gone);
                ranked.pop(gone);
            }
            frame.push_back(value);
            all.push(value);
            moving.push(value).unwrap();
            ranked.push(value).unwrap();
            running.push(value).unwrap();
            let sample: Vec<f64> = frame.iter().copied().collect();
            let expected = Baseline::of(&sample).filter(|_| !value.is_nan());
            prop_assert!(close(moving.z(), expected.and_then(|b| b.z(value))), "{sample:?}");
            prop_assert_eq!(ranked.robust_z(), expected.and_then(|b| b.robust_z(value)), "{:?}", sample);
            prop_assert_eq!(ranked.is_outlier(), expected.map(|b| b.is_outlier(value, 1.5)));
            let expected = Baseline::of(&all).filter(|_| !value.is_nan());
            prop_assert!(close(running.z(), expected.and_then(|b| b.z(value))), "{all:?}");
        }
    }

    #[test]
    fn the_order_of_a_sample_does_not_matter(mut values in prop::collection::vec(value(), 0..60)) {
        let before = Baseline::of(&values);
        values.reverse();
        prop_assert_eq!(Baseline::of(&values), before);
    }

    #[test]
    fn seasonal_states_may_be_split(rows in prop::collection::vec((-400..400_i64, value(), 0..3_usize), 0..60)) {
        let mut whole = Seasonal::new("Europe/Berlin").unwrap();
        let mut parts = vec![whole.clone(); 3];
        for &(hour, value, part) in &rows {
            whole.push(hour * HOUR, value).unwrap();
            parts[part].push(hour * HOUR, value).unwrap();
        }
        let mut merged = Seasonal::new("Europe/Berlin").unwrap();
        for part in parts.iter().rev() {
            merged.merge(part).unwrap();
        }
        prop_assert_eq!(merged.n(), whole.n());
        for hour in 0..168 {
            let at = hour * HOUR;
            prop_assert!(close(merged.expected(at), whole.expected(at)));
            prop_assert!(close(merged.spread(at), whole.spread(at)));
            prop_assert!(close(merged.z(at, 1.0), whole.z(at, 1.0)));
        }
        prop_assert_eq!(Seasonal::from_bytes(&whole.to_bytes()).unwrap(), whole);
    }
}
