//! Tests of counts, divergences of shares, and the adjustment of p-values.

use proptest::prelude::*;
use vigil_core::Error;
use vigil_core::drift::benjamini_hochberg::adjust;
use vigil_core::drift::categories::{Categories, MAX_CATEGORIES, MAX_NAME};
use vigil_core::drift::chi_squared::{contingency, goodness_of_fit, homogeneity};
use vigil_core::drift::jensen_shannon::divergence;
use vigil_core::drift::wasserstein::distance;

const MISSING: f64 = f64::NAN;

#[test]
fn bad_counts_are_refused() {
    let infinite = f64::INFINITY;
    let fit = goodness_of_fit;
    assert_eq!(fit(&[], None), Err(Error::VectorEmpty));
    assert_eq!(fit(&[0.0, 0.0], None), Err(Error::EmptySample("observed")));
    assert_eq!(fit(&[1.0, -1.0], None), Err(Error::Count(2)));
    assert_eq!(fit(&[MISSING, 1.0], None), Err(Error::Count(1)));
    assert_eq!(fit(&[1.0, infinite], None), Err(Error::ValueOutOfRange(2)));
    assert_eq!(
        fit(&[1.0], Some(&[1.0, 1.0])),
        Err(Error::LengthsDiffer(1, 2))
    );
    assert_eq!(
        fit(&[1.0, 1.0], Some(&[2.0, 0.0])),
        Err(Error::ExpectedCount(2))
    );
    assert_eq!(fit(&[1.0, 1.0], Some(&[1.0, 1.1])), Err(Error::ExpectedSum));
    assert_eq!(
        contingency(&[1.0; 6], 0, false),
        Err(Error::LengthsDiffer(6, 0))
    );
    assert_eq!(
        contingency(&[1.0; 6], 4, false),
        Err(Error::LengthsDiffer(6, 4))
    );
    assert_eq!(homogeneity(&[1.0], &[]), Err(Error::LengthsDiffer(1, 0)));
    assert_eq!(
        homogeneity(&[1.0], &[0.0]),
        Err(Error::EmptySample("current"))
    );
    assert_eq!(
        divergence(&[1.0], &[0.0]),
        Err(Error::EmptySample("current"))
    );
    assert_eq!(divergence(&[MISSING], &[1.0]), Err(Error::Count(1)));
    assert_eq!(divergence(&[], &[]), Err(Error::VectorEmpty));
    assert_eq!(
        divergence(&[1.0], &[1.0, 2.0]),
        Err(Error::LengthsDiffer(1, 2))
    );
    assert_eq!(
        distance(&[MISSING], &[1.0], &mut || {}),
        Err(Error::EmptySample("reference"))
    );
}

#[test]
fn tests_without_a_p_value_say_so() {
    let single = goodness_of_fit(&[7.0], None).unwrap();
    assert_eq!((single.p_value, single.effect_size), (None, None));
    // The expected counts of the second column are 0.5.
    let rare = contingency(&[49.0, 1.0, 50.0, 0.0], 2, false).unwrap();
    assert_eq!((rare.min_expected, rare.p_value), (0.5, None));
    assert!(rare.effect_size.is_some());
    let one_row = contingency(&[3.0, 4.0, 0.0, 0.0], 2, false).unwrap();
    assert_eq!((one_row.degrees_of_freedom, one_row.p_value), (0, None));
}

#[test]
fn rows_and_columns_of_zeros_say_nothing() {
    let full = contingency(&[10.0, 20.0, 30.0, 5.0], 2, false).unwrap();
    let padded = [10.0, 0.0, 20.0, 0.0, 0.0, 0.0, 30.0, 0.0, 5.0];
    assert_eq!(contingency(&padded, 3, false), Ok(full));
    // Cramér's V of a 2x2 table is the phi coefficient.
    let phi: f64 = (20.0 * 30.0 - 10.0 * 5.0) / (30.0 * 35.0 * 40.0 * 25.0_f64).sqrt();
    assert!((full.effect_size.unwrap() - phi).abs() < 1e-12);
}

#[test]
fn extreme_counts_have_results() {
    for scale in [1e-308, 1e-200, 1e-10, 1.0, 1e10, 1e90] {
        let counts = [1.0, 2.0, 3.0, 4.0].map(|count| count * scale);
        let test = contingency(&counts, 2, true).unwrap();
        assert!(test.statistic.is_finite(), "{scale}: {test:?}");
        assert!(
            test.p_value.is_none_or(|p| (0.0..=1.0).contains(&p)),
            "{scale}: {test:?}"
        );
        assert!(
            test.effect_size.is_some_and(f64::is_finite),
            "{scale}: {test:?}"
        );
    }
    let apart = homogeneity(&[1e90, 0.0], &[0.0, 1e90]).unwrap();
    assert_eq!((apart.p_value, apart.effect_size), (Some(0.0), Some(1.0)));
    let many = vec![5.0; 16_384];
    assert_eq!(goodness_of_fit(&many, None).unwrap().p_value, Some(1.0));
}

#[test]
fn categories_are_capped() {
    let mut categories = Categories::new();
    assert_eq!(categories.test(), Err(Error::EmptySample("reference")));
    for index in 0..MAX_CATEGORIES {
        categories.push(&index.to_string(), index % 2 == 0).unwrap();
    }
    categories.push("7", true).unwrap();
    let full = Err(Error::TooManyCategories(MAX_CATEGORIES));
    assert_eq!(categories.push("another", true), full);
    let long = "x".repeat(MAX_NAME + 1);
    let refused = Categories::new().push(&long, true);
    assert_eq!(
        refused,
        Err(Error::CategoryTooLong {
            bytes: MAX_NAME + 1,
            limit: MAX_NAME
        })
    );
    Categories::new().push(&long[1..], true).unwrap();
}

#[test]
fn adjusted_p_values() {
    // R: p.adjust(c(0.01, 0.04, 0.03, 0.005, 0.6), "BH")
    let p = [0.01, 0.04, MISSING, 0.03, 0.005, 0.6];
    let want = [0.025, 0.05, MISSING, 0.05, 0.025, 0.6];
    for (got, want) in adjust(&p).unwrap().into_iter().zip(want) {
        assert!(
            (got - want).abs() < 1e-15 || got.is_nan() && want.is_nan(),
            "{got} {want}"
        );
    }
    assert_eq!(adjust(&[]), Ok(Vec::new()));
    assert_eq!(adjust(&[0.5, 1.5]), Err(Error::Probability(2)));
    assert_eq!(adjust(&[-0.1]), Err(Error::Probability(1)));
    assert_eq!(adjust(&[f64::INFINITY]), Err(Error::Probability(1)));
    assert_eq!(adjust(&[0.5; 16_385]), Err(Error::VectorTooLong(16_385)));
}

#[test]
fn distances_do_not_overflow() {
    assert_eq!(
        distance(&[-1e308], &[0.7e308], &mut || {}).unwrap(),
        1.7e308
    );
    assert_eq!(distance(&[0.0], &[5e-324], &mut || {}).unwrap(), 5e-324);
}

fn counts() -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec((0..50_u32, 0..50_u32), 2..12).prop_map(|pairs| {
        pairs
            .into_iter()
            .map(|(a, b)| (a.into(), b.into()))
            .collect()
    })
}

proptest! {
    #[test]
    fn divergence_is_symmetric_bounded_and_scale_free(pairs in counts(), scale in 1e-3..1e3) {
        let (p, q): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        prop_assume!(p.iter().sum::<f64>() > 0.0 && q.iter().sum::<f64>() > 0.0);
        let there = divergence(&p, &q).unwrap();
        prop_assert!((divergence(&q, &p).unwrap() - there).abs() < 1e-15);
        prop_assert!((0.0..=std::f64::consts::LN_2).contains(&there));
        let scaled: Vec<f64> = p.iter().map(|p| p * scale).collect();
        prop_assert!((divergence(&scaled, &q).unwrap() - there).abs() < 1e-12);
        prop_assert!(divergence(&p, &scaled).unwrap() < 1e-15);
    }

    #[test]
    fn effect_sizes_do_not_grow_with_the_counts(pairs in counts()) {
        let (p, q): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        prop_assume!(p.iter().sum::<f64>() > 0.0 && q.iter().sum::<f64>() > 0.0);
        let many = |counts: &[f64]| counts.iter().map(|count| count * 64.0).collect::<Vec<_>>();
        let (few, more) = (homogeneity(&p, &q).unwrap(), homogeneity(&many(&p), &many(&q)).unwrap());
        prop_assert!((more.statistic - 64.0 * few.statistic).abs() <= 1e-9 * more.statistic);
        if let (Some(few), Some(more)) = (few.effect_size, more.effect_size) {
            prop_assert!((few - more).abs() < 1e-9 && (0.0..=1.0 + 1e-12).contains(&few));
        }
    }

    #[test]
    fn categories_do_not_depend_on_the_split(rows in prop::collection::vec((0..6_u8, any::<bool>()), 0..60), cut in 0..60_usize) {
        let count = |rows: &[(u8, bool)]| {
            let mut categories = Categories::new();
            rows.iter().for_each(|&(name, side)| categories.push(&name.to_string(), side).unwrap());
            categories
        };
        let (left, right) = rows.split_at(cut.min(rows.len()));
        let mut merged = count(right);
        merged.merge(&Categories::from_bytes(&count(left).to_bytes()).unwrap()).unwrap();
        prop_assert_eq!(merged, count(&rows));
    }

    #[test]
    fn adjustment_keeps_the_order_and_never_lowers(p in prop::collection::vec(0.0..=1.0, 0..40)) {
        let adjusted = adjust(&p).unwrap();
        for (i, &p_i) in p.iter().enumerate() {
            prop_assert!(adjusted[i] >= p_i * (1.0 - 1e-12) && adjusted[i] <= 1.0);
            for (j, &p_j) in p.iter().enumerate() {
                prop_assert!(p_i > p_j || adjusted[i] <= adjusted[j]);
            }
        }
    }

    #[test]
    fn distance_is_a_metric(
        x in prop::collection::vec(-10.0..10.0, 1..20),
        y in prop::collection::vec(-10.0..10.0, 1..20),
        z in prop::collection::vec(-10.0..10.0, 1..20),
        shift in -5.0..5.0,
    ) {
        let between = |a: &[f64], b: &[f64]| distance(a, b, &mut || {}).unwrap();
        prop_assert_eq!(between(&x, &x), 0.0);
        prop_assert!((between(&x, &y) - between(&y, &x)).abs() < 1e-12);
        prop_assert!(between(&x, &z) <= between(&x, &y) + between(&y, &z) + 1e-12);
        let shifted: Vec<f64> = x.iter().map(|x| x + shift).collect();
        prop_assert!((between(&x, &shifted) - f64::abs(shift)).abs() < 1e-12);
    }
}
