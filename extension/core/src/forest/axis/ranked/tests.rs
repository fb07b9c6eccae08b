//! Scoring by ranks gives what walking by values gives, to the last bit.

use super::{BLOCK, Ranked};
use crate::forest::Trees;
use crate::forest::axis::{AxisTrees, key};
use crate::forest::random::Random;
use crate::forest::trainer::trained;
use serde_json::{Value, json};

/// Rows of features that are bell-shaped, of few values, far from 0, and crowded at one end.
fn rows(n: usize, n_features: usize, seed: u64) -> Vec<f64> {
    let mut random = Random::new(seed, 0);
    (0..n * n_features)
        .map(|at| match at % n_features % 4 {
            0 => random.normal(),
            1 => random.normal().round(),
            2 => 1e15 + random.normal(),
            _ => random.unit().powi(40),
        })
        .collect()
}

/// Puts thresholds of the trees in the place of some values.
fn put_thresholds(cells: &mut [f64], n_features: usize, trees: &AxisTrees) {
    let splits = trees.nodes.iter().filter(|node| !trees.is_leaf(node));
    let splits = splits.filter(|node| (node.column as usize) < n_features);
    let n_rows = cells.len() / n_features;
    for (row, node) in (0..n_rows).step_by(2).zip(splits) {
        cells[row * n_features + node.column as usize] = node.threshold();
    }
}

fn assert_ranked_scores_as_walks(options: &Value, n_features: usize, can_walk: bool) {
    let forest = trained(options, &rows(6000, n_features, 1), n_features);
    let Trees::Axis { trees, .. } = &forest.trees else {
        panic!("{options} splits along several features");
    };
    let columns = &forest.columns;
    let ranked = Ranked::new(trees, columns).unwrap();
    let mut cells = rows(BLOCK, n_features, 2);
    cells
        .iter_mut()
        .step_by(31)
        .for_each(|cell| *cell *= -1e200);
    put_thresholds(&mut cells, n_features, trees);
    let plain: Vec<u64> = cells
        .chunks_exact(n_features)
        .map(|row| {
            let mut keys = vec![0; columns.len() + 1];
            columns.each(row, |column, value| keys[column] = key(value));
            trees.total(|column| keys[column as usize]).to_bits()
        })
        .collect();
    for (row, &plain) in cells.chunks_exact(n_features).zip(&plain) {
        let total = ranked.total(row, columns).map(f64::to_bits);
        assert_eq!(total, can_walk.then_some(plain), "{options}");
    }
    let mut room = ranked.room();
    for n in [1, 63, 64, 65, 200, BLOCK] {
        let mut totals = vec![0.0; n];
        ranked.totals(&cells[..n * n_features], columns, &mut room, &mut totals);
        let bits: Vec<u64> = totals.into_iter().map(f64::to_bits).collect();
        assert_eq!(bits, plain[..n], "{options}, {n} rows");
    }
}

#[test]
fn ranks_score_what_walks_by_value_score() {
    for (n_features, options) in [
        (38, json!({})),
        (4, json!({"n_trees": 300})),
        (8, json!({"pooled_gain": 1, "n_trees": 12})),
        (3, json!({"categorical": [2], "n_trees": 50})),
        (6, json!({"missing": "both", "n_trees": 9})),
        (5, json!({"n_trees": 1, "sample_size": 8})),
    ] {
        assert_ranked_scores_as_walks(&options, n_features, true);
    }
}

#[test]
fn forests_with_many_tables_nodes_or_values_score_in_blocks_only() {
    assert_ranked_scores_as_walks(&json!({"n_trees": 400}), 300, false);
    assert_ranked_scores_as_walks(&json!({"n_trees": 900}), 4, false);
    let density = json!({"n_trees": 7, "metric": "density"});
    assert_ranked_scores_as_walks(&density, 5, false);
}

#[test]
fn large_trees_have_no_ranked_form() {
    let forest = trained(&json!({"sample_size": 4096}), &rows(6000, 4, 1), 4);
    let Trees::Axis { trees, .. } = &forest.trees else {
        panic!("the default splits along one feature");
    };
    assert!(Ranked::new(trees, &forest.columns).is_none());
}
