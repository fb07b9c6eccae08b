//! Reference values of scipy and mpmath for the drift measures.

use crate::data::{cases, check, numbers};
use serde_json::Value;
use vigil_core::drift::chi_squared::{self, ChiSquared};
use vigil_core::drift::distribution::Distribution;
use vigil_core::drift::{jensen_shannon, ks, psi, wasserstein};

fn tolerance(case: &Value) -> f64 {
    case["rtol"].as_f64().unwrap()
}

/// Checks a divergence as it is, in bits and as a distance.
fn check_divergence(case: &Value, nats: f64) {
    let (expected, rtol) = (&case["expected"], tolerance(case));
    check(case, "jsd_nats", &expected["jsd_nats"], Some(nats), rtol);
    let bits = nats / std::f64::consts::LN_2;
    if !expected["jsd_bits"].is_null() {
        check(case, "jsd_bits", &expected["jsd_bits"], Some(bits), rtol);
    }
    for name in ["distance_base2", "js_distance_base2"] {
        if !expected[name].is_null() {
            check(case, name, &expected[name], Some(bits.sqrt()), rtol);
        }
    }
}

#[test]
pub(crate) fn jensen_shannon_of_bins() {
    for case in cases("js_binned") {
        let reference = numbers(&case["input"]["expected_sample"]);
        let current = numbers(&case["input"]["actual_sample"]);
        let bins = case["params"]["bins"].as_i64().unwrap().try_into().unwrap();
        let nats = jensen_shannon::binned(&reference, &current, bins, &mut || {}).unwrap();
        check_divergence(&case, nats);
    }
}

#[test]
pub(crate) fn jensen_shannon_of_distributions() {
    for case in cases("jensen_shannon") {
        let (p, q) = (numbers(&case["input"]["p"]), numbers(&case["input"]["q"]));
        check_divergence(&case, jensen_shannon::divergence(&p, &q).unwrap());
        check_divergence(&case, jensen_shannon::divergence(&q, &p).unwrap());
    }
}

#[test]
pub(crate) fn wasserstein_distance() {
    for case in cases("wasserstein_1") {
        let (x, y) = (numbers(&case["input"]["x"]), numbers(&case["input"]["y"]));
        let expected = &case["expected"]["distance"];
        for (x, y) in [(&x, &y), (&y, &x)] {
            let got = wasserstein::distance(x, y, &mut || {}).unwrap();
            check(&case, "distance", expected, Some(got), tolerance(&case));
        }
    }
}

fn check_test(case: &Value, statistic: &str, p: &str, got: &ChiSquared) {
    let (expected, rtol) = (&case["expected"], tolerance(case));
    check(
        case,
        statistic,
        &expected[statistic],
        Some(got.statistic),
        rtol,
    );
    check(case, p, &expected[p], got.p_value, rtol);
    assert_eq!(expected["df"], got.degrees_of_freedom, "{}", case["id"]);
}

#[test]
pub(crate) fn chi_squared_goodness_of_fit() {
    for case in cases("chi2_gof") {
        let observed = numbers(&case["input"]["observed"]);
        let expected = &case["input"]["expected"];
        let expected = (!expected.is_null()).then(|| numbers(expected));
        let got = chi_squared::goodness_of_fit(&observed, expected.as_deref()).unwrap();
        check_test(&case, "statistic", "p", &got);
    }
}

#[test]
pub(crate) fn chi_squared_contingency() {
    for case in cases("chi2_contingency") {
        let rows: Vec<Vec<f64>> = case["input"]["table"]
            .as_array()
            .unwrap()
            .iter()
            .map(numbers)
            .collect();
        let (cells, columns) = (rows.concat(), rows[0].len());
        let plain = chi_squared::contingency(&cells, columns, false).unwrap();
        check_test(&case, "statistic", "p", &plain);
        let yates = chi_squared::contingency(&cells, columns, true).unwrap();
        check_test(&case, "statistic_yates", "p_yates", &yates);
        if let [reference, current] = &rows[..] {
            assert_eq!(chi_squared::homogeneity(reference, current), Ok(plain));
        }
    }
}

fn summary(values: &[f64]) -> Distribution {
    let mut summary = Distribution::new();
    for &value in values {
        summary.push(value).unwrap();
    }
    Distribution::from_bytes(&summary.to_bytes()).unwrap()
}

/// The same cases through stored summaries, which are exact for so few values.
#[test]
fn summaries_of_few_values_are_exact() {
    let fits = |values: &[f64]| values.iter().all(|value| value.abs() <= 1e100);
    for case in cases("ks_2samp") {
        let (x, y) = (numbers(&case["input"]["x"]), numbers(&case["input"]["y"]));
        if !fits(&x) || !fits(&y) {
            continue;
        }
        let (a, b) = (summary(&x), summary(&y));
        assert_eq!(a.relative_error(), 0.0);
        assert_eq!(
            a.ks_test(&b),
            ks::two_sample(&x, &y, &mut || {}),
            "{}",
            case["id"]
        );
        let (got, want) = (a.wasserstein(&b), wasserstein::distance(&x, &y, &mut || {}));
        assert_eq!(got, want, "{}", case["id"]);
        // As many bins as the smaller side has enough values for.
        let bins = (x.len().min(y.len()) / 20) as i32;
        if bins >= 2 {
            assert_eq!(
                a.psi(&b, bins).unwrap(),
                Some(psi::psi(&x, &y, bins, &mut || {}).unwrap())
            );
            let want = jensen_shannon::binned(&x, &y, bins, &mut || {}).unwrap();
            assert_eq!(a.js_divergence(&b, bins).unwrap(), Some(want));
        }
        assert_eq!(a.psi(&b, bins + 2).unwrap(), None);
    }
}
