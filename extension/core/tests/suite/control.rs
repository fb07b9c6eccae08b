//! Process control: reference values, and each rule at the first point that breaks it.

use crate::data::{cases, check, numbers};
use proptest::prelude::*;
use serde_json::Value;
use vigil_core::Error;
use vigil_core::control::rules::Rules;
use vigil_core::control::{cusum, ewma, individuals, rules};

const MISSING: f64 = f64::NAN;

fn parameter(case: &Value, name: &str) -> f64 {
    case["params"][name].as_f64().unwrap()
}

/// Compares a whole column.
fn check_all(case: &Value, name: &str, got: &[f64]) {
    let expected = case["expected"][name].as_array().unwrap();
    assert_eq!(expected.len(), got.len());
    for (expected, &got) in expected.iter().zip(got) {
        check(case, name, expected, Some(got), 1e-9);
    }
}

/// Positions from 0 of what is true.
fn positions(flags: impl Iterator<Item = bool>) -> Vec<f64> {
    flags
        .enumerate()
        .filter_map(|(index, flag)| flag.then_some(index as f64))
        .collect()
}

#[test]
pub(crate) fn ewma_charts() {
    for case in cases("ewma_chart") {
        let points: Vec<ewma::Point> = ewma::chart(
            numbers(&case["input"]["x"]),
            Some(parameter(&case, "target")),
            Some(parameter(&case, "sigma")),
            parameter(&case, "lambda_"),
            parameter(&case, "L"),
        )
        .unwrap()
        .collect();
        let column = |of: fn(&ewma::Point) -> f64| points.iter().map(of).collect::<Vec<f64>>();
        check_all(&case, "z", &column(|point| point.statistic));
        check_all(&case, "lcl", &column(|point| point.lower));
        check_all(&case, "ucl", &column(|point| point.upper));
        let signals = positions(points.iter().map(|point| point.signal.unwrap()));
        assert_eq!(
            signals,
            numbers(&case["expected"]["signals"]),
            "{}",
            case["id"]
        );
    }
}

/// Simple exponential smoothing is the average of the chart: what it forecasts is the average one value before.
#[test]
pub(crate) fn simple_exponential_smoothing() {
    for case in cases("ses") {
        let values = numbers(&case["input"]["y"]);
        let start = parameter(&case, "l0");
        let levels: Vec<f64> = ewma::chart(
            values.clone(),
            Some(start),
            Some(1.0),
            parameter(&case, "alpha"),
            3.0,
        )
        .unwrap()
        .map(|point| point.statistic)
        .collect();
        let fitted: Vec<f64> = [start]
            .iter()
            .chain(&levels[..levels.len() - 1])
            .copied()
            .collect();
        check_all(&case, "fitted", &fitted);
        check_all(&case, "forecast", &[*levels.last().unwrap(); 5]);
        let sse = values
            .iter()
            .zip(&fitted)
            .map(|(value, fitted)| (value - fitted).powi(2))
            .sum();
        check(&case, "sse", &case["expected"]["sse"], Some(sse), 1e-9);
    }
}

#[test]
pub(crate) fn cusum_charts() {
    for case in cases("cusum_tabular") {
        let points: Vec<cusum::Point> = cusum::chart(
            numbers(&case["input"]["x"]),
            Some(parameter(&case, "target")),
            Some(parameter(&case, "sigma")),
            parameter(&case, "k"),
            parameter(&case, "h"),
        )
        .unwrap()
        .collect();
        check_all(
            &case,
            "c_plus",
            &points
                .iter()
                .map(|point| point.upper_sum)
                .collect::<Vec<f64>>(),
        );
        check_all(
            &case,
            "c_minus",
            &points
                .iter()
                .map(|point| point.lower_sum)
                .collect::<Vec<f64>>(),
        );
        let above = positions(points.iter().map(|point| point.upper_sum > point.decision));
        let below = positions(points.iter().map(|point| point.lower_sum > point.decision));
        assert_eq!(
            above,
            numbers(&case["expected"]["signals_plus"]),
            "{}",
            case["id"]
        );
        assert_eq!(
            below,
            numbers(&case["expected"]["signals_minus"]),
            "{}",
            case["id"]
        );
        let signals = positions(points.iter().map(|point| point.signal.unwrap()));
        assert!(
            above
                .iter()
                .chain(&below)
                .all(|index| signals.contains(index))
        );
    }
}

#[test]
pub(crate) fn individuals_charts() {
    for case in cases("individuals_mr_chart") {
        let points: Vec<individuals::Point> =
            individuals::chart(numbers(&case["input"]["x"]), None, None)
                .unwrap()
                .collect();
        for point in points {
            for (name, got) in [
                ("center", point.centre),
                ("mr_bar", point.range_centre),
                ("sigma", point.range_centre / 1.128),
                ("ucl", point.upper),
                ("lcl", point.lower),
                ("mr_ucl", point.range_upper),
            ] {
                check(&case, name, &case["expected"][name], Some(got), 1e-9);
            }
            assert_eq!(
                point.signal,
                Some(point.value < point.lower || point.value > point.upper)
            );
        }
    }
}

/// Rules broken by each point, for a centre of 0 and a sigma of 1.
fn broken(values: &[f64], set: Rules) -> Vec<Vec<i32>> {
    rules::chart(values.to_vec(), Some(0.0), Some(1.0), set)
        .unwrap()
        .map(|point| point.rules.unwrap())
        .collect()
}

/// The rule is broken by the last point of the pattern, and by none before.
fn assert_completes(pattern: &[f64], set: Rules, rule: i32) {
    for pattern in [
        pattern.to_vec(),
        pattern.iter().map(|value| -value).collect(),
    ] {
        let found = broken(&pattern, set);
        let positions = positions(found.iter().map(|rules| rules.contains(&rule)));
        assert_eq!(
            positions,
            [(pattern.len() - 1) as f64],
            "rule {rule}: {found:?}"
        );
    }
}

#[test]
fn western_electric_rules() {
    let set = Rules::WesternElectric;
    assert_completes(&[0.0, 3.0, 3.1], set, 1);
    assert_completes(&[2.1, 0.0, 2.1], set, 2);
    assert_completes(&[2.1, 2.0, -2.1, 0.0, 2.1, 2.1], set, 2);
    assert_completes(&[1.1, 1.1, 0.0, 1.1, 1.1], set, 3);
    assert_completes(&[0.1; 8], set, 4);
    assert_completes(
        &[0.1, 0.1, 0.0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
        set,
        4,
    );
}

#[test]
fn nelson_rules() {
    let set = Rules::Nelson;
    assert_completes(&[0.0, 3.0, 3.1], set, 1);
    assert_completes(&[0.1; 9], set, 2);
    assert_completes(&[0.0, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3], set, 3);
    assert_completes(&[0.0, 0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6], set, 3);
    assert_completes(
        &[
            0.1, -0.1, 0.1, -0.1, 0.1, -0.1, 0.1, -0.1, 0.1, -0.1, 0.1, -0.1, 0.1, -0.1,
        ],
        set,
        4,
    );
    assert_completes(&[2.1, 0.0, 2.1], set, 5);
    assert_completes(&[1.1, 1.1, 0.0, 1.1, 1.1], set, 6);
    assert_completes(
        &[
            1.0, 0.9, -0.9, 0.0, 0.9, -0.9, 0.0, 0.9, -0.9, 0.0, 0.9, -0.9, 0.0, 0.9, -0.9, 0.0,
        ],
        set,
        7,
    );
    assert_completes(&[1.0, 1.1, -1.1, -1.1, 1.1, 1.1, -1.1, -1.1, 1.1], set, 8);
    assert_eq!(broken(&[0.0; 20], set)[14], [7]);
}

#[test]
fn a_chart_estimates_what_is_not_given() {
    let points: Vec<ewma::Point> = ewma::chart(vec![1.0, MISSING, 3.0], None, None, 1.0, 3.0)
        .unwrap()
        .collect();
    assert_eq!(
        (points[0].centre, points[0].statistic, points[0].signal),
        (2.0, 1.0, Some(false))
    );
    assert!((points[0].upper - (2.0 + 3.0 * 2.0 / 1.128)).abs() < 1e-12);
    assert!(points[1].value.is_nan() && points[1].statistic.is_nan() && points[1].signal.is_none());
    // One value has a centre and no spread.
    let one: Vec<cusum::Point> = cusum::chart(vec![5.0], None, None, 0.5, 5.0)
        .unwrap()
        .collect();
    assert!(one[0].centre == 5.0 && one[0].upper_sum.is_nan() && one[0].signal.is_none());
    let one: Vec<rules::Point> = rules::chart(vec![5.0], None, None, Rules::Nelson)
        .unwrap()
        .collect();
    assert!(one[0].centre == 5.0 && one[0].upper.is_nan() && one[0].rules.is_none());
    let one: Vec<individuals::Point> = individuals::chart(vec![MISSING, 5.0], None, None)
        .unwrap()
        .collect();
    assert!(one[1].range.is_nan() && one[1].signal.is_none() && one[1].range_signal.is_none());
    let given: Vec<individuals::Point> = individuals::chart(vec![0.0, 4.0], Some(0.0), Some(1.0))
        .unwrap()
        .collect();
    assert_eq!(
        (
            given[1].upper,
            given[1].range_centre,
            given[1].signal,
            given[1].range_signal
        ),
        (3.0, 1.128, Some(true), Some(true))
    );
}

#[test]
fn constants_never_signal() {
    let constant = vec![0.1; 30];
    assert!(
        ewma::chart(constant.clone(), None, None, 0.2, 2.7)
            .unwrap()
            .all(|point| point.signal == Some(false))
    );
    assert!(
        cusum::chart(constant.clone(), None, None, 0.5, 5.0)
            .unwrap()
            .all(|point| point.signal == Some(false))
    );
    assert!(
        rules::chart(constant.clone(), None, None, Rules::Nelson)
            .unwrap()
            .all(|point| point.rules == Some(vec![]))
    );
    // But a constant that is not on target does, however small sigma is.
    assert!(
        cusum::chart(constant, Some(0.0), None, 0.5, 5.0)
            .unwrap()
            .all(|point| point.signal == Some(true))
    );
}

#[test]
fn bad_arguments_are_refused() {
    let values = || vec![1.0, 2.0];
    for (target, sigma) in [
        (f64::NAN, 1.0),
        (f64::INFINITY, 1.0),
        (0.0, 0.0),
        (0.0, -1.0),
        (0.0, f64::NAN),
        (1e101, 1.0),
    ] {
        assert!(individuals::chart(values(), Some(target), Some(sigma)).is_err());
    }
    for (lambda, width) in [
        (0.0, 3.0),
        (1.1, 3.0),
        (f64::NAN, 3.0),
        (0.2, 0.0),
        (0.2, f64::NAN),
        (0.2, f64::INFINITY),
    ] {
        assert!(ewma::chart(values(), None, None, lambda, width).is_err());
    }
    for (k, h) in [
        (-0.1, 5.0),
        (f64::NAN, 5.0),
        (0.5, 0.0),
        (0.5, f64::INFINITY),
    ] {
        assert!(cusum::chart(values(), None, None, k, h).is_err());
    }
    assert_eq!(
        rules::chart(vec![1.0, 1e101], None, None, Rules::Nelson).err(),
        Some(Error::ValueOutOfRange(2))
    );
    assert_eq!(
        ewma::chart(vec![], None, None, 0.2, 2.7).unwrap().count(),
        0
    );
}

proptest! {
    #[test]
    fn charts_are_finite_and_as_long_as_the_series(
        values in prop::collection::vec(
            prop_oneof![1 => Just(MISSING), 3 => -10.0..10.0, 1 => Just(1e100), 1 => Just(-1e-300)], 0..60),
    ) {
        let n = values.len();
        let finite_or_missing = |number: f64| !number.is_infinite();
        let points: Vec<ewma::Point> = ewma::chart(values.clone(), None, None, 0.2, 2.7).unwrap().collect();
        prop_assert_eq!(points.len(), n);
        prop_assert!(points.iter().all(|p| finite_or_missing(p.statistic) && finite_or_missing(p.upper)));
        let points: Vec<cusum::Point> = cusum::chart(values.clone(), None, Some(1e-300), 0.5, 5.0).unwrap().collect();
        prop_assert_eq!(points.len(), n);
        prop_assert!(points.iter().all(|p| finite_or_missing(p.upper_sum) && finite_or_missing(p.lower_sum)));
        // A missing value changes nothing for the others.
        let complete: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        let with: Vec<_> = rules::chart(values, None, None, Rules::Nelson).unwrap().filter(|p| !p.value.is_nan()).map(|p| p.rules).collect();
        let without: Vec<_> = rules::chart(complete, None, None, Rules::Nelson).unwrap().map(|p| p.rules).collect();
        prop_assert_eq!(with, without);
    }
}
