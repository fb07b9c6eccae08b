//! Mergeable summaries of distributions.

use proptest::prelude::*;
use vigil_core::Error;
use vigil_core::drift::distribution::{Distribution, MAX_BUCKETS};
use vigil_core::drift::{jensen_shannon, ks, psi, wasserstein};

fn summary(values: &[f64]) -> Distribution {
    let mut summary = Distribution::new();
    for &value in values {
        summary.push(value).unwrap();
    }
    summary
}

/// Numbers that look random, the same on every machine: the golden ratio's multiples, as normal quantiles.
fn normal(n: usize, mean: f64, deviation: f64) -> Vec<f64> {
    use statrs::function::erf::erf_inv;
    (1..=n)
        .map(|i| (i as f64 * 0.618_033_988_749_894_9).fract())
        .map(|u| mean + deviation * std::f64::consts::SQRT_2 * erf_inv(2.0 * u - 1.0))
        .collect()
}

fn exact_quantile(values: &[f64], q: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let position = q * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * position.fract()
}

#[test]
fn nothing_is_lost_up_to_the_limit() {
    let values = normal(MAX_BUCKETS, 5.0, 3.0);
    let exact = summary(&values);
    assert_eq!(exact.relative_error(), 0.0);
    for q in [0.0, 0.01, 0.5, 0.77, 1.0] {
        let (got, want) = (
            exact.quantile(q).unwrap().unwrap(),
            exact_quantile(&values, q),
        );
        assert!(
            (got - want).abs() <= 1e-14 * want.abs(),
            "{q}: {got} {want}"
        );
    }
    let mut more = exact.clone();
    more.merge(&exact);
    assert_eq!(
        (more.relative_error(), more.n()),
        (0.0, 2 * MAX_BUCKETS as u64)
    );
    more.push(1e9).unwrap();
    assert!(more.relative_error() > 0.0);
}

#[test]
fn quantiles_keep_their_relative_error() {
    for (mean, deviation) in [
        (0.0, 1.0),
        (20.0, 0.5),
        (1e9, 1.0),
        (-1e-50, 3e-51),
        (0.0, 1e90),
    ] {
        let values = normal(50_000, mean, deviation);
        let summary = summary(&values);
        let error = summary.relative_error();
        assert!(error < 0.03, "{mean} ± {deviation}: {error}");
        for q in [0.0, 0.001, 0.05, 0.25, 0.5001, 0.9, 0.999, 1.0] {
            let got = summary.quantile(q).unwrap().unwrap();
            let want = exact_quantile(&values, q);
            let bound = error * want.abs() * 1.01 + deviation * 1e-4;
            assert!(
                (got - want).abs() <= bound,
                "{mean} ± {deviation} at {q}: {got} {want}"
            );
        }
        assert_eq!(
            summary.quantile(0.0).unwrap(),
            Some(exact_quantile(&values, 0.0))
        );
        assert_eq!(
            summary.quantile(1.0).unwrap(),
            Some(exact_quantile(&values, 1.0))
        );
        assert!(
            summary.to_bytes().len() < 12_000,
            "{} bytes",
            summary.to_bytes().len()
        );
    }
}

#[test]
fn comparisons_are_near_those_of_the_values() {
    for (mean, shift, scale) in [
        (0.0, 0.0, 1.1),
        (0.0, 0.05, 1.0),
        (20.0, 0.3, 1.0),
        (1e6, 1.0, 2.0),
    ] {
        let (x, y) = (
            normal(60_000, mean, 1.0),
            normal(20_000, mean + shift, scale),
        );
        let (a, b) = (summary(&x), summary(&y));
        let (got, want) = (
            a.ks_test(&b).unwrap(),
            ks::two_sample(&x, &y, &mut || {}).unwrap(),
        );
        let short = want.statistic - got.statistic;
        assert!((-1e-15..0.01).contains(&short), "{mean}: {got:?} {want:?}");
        assert_eq!((got.n_reference, got.n_current), (60_000, 20_000));
        let got = a.psi(&b, 10).unwrap().unwrap();
        let want = psi::psi(&x, &y, 10, &mut || {}).unwrap();
        assert!(
            (got - want).abs() < 0.003 + 0.03 * want,
            "{mean}: {got} {want}"
        );
        let got = a.js_divergence(&b, 10).unwrap().unwrap();
        let want = jensen_shannon::binned(&x, &y, 10, &mut || {}).unwrap();
        assert!(
            (got - want).abs() < 0.0005 + 0.03 * want,
            "{mean}: {got} {want}"
        );
        let got = a.wasserstein(&b).unwrap();
        let want = wasserstein::distance(&x, &y, &mut || {}).unwrap();
        assert!((got - want).abs() < 0.01, "{mean}: {got} {want}");
    }
}

#[test]
fn a_month_against_a_quarter() {
    // The sides are at different levels; equal distributions stay equal.
    let (month, quarter) = (normal(30_000, 20.0, 2.0), normal(90_000, 20.0, 2.0));
    let result = summary(&quarter).ks_test(&summary(&month)).unwrap();
    assert!(
        result.statistic < 1e-3 && result.p_value > 0.99,
        "{result:?}"
    );
    let few = summary(&month[..150]);
    assert_eq!(summary(&quarter).psi(&few, 10).unwrap(), None);
    assert!(summary(&quarter).psi(&few, 7).unwrap().is_some());
}

#[test]
fn extreme_values_fit() {
    let mut all = Distribution::new();
    for exponent in -323..=99 {
        for digit in 1..=9 {
            let value = f64::from(digit) * 10_f64.powi(exponent.max(-323) - 1);
            for value in [value, -value, value * 1.1, -value * 1.3] {
                all.push(value).unwrap();
            }
        }
    }
    all.push(-0.0).unwrap();
    all.push(f64::NAN).unwrap();
    assert!(all.relative_error() <= 1.0);
    assert_eq!(all.n(), 423 * 36 + 1);
    assert_eq!(Distribution::from_bytes(&all.to_bytes()), Ok(all.clone()));
    assert_eq!(all.wasserstein(&all), Ok(0.0));
    for value in [f64::INFINITY, 1e101, f64::NEG_INFINITY] {
        assert_eq!(all.push(value), Err(Error::ValueOutOfRange(1)));
    }
    for q in [-0.1, 1.1, f64::NAN] {
        assert_eq!(all.quantile(q), Err(Error::Share));
    }
}

/// States that are not exact: the tests of all byte forms use a small one.
#[test]
fn forged_states_never_panic() {
    use vigil_core::codec::{HEADER_LEN, Kind, Writer};
    let bytes = summary(&normal(5000, 0.0, 1.0)).to_bytes();
    let payload = &bytes[HEADER_LEN..bytes.len() - 4];
    for at in (0..40).chain((40..payload.len()).step_by(97)) {
        for value in [0x00, 0x35, 0x36, 0x7F, 0x80, 0xFF] {
            let mut forged = payload.to_vec();
            forged[at] = value;
            let mut frame = Writer::new(Kind::Distribution, forged.len());
            frame.raw(&forged);
            let Ok(mut summary) = Distribution::from_bytes(&frame.finish()) else {
                continue;
            };
            summary.merge(&summary.clone());
            assert_eq!(summary.ks_test(&summary).unwrap().statistic, 0.0);
            assert!(summary.quantile(0.4).unwrap().is_some());
        }
    }
}

#[test]
fn empty_summaries() {
    let (empty, one) = (Distribution::new(), summary(&[0.0]));
    assert_eq!(empty.quantile(0.5), Ok(None));
    assert_eq!(empty.quantile(1.0), Ok(None));
    assert_eq!(empty.ks_test(&one), Err(Error::EmptySample("reference")));
    assert_eq!(one.wasserstein(&empty), Err(Error::EmptySample("current")));
    assert_eq!(one.psi(&one, 1), Err(Error::Bins(1)));
    let mut merged = empty.clone();
    merged.merge(&one);
    merged.merge(&empty);
    assert_eq!(merged, one);
    assert_eq!(one.quantile(0.3), Ok(Some(0.0)));
}

proptest! {
    #[test]
    fn the_state_depends_on_the_values_only(
        spread in -8..8,
        offset in -100.0..100.0,
        cut in 0..6000_usize,
        step in prop::sample::select(vec![1_usize, 7, 1009, 2999]),
    ) {
        // More distinct values than buckets, in another order and split in two.
        let values = normal(6000, offset, 10_f64.powi(spread));
        let shuffled: Vec<f64> = (0..6000).map(|i| values[i * step % 6000]).collect();
        let shuffled = if step == 2999 { values.iter().rev().copied().collect() } else { shuffled };
        let mut merged = summary(&shuffled[cut..]);
        merged.merge(&Distribution::from_bytes(&summary(&shuffled[..cut]).to_bytes()).unwrap());
        prop_assert_eq!(merged.to_bytes(), summary(&values).to_bytes());
    }
}
