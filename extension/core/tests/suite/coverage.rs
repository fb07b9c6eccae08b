//! Every reference case of the data folder, one by one: how many of each function pass.

use crate::data::{figure, folder, passes_with};
use crate::{baseline, control, drift_vectors, forecast, robust_trend, vectors};
use serde_json::Value;
use std::collections::BTreeMap;

/// A function of the reference values, and the tests of it.
type Tested = (&'static str, &'static [fn()]);

const TESTS: [Tested; 25] = [
    ("acf", &[robust_trend::autocorrelations]),
    (
        "chi2_contingency",
        &[drift_vectors::chi_squared_contingency],
    ),
    ("chi2_gof", &[drift_vectors::chi_squared_goodness_of_fit]),
    (
        "jensen_shannon",
        &[drift_vectors::jensen_shannon_of_distributions],
    ),
    ("js_binned", &[drift_vectors::jensen_shannon_of_bins]),
    ("wasserstein_1", &[drift_vectors::wasserstein_distance]),
    ("cusum_tabular", &[control::cusum_charts]),
    ("ewma_chart", &[control::ewma_charts]),
    ("holt", &[forecast::holts_trend]),
    ("holt_winters", &[forecast::holt_winters_season]),
    ("individuals_mr_chart", &[control::individuals_charts]),
    ("iqr_fences", &[baseline::fences]),
    ("ks_2samp", &[vectors::ks_2samp]),
    ("ljung_box", &[robust_trend::ljung_box_tests]),
    ("mad", &[baseline::median_absolute_deviations]),
    ("mann_kendall", &[robust_trend::mann_kendall_tests]),
    (
        "mann_kendall_hamed_rao",
        &[robust_trend::corrected_for_autocorrelation],
    ),
    ("mann_kendall_seasonal", &[robust_trend::seasonal_tests]),
    (
        "ols",
        &[vectors::ordinary_least_squares, vectors::trend_over_time],
    ),
    ("psi", &[vectors::population_stability_index]),
    ("quantile_type7", &[baseline::quantiles]),
    ("quantile_types", &[baseline::quantile_types]),
    (
        "ses",
        &[
            control::simple_exponential_smoothing,
            forecast::simple_exponential_smoothing,
        ],
    ),
    ("theil_sen", &[robust_trend::theil_sen_lines]),
    ("zscore", &[baseline::z_scores]),
];

/// Functions of isolation forests, which their own tests compare.
const SKIPPED: [&str; 2] = ["iforest_c", "iforest_score"];

#[test]
fn every_reference_case() {
    let Some(folder) = folder("every reference case") else {
        figure("reference vectors: only the committed ones, the data folder is absent");
        return;
    };
    let text = std::fs::read_to_string(folder.join("vectors.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for case in file["cases"].as_array().unwrap() {
        let function = case["fn"].as_str().unwrap();
        let (passed, all) = counts.entry(function).or_default();
        *all += 1;
        if SKIPPED.contains(&function) {
            continue;
        }
        let tests = TESTS.iter().find(|(name, _)| *name == function);
        let (_, tests) =
            tests.unwrap_or_else(|| panic!("{function} has no test, and is not skipped"));
        *passed += usize::from(tests.iter().all(|test| passes_with(case, *test)));
    }
    let (mut all_passed, mut all_cases, mut skipped) = (0, 0, 0);
    for (function, (passed, all)) in &counts {
        if SKIPPED.contains(function) {
            println!("{function}: {all} cases skipped");
            skipped += all;
        } else {
            println!("{function}: {passed} of {all} cases passed");
            all_passed += passed;
            all_cases += all;
        }
    }
    figure(&format!(
        "reference vectors: {all_passed} of {all_cases} passed, {skipped} of functions with tests of their own or none"
    ));
    assert!(
        all_passed == all_cases,
        "some cases fail; the counts are above"
    );
}
