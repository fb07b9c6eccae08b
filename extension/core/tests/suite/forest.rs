//! Training of isolation forests, and what a model tells.

use crate::forest_bytes::LayoutReader;
use proptest::prelude::*;
use std::collections::HashSet;
use vigil_core::Error;
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

pub(crate) fn small(seed: u64) -> ForestOptions {
    ForestOptions {
        n_trees: 25,
        sample_size: 64,
        seed,
        ..ForestOptions::default()
    }
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
    // What no tree looks at changes no score, but is named as a reason.
    let (usual, moved) = ([7.0, 0.0, f64::NAN, 0.0], [99.0, 0.0, 99.0, 0.0]);
    assert_eq!(forest.score(&moved), forest.score(&usual));
    let explained = forest.explain(&moved).unwrap();
    assert!(explained[0] > 0.0 && explained[2] == 0.0);
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn explanations_add_up_to_the_score(
        seed in 0..1000_u64,
        row in prop::collection::vec(prop_oneof![Just(f64::NAN), -3.0..3.0, -1e308..1e308], 6),
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
        rows in prop::collection::vec(prop::collection::vec(prop_oneof![Just(f64::NAN), (-2..2_i32).prop_map(f64::from), -1e308..1e308], 3), 8..40),
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
