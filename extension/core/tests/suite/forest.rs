//! Isolation forests.

use crate::data::{cases, numbers};
use crate::forest_bytes::LayoutReader;
use proptest::prelude::*;
use std::collections::HashSet;
use vigil_core::Error;
use vigil_core::codec::{Kind, Writer};
use vigil_core::forest::{Forest, ForestOptions, Trainer};

/// Numbers from 0 to 1 by a linear congruential generator.
pub(crate) fn uniform(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Rows of bell-shaped values.
pub(crate) fn rows(n: usize, n_features: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut uniform = uniform(seed);
    let mut value = || (0..4).map(|_| uniform()).sum::<f64>() - 2.0;
    (0..n)
        .map(|_| (0..n_features).map(|_| value()).collect())
        .collect()
}

pub(crate) fn train(options: ForestOptions, rows: &[Vec<f64>]) -> Forest {
    let mut trainer = Trainer::new(options).unwrap();
    rows.iter().for_each(|row| trainer.push(row).unwrap());
    trainer.train(&mut || ()).unwrap()
}

fn small(seed: u64) -> ForestOptions {
    ForestOptions {
        n_trees: 25,
        sample_size: 64,
        seed,
        ..ForestOptions::default()
    }
}

#[test]
fn outliers_score_high_and_usual_rows_about_a_half() {
    let rows = rows(2000, 5, 1);
    let forest = train(ForestOptions::default(), &rows);
    let usual = forest.score(&[0.0; 5]).unwrap();
    let outlier = forest.score(&[0.0, 0.0, 9.0, 0.0, -9.0]).unwrap();
    assert!((0.35..0.5).contains(&usual), "{usual}");
    assert!((0.6..1.0).contains(&outlier), "{outlier}");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let rows = rows(500, 3, 2);
    let bytes = train(small(7), &rows).to_bytes();
    assert_eq!(train(small(7), &rows).to_bytes(), bytes);
    assert_ne!(train(small(8), &rows).to_bytes(), bytes);
    let mut trainer = Trainer::new(small(7)).unwrap();
    rows[..400]
        .iter()
        .for_each(|row| trainer.push(row).unwrap());
    assert_ne!(trainer.train(&mut || ()).unwrap().to_bytes(), bytes);
    // Training changes nothing: the trainer goes on as if it had not been asked.
    rows[400..]
        .iter()
        .for_each(|row| trainer.push(row).unwrap());
    assert_eq!(trainer.train(&mut || ()).unwrap().to_bytes(), bytes);
}

#[test]
fn neighbouring_seeds_share_no_tree() {
    let rows = rows(500, 3, 3);
    let trees: Vec<_> = (0..5)
        .flat_map(|seed| LayoutReader::read(&train(small(seed), &rows).to_bytes()).trees)
        .collect();
    let different: HashSet<String> = trees.iter().map(|tree| format!("{tree:?}")).collect();
    assert_eq!(different.len(), 5 * 25);
}

#[test]
fn a_row_has_one_score_however_it_is_asked_for() {
    // On both sides of the widths at which the buffers change.
    for n_features in [1, 2, 126, 127, 128, 300] {
        let mut rows = rows(203, n_features, 4);
        let forest = train(small(1), &rows);
        rows[5][0] = f64::NAN;
        let mut scores = vec![-1.0];
        forest.score_rows(&rows.concat(), &mut scores).unwrap();
        let singly: Vec<f64> = rows.iter().map(|row| forest.score(row).unwrap()).collect();
        assert_eq!(scores[0], -1.0, "scores are appended");
        assert_eq!(scores[1..], singly);
    }
}

#[test]
fn scores_follow_the_published_layout_of_the_bytes() {
    let training = rows(700, 4, 5);
    for options in [
        small(1),
        ForestOptions {
            max_depth: Some(3),
            ..small(2)
        },
        ForestOptions {
            max_depth: Some(40),
            ..small(3)
        },
    ] {
        let forest = train(options, &training);
        let layout = LayoutReader::read(&forest.to_bytes());
        for row in rows(50, 4, 6) {
            let expected = layout.score(&row);
            assert!((forest.score(&row).unwrap() - expected).abs() < 1e-14);
        }
    }
}

#[test]
fn a_missing_value_counts_as_the_median() {
    let mut training = rows(600, 3, 7);
    training
        .iter_mut()
        .step_by(3)
        .for_each(|row| row[1] = f64::NAN);
    let forest = train(small(1), &training);
    let median = forest.typical_ranges()[1].median;
    for row in rows(20, 3, 8) {
        let missing = forest.score(&[row[0], f64::NAN, row[2]]).unwrap();
        assert_eq!(missing, forest.score(&[row[0], median, row[2]]).unwrap());
    }
    // Filling the gaps by hand trains the same trees.
    let mut filled = training.clone();
    filled.iter_mut().step_by(3).for_each(|row| row[1] = median);
    let (a, b) = (
        LayoutReader::read(&forest.to_bytes()),
        LayoutReader::read(&train(small(1), &filled).to_bytes()),
    );
    assert_eq!(a.trees, b.trees);
}

#[test]
fn constant_and_missing_columns_are_never_split_on() {
    let training: Vec<Vec<f64>> = rows(400, 2, 9)
        .into_iter()
        .map(|row| vec![3.0, row[0], f64::NAN, row[1]])
        .collect();
    let forest = train(small(1), &training);
    let layout = LayoutReader::read(&forest.to_bytes());
    let used: HashSet<u16> = layout
        .trees
        .iter()
        .flatten()
        .filter_map(|node| node.split)
        .map(|split| split.0)
        .collect();
    assert_eq!(used, HashSet::from([1, 3]));
    assert!(forest.typical_ranges()[2].median.is_nan());
    let explained = forest.explain(&[99.0, 0.0, 99.0, 0.0]).unwrap();
    assert_eq!((explained[0], explained[2]), (0.0, 0.0));
}

#[test]
fn trees_have_the_height_limit_of_the_sample() {
    let training = rows(1000, 3, 10);
    for (sample_size, height) in [(2, 1), (3, 2), (64, 6), (65, 7), (256, 8), (257, 9)] {
        let forest = train(
            ForestOptions {
                sample_size,
                n_trees: 10,
                ..ForestOptions::default()
            },
            &training,
        );
        assert_eq!(forest.info().max_depth, height);
        let layout = LayoutReader::read(&forest.to_bytes());
        let deepest = layout.trees.iter().flatten().map(|node| node.depth).max();
        assert_eq!(deepest, Some(height), "sample_size {sample_size}");
        for tree in &layout.trees {
            let rows: u32 = tree
                .iter()
                .filter(|node| node.split.is_none())
                .map(|node| node.size)
                .sum();
            assert_eq!(rows, sample_size);
        }
    }
}

#[test]
fn float64_separates_what_float32_cannot() {
    // Epoch seconds, and data of order 1e-9: both defeat single precision.
    for (offset, scale) in [
        (1.7e9, 1.0),
        (1.7e15, 1.0),
        (0.0, 1e-9),
        (0.0, 1e-90),
        (0.0, 1e90),
    ] {
        let shift = |value: f64| offset + scale * value;
        let training: Vec<Vec<f64>> = rows(1000, 3, 11)
            .into_iter()
            .map(|row| vec![shift(row[0]), row[1], row[2]])
            .collect();
        let forest = train(ForestOptions::default(), &training);
        let (usual, outlier) = (
            forest.score(&[shift(0.0), 0.0, 0.0]).unwrap(),
            forest.score(&[shift(6.0), 0.0, 0.0]).unwrap(),
        );
        assert!(
            outlier > usual + 0.05,
            "offset {offset:e}, scale {scale:e}: {usual} {outlier}"
        );
    }
}

#[test]
fn infinite_and_negative_zero_values_are_scored() {
    let training: Vec<Vec<f64>> = rows(400, 2, 12)
        .into_iter()
        .map(|row| vec![row[0].round(), row[1]])
        .collect();
    let forest = train(small(1), &training);
    assert_eq!(
        forest.score(&[-0.0, 0.0]).unwrap(),
        forest.score(&[0.0, -0.0]).unwrap()
    );
    assert_eq!(
        forest.score(&[f64::INFINITY, 0.0]).unwrap(),
        forest.score(&[1e300, 0.0]).unwrap()
    );
    assert_eq!(
        forest.score(&[f64::NEG_INFINITY, 0.0]).unwrap(),
        forest.score(&[-1e300, 0.0]).unwrap()
    );
}

#[test]
fn other_widths_are_refused() {
    let forest = train(small(1), &rows(100, 3, 13));
    let error = Error::FeatureCount {
        expected: 3,
        got: 2,
    };
    assert_eq!(forest.score(&[0.0; 2]), Err(error.clone()));
    assert_eq!(forest.explain(&[0.0; 2]), Err(error));
    let mut scores = Vec::new();
    assert!(forest.score_rows(&[0.0; 7], &mut scores).is_err());
    assert!(scores.is_empty());
    assert_eq!(error_text(&forest, 4), "model expects 3 features, got 4");
}

fn error_text(forest: &Forest, got: usize) -> String {
    forest.score(&vec![0.0; got]).unwrap_err().to_string()
}

#[test]
fn typical_ranges_are_percentiles_of_the_rows() {
    let training: Vec<Vec<f64>> = (0..101)
        .map(|i| vec![f64::from((i * 37) % 101), f64::NAN])
        .collect();
    let forest = train(small(1), &training);
    let range = forest.typical_ranges()[0];
    assert_eq!((range.low, range.median, range.high), (1.0, 50.0, 99.0));
    let unseen = forest.typical_ranges()[1];
    assert!(unseen.low.is_nan() && unseen.median.is_nan() && unseen.high.is_nan());
}

#[test]
fn info_describes_the_model() {
    let training = rows(300, 3, 14);
    let forest = train(
        ForestOptions {
            reservoir: Some(100),
            ..small(1 << 60)
        },
        &training,
    );
    let bytes = forest.to_bytes();
    let info = serde_json::to_value(forest.info()).unwrap();
    let layout = LayoutReader::read(&bytes);
    for (name, expected) in [
        ("version", 1),
        ("n_trees", 25),
        ("sample_size", 64),
        ("max_depth", 6),
        ("n_features", 3),
        ("n_nodes", layout.trees.iter().map(Vec::len).sum()),
        ("rows", 300),
        ("reservoir_rows", 100),
        ("bytes", bytes.len()),
    ] {
        assert_eq!(info[name], expected, "{name}");
    }
    assert_eq!(info["seed"], "1152921504606846976");
    assert_eq!(
        serde_json::to_value(train(small(5), &training).info()).unwrap()["seed"],
        5
    );
    let quantiles = info["score_quantiles"].as_object().unwrap();
    let keys: HashSet<&str> = quantiles.keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        HashSet::from(["0.5", "0.9", "0.95", "0.99", "0.995", "0.999", "1"])
    );
}

#[test]
fn score_quantiles_are_those_of_the_training_rows() {
    let training = rows(1001, 3, 15);
    let forest = train(small(1), &training);
    let mut scores: Vec<f64> = training
        .iter()
        .map(|row| forest.score(row).unwrap())
        .collect();
    scores.sort_by(f64::total_cmp);
    assert_eq!(
        forest.info().score_quantiles,
        [500, 900, 950, 990, 995, 999, 1000].map(|rank| scores[rank])
    );
}

#[test]
fn training_can_be_interrupted() {
    let mut trainer = Trainer::new(small(1)).unwrap();
    rows(100, 3, 16)
        .iter()
        .for_each(|row| trainer.push(row).unwrap());
    let mut calls = 0;
    trainer.train(&mut || calls += 1).unwrap();
    assert!(calls >= 25 + 3, "{calls}");
    let interrupted = std::panic::catch_unwind(|| {
        trainer.train(&mut || std::panic::resume_unwind(Box::new("cancel")))
    });
    assert!(interrupted.is_err());
}

#[test]
fn explanations_name_the_unusual_feature() {
    let forest = train(ForestOptions::default(), &rows(2000, 10, 17));
    for feature in 0..10 {
        let mut row = vec![0.1; 10];
        row[feature] = 5.0;
        let shares = forest.explain(&row).unwrap();
        let largest = (0..10)
            .max_by(|a, b| shares[*a].total_cmp(&shares[*b]))
            .unwrap();
        assert_eq!(largest, feature, "{shares:?}");
        assert!(shares[feature] > 0.5 * forest.score(&row).unwrap());
    }
}

/// The bytes of a forest with one tree: a split of the only feature, 1 training row on the left, 3 on the right.
fn stump(threshold: f64) -> Vec<u8> {
    let mut out = Writer::new(Kind::Forest, 0);
    [1, 4, 2, 1].into_iter().for_each(|field| out.u32(field));
    [0, 4, 4].into_iter().for_each(|field| out.u64(field));
    (0..7).for_each(|_| out.f64(0.5));
    out.u8(0);
    out.u16(0);
    out.f64(threshold);
    for size in [1, 3] {
        out.u16(u16::MAX);
        out.u32(size);
    }
    out.finish()
}

#[test]
fn a_value_at_the_threshold_goes_left() {
    for threshold in [-1e100, -2.5, -5e-324, -0.0, 0.0, 5e-324, 1.0, 1e100] {
        let forest = Forest::from_bytes(&stump(threshold)).unwrap();
        let score = |value: f64| forest.score(&[value]).unwrap();
        // Fewer rows went left, so that is the shorter path and the higher score.
        let (left, right) = (score(f64::NEG_INFINITY), score(f64::INFINITY));
        assert!(left > right);
        assert_eq!(
            (score(threshold), score(threshold.next_up().next_up())),
            (left, right),
            "{threshold:e}"
        );
        assert_eq!(score(threshold.next_down()), left, "{threshold:e}");
        // The feature was never seen, so that a missing value counts as 0.
        assert_eq!(score(f64::NAN), score(0.0));
    }
    let forest = Forest::from_bytes(&stump(0.0)).unwrap();
    assert_eq!(forest.score(&[-0.0]), forest.score(&[0.0]));
}

/// A forest grown by scikit-learn, in this crate's bytes, scores as scikit-learn does.
#[test]
fn scores_are_those_of_scikit_learn() {
    for case in cases("iforest_score") {
        let input = &case["input"];
        let trees = input["trees"].as_array().unwrap();
        let sample_size = input["max_samples"].as_u64().unwrap();
        let rows: Vec<Vec<f64>> = input["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(numbers)
            .collect();
        let mut out = Writer::new(Kind::Forest, 0);
        for field in [trees.len() as u64, sample_size, 60, rows[0].len() as u64] {
            out.u32(field.try_into().unwrap());
        }
        for field in [0, sample_size, sample_size] {
            out.u64(field);
        }
        (0..7).for_each(|_| out.f64(0.5));
        rows[0].iter().for_each(|_| out.u8(0));
        for tree in trees {
            let at = |name: &str, node: usize| tree[name][node].as_f64().unwrap();
            let mut level = vec![0];
            while !level.is_empty() {
                let mut below = Vec::new();
                for node in level {
                    if at("left", node) < 0.0 {
                        out.u16(u16::MAX);
                        out.u32(at("n", node) as u32);
                    } else {
                        out.u16(at("feature", node) as u16);
                        out.f64(at("threshold", node));
                        below.extend([at("left", node) as usize, at("right", node) as usize]);
                    }
                }
                level = below;
            }
        }
        let forest = Forest::from_bytes(&out.finish()).unwrap();
        for (row, expected) in rows.iter().zip(numbers(&case["expected"]["score"])) {
            // scikit-learn rounds the rows to single precision first.
            let row: Vec<f64> = row.iter().map(|&value| f64::from(value as f32)).collect();
            let score = forest.score(&row).unwrap();
            assert!(
                (score - expected).abs() < 1e-12,
                "{row:?}: {score} {expected}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn explanations_add_up_to_the_score(
        seed in 0..1000_u64,
        row in prop::collection::vec(prop_oneof![Just(f64::NAN), -3.0..3.0, -1e100..1e100], 6),
    ) {
        let forest = train(ForestOptions { n_trees: 10, ..small(seed) }, &rows(80, 6, seed));
        let score = forest.score(&row).unwrap();
        let shares = forest.explain(&row).unwrap();
        prop_assert!(score > 0.0 && score < 1.0);
        prop_assert!(shares.iter().all(|&share| share >= 0.0));
        prop_assert!((shares.iter().sum::<f64>() - score).abs() < 1e-14);
    }

    #[test]
    fn any_rows_train_a_model_that_survives_its_bytes(
        rows in prop::collection::vec(prop::collection::vec(prop_oneof![Just(f64::NAN), (-2..2_i32).prop_map(f64::from), -1e100..1e100], 3), 8..40),
        seed in any::<u64>(),
    ) {
        let options = ForestOptions { n_trees: 5, sample_size: 8, seed, ..ForestOptions::default() };
        let mut trainer = Trainer::new(options).unwrap();
        rows.iter().for_each(|row| trainer.push(row).unwrap());
        match trainer.train(&mut || ()) {
            Ok(forest) => {
                let bytes = forest.to_bytes();
                let again = Forest::from_bytes(&bytes).unwrap();
                prop_assert_eq!(again.to_bytes(), bytes);
                for row in &rows {
                    prop_assert_eq!(again.score(row), forest.score(row));
                }
            }
            Err(error) => prop_assert_eq!(error, Error::NothingVaries),
        }
    }
}
