//! Scores of isolation forests.

use crate::data::{cases, numbers};
use crate::forest::{rows, small, train};
use crate::forest_bytes::LayoutReader;
use vigil_core::Error;
use vigil_core::codec::{Kind, Writer};
use vigil_core::forest::{Forest, ForestOptions};

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
fn score_quantiles_are_those_of_the_training_rows() {
    let training = rows(1001, 3, 15);
    let forest = train(small(1), &training);
    let mut scores: Vec<f64> = training
        .iter()
        .map(|row| forest.score(row).unwrap())
        .collect();
    scores.sort_by(f64::total_cmp);
    assert_eq!(
        forest.info().score_quantiles.scores(),
        [500, 900, 950, 990, 995, 999, 1000].map(|rank| scores[rank])
    );
}

/// What the bytes of a forest with default options have between their shape and the features.
fn default_kind(out: &mut Writer, rows: u64) {
    [0, 0, 1, 0].into_iter().for_each(|field| out.u8(field));
    [0, rows, rows].into_iter().for_each(|field| out.u64(field));
    (0..7).for_each(|_| out.f64(0.5));
    out.u8(0);
    out.u16(0);
}

/// The bytes of a forest with one tree: a split of the only feature, 1 training row on the left, 3 on the right.
fn stump(threshold: f64) -> Vec<u8> {
    let mut out = Writer::new(Kind::Forest, 0);
    [1, 4, 2, 1].into_iter().for_each(|field| out.u32(field));
    default_kind(&mut out, 4);
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
    for threshold in [0.0, -0.0] {
        let forest = Forest::from_bytes(&stump(threshold)).unwrap();
        for zero in [0.0, -0.0] {
            assert_eq!(
                forest.score(&[zero]),
                forest.score(&[-1.0]),
                "{zero} at {threshold}"
            );
        }
    }
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
        default_kind(&mut out, sample_size);
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
