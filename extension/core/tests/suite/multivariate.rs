//! Covariance, Mahalanobis distance, principal components, changes of correlations.

use proptest::prelude::*;
use vigil_core::Error;
use vigil_core::multivariate::MAX_FEATURES;
use vigil_core::multivariate::correlation::changes;
use vigil_core::multivariate::covariance::Covariance;
use vigil_core::multivariate::mahalanobis::Mahalanobis;
use vigil_core::multivariate::pca::Pca;

const MISSING: f64 = f64::NAN;

fn state(rows: &[Vec<f64>]) -> Covariance {
    let mut state = Covariance::new();
    rows.iter().for_each(|row| state.push(row).unwrap());
    state
}

/// Rows of which the second feature follows the first and the third does not.
fn rows(n: usize, follow: f64) -> Vec<Vec<f64>> {
    let noise = |i: usize, k: f64| 2.0 * (i as f64 * k).fract() - 1.0;
    (1..=n)
        .map(|i| {
            let x = noise(i, 0.618_033_988_749_894_9);
            let y = noise(i, 0.414_213_562_373_095);
            let z = noise(i, 0.732_050_807_568_877);
            vec![100.0 + x, 5e3 * (follow * x + 0.1 * y), 1e-3 * z]
        })
        .collect()
}

#[test]
fn distances_without_correlation_are_standard_scores() {
    // Shrinkage is complete for two features of a square: all correlations are 0.
    let square: Vec<Vec<f64>> = (0..40)
        .map(|i| vec![f64::from(i % 2 * 2 - 1), f64::from(i / 2 % 2 * 2 - 1)])
        .collect();
    let model = Mahalanobis::new(&state(&square)).unwrap();
    let deviation = (40.0_f64 / 39.0).sqrt();
    let distance = |row: &[f64]| model.distance(row).unwrap();
    assert!(distance(&[0.0, 0.0]).unwrap() < 1e-15);
    assert!((distance(&[3.0, 4.0]).unwrap() - 5.0 / deviation).abs() < 1e-12);
    assert!((distance(&[3.0, MISSING]).unwrap() - 3.0 / deviation).abs() < 1e-12);
    assert_eq!(distance(&[MISSING, MISSING]), None);
}

#[test]
fn the_shrinkage_is_that_of_the_paper() {
    // Four rows repeated: r = 0.6, n = 20, p = 2. OAS: ((1 - 1) tr(R²) + 4) / ((21 - 1) * (2 * 0.36)).
    let block = [[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]];
    let counts = [8, 8, 2, 2];
    let rows: Vec<Vec<f64>> = block
        .iter()
        .zip(counts)
        .flat_map(|(row, count)| vec![row.to_vec(); count])
        .collect();
    let rho = 4.0 / (20.0 * 0.72);
    let r = 0.6 * (1.0 - rho);
    let model = Mahalanobis::new(&state(&rows)).unwrap();
    let variance = 20.0 / 19.0;
    let (x, y): (f64, f64) = (1.5, -0.7);
    let want = ((x * x + y * y - 2.0 * r * x * y) / (1.0 - r * r) / variance).sqrt();
    let got = model.distance(&[x, y]).unwrap().unwrap();
    assert!((got - want).abs() < 1e-12, "{got} {want}");
}

#[test]
fn a_broken_relation_is_far_even_where_each_value_is_usual() {
    let model = Mahalanobis::new(&state(&rows(2000, 1.0))).unwrap();
    let distance = |row: &[f64]| model.distance(row).unwrap().unwrap();
    let (usual, broken) = ([100.9, 4500.0, 0.0], [100.9, -4500.0, 0.0]);
    assert!(distance(&usual) < 2.5, "{}", distance(&usual));
    assert!(distance(&broken) > 15.0, "{}", distance(&broken));
    // Without the partner nothing is odd about either.
    assert!(distance(&[100.9, MISSING, 0.0]) < 2.5);
    let pca = Pca::new(&state(&rows(2000, 1.0)), 2, &mut || ()).unwrap();
    assert!(pca.explained() > 0.99);
    let error = |row: &[f64]| pca.reconstruction_error(row).unwrap().unwrap();
    assert!(
        error(&broken) > 10.0 * error(&usual),
        "{} {}",
        error(&broken),
        error(&usual)
    );
}

#[test]
fn fewer_rows_than_features_and_copies_of_features_have_distances() {
    let wide: Vec<Vec<f64>> = (0..12)
        .map(|i| {
            (0..MAX_FEATURES)
                .map(|j| ((i * 31 + j * 7) % 13) as f64)
                .collect()
        })
        .collect();
    let model = Mahalanobis::new(&state(&wide)).unwrap();
    assert!(model.distance(&wide[3]).unwrap().unwrap().is_finite());
    let copies: Vec<Vec<f64>> = (0..20_000).map(|i| vec![f64::from(i % 17); 5]).collect();
    let model = Mahalanobis::new(&state(&copies)).unwrap();
    assert!(model.distance(&copies[0]).unwrap().unwrap() < 3.0);
    let off = [0.0, 0.0, 0.0, 0.0, 1.0];
    assert!(model.distance(&off).unwrap().unwrap() > 3.0);
    let pca = Pca::new(&state(&wide), 128, &mut || ()).unwrap();
    assert!((pca.explained() - 1.0).abs() < 1e-9);
    assert!(pca.reconstruction_error(&wide[5]).unwrap().unwrap() < 1e-9);
}

#[test]
fn principal_components_of_two_features_are_known() {
    // Correlations have the eigenvectors (1, 1) and (1, -1), and the eigenvalues 1 ± r.
    let data: Vec<Vec<f64>> = rows(500, 1.0).iter().map(|row| row[..2].to_vec()).collect();
    let state = state(&data);
    let pca = Pca::new(&state, 1, &mut || ()).unwrap();
    let r = changes(&state, &state).unwrap()[0].reference;
    assert!((pca.explained() - (1.0 + r) / 2.0).abs() < 1e-12);
    let all = Pca::new(&state, 2, &mut || ()).unwrap();
    assert_eq!(all.explained(), 1.0);
    assert!(all.reconstruction_error(&[1.0, -1e4]).unwrap().unwrap() < 1e-10);
}

#[test]
fn broken_correlations_come_first() {
    let (before, now) = (state(&rows(400, 1.0)), state(&rows(300, 0.0)));
    let found = changes(&before, &now).unwrap();
    assert_eq!(found.len(), 3);
    let first = found[0];
    assert_eq!((first.first, first.second), (1, 2));
    assert!(
        first.reference > 0.9 && first.current.abs() < 0.2,
        "{first:?}"
    );
    assert!(first.adjusted_p < 1e-10 && first.adjusted_p >= first.p_value);
    assert!(
        found[1..].iter().all(|change| change.adjusted_p > 0.05),
        "{found:?}"
    );
    // Fisher's z by hand.
    let z = first.current.atanh() - first.reference.atanh();
    assert!((first.effect_size - z).abs() < 1e-12);
    let same = changes(&before, &before).unwrap();
    assert!(
        same.iter()
            .all(|change| change.p_value == 1.0 && change.effect_size == 0.0)
    );
}

#[test]
fn constants_say_nothing() {
    let data: Vec<Vec<f64>> = (0..50).map(|i| vec![f64::from(i % 7), 3.0]).collect();
    let state = state(&data);
    let model = Mahalanobis::new(&state).unwrap();
    assert_eq!(model.distance(&[3.0, 3.0]), model.distance(&[3.0, 1e50]));
    assert_eq!(model.distance(&[MISSING, 3.0]), Ok(None));
    let pca = Pca::new(&state, 1, &mut || ()).unwrap();
    assert_eq!(pca.explained(), 1.0);
    assert_eq!(pca.reconstruction_error(&[MISSING, 3.0]), Ok(None));
    assert!(changes(&state, &state).unwrap().is_empty());
    let still: Vec<Vec<f64>> = vec![vec![1.0, 2.0]; 20];
    let still = self::state(&still);
    assert_eq!(Mahalanobis::new(&still), Err(Error::NothingVaries));
    assert_eq!(Pca::new(&still, 1, &mut || ()), Err(Error::NothingVaries));
}

#[test]
fn bad_input_is_refused() {
    let mut state = Covariance::new();
    assert_eq!(state.push(&[]), Err(Error::VectorEmpty));
    assert_eq!(
        state.push(&[0.0; 129]),
        Err(Error::TooManyFeatures {
            features: 129,
            limit: 128
        })
    );
    state.push(&[1.0, MISSING]).unwrap();
    assert_eq!((state.n(), state.width()), (0, 2));
    assert_eq!(
        state.push(&[1.0]),
        Err(Error::RowLength {
            expected: 2,
            got: 1
        })
    );
    assert_eq!(
        state.push(&[1.0, f64::INFINITY]),
        Err(Error::ValueOutOfRange(2))
    );
    assert_eq!(Mahalanobis::new(&state), Err(Error::FewRows(10, 0)));
    assert_eq!(changes(&state, &state), Err(Error::FewRows(10, 0)));
    for n in 0..20 {
        state.push(&[f64::from(n), f64::from(n % 3)]).unwrap();
    }
    for components in [i32::MIN, 0, 3] {
        let refused = Pca::new(&state, components, &mut || ());
        assert_eq!(refused, Err(Error::Components(components, 2)));
    }
    let wrong = Error::FeatureCount {
        expected: 2,
        got: 3,
    };
    let model = Mahalanobis::new(&state).unwrap();
    assert_eq!(model.distance(&[0.0; 3]), Err(wrong.clone()));
    assert_eq!(
        model.distance(&[0.0, 1e101]),
        Err(Error::ValueOutOfRange(2))
    );
    let pca = Pca::new(&state, 1, &mut || ()).unwrap();
    assert_eq!(pca.reconstruction_error(&[0.0; 3]), Err(wrong.clone()));
    let three = self::state(&vec![vec![0.0; 3]; 20]);
    assert_eq!(changes(&state, &three), Err(wrong));
    assert!(state.merge(&three).is_err());
}

#[test]
fn extreme_values_have_finite_results() {
    for scale in [1e-308, 1e-140, 1e90] {
        let data: Vec<Vec<f64>> = (0..30_u32)
            .map(|i| {
                vec![
                    f64::from(i * i % 11) * scale,
                    f64::from(i % 5),
                    f64::from(i % 4),
                ]
            })
            .collect();
        let state = state(&data);
        let far = [1e100, -1e100, 0.0];
        let distance = Mahalanobis::new(&state).unwrap().distance(&far);
        assert!(distance.unwrap().unwrap().is_finite(), "{scale}");
        let pca = Pca::new(&state, 1, &mut || ()).unwrap();
        assert!(
            pca.reconstruction_error(&far).unwrap().unwrap().is_finite(),
            "{scale}"
        );
    }
}

proptest! {
    #[test]
    fn covariance_does_not_depend_on_the_split(
        data in prop::collection::vec(prop::collection::vec(-1e3..1e3, 4), 12..60),
        cut in 0..60_usize,
        offset in -1e6..1e6,
    ) {
        let data: Vec<Vec<f64>> = data
            .into_iter()
            .map(|row| row.into_iter().map(|x: f64| x + offset).collect())
            .collect();
        let (left, right) = data.split_at(cut.min(data.len()));
        let mut merged = Covariance::from_bytes(&state(right).to_bytes()).unwrap();
        merged.merge(&state(left)).unwrap();
        let whole = state(&data);
        prop_assert_eq!(merged.n(), whole.n());
        let (a, b) = (Mahalanobis::new(&merged).unwrap(), Mahalanobis::new(&whole).unwrap());
        for row in &data {
            let (a, b) = (a.distance(row).unwrap().unwrap(), b.distance(row).unwrap().unwrap());
            prop_assert!((a - b).abs() < 1e-7 * b.max(1.0), "{} {}", a, b);
        }
    }

    #[test]
    fn units_do_not_matter(data in prop::collection::vec(prop::collection::vec(-1.0..1.0, 3), 12..40), unit in 1e-6..1e6) {
        let scaled: Vec<Vec<f64>> = data.iter().map(|row| vec![row[0] * unit, row[1], row[2] - unit]).collect();
        let (a, b) = (state(&data), state(&scaled));
        let distance = |state: &Covariance, row| Mahalanobis::new(state).unwrap().distance(row).unwrap().unwrap();
        prop_assert!((distance(&a, &data[0]) - distance(&b, &scaled[0])).abs() < 1e-6);
        let error = |state: &Covariance, row| Pca::new(state, 2, &mut || ()).unwrap().reconstruction_error(row).unwrap().unwrap();
        prop_assert!((error(&a, &data[0]) - error(&b, &scaled[0])).abs() < 1e-4);
    }
}
