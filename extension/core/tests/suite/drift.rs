//! Drift tests.

use proptest::prelude::*;
use vigil_core::drift::ks::{exact, kolmogorov, two_sample};
use vigil_core::drift::psi::psi;
use vigil_core::drift::{MAX_VALUES, Samples};
use vigil_core::{Error, ErrorKind};

/// Share of all interleavings of two samples whose distance reaches a bound, by trying each.
fn by_enumeration(n: u32, m: u32, distance: u64) -> f64 {
    let (mut reached, mut total) = (0, 0);
    for choice in (0_u32..1 << (n + m)).filter(|choice| choice.count_ones() == n) {
        total += 1;
        let (mut i, mut j, mut largest) = (0_u64, 0_u64, 0);
        for bit in 0..n + m {
            if choice >> bit & 1 == 1 {
                i += 1;
            } else {
                j += 1;
            }
            largest = largest.max((i * u64::from(m)).abs_diff(j * u64::from(n)));
        }
        reached += u32::from(largest >= distance);
    }
    f64::from(reached) / f64::from(total)
}

#[test]
fn exact_p_values_count_interleavings() {
    for (n, m) in [(1, 1), (1, 5), (2, 3), (4, 4), (5, 3), (6, 7), (8, 2)] {
        for distance in 0..=n * m {
            let expected = by_enumeration(n, m, distance.into());
            let got = exact::p_value(n.into(), m.into(), distance.into());
            assert!(
                (got - expected).abs() < 1e-14,
                "{n} {m} {distance}: {got} {expected}"
            );
        }
    }
}

#[test]
fn exact_p_values_of_separate_samples_keep_their_digits() {
    // 2 / C(100, 50)
    let got = exact::p_value(50, 50, 2500);
    let expected = 2.0 / 1.008_913_445_455_641_8e29;
    assert!((got / expected - 1.0).abs() < 1e-12, "{got:e}");
}

#[test]
fn large_samples_use_the_asymptotic_distribution() {
    let x: Vec<f64> = (0..101).map(f64::from).collect();
    let y: Vec<f64> = (0..100).map(|i| f64::from(i) + 20.5).collect();
    let result = two_sample(&x, &y, &mut || {}).unwrap();
    assert_eq!(
        result.p_value,
        kolmogorov::two_sample_p_value(101, 100, result.statistic)
    );
    let smaller = two_sample(&x[..100], &y, &mut || {}).unwrap();
    let distance = (smaller.statistic * 10_000.0).round() as u64;
    assert_eq!(smaller.p_value, exact::p_value(100, 100, distance));
}

#[test]
fn the_distribution_falls_from_one_to_zero_without_jumps() {
    for n in [1, 2, 7, 50, 140, 141, 1000, 10_000, 100_000] {
        let mut before = kolmogorov::sf(n, 0.0);
        assert_eq!(before, 1.0);
        let steps = if n < 1000 { 400 } else { 40 };
        for step in 1..=steps {
            // Up to z = 4, where little is left.
            let d = (4.0 * f64::from(step) / f64::from(steps) / (n as f64).sqrt()).min(1.0);
            let now = kolmogorov::sf(n, d);
            assert!(
                now <= before + 1e-10,
                "rises at n {n}, d {d}: {before} {now}"
            );
            assert!(
                before - now < 0.2 || n < 3,
                "jumps at n {n}, d {d}: {before} {now}"
            );
            before = now;
        }
        assert_eq!(kolmogorov::sf(n, 1.0), 0.0);
    }
}

/// Above ten million values the sum gives way to its asymptotic form.
#[test]
fn the_distribution_of_huge_samples_is_continuous() {
    let (below, above) = (
        kolmogorov::sf(10_000_000, 0.0006),
        kolmogorov::sf(10_000_001, 0.0006),
    );
    assert!((below / above - 1.0).abs() < 1e-5, "{below:e} {above:e}");
    for n in [1 << 40, 1 << 62, u64::MAX] {
        for d in [1e-15, 1e-9, 1e-5, 0.1, 1.0] {
            assert!((0.0..=1.0).contains(&kolmogorov::sf(n, d)), "{n} {d}");
        }
    }
}

#[test]
fn missing_values_are_ignored_and_empty_sides_refused() {
    let clean = two_sample(&[1.0, 2.0], &[2.0, 3.0], &mut || {}).unwrap();
    assert_eq!(
        two_sample(&[f64::NAN, 2.0, 1.0], &[3.0, f64::NAN, 2.0], &mut || {}).unwrap(),
        clean
    );
    assert_eq!(
        two_sample(&[f64::NAN], &[1.0], &mut || {}),
        Err(Error::EmptySample("reference"))
    );
    assert_eq!(
        two_sample(&[1.0], &[], &mut || {}),
        Err(Error::EmptySample("current"))
    );
    assert_eq!(
        psi(&[], &[1.0], 10, &mut || {}),
        Err(Error::EmptySample("reference"))
    );
    assert_eq!(
        psi(&[1.0], &[f64::NAN], 10, &mut || {}),
        Err(Error::EmptySample("current"))
    );
    for bins in [i32::MIN, 1, 1001] {
        assert_eq!(
            psi(&[1.0], &[1.0], bins, &mut || {}),
            Err(Error::Bins(bins))
        );
    }
}

#[test]
fn samples_are_capped() {
    let half: Vec<f64> = vec![1.0; MAX_VALUES / 2];
    let mut samples = Samples::new();
    for &value in &half {
        samples.push(value, false).unwrap();
    }
    samples.push(f64::NAN, true).unwrap();
    samples.merge(&samples.clone()).unwrap();
    let error = samples.push(1.0, true).unwrap_err();
    assert_eq!(error, Error::TooManyValues(MAX_VALUES));
    assert_eq!(error.kind(), ErrorKind::InvalidParameter);
    assert_eq!(
        samples.merge(&samples.clone()),
        Err(Error::TooManyValues(MAX_VALUES))
    );
    assert_eq!(
        Samples::new().push(f64::INFINITY, true),
        Err(Error::ValueOutOfRange(1))
    );
}

fn sample() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(
        prop_oneof![-10.0..10.0, (-3..3_i32).prop_map(f64::from)],
        1..40,
    )
}

#[test]
fn large_samples_are_sorted_in_parts() {
    // More values than are sorted at once: every number up to n, in an order far from theirs.
    let n = 1_300_000_u64;
    let value = |i: u64| (i * 700_001 % n) as f64;
    let sample: Vec<f64> = (0..n).map(value).collect();
    let ordered: Vec<f64> = (0..n).map(|i| i as f64).collect();
    let mut looks = 0;
    let same = two_sample(&sample, &ordered, &mut || looks += 1).unwrap();
    assert_eq!(same.statistic, 0.0);
    assert!(looks > 6, "{looks}");
    let above = two_sample(&sample, &ordered[650_000..], &mut || {}).unwrap();
    assert_eq!(above.statistic, 0.5);
}

proptest! {
    #[test]
    fn distance_is_symmetric_and_bounded(x in sample(), y in sample()) {
        let (forward, backward) = (two_sample(&x, &y, &mut || {}).unwrap(), two_sample(&y, &x, &mut || {}).unwrap());
        prop_assert_eq!(forward.statistic, backward.statistic);
        prop_assert!((forward.p_value - backward.p_value).abs() < 1e-12);
        prop_assert!((0.0..=1.0).contains(&forward.statistic));
        prop_assert!((0.0..=1.0).contains(&forward.p_value));
        prop_assert_eq!(two_sample(&x, &x, &mut || {}).unwrap().p_value, 1.0);
    }

    #[test]
    fn distance_depends_on_the_order_only(x in sample(), y in sample()) {
        let stretch = |values: &[f64]| values.iter().map(|value| value.powi(3) * 1e50).collect::<Vec<_>>();
        prop_assert_eq!(two_sample(&stretch(&x), &stretch(&y), &mut || {}), two_sample(&x, &y, &mut || {}));
    }

    #[test]
    fn stability_index_is_never_negative(x in sample(), y in sample(), bins in 2..50) {
        let index = psi(&x, &y, bins, &mut || {}).unwrap();
        prop_assert!(index >= 0.0);
        prop_assert_eq!(psi(&x, &x, bins, &mut || {}).unwrap(), 0.0);
    }

    #[test]
    fn samples_do_not_depend_on_the_split(x in sample(), y in sample(), cut in 0..40_usize) {
        let collect = |x: &[f64], y: &[f64]| {
            let mut samples = Samples::new();
            x.iter().for_each(|&value| samples.push(value, false).unwrap());
            y.iter().for_each(|&value| samples.push(value, true).unwrap());
            samples
        };
        let (left, right) = (cut.min(x.len()), cut.min(y.len()));
        let mut merged = collect(&x[left..], &y[right..]);
        merged.merge(&collect(&x[..left], &y[..right])).unwrap();
        let merged = Samples::from_bytes(&merged.to_bytes()).unwrap();
        let whole = collect(&x, &y);
        let test = |samples: &Samples| two_sample(samples.reference(), samples.current(), &mut || {}).unwrap();
        prop_assert_eq!(test(&merged), test(&whole));
        let index = |samples: &Samples| psi(samples.reference(), samples.current(), 10, &mut || {}).unwrap();
        prop_assert_eq!(index(&merged), index(&whole));
    }
}
