//! Functions of samples, in which the order does not matter, and of counts.

use super::numbers::Numbers;
use super::{answer, assert_probability};
use vigil_core::baseline::Baseline;
use vigil_core::baseline::window::{Moving, Ranked, Running};
use vigil_core::drift::chi_squared::{self, ChiSquared};
use vigil_core::drift::{benjamini_hochberg, jensen_shannon, ks, psi, wasserstein};
use vigil_core::{quantile, vector};

/// A reference sample, then a current one.
pub(crate) fn samples(data: &[u8]) {
    let mut numbers = Numbers(data);
    let (bins, q, k) = (numbers.integer(), numbers.float(), numbers.float());
    let (reference, current) = (numbers.values(), numbers.rest());

    if let Some(result) = answer(ks::two_sample(&reference, &current, &mut || {})) {
        assert_probability(result.statistic);
        assert_probability(result.p_value);
    }
    let index = answer(psi::psi(&reference, &current, bins, &mut || {}));
    assert!(index.is_none_or(|index| index >= -1e-12 && index.is_finite()));
    for divergence in [
        answer(jensen_shannon::binned(
            &reference,
            &current,
            bins,
            &mut || {},
        )),
        answer(jensen_shannon::divergence(&reference, &current)),
    ] {
        let most = std::f64::consts::LN_2 + 1e-12;
        assert!(
            divergence.is_none_or(|d| (0.0..=most).contains(&d)),
            "{divergence:?}"
        );
    }
    let distance = answer(wasserstein::distance(&reference, &current, &mut || {}));
    assert!(
        distance.is_none_or(|d| d >= 0.0 && d.is_finite()),
        "{distance:?}"
    );
    for p in answer(benjamini_hochberg::adjust(&current)).unwrap_or_default() {
        assert!(p.is_nan() || (0.0..=1.0).contains(&p), "{p}");
    }
    let columns = 1 + reference.len() % 3;
    for result in [
        chi_squared::goodness_of_fit(&current, None),
        chi_squared::goodness_of_fit(&reference, Some(&current)),
        chi_squared::contingency(&current, columns, bins % 2 == 0),
        chi_squared::homogeneity(&reference, &current),
    ] {
        if let Some(ChiSquared {
            statistic, p_value, ..
        }) = answer(result)
        {
            assert!(statistic >= 0.0, "{statistic}");
            assert_probability(p_value);
        }
    }
    baselines(&current, q, k);
    windows(&current, 1 + reference.len());
    let merged = vector::merge(&reference, &current);
    assert!(vector::valid(&merged) && merged.len() == reference.len().max(current.len()));
    let _ = answer(vector::gather(&merged, &[1, bins]));
}

fn baselines(sample: &[f64], q: f64, k: f64) {
    for kind in 0..=10 {
        let value = answer(quantile::of_type(sample, q, kind)).flatten();
        assert!(value.is_none_or(f64::is_finite), "{value:?}");
    }
    let Some(baseline) = Baseline::of(sample) else {
        return;
    };
    assert!(baseline.mad() >= 0.0 && baseline.sigma() >= 0.0);
    assert!(baseline.stddev().is_none_or(|s| s >= 0.0));
    let (q1, q3) = baseline.quartiles();
    assert!(q1 <= baseline.median() && baseline.median() <= q3);
    let _ = (baseline.fences(k), baseline.is_outlier(q, k));
    let _ = (baseline.z(q), baseline.robust_z(q));
}

/// A frame of a width that moves over the values.
fn windows(values: &[f64], width: usize) {
    let (mut running, mut moving, mut ranked) =
        (Running::default(), Moving::default(), Ranked::default());
    for (at, &value) in values.iter().enumerate() {
        if let Some(oldest) = at.checked_sub(width) {
            moving.pop(values[oldest]);
            ranked.pop(values[oldest]);
        }
        answer(running.push(value));
        answer(moving.push(value));
        answer(ranked.push(value));
        let scores = [running.z(), moving.z(), ranked.robust_z()];
        assert!(scores.iter().flatten().all(|z| !z.is_nan()), "{scores:?}");
        let _ = ranked.is_outlier();
    }
}
