//! Detection quality on labelled real data, when it is at hand.

use crate::data::{folder, machine};
use vigil_core::forest::{Forest, ForestOptions, Trainer};

const MACHINES: [&str; 4] = ["machine-1-6", "machine-2-1", "machine-2-2", "machine-3-3"];
const SEEDS: u64 = 3;

/// Probability that a labelled row scores above an unlabelled one; ties count half.
fn auroc(scores: &[f64], labels: &[bool]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let (mut wins, mut negatives) = (0.0, 0.0);
    for ties in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let positive = ties.iter().filter(|&&row| labels[row]).count() as f64;
        let negative = ties.len() as f64 - positive;
        wins += positive * (negatives + negative / 2.0);
        negatives += negative;
    }
    wins / negatives / (scores.len() as f64 - negatives)
}

fn train(trainer: &Trainer) -> Forest {
    trainer.train(&mut || ()).unwrap()
}

/// No worse than scikit-learn at finding labelled anomalies.
#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "takes over a minute unless optimised: cargo test --release"
)]
fn server_machine_dataset() {
    let Some(data) = folder("detection quality on the server machine dataset") else {
        return;
    };
    let baseline: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(data.join("baseline.json")).unwrap())
            .unwrap();
    let (mut ours, mut theirs) = (0.0, 0.0);
    for name in MACHINES {
        let part = |part: &str| machine(&data.join(format!("smd/{name}_{part}.csv.gz")));
        let ((training, _), (test, labels)) = (part("train"), part("test"));
        let mut mean = 0.0;
        for seed in 1..=SEEDS {
            let mut trainer = Trainer::new(ForestOptions {
                seed,
                ..ForestOptions::default()
            })
            .unwrap();
            training.iter().for_each(|row| trainer.push(row).unwrap());
            let forest = train(&trainer);
            let mut scores = Vec::new();
            forest.score_rows(&test.concat(), &mut scores).unwrap();
            mean += auroc(&scores, &labels) / SEEDS as f64;
        }
        let reference = &baseline["quality_smd"][format!("{name}/raw|sklearn_if")]["auroc"];
        let reference = reference.as_f64().unwrap();
        println!("{name}: AUROC {mean:.3}, scikit-learn {reference:.3}");
        ours += mean / MACHINES.len() as f64;
        theirs += reference / MACHINES.len() as f64;
    }
    println!("mean AUROC {ours:.3}, scikit-learn {theirs:.3}");
    assert!(
        ours >= theirs - 0.01,
        "mean AUROC {ours}, scikit-learn {theirs}"
    );
}
