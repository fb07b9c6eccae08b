//! Rows per second of training and scoring on one core: `cargo bench -p vigil-core`.

#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::{Duration, Instant};
use vigil_core::forest::{Forest, ForestOptions, Trainer};

const FEATURES: usize = 38;
const ROWS: usize = 50_000;
/// Few rows and many runs: the best run is then one that no other process interrupted.
const SCORED: usize = 1_000;
const REPEATS: usize = 100;

fn main() {
    let cells = normal_cells(ROWS * FEATURES);
    let rows = || cells.chunks_exact(FEATURES);
    let mut trainer = Trainer::new(ForestOptions::default()).expect("default options are valid");

    report("push to the trainer", SCORED, || {
        rows()
            .take(SCORED)
            .for_each(|row| trainer.push(row).expect("rows are valid"));
    });
    rows().for_each(|row| trainer.push(row).expect("rows are valid"));
    let train = || trainer.train(&mut || ()).expect("there are enough rows");
    report("train on a reservoir of 50000 rows", 1, || {
        black_box(train());
    });
    let forest = train();
    report("score, row by row", SCORED, || {
        black_box(
            rows()
                .take(SCORED)
                .map(|row| forest.score(row).unwrap_or(f64::NAN))
                .sum::<f64>(),
        );
    });
    let mut scores = Vec::with_capacity(SCORED);
    report("score, all rows at once", SCORED, || {
        scores.clear();
        black_box(
            forest
                .score_rows(&cells[..SCORED * FEATURES], &mut scores)
                .is_ok(),
        );
    });
    report("explain", SCORED, || {
        for row in rows().take(SCORED) {
            black_box(forest.explain(row).is_ok());
        }
    });
    for (what, options) in [
        ("3 features a split", r#"{"ndim": 3}"#),
        (
            "history",
            r#"{"ndim": 3, "n_trees": 50, "sample_size": 4096, "max_depth": 60, "penalize_range": true}"#,
        ),
    ] {
        let options = serde_json::from_str(options).expect("options are JSON");
        let options = ForestOptions::from_json(&options).expect("options are valid");
        let mut trainer = Trainer::new(options).expect("options are valid");
        rows().for_each(|row| trainer.push(row).expect("rows are valid"));
        let forest = trainer.train(&mut || ()).expect("there are enough rows");
        report(&format!("{what}, row by row"), SCORED, || {
            black_box(
                rows()
                    .take(SCORED)
                    .map(|row| forest.score(row).unwrap_or(f64::NAN))
                    .sum::<f64>(),
            );
        });
        report(&format!("{what}, all rows at once"), SCORED, || {
            scores.clear();
            black_box(
                forest
                    .score_rows(&cells[..SCORED * FEATURES], &mut scores)
                    .is_ok(),
            );
        });
    }
    let bytes = forest.to_bytes();
    report(
        &format!("decode a model of {} bytes", bytes.len()),
        1,
        || {
            black_box(Forest::from_bytes(&bytes).is_ok());
        },
    );
}

/// Prints the best of some runs.
fn report(what: &str, items: usize, mut run: impl FnMut()) {
    let mut best = Duration::MAX;
    // Slow ones have fewer runs.
    let begin = Instant::now();
    for _ in 0..REPEATS {
        if begin.elapsed() > Duration::from_secs(2) {
            break;
        }
        let start = Instant::now();
        run();
        best = best.min(start.elapsed());
    }
    let seconds = best.as_secs_f64();
    println!(
        "{what:36} {:12.3} us each {:14.0} per second",
        seconds * 1e6 / items as f64,
        items as f64 / seconds
    );
}

/// Standard normal numbers by sums of uniform ones from a linear congruential generator.
fn normal_cells(n: usize) -> Vec<f64> {
    let mut state = 1_u64;
    let mut uniform = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..n)
        .map(|_| (0..12).map(|_| uniform()).sum::<f64>() - 6.0)
        .collect()
}
