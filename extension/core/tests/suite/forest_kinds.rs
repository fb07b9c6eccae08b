//! Forests of all kinds: splits along directions and by gain, density, missing values, categories, weights, thresholds.

use crate::forest::{rows, train, uniform};
use proptest::prelude::*;
use serde_json::{Value, json};
use vigil_core::forest::{Forest, ForestOptions, Trainer};

/// Options that between them take every path through training and scoring.
fn kinds() -> Vec<Value> {
    vec![
        json!({}),
        json!({"max_depth": 60, "sample_size": 512}),
        json!({"pooled_gain": 1}),
        json!({"averaged_gain": 0.5, "pooled_gain": 0.25}),
        json!({"metric": "density"}),
        json!({"missing": "both"}),
        json!({"missing": "both", "metric": "density"}),
        json!({"categorical": [2]}),
        json!({"categorical": [1, 3], "missing": "both", "pooled_gain": 0.5}),
        json!({"ndim": 2}),
        json!({"ndim": 3, "penalize_range": true, "max_depth": 60}),
        json!({"ndim": 3, "metric": "density", "missing": "both"}),
        json!({"ndim": 4, "averaged_gain": 1, "tries": 5, "categorical": [2]}),
        json!({"ndim": 8, "pooled_gain": 0.5, "missing": "both", "penalize_range": true}),
        json!({"penalize_range": true}),
    ]
}

fn options(members: &Value) -> ForestOptions {
    let mut members = members.clone();
    let object = members.as_object_mut().unwrap();
    object.entry("n_trees").or_insert(json!(25));
    object.entry("sample_size").or_insert(json!(64));
    ForestOptions::from_json(&members).unwrap()
}

/// Four features: two bell-shaped, a code from 0 to 4, and the sum of the first two; some values missing.
fn mixed(n: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut uniform = uniform(seed + 1000);
    let mut mixed = rows(n, 4, seed);
    for row in &mut mixed {
        row[1] = (5.0 * uniform()).floor();
        row[3] = row[0] + row[2];
        if uniform() < 0.05 {
            row[2] = f64::NAN;
        }
    }
    mixed
}

#[test]
fn every_kind_finds_what_is_far_out() {
    for members in kinds() {
        let forest = train(options(&members), &mixed(1500, 1));
        let score = |row: [f64; 4]| forest.score(&row).unwrap();
        let usual = score([0.0, 2.0, 0.0, 0.0]);
        let strange = score([6.0, 2.0, -6.0, 12.0]);
        // Densities of the outermost leaves differ less than paths.
        let least = if members["metric"] == "density" {
            0.0
        } else {
            0.05
        };
        assert!(strange > usual + least, "{members}: {strange} {usual}");
        assert!((0.0..=1.0).contains(&strange), "{members}: {strange}");
    }
}

#[test]
fn every_kind_scores_alike_row_by_row_and_in_blocks_and_after_reading_its_bytes() {
    for members in kinds() {
        let forest = train(options(&members), &mixed(800, 2));
        let read = Forest::from_bytes(&forest.to_bytes()).unwrap();
        assert_eq!(read.to_bytes(), forest.to_bytes(), "{members}");
        let rows = mixed(777, 3);
        let singly: Vec<f64> = rows.iter().map(|row| forest.score(row).unwrap()).collect();
        // On both sides of the number of rows from which blocks are scored with vectors.
        for n in [1, 9, 127, 128, 129, 300, 777] {
            let mut scores = Vec::new();
            read.score_rows(&rows[..n].concat(), &mut scores).unwrap();
            assert_eq!(scores, singly[..n], "{members}, {n} rows");
        }
    }
}

#[test]
fn every_kind_explains_its_scores() {
    for members in kinds() {
        let forest = train(options(&members), &mixed(800, 4));
        for row in mixed(20, 5) {
            let contributions = forest.explain(&row).unwrap();
            let sum: f64 = contributions.iter().sum();
            let score = forest.score(&row).unwrap();
            assert!((sum - score).abs() < 1e-9, "{members}: {sum} {score}");
            assert!(contributions.iter().all(|share| *share >= 0.0), "{members}");
        }
    }
}

#[test]
fn a_rare_category_is_stranger_than_a_frequent_one() {
    let mut uniform = uniform(7);
    // Code 3 is rare, and in the middle of the others.
    let mut code = || match uniform() {
        u if u < 0.01 => 3.0,
        u if u < 0.4 => 1.0,
        u if u < 0.7 => 5.0,
        _ => 9.0,
    };
    let training: Vec<Vec<f64>> = (0..2000).map(|_| vec![code()]).collect();
    let score = |options: Value| {
        let mut options = ForestOptions::from_json(&options).unwrap();
        options.n_trees = 200;
        let forest = train(options, &training);
        move |code: f64| forest.score(&[code]).unwrap()
    };
    let coded = score(json!({"categorical": [1]}));
    for frequent in [1.0, 5.0, 9.0] {
        assert!(coded(3.0) > coded(frequent) + 0.1);
    }
    // Scores of categories do not depend on their codes being close.
    let spread = (coded(1.0) - coded(5.0))
        .abs()
        .max((coded(5.0) - coded(9.0)).abs());
    assert!(spread < 0.1, "{spread}");
}

#[test]
fn both_branches_lie_between_the_branches() {
    let training = mixed(1000, 8);
    for members in [
        json!({"missing": "both"}),
        json!({"missing": "both", "ndim": 2}),
    ] {
        let forest = train(options(&members), &training);
        let score = |value: f64| forest.score(&[0.3, 2.0, value, 0.1]).unwrap();
        let known: Vec<f64> = (-30..=30).map(|at| score(f64::from(at) / 10.0)).collect();
        let (low, high) = known.iter().fold((1.0_f64, 0.0_f64), |(low, high), &s| {
            (low.min(s), high.max(s))
        });
        let missing = score(f64::NAN);
        assert!(low < missing && missing < high, "{low} {missing} {high}");
        // As the average, not as the middle, whose score is nearly the lowest.
        assert!(missing > score(0.0), "{members}");
        // A row of which nothing is known is as strange as rows are in the mean.
        let nothing = forest.score(&[f64::NAN; 4]).unwrap();
        assert!((0.4..0.55).contains(&nothing), "{nothing}");
    }
}

#[test]
fn weights_shift_what_is_usual() {
    let rows: Vec<Vec<f64>> = rows(2000, 1, 9)
        .into_iter()
        .enumerate()
        .map(|(at, row)| vec![row[0] / 10.0 + if at % 2 == 0 { 0.0 } else { 5.0 }])
        .collect();
    let forest = |weight: f64| {
        let mut trainer = Trainer::new(options(&json!({"n_trees": 100}))).unwrap();
        for (at, row) in rows.iter().enumerate() {
            let weight = if at % 2 == 0 { 1.0 } else { weight };
            trainer.push_weighted(row, weight).unwrap();
        }
        trainer.train(&mut || ()).unwrap()
    };
    let difference =
        |forest: &Forest| forest.score(&[5.0]).unwrap() - forest.score(&[0.0]).unwrap();
    assert!(difference(&forest(1.0)).abs() < 0.05);
    assert!(difference(&forest(0.02)) > 0.1);
    assert_eq!(forest(0.0).info().reservoir_rows, 1000);
    assert_eq!(forest(0.0).info().rows, 2000);
}

#[test]
fn the_threshold_cuts_off_the_contamination() {
    let rows = rows(2000, 3, 10);
    for contamination in [0.01, 0.1, 0.5] {
        let options = ForestOptions {
            contamination: Some(contamination),
            ..options(&json!({}))
        };
        let forest = train(options, &rows);
        let threshold = forest.threshold().unwrap();
        let above = rows
            .iter()
            .filter(|row| forest.score(row).unwrap() > threshold);
        let share = above.count() as f64 / 2000.0;
        assert!((share - contamination).abs() < 0.002, "{share}");
        assert_eq!(forest.info().threshold, Some(threshold));
        let read = Forest::from_bytes(&forest.to_bytes()).unwrap();
        assert_eq!(read.threshold(), Some(threshold));
    }
    assert_eq!(train(options(&json!({})), &rows).threshold(), None);
}

/// Offsets and scales that float32 does not survive.
#[test]
fn offsets_and_scales_lose_no_detection() {
    let plain = rows(2000, 3, 11);
    for members in [
        json!({}),
        json!({"ndim": 3}),
        json!({"ndim": 2, "penalize_range": true}),
    ] {
        for (offset, scale) in [
            (0.0, 1.0),
            (1.7e9, 1.0),
            (1e15, 1.0),
            (0.0, 1e300),
            (0.0, 1e-300),
        ] {
            let moved = |value: f64| offset + scale * value;
            let training: Vec<Vec<f64>> = plain
                .iter()
                .map(|row| vec![moved(row[0]), row[1], row[2]])
                .collect();
            let forest = train(options(&members), &training);
            let usual = forest.score(&[moved(0.0), 0.0, 0.0]).unwrap();
            let strange = forest.score(&[moved(6.0), 0.0, 0.0]).unwrap();
            assert!(
                strange > usual + 0.05,
                "{members}, offset {offset}, scale {scale}: {strange} {usual}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever finite numbers come in, training gives a model that reads back, or says why not, and scores are numbers.
    #[test]
    fn hostile_numbers_do_no_harm(
        kind in 0..15_usize,
        rows in prop::collection::vec(
            prop::collection::vec(
                prop_oneof![
                    Just(f64::NAN), Just(0.0), Just(-0.0), Just(f64::MAX), Just(f64::MIN), Just(5e-324), Just(1e308), Just(1e-308),
                    -1.0..1.0, any::<f64>().prop_filter("finite", |value| value.is_finite()),
                ],
                3,
            ),
            64..100,
        ),
    ) {
        let mut trainer = Trainer::new(options(&kinds()[kind])).unwrap();
        if kinds()[kind]["sample_size"] != json!(null) {
            return Ok(());
        }
        for row in &rows {
            trainer.push(row).unwrap();
        }
        let Ok(forest) = trainer.train(&mut || ()) else {
            return Ok(());
        };
        let read = Forest::from_bytes(&forest.to_bytes()).unwrap();
        let mut scores = Vec::new();
        read.score_rows(&rows.concat(), &mut scores).unwrap();
        prop_assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)), "{scores:?}");
        prop_assert!(forest.score(&[f64::INFINITY, f64::NEG_INFINITY, f64::NAN]).unwrap().is_finite());
    }
}
