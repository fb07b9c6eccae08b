//! Theil-Sen lines, Mann-Kendall tests and autocorrelation: reference values, and all pairs counted one by one.

use crate::data::{cases, check, numbers};
use proptest::prelude::*;
use serde_json::Value;
use vigil_core::Error;
use vigil_core::autocorrelation::{acf, ljung_box, pacf};
use vigil_core::trend::kendall::Kendall;
use vigil_core::trend::mann_kendall::{self, MannKendall};
use vigil_core::trend::theil_sen;

const MISSING: f64 = f64::NAN;

fn rtol(case: &Value) -> f64 {
    case["rtol"].as_f64().unwrap()
}

fn indexed(values: &[f64]) -> Vec<(f64, f64)> {
    values
        .iter()
        .enumerate()
        .map(|(index, &value)| (index as f64, value))
        .collect()
}

#[test]
pub(crate) fn theil_sen_lines() {
    for case in cases("theil_sen") {
        let (x, y) = (numbers(&case["input"]["x"]), numbers(&case["input"]["y"]));
        let confidence = case["params"]["confidence"].as_f64().unwrap();
        let line = theil_sen::fit(&x, &y, confidence, &mut || ())
            .unwrap()
            .unwrap();
        let (low, high) = line.interval.unzip();
        for (name, got) in [
            ("slope", Some(line.slope)),
            ("intercept", Some(line.intercept)),
            ("low", low),
            ("high", high),
        ] {
            check(&case, name, &case["expected"][name], got, rtol(&case));
        }
        assert_eq!(line.n, x.len());
    }
}

fn check_test(case: &Value, result: &MannKendall, names: &[&str]) {
    for &name in names {
        let got = match name {
            "s" => Some(result.s as f64),
            "var_s" => Some(result.variance),
            "tau_a" | "tau" => result.tau_a,
            "tau_b" => result.tau_b,
            "z" => result.z,
            "p" => result.p_value,
            "slope" | "sen_slope" => result.slope,
            _ => result.intercept,
        };
        // The reference takes p as 2 (1 - F(z)), in which the rounding of the difference is left.
        match (name, case["expected"][name].as_f64(), got) {
            ("p", Some(expected), Some(got)) => {
                let tolerance = rtol(case) * expected + 2.3e-16;
                assert!(
                    (got - expected).abs() <= tolerance,
                    "{}: p is {got:e}",
                    case["id"]
                );
            }
            (name, _, got) => check(case, name, &case["expected"][name], got, rtol(case)),
        }
    }
}

#[test]
pub(crate) fn mann_kendall_tests() {
    for case in cases("mann_kendall") {
        let y = numbers(&case["input"]["y"]);
        let result = mann_kendall::test(&indexed(&y), &mut || ())
            .unwrap()
            .unwrap();
        check_test(
            &case,
            &result,
            &[
                "s",
                "var_s",
                "tau_a",
                "tau_b",
                "z",
                "p",
                "sen_slope",
                "sen_intercept",
            ],
        );
        let significant = result.p_value.unwrap() < case["params"]["alpha"].as_f64().unwrap();
        let trend = match (significant, result.s > 0) {
            (false, _) => "no trend",
            (true, true) => "increasing",
            (true, false) => "decreasing",
        };
        assert_eq!(case["expected"]["trend"], trend, "{}", case["id"]);
    }
}

#[test]
pub(crate) fn corrected_for_autocorrelation() {
    for case in cases("mann_kendall_hamed_rao") {
        let y = numbers(&case["input"]["y"]);
        let result = mann_kendall::hamed_rao(&indexed(&y), None, 0.05, &mut || ())
            .unwrap()
            .unwrap();
        check_test(&case, &result, &["s", "var_s", "z", "p"]);
    }
}

#[test]
pub(crate) fn seasonal_tests() {
    for case in cases("mann_kendall_seasonal") {
        let y = numbers(&case["input"]["y"]);
        let period = case["params"]["period"]
            .as_i64()
            .unwrap()
            .try_into()
            .unwrap();
        let seasons = mann_kendall::seasons(&y, period).unwrap();
        let result = mann_kendall::seasonal(&seasons, &mut || ())
            .unwrap()
            .unwrap();
        check_test(&case, &result, &["s", "var_s", "z", "p", "tau", "slope"]);
    }
}

#[test]
pub(crate) fn autocorrelations() {
    for case in cases("acf") {
        let y = numbers(&case["input"]["y"]);
        let expected = numbers(&case["expected"]["acf"]);
        let got = acf(&y, expected.len() - 1, &mut || ()).unwrap().unwrap();
        for (got, expected) in got.iter().zip(&expected) {
            assert!(
                (got - expected).abs() <= 1e-9 * expected.abs(),
                "{got} {expected}"
            );
        }
        for (got, expected) in pacf(&got).iter().zip(numbers(&case["expected"]["pacf_yw"])) {
            assert!(
                (got - expected).abs() <= 1e-9 * expected.abs(),
                "{got} {expected}"
            );
        }
    }
}

#[test]
pub(crate) fn ljung_box_tests() {
    for case in cases("ljung_box") {
        let y = numbers(&case["input"]["y"]);
        let lags = case["params"]["lags"].as_array().unwrap();
        for (index, lags) in lags.iter().enumerate() {
            let lags = lags.as_i64().unwrap().try_into().unwrap();
            let result = ljung_box(&y, lags, &mut || ()).unwrap().unwrap();
            check(
                &case,
                "stat",
                &case["expected"]["stat"][index],
                Some(result.statistic),
                rtol(&case),
            );
            check(
                &case,
                "p",
                &case["expected"]["p"][index],
                Some(result.p_value),
                rtol(&case),
            );
        }
    }
}

#[test]
fn what_is_undefined_is_none() {
    let fit = |x: &[f64], y: &[f64]| theil_sen::fit(x, y, 0.95, &mut || ());
    assert_eq!(fit(&[], &[]), Ok(None));
    assert_eq!(fit(&[1.0, 1.0], &[1.0, 2.0]), Ok(None));
    assert_eq!(fit(&[1.0, MISSING, 2.0], &[1.0, 2.0, MISSING]), Ok(None));
    assert_eq!(fit(&[1.0], &[]), Err(Error::LengthMismatch(1, 0)));
    for confidence in [0.0, 1.0, MISSING] {
        assert!(theil_sen::fit(&[1.0], &[1.0], confidence, &mut || ()).is_err());
    }
    assert_eq!(
        mann_kendall::test(&[(0.0, 1.0), (1.0, MISSING)], &mut || ()),
        Ok(None)
    );
    let constant = mann_kendall::test(&[(0.0, 3.0), (1.0, 3.0)], &mut || ())
        .unwrap()
        .unwrap();
    assert_eq!(
        (constant.s, constant.tau_b, constant.z, constant.p_value),
        (0, None, Some(0.0), Some(1.0))
    );
    assert!(
        mann_kendall::seasons(&[1.0], 0).is_err() && mann_kendall::seasons(&[1.0], -1).is_err()
    );
    assert_eq!(
        mann_kendall::seasonal(&[vec![], vec![(0.0, 1.0)]], &mut || ()),
        Ok(None)
    );
    assert!(mann_kendall::hamed_rao(&[], Some(-1), 0.05, &mut || ()).is_err());
    assert!(mann_kendall::hamed_rao(&[], None, 1.0, &mut || ()).is_err());
    assert_eq!(acf(&[], 3, &mut || ()), Ok(None));
    assert_eq!(acf(&[2.5, 2.5, MISSING], 3, &mut || ()), Ok(None));
    assert_eq!(ljung_box(&[1.0], 5, &mut || ()), Ok(None));
    assert!(
        ljung_box(&[1.0, 2.0, 4.0], 3, &mut || ()).is_err()
            && ljung_box(&[1.0, 2.0], 0, &mut || ()).is_err()
    );
}

#[test]
fn no_magnitude_is_out_of_range() {
    let x: Vec<f64> = (0..50).map(f64::from).collect();
    let y: Vec<f64> = x.iter().map(|x| x + (x * 7.0).sin()).collect();
    let one = theil_sen::fit(&x, &y, 0.9, &mut || ()).unwrap().unwrap();
    for unit in [1e300, 1e-300] {
        let scaled: Vec<f64> = y.iter().map(|y| y * unit).collect();
        let line = theil_sen::fit(&x, &scaled, 0.9, &mut || ())
            .unwrap()
            .unwrap();
        assert!((line.slope / unit / one.slope - 1.0).abs() < 1e-12);
        let (correlations, expected) = (acf(&scaled, 5, &mut || ()), acf(&y, 5, &mut || ()));
        for (a, b) in correlations
            .unwrap()
            .unwrap()
            .iter()
            .zip(expected.unwrap().unwrap())
        {
            assert!((a - b).abs() < 1e-12);
        }
    }
    let steep = theil_sen::fit(&[0.0, 1e-300], &[-1e300, 1e300], 0.9, &mut || ())
        .unwrap()
        .unwrap();
    assert_eq!(steep.slope, f64::MAX);
}

/// Slope ranks of many points against all pairs in a sorted list.
#[test]
fn ranks_of_many_slopes() {
    let noise = |index: u32| f64::from(index.wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 24);
    let x: Vec<f64> = (0..700).map(f64::from).collect();
    type Shape = fn(f64, f64) -> f64;
    let shapes: [(&str, Shape); 7] = [
        ("noise on a line", |x, e| 0.25 * x + e),
        ("an offset", |x, e| 1e9 + 0.001 * x + 0.01 * e),
        ("steps", |x, e| (x / 100.0).floor() + (e * 4.0).floor()),
        ("mostly constant", |_, e| if e < 0.9 { 7.0 } else { e }),
        ("an exact line of decimals", |x, _| 0.1 * x),
        ("outliers", |x, e| {
            if e < 0.2 {
                1e100 * (e - 0.1)
            } else {
                3.0 * x - e
            }
        }),
        ("two lines", |x, e| if e < 0.5 { x } else { -x }),
    ];
    for (name, shape) in shapes {
        let y: Vec<f64> = (0..700_u32)
            .map(|i| shape(f64::from(i), noise(i)))
            .collect();
        let mut slopes = Vec::new();
        for i in 0..x.len() {
            for j in i + 1..x.len() {
                slopes.push((y[j] - y[i]) / (x[j] - x[i]));
            }
        }
        slopes.sort_by(f64::total_cmp);
        let middle = slopes.len() / 2;
        let expected = 0.5 * slopes[middle - 1] + 0.5 * slopes[middle];
        let mut calls = 0;
        let line = theil_sen::fit(&x, &y, 0.95, &mut || calls += 1)
            .unwrap()
            .unwrap();
        assert!(
            (line.slope - expected).abs() <= 4e-16 * expected.abs().max(1e-300),
            "{name}: {} {expected}",
            line.slope
        );
        let (low, high) = line.interval.unwrap();
        assert!(low <= line.slope && line.slope <= high, "{name}");
        // Ten passes a count.
        assert!(calls < 10 * 120, "{name}: {} counts", calls / 10);
    }
}

fn points() -> impl Strategy<Value = Vec<(f64, f64)>> {
    let coordinate = || prop_oneof![3 => (-5..5_i32).prop_map(f64::from), 2 => -10.0..10.0];
    prop::collection::vec((coordinate(), coordinate()), 0..30)
}

proptest! {
    #[test]
    fn pairs_are_counted_as_one_by_one(points in points()) {
        let kendall = Kendall::of(&points, &mut || ());
        let (mut s, mut pairs, mut tied) = (0, 0, (0, 0));
        let mut slopes = Vec::new();
        for (i, a) in points.iter().enumerate() {
            for b in &points[i + 1..] {
                let (dx, dy) = (b.0 - a.0, b.1 - a.1);
                pairs += 1;
                tied.0 += u64::from(dx == 0.0);
                tied.1 += u64::from(dy == 0.0);
                if dx != 0.0 && dy != 0.0 {
                    s += if (dx > 0.0) == (dy > 0.0) { 1 } else { -1 };
                }
                if dx != 0.0 {
                    slopes.push(dy / dx);
                }
            }
        }
        prop_assert_eq!((kendall.s, kendall.pairs, kendall.tied), (s, pairs, tied));
        prop_assert!(kendall.variance >= 0.0);
        slopes.sort_by(f64::total_cmp);
        let (x, y): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
        let line = theil_sen::fit(&x, &y, 0.95, &mut || ()).unwrap();
        let middle = slopes.len() / 2;
        let expected = match slopes.len() {
            0 => None,
            n if n % 2 == 1 => Some(slopes[middle]),
            _ => Some(0.5 * slopes[middle - 1] + 0.5 * slopes[middle]),
        };
        match (line, expected) {
            (Some(line), Some(expected)) => prop_assert!((line.slope - expected).abs() <= 1e-12 * expected.abs().max(1e-3)),
            (line, expected) => prop_assert_eq!(line.map(|line| line.slope), expected),
        }
    }

    #[test]
    fn autocorrelations_are_sums_of_products(values in prop::collection::vec(prop_oneof![5 => -10.0..10.0_f64, 1 => Just(MISSING)], 0..40)) {
        let values: Vec<f64> = values;
        let present: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        let mean = present.iter().sum::<f64>() / present.len() as f64;
        let deviation = |value: f64| if value.is_nan() { 0.0 } else { value - mean };
        let product = |lag: usize| values.iter().zip(values.iter().skip(lag)).map(|(&a, &b)| deviation(a) * deviation(b)).sum::<f64>();
        if let Some(correlations) = acf(&values, 45, &mut || ()).unwrap() {
            for (lag, &r) in correlations.iter().enumerate() {
                prop_assert!((r - product(lag) / product(0)).abs() < 1e-9, "lag {lag}");
            }
            for partial in pacf(&correlations) {
                prop_assert!(partial.is_nan() || partial.abs() <= 1.0 + 1e-9);
            }
        } else {
            prop_assert!(present.len() < 2);
        }
    }
}
