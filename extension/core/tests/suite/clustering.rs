//! k-means and DBSCAN.

use proptest::prelude::*;
use serde_json::json;
use vigil_core::Error;
use vigil_core::clustering::dbscan::{self, MAX_ROWS, Rows};
use vigil_core::clustering::kmeans::{KMeans, KMeansOptions, Trainer};

const MISSING: f64 = f64::NAN;

fn noise(i: usize, k: f64) -> f64 {
    2.0 * (i as f64 * k).fract() - 1.0
}

/// Rows around three places, 30, 20 and 10 of them, in units that differ a million times.
fn places() -> Vec<Vec<f64>> {
    let centres = [(0.0, 0.0, 30), (10.0, 5e6, 20), (-10.0, 5e6, 10)];
    centres
        .iter()
        .flat_map(|&(x, y, n)| {
            (1..=n).map(move |i| {
                vec![
                    x + noise(i, 0.618_033_988_749_894_9),
                    y + 5e5 * noise(i, 0.414_213_562_373_095),
                ]
            })
        })
        .collect()
}

fn train(rows: &[Vec<f64>], clusters: i32, options: KMeansOptions) -> Result<KMeans, Error> {
    let mut trainer = Trainer::new(clusters, options)?;
    for row in rows {
        trainer.push(row)?;
    }
    trainer.train(&mut || {})
}

fn labels(rows: &[Vec<f64>], eps: f64, min_points: i32, standardize: bool) -> Vec<u32> {
    let mut collected = Rows::new();
    rows.iter()
        .for_each(|row| collected.push(Some(row)).unwrap());
    let labels = dbscan::labels(&collected, eps, min_points, standardize, &mut || {}).unwrap();
    labels
        .into_iter()
        .map(|label| label.unwrap().cluster)
        .collect()
}

#[test]
fn the_places_are_found_whatever_their_units() {
    let model = train(&places(), 3, KMeansOptions::default()).unwrap();
    let clusters = model.clusters();
    assert_eq!(
        clusters.iter().map(|c| c.size).collect::<Vec<_>>(),
        [30, 20, 10]
    );
    for (cluster, (x, y)) in clusters.iter().zip([(0.0, 0.0), (10.0, 5e6), (-10.0, 5e6)]) {
        assert!((cluster.centre[0] - x).abs() < 0.5, "{:?}", cluster.centre);
        assert!((cluster.centre[1] - y).abs() < 2e5, "{:?}", cluster.centre);
    }
    assert_eq!(model.nearest(&[9.0, 4e6]).unwrap().unwrap().0, 1);
    assert_eq!(model.nearest(&[-9.0, MISSING]).unwrap().unwrap().0, 2);
    assert_eq!(model.nearest(&[MISSING, MISSING]).unwrap(), None);
    // Anything beyond saturates instead of overflowing.
    let (_, far) = model.nearest(&[1e100, -1e100]).unwrap().unwrap();
    assert!(far.is_finite() && far > 1e90);
    let facts = model.info();
    assert_eq!(facts["converged"], true);
    assert_eq!(
        (&facts["rows"], &facts["sampled_rows"]),
        (&json!(60), &json!(60))
    );
}

#[test]
fn centres_are_means_and_the_inertia_is_theirs() {
    let rows: Vec<Vec<f64>> = [1.0, 2.0, 3.0, 101.0, 103.0].map(|x| vec![x]).into();
    let plain = KMeansOptions {
        standardize: false,
        ..KMeansOptions::default()
    };
    let model = train(&rows, 2, plain).unwrap();
    let clusters = model.clusters();
    assert_eq!((clusters[0].centre[0], clusters[1].centre[0]), (2.0, 102.0));
    assert_eq!(model.info()["inertia"], 4.0);
    assert_eq!(model.nearest(&[99.0]).unwrap(), Some((1, 3.0)));
    // The same in units whose squares overflow and vanish.
    for unit in [2f64.powi(320), 2f64.powi(-1000)] {
        let rows: Vec<Vec<f64>> = rows.iter().map(|row| vec![row[0] * unit]).collect();
        let model = train(&rows, 2, plain).unwrap();
        assert_eq!(model.clusters()[1].centre[0], 102.0 * unit);
        assert_eq!(
            model.nearest(&[99.0 * unit]).unwrap(),
            Some((1, 3.0 * unit))
        );
    }
}

#[test]
fn a_seed_decides_everything() {
    let rows: Vec<Vec<f64>> = (1..500)
        .map(|i| {
            vec![
                noise(i, 0.618_033_988_749_894_9),
                noise(i, 0.414_213_562_373_095),
            ]
        })
        .collect();
    let with_seed = |seed| {
        let options = KMeansOptions {
            seed,
            n_init: 1,
            ..KMeansOptions::default()
        };
        train(&rows, 7, options).unwrap()
    };
    assert_eq!(with_seed(1).to_bytes(), with_seed(1).to_bytes());
    assert_ne!(with_seed(1).clusters(), with_seed(2).clusters());
}

#[test]
fn a_sample_stands_for_more_rows_than_fit() {
    let rows: Vec<Vec<f64>> = (0..1000).map(|i| vec![f64::from(i % 2) * 100.0]).collect();
    let options = KMeansOptions {
        reservoir: 50,
        ..KMeansOptions::default()
    };
    let facts = train(&rows, 2, options).unwrap().info();
    assert_eq!(facts["rows"], 1000);
    assert_eq!(facts["sampled_rows"], 50);
}

#[test]
fn what_cannot_be_clustered_is_refused() {
    let options = KMeansOptions::default();
    let refusal = |rows: &[Vec<f64>], k| train(rows, k, options).unwrap_err();
    let two: Vec<Vec<f64>> = vec![vec![1.0], vec![2.0], vec![1.0]];
    assert_eq!(refusal(&two, 3), Error::FewDistinctRows(3, 2));
    assert_eq!(refusal(&[], 3), Error::FewDistinctRows(3, 0));
    assert_eq!(refusal(&[vec![5.0], vec![5.0]], 1), Error::NothingVaries);
    assert_eq!(refusal(&[vec![]], 1), Error::VectorEmpty);
    assert_eq!(
        refusal(&[vec![f64::INFINITY]], 1),
        Error::ValueOutOfRange(1)
    );
    assert_eq!(
        refusal(&[vec![1.0], vec![1.0, 2.0]], 1),
        Error::RowLength {
            expected: 1,
            got: 2
        }
    );
    assert_eq!(
        refusal(&[vec![0.0; 2000]], 1000),
        Error::TooManyCentres(1000, 2000)
    );
    for k in [i32::MIN, 0, 1001] {
        assert!(matches!(
            refusal(&two, k),
            Error::Argument { name: "k", .. }
        ));
    }
    let model = train(&two, 2, options).unwrap();
    assert_eq!(
        model.nearest(&[1.0, 2.0]).unwrap_err(),
        Error::FeatureCount {
            expected: 1,
            got: 2
        }
    );
    for bad in [
        json!([1]),
        json!({"k": 1}),
        json!({"seed": -1}),
        json!({"n_init": 0}),
        json!({"standardize": 1}),
    ] {
        assert!(KMeansOptions::from_json(&bad).is_err(), "{bad}");
    }
    let given =
        json!({"standardize": false, "seed": "7", "n_init": 2, "max_iter": 9, "reservoir": null});
    let expected = KMeansOptions {
        standardize: false,
        seed: 7,
        n_init: 2,
        max_iter: 9,
        reservoir: 50_000,
    };
    assert_eq!(KMeansOptions::from_json(&given).unwrap(), expected);
}

#[test]
fn shapes_are_found_by_density() {
    // Two rings, one inside of the other, which no centres tell apart.
    let ring = |radius: f64, n: u32| {
        (0..n).map(move |i| {
            let angle = f64::from(i) * std::f64::consts::TAU / f64::from(n);
            vec![radius * angle.cos(), radius * angle.sin()]
        })
    };
    let mut rows: Vec<Vec<f64>> = ring(1.0, 40).chain(ring(3.0, 120)).collect();
    rows.push(vec![10.0, 10.0]);
    let found = labels(&rows, 0.3, 3, false);
    assert!(found[..40].iter().all(|&cluster| cluster == 1));
    assert!(found[40..160].iter().all(|&cluster| cluster == 2));
    assert_eq!(found[160], 0);
}

#[test]
fn rows_between_clusters_belong_to_the_first() {
    let rows: Vec<Vec<f64>> = [0.0, 1.0, 2.0, 4.0, 6.0, 7.0, 8.0, 20.0]
        .map(|x| vec![x])
        .into();
    let mut collected = Rows::new();
    rows.iter()
        .for_each(|row| collected.push(Some(row)).unwrap());
    collected.push(None).unwrap();
    collected.push(Some(&[MISSING])).unwrap();
    let labels = dbscan::labels(&collected, 2.0, 4, false, &mut || {}).unwrap();
    let seen = |label: Option<dbscan::Label>| label.map(|l| (l.cluster, l.is_core));
    assert_eq!(
        labels.into_iter().map(seen).collect::<Vec<_>>(),
        [
            Some((1, false)),
            Some((1, false)),
            Some((1, true)),
            Some((1, false)),
            Some((2, true)),
            Some((2, false)),
            Some((2, false)),
            Some((0, false)),
            None,
            None
        ]
    );
}

#[test]
fn density_has_limits_and_extremes() {
    assert!(labels(&[], 1.0, 1, true).is_empty());
    assert_eq!(
        labels(&[vec![5.0, 5.0], vec![5.0, 5.0]], 1.0, 2, true),
        [1, 1]
    );
    assert_eq!(labels(&[vec![5.0], vec![5.0]], 1.0, 3, true), [0, 0]);
    assert_eq!(labels(&[vec![1e100], vec![-1e100]], 1e99, 1, false), [1, 2]);
    assert_eq!(
        labels(&[vec![1e-300], vec![3e-300]], 1e-300, 1, false),
        [1, 2]
    );
    assert_eq!(
        labels(&[vec![1e-300], vec![3e-300]], 2.1e-300, 1, false),
        [1, 1]
    );
    let rows = Rows::new();
    for (eps, min_points) in [
        (0.0, 1),
        (-1.0, 1),
        (MISSING, 1),
        (f64::INFINITY, 1),
        (1.0, 0),
        (1.0, i32::MIN),
    ] {
        let refused = dbscan::labels(&rows, eps, min_points, true, &mut || {});
        assert!(
            matches!(refused, Err(Error::Argument { .. })),
            "{eps} {min_points}"
        );
    }
    let mut full = Rows::new();
    for _ in 0..MAX_ROWS {
        full.push(None).unwrap();
    }
    assert_eq!(full.push(None), Err(Error::TooManyRows(MAX_ROWS)));
    let mut wide = Rows::new();
    let row = vec![1.0; 16_384];
    let refused = (0..1000).find_map(|_| wide.push(Some(&row)).err());
    assert_eq!(refused, Some(Error::TooManyRows(512)));
    assert_eq!(Rows::new().push(Some(&[])), Err(Error::VectorEmpty));
}

/// The definition, comparing every pair.
fn by_definition(rows: &[Vec<f64>], eps: f64, min_points: usize) -> Vec<u32> {
    let near = |i: usize| -> Vec<usize> {
        let square = |j: usize| -> f64 {
            let pairs = rows[i].iter().zip(&rows[j]);
            pairs.map(|(a, b)| (a - b) * (a - b)).sum()
        };
        (0..rows.len())
            .filter(|&j| square(j) <= eps * eps)
            .collect()
    };
    let neighbours: Vec<Vec<usize>> = (0..rows.len()).map(near).collect();
    let is_core = |i: usize| neighbours[i].len() >= min_points;
    let (mut labels, mut cluster) = (vec![0; rows.len()], 0);
    for first in 0..rows.len() {
        if labels[first] > 0 || !is_core(first) {
            continue;
        }
        cluster += 1;
        let mut waiting = vec![first];
        while let Some(row) = waiting.pop() {
            if labels[row] == 0 {
                labels[row] = cluster;
                if is_core(row) {
                    waiting.extend(&neighbours[row]);
                }
            }
        }
    }
    labels
}

proptest! {
    /// Small integers: distances are exact, and many are the limit itself.
    #[test]
    fn density_is_that_of_the_definition(
        rows in prop::collection::vec(prop::collection::vec((-6_i32..6).prop_map(f64::from), 2), 2..60),
        eps in 1_u8..4,
        min_points in 1_u8..6,
    ) {
        let found = labels(&rows, eps.into(), min_points.into(), false);
        prop_assert_eq!(found, by_definition(&rows, eps.into(), min_points.into()));
    }

    #[test]
    fn rows_are_nearest_to_their_own_centres(
        rows in prop::collection::vec(prop::collection::vec(-1e3..1e3_f64, 3), 10..80),
        k in 1..5_i32,
    ) {
        let model = train(&rows, k, KMeansOptions::default()).unwrap();
        let mut sizes = vec![0_u64; k as usize];
        for row in &rows {
            sizes[model.nearest(row).unwrap().unwrap().0] += 1;
        }
        let known: Vec<u64> = model.clusters().iter().map(|cluster| cluster.size).collect();
        prop_assert_eq!(sizes, known);
        prop_assert_eq!(KMeans::from_bytes(&model.to_bytes()).unwrap(), model);
    }
}
