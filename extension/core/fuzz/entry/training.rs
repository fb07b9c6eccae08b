//! Training of forests and detectors.

use super::numbers::Numbers;
use super::{answer, assert_probability};
use vigil_core::detector::{Detector, DetectorOptions, DetectorTrainer, Rows};
use vigil_core::forest::{Forest, ForestOptions, Metric, Missing, Trainer};

/// Options as text of an object, or a few bytes of small options, then rows of up to four numbers.
pub(crate) fn forests(data: &[u8]) {
    if let Ok(options) = serde_json::from_slice(data) {
        answer(ForestOptions::from_json(&options));
        for rows in [Rows::History, Rows::Table] {
            answer(DetectorOptions::from_json(rows, &options));
        }
    }
    let mut numbers = Numbers(data);
    let n_trees = u32::from(numbers.byte() % 5);
    let sample_size = u32::from(numbers.byte() % 32);
    let max_depth = Some(u32::from(numbers.byte() % 64)).filter(|depth| depth % 2 == 0);
    let reservoir = Some(u32::from(numbers.byte())).filter(|rows| rows % 2 == 0);
    let seed = u64::from(numbers.byte());
    let kind = numbers.byte();
    let contamination = Some(f64::from(kind) / 512.0).filter(|share| *share > 0.0);
    let width = usize::from(numbers.byte() % 5);
    let mut rows = Vec::new();
    while !numbers.is_empty() && rows.len() < 512 {
        rows.push(
            (0..width.max(1))
                .map(|_| numbers.float())
                .collect::<Vec<f64>>(),
        );
    }
    let options = ForestOptions {
        n_trees,
        sample_size,
        max_depth,
        seed,
        reservoir,
        ndim: u32::from(kind % 5),
        pooled_gain: f64::from(numbers.byte()) / 512.0,
        averaged_gain: f64::from(numbers.byte()) / 512.0,
        tries: u32::from(kind % 4),
        penalize_range: kind & 16 > 0,
        metric: if kind & 32 > 0 {
            Metric::Density
        } else {
            Metric::Depth
        },
        missing: if kind & 64 > 0 {
            Missing::Both
        } else {
            Missing::Median
        },
        categorical: (0..u16::from(kind % 3)).collect(),
        contamination,
    };
    isolation_forest(options, &rows);
    for kind in [Rows::History, Rows::Table] {
        let options = DetectorOptions {
            rows: kind,
            n_trees: Some(n_trees.max(1)),
            sample_size: Some(sample_size.max(2)),
            reservoir: reservoir.unwrap_or(100).max(2),
            seed,
            contamination,
        };
        detector(options, &rows);
    }
}

fn isolation_forest(options: ForestOptions, rows: &[Vec<f64>]) {
    let Some(mut trainer) = answer(Trainer::new(options)) else {
        return;
    };
    for row in rows {
        answer(trainer.push(row));
    }
    let Some(forest) = answer(trainer.train(&mut || ())) else {
        return;
    };
    let bytes = forest.to_bytes();
    let forest = Forest::from_bytes(&bytes).unwrap();
    assert_eq!(forest.to_bytes(), bytes);
    for row in rows {
        if let Some(score) = answer(forest.score(row)) {
            assert_probability(score);
            assert_shares(&forest.explain(row).unwrap(), score);
        }
    }
}

fn detector(options: DetectorOptions, rows: &[Vec<f64>]) {
    let mut trainer = DetectorTrainer::new(options);
    for row in rows {
        answer(trainer.push(row));
    }
    let Some(detector) = answer(trainer.train(&mut || ())) else {
        return;
    };
    let bytes = detector.to_bytes();
    let detector = Detector::from_bytes(&bytes).unwrap();
    assert_eq!(detector.to_bytes(), bytes);
    for row in rows {
        if let Some(score) = answer(detector.score(row)) {
            assert!(score > 0.0 && score < 1.0, "{score}");
            assert_shares(&detector.explain(row).unwrap(), score);
        }
    }
}

fn assert_shares(shares: &[f64], score: f64) {
    assert!(shares.iter().all(|&share| share >= 0.0), "{shares:?}");
    assert!(
        (shares.iter().sum::<f64>() - score).abs() <= 1e-9,
        "{shares:?} {score}"
    );
}
