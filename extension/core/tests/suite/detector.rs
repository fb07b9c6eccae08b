//! Detectors: what they find, what they ignore, and their byte form.

use proptest::prelude::*;
use std::sync::LazyLock;
use vigil_core::detector::{Detector, DetectorOptions, DetectorTrainer, Rows};
use vigil_core::model::Model;
use vigil_core::{Error, ErrorKind};

const MISSING: f64 = f64::NAN;

/// Rows of three features: a circle with some width, and its angle's cosine once more. No random numbers needed.
fn ring(n: usize) -> Vec<Vec<f64>> {
    (0..n)
        .map(|i| {
            let angle = i as f64 * 0.7;
            let radius = 1.0 + 0.05 * (i as f64 * 1.3).sin();
            vec![radius * angle.cos(), radius * angle.sin(), angle.cos()]
        })
        .collect()
}

fn train(rows_are: Rows, rows: &[Vec<f64>]) -> Detector {
    let options = DetectorOptions {
        n_trees: Some(30),
        sample_size: Some(256),
        ..DetectorOptions::new(rows_are)
    };
    train_with(options, rows).unwrap()
}

fn train_with(options: DetectorOptions, rows: &[Vec<f64>]) -> Result<Detector, Error> {
    let mut trainer = DetectorTrainer::new(options);
    for row in rows {
        trainer.push(row)?;
    }
    trainer.train(&mut || {})
}

fn small(rows_are: Rows) -> DetectorOptions {
    DetectorOptions {
        n_trees: Some(10),
        sample_size: Some(64),
        ..DetectorOptions::new(rows_are)
    }
}

#[test]
fn what_lies_outside_scores_above_what_was_seen() {
    let rows = ring(2000);
    for rows_are in [Rows::History, Rows::Table] {
        let detector = train(rows_are, &rows);
        let usual = rows
            .iter()
            .map(|row| detector.score(row).unwrap())
            .fold(0.0, f64::max);
        // In the middle of the ring, off it on one feature, off it on all, and against how two features go together.
        for strange in [
            [4.0, 0.0, 1.0],
            [9.0, -9.0, 9.0],
            [1.0, 0.0, -1.0],
            [1e100, 0.0, 0.0],
        ] {
            let score = detector.score(&strange).unwrap();
            assert!(
                score > usual && score < 1.0,
                "{rows_are:?} {strange:?}: {score} <= {usual}"
            );
        }
    }
}

#[test]
fn offsets_and_units_do_not_matter() {
    let rows = ring(1000);
    let plain = train(Rows::History, &rows);
    for (offset, unit) in [(1.7e9, 1.0), (1.7e15, 1e6), (0.0, 1e90), (0.0, 1e-90)] {
        let moved = |row: &[f64]| vec![offset + unit * row[0], row[1], row[2]];
        let rows: Vec<Vec<f64>> = rows.iter().map(|row| moved(row)).collect();
        let detector = train(Rows::History, &rows);
        for row in [[4.0, 0.0, 1.0], [0.3, 0.2, 0.3], [1.0, 0.0, 1.0]] {
            let (a, b) = (plain.score(&row), detector.score(&moved(&row)));
            assert!(
                (a.clone().unwrap() - b.clone().unwrap()).abs() < 0.02,
                "offset {offset}, unit {unit}: {a:?} {b:?}"
            );
        }
    }
}

#[test]
fn a_missing_element_counts_as_the_median() {
    let mut rows = ring(500);
    rows[7][1] = MISSING;
    rows.iter_mut().for_each(|row| row.push(MISSING));
    let detector = train_with(small(Rows::Table), &rows).unwrap();
    let median = detector.typical_ranges()[0].median;
    assert_eq!(
        detector.score(&[MISSING, 0.5, 0.5, MISSING]),
        detector.score(&[median, 0.5, 0.5, MISSING])
    );
    assert!(detector.typical_ranges()[3].median.is_nan());
    assert!(detector.score(&[MISSING; 4]).unwrap() < 0.9);
}

#[test]
fn contributions_add_up_and_name_the_culprit() {
    let detector = train_with(small(Rows::History), &ring(500)).unwrap();
    for (row, culprit) in [([40.0, 0.5, 0.5], 0), ([0.5, -70.0, 0.5], 1)] {
        let contributions = detector.explain(&row).unwrap();
        let sum: f64 = contributions.iter().sum();
        assert!((sum - detector.score(&row).unwrap()).abs() < 1e-12);
        assert!(contributions.iter().all(|c| *c >= 0.0));
        let most = contributions.iter().copied().fold(0.0, f64::max);
        assert_eq!(contributions[culprit], most);
    }
    let at_medians: Vec<f64> = detector.typical_ranges().iter().map(|r| r.median).collect();
    let contributions = detector.explain(&at_medians).unwrap();
    assert!(contributions.iter().all(|c| *c == contributions[0]));
}

#[test]
fn the_same_rows_and_seed_give_the_same_bytes() {
    let rows = ring(300);
    for rows_are in [Rows::History, Rows::Table] {
        let bytes = |seed| {
            let options = DetectorOptions {
                seed,
                ..small(rows_are)
            };
            train_with(options, &rows).unwrap().to_bytes()
        };
        assert_eq!(bytes(1), bytes(1));
        assert_ne!(bytes(1), bytes(2));
        let detector = Detector::from_bytes(&bytes(1)).unwrap();
        assert_eq!(detector.to_bytes(), bytes(1));
        let Model::Detector(model) = Model::from_bytes(&bytes(1)).unwrap() else {
            panic!("not taken for a detector")
        };
        for row in &rows {
            assert_eq!(model.score(row), detector.score(row));
        }
        let info = model.info();
        assert_eq!(
            (info.rows, info.reservoir_rows, info.seed, info.sample_size),
            (300, 300, 1, 64)
        );
        assert!(info.score_quantiles.scores().is_sorted());
    }
}

#[test]
fn scores_of_many_rows_are_those_of_each() {
    let rows = ring(200);
    let detector = train_with(small(Rows::Table), &rows).unwrap();
    let mut scores = Vec::new();
    detector.score_rows(&rows.concat(), &mut scores).unwrap();
    let each: Vec<f64> = rows
        .iter()
        .map(|row| detector.score(row).unwrap())
        .collect();
    assert_eq!(scores, each);
    assert!(matches!(
        detector.score_rows(&[1.0; 4], &mut scores),
        Err(Error::FeatureCount { .. })
    ));
}

#[test]
fn errors_of_training() {
    let fails = |rows: &[Vec<f64>]| train_with(small(Rows::History), rows).unwrap_err();
    assert!(matches!(
        fails(&ring(15)),
        Error::TooFewRows { rows: 15, .. }
    ));
    assert!(matches!(fails(&[]), Error::TooFewRows { rows: 0, .. }));
    assert_eq!(fails(&vec![vec![5.0, MISSING]; 100]), Error::NothingVaries);
    assert_eq!(fails(&[vec![]]), Error::VectorEmpty);
    assert!(matches!(
        fails(&[vec![1.0], vec![1.0, 2.0]]),
        Error::RowLength { .. }
    ));
    assert!(matches!(
        fails(&[vec![f64::INFINITY]]),
        Error::ValueNotFinite(1)
    ));
    assert!(train_with(small(Rows::History), &ring(16)).is_ok());
    for (options, message) in [
        (r#"{"trees": 5}"#, "unknown option \"trees\""),
        (
            r#"{"n_trees": 0}"#,
            "option \"n_trees\" must be an integer from 1 to 1000",
        ),
        (
            r#"{"sample_size": 1}"#,
            "option \"sample_size\" must be an integer from 2 to 131072",
        ),
        ("[]", "options must be a json object"),
    ] {
        let options = serde_json::from_str(options).unwrap();
        let error = DetectorOptions::from_json(Rows::Table, &options).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert!(!error.hint().is_empty());
    }
}

proptest! {
    #[test]
    fn hostile_numbers_train_or_fail_cleanly(
        rows in prop::collection::vec(
            prop::collection::vec(
                prop_oneof![
                    Just(MISSING), Just(0.0), Just(f64::MAX), Just(-f64::MAX), Just(1e-300), Just(f64::MIN_POSITIVE / 4.0),
                    -1.0..1.0, -1e15..1e15
                ],
                3,
            ),
            16..80,
        ),
        table in any::<bool>(),
    ) {
        let rows_are = if table { Rows::Table } else { Rows::History };
        match train_with(small(rows_are), &rows) {
            Ok(detector) => {
                for row in &rows {
                    let score = detector.score(row).unwrap();
                    prop_assert!(score > 0.0 && score < 1.0, "{}", score);
                }
                prop_assert_eq!(Detector::from_bytes(&detector.to_bytes()).unwrap().to_bytes(), detector.to_bytes());
            }
            Err(error) => prop_assert_eq!(error, Error::NothingVaries),
        }
    }

    #[test]
    fn damaged_bytes_are_told(position in any::<prop::sample::Index>(), flip in 1_u8..) {
        static SOUND: LazyLock<Vec<u8>> =
            LazyLock::new(|| train_with(small(Rows::Table), &ring(64)).unwrap().to_bytes());
        let mut bytes = SOUND.clone();
        let at = position.index(bytes.len());
        bytes[at] ^= flip;
        let error = Model::from_bytes(&bytes).unwrap_err();
        prop_assert!(matches!(error.kind(), ErrorKind::CorruptData | ErrorKind::UnsupportedVersion));
    }
}
