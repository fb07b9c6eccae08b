//! Reference values of scipy, numpy, scikit-learn and mpmath.

use crate::data::{cases, check, numbers};
use vigil_core::drift::ks::{exact, kolmogorov, two_sample};
use vigil_core::drift::psi::psi;
use vigil_core::trend::{Trend, ols};

#[test]
pub(crate) fn ks_2samp() {
    for case in cases("ks_2samp") {
        let (x, y) = (numbers(&case["input"]["x"]), numbers(&case["input"]["y"]));
        let (expected, rtol) = (&case["expected"], case["rtol"].as_f64().unwrap());
        let result = two_sample(&x, &y, &mut || {}).unwrap();
        let (n, m) = (x.len() as u64, y.len() as u64);
        assert_eq!((result.n_reference, result.n_current), (n, m));
        check(
            &case,
            "statistic",
            &expected["statistic"],
            Some(result.statistic),
            rtol,
        );
        let distance = (result.statistic * (n * m) as f64).round() as u64;
        let exact = exact::p_value(n, m, distance);
        check(&case, "p_exact", &expected["p_exact"], Some(exact), rtol);
        let asymptotic = kolmogorov::two_sample_p_value(n, m, result.statistic);
        if !expected["p_asymp_kstwo"].is_null() {
            check(
                &case,
                "p_asymp_kstwo",
                &expected["p_asymp_kstwo"],
                Some(asymptotic),
                rtol,
            );
        }
        let chosen = if n * m <= 10_000 { exact } else { asymptotic };
        assert_eq!(result.p_value, chosen, "{}", case["id"]);
    }
}

#[test]
pub(crate) fn population_stability_index() {
    for case in cases("psi") {
        let reference = numbers(&case["input"]["expected_sample"]);
        let current = numbers(&case["input"]["actual_sample"]);
        let bins = case["params"]["bins"].as_i64().unwrap();
        let got = psi(&reference, &current, bins.try_into().unwrap(), &mut || {}).unwrap();
        check(
            &case,
            "psi",
            &case["expected"]["psi"],
            Some(got),
            case["rtol"].as_f64().unwrap(),
        );
    }
}

#[test]
pub(crate) fn ordinary_least_squares() {
    for case in cases("ols") {
        let (x, y) = (numbers(&case["input"]["x"]), numbers(&case["input"]["y"]));
        let (expected, rtol) = (&case["expected"], case["rtol"].as_f64().unwrap());
        let fit = ols::fit(&x, &y).unwrap();
        check(&case, "slope", &expected["slope"], Some(fit.slope), rtol);
        check(
            &case,
            "intercept",
            &expected["intercept"],
            Some(fit.intercept),
            rtol,
        );
        check(&case, "r", &expected["r"], fit.r, rtol);
        check(&case, "stderr", &expected["stderr"], fit.stderr, rtol);
        check(
            &case,
            "intercept_stderr",
            &expected["intercept_stderr"],
            fit.intercept_stderr,
            rtol,
        );
        check(&case, "p", &expected["p"], fit.p_value, rtol);
    }
}

/// The same cases through the mergeable state, with x as seconds.
#[test]
pub(crate) fn trend_over_time() {
    for case in cases("ols") {
        let (x, y) = (numbers(&case["input"]["x"]), numbers(&case["input"]["y"]));
        if y.iter().any(|y| y.abs() > 1e100) {
            continue;
        }
        // Values near 1e9 are themselves rounded to 1e-7, a millionth of their spread, and p goes with the 18th power.
        let rtol = if case["id"] == "ols/offset_1e9" {
            1e-4
        } else {
            1e-9
        };
        let mut trend = Trend::new();
        for (x, y) in x.iter().zip(&y) {
            trend.push((x * 1e6).round() as i64, *y).unwrap();
        }
        let expected = &case["expected"];
        assert_eq!(trend.n(), expected["n"].as_u64().unwrap());
        check(&case, "slope", &expected["slope"], trend.slope(), rtol);
        check(
            &case,
            "intercept",
            &expected["intercept"],
            trend.fitted(0),
            rtol,
        );
        check(&case, "r2", &expected["r2"], trend.r_squared(), rtol);
        if case["id"] != "ols/line_exact" {
            check(&case, "stderr", &expected["stderr"], trend.stderr(), rtol);
            check(&case, "p", &expected["p"], trend.p_value(), rtol);
        }
    }
}

#[test]
fn kolmogorov_distribution() {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../fixtures/kstwo.json")).unwrap();
    for case in file["cases"].as_array().unwrap() {
        let (n, d, expected) = (
            case[0].as_u64().unwrap(),
            case[1].as_f64().unwrap(),
            case[2].as_f64().unwrap(),
        );
        let got = kolmogorov::sf(n, d);
        assert!(
            (got - expected).abs() <= 1e-9 * expected,
            "sf({n}, {d}) is {got:e}, not {expected:e}"
        );
    }
}
