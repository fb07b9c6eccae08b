//! All ways to score give what walking tree by tree and node by node gives, to the last bit.

use super::batch::BLOCK;
use super::nodes::{Direction, ObliqueTrees};
use crate::forest::Trees;
use crate::forest::grow::Record;
use crate::forest::path::average_length;
use crate::forest::random::Random;
use crate::forest::shape::Metric;
use crate::forest::trainer::trained;
use serde_json::json;

/// Rows of bell-shaped features, of which every third has few values and every fifth is far from 0.
fn rows(n: usize, n_features: usize, seed: u64) -> Vec<f64> {
    let mut random = Random::new(seed, 0);
    (0..n * n_features)
        .map(|at| match at % n_features {
            feature if feature % 3 == 2 => random.normal().round(),
            feature if feature % 5 == 4 => 1e15 + random.normal(),
            _ => random.normal(),
        })
        .collect()
}

/// The first child of each record of the tree that begins there, counted from its root.
fn first_children(records: &[Record<Direction>]) -> Vec<usize> {
    let (mut children, mut known) = (Vec::new(), 1);
    while children.len() < known {
        children.push(known);
        if matches!(records[children.len() - 1], Record::Split(_)) {
            known += 2;
        }
    }
    children
}

/// Sum over the trees of what the leaves of a row count.
fn plain_total(trees: &ObliqueTrees, records: &[Record<Direction>], columns: &[f64]) -> f64 {
    let (mut total, mut root) = (0.0, 0);
    while root < records.len() {
        let records = &records[root..];
        let children = first_children(records);
        let (mut at, mut depth, mut out) = (0, 0_u32, 0_u32);
        let value = loop {
            match &records[at] {
                Record::Split(direction) => {
                    let projection = direction.terms.iter().fold(0.0, |sum, term| {
                        sum + f64::from(term.coefficient) * columns[usize::from(term.column)]
                    });
                    let beyond = projection - direction.threshold;
                    out += u32::from(beyond.abs() > direction.reach);
                    depth += 1;
                    at = children[at] + usize::from(beyond > 0.0);
                }
                Record::Leaf(leaf) if trees.shape.metric == Metric::Density => {
                    break f64::from(leaf.log_density);
                }
                Record::Leaf(leaf) => break f64::from(depth) + average_length(leaf.size),
            }
        };
        total += value - f64::from(out);
        root += children.len();
    }
    total
}

#[test]
fn every_way_to_score_gives_what_plain_walks_give() {
    for (n_features, options) in [
        (38, json!({"ndim": 3, "n_trees": 25})),
        (
            12,
            json!({"ndim": 3, "n_trees": 12, "sample_size": 4096, "max_depth": 60, "penalize_range": true}),
        ),
        // Trees for which a block of rows is few.
        (
            5,
            json!({"ndim": 2, "n_trees": 2, "sample_size": 8192, "max_depth": 60}),
        ),
        (4, json!({"penalize_range": true, "n_trees": 11})),
        (6, json!({"ndim": 2, "metric": "density", "n_trees": 20})),
        (7, json!({"ndim": 4, "averaged_gain": 1, "n_trees": 10})),
        (
            9,
            json!({"ndim": 8, "pooled_gain": 0.5, "missing": "both", "n_trees": 9}),
        ),
        // Too wide for blocks.
        (
            300,
            json!({"ndim": 3, "n_trees": 10, "penalize_range": true}),
        ),
    ] {
        let forest = trained(&options, &rows(9000, n_features, 1), n_features);
        let Trees::Oblique { trees, standards } = &forest.trees else {
            panic!("{options} splits along one feature");
        };
        let mut cells = rows(BLOCK, n_features, 2);
        // Rows far outside.
        cells.iter_mut().step_by(41).for_each(|cell| *cell *= 1e3);
        for (cell, standard) in cells.iter_mut().zip(standards.iter().cycle()) {
            *cell = standard.scaled(*cell);
        }
        let records = trees.records();
        let plain: Vec<u64> = cells
            .chunks_exact(n_features)
            .map(|columns| plain_total(trees, &records, columns).to_bits())
            .collect();
        let each = cells.chunks_exact(n_features);
        let each: Vec<u64> = each.map(|columns| trees.total(columns).to_bits()).collect();
        assert_eq!(each, plain, "{options}");
        for n in [1, 31, 32, 33, 500, BLOCK] {
            let mut totals = vec![f64::NAN; n];
            trees.totals(&cells[..n * n_features], &mut totals);
            let totals: Vec<u64> = totals.into_iter().map(f64::to_bits).collect();
            assert_eq!(totals, plain[..n], "{options}, {n} rows");
        }
    }
}

#[test]
fn a_tree_of_one_leaf_scores() {
    // Nothing varies in most samples, so that their trees have no split.
    let mut cells = vec![1.0; 2000];
    cells[0] = 2.0;
    let forest = trained(
        &json!({"ndim": 2, "sample_size": 16, "n_trees": 30}),
        &cells,
        2,
    );
    let Trees::Oblique { trees, .. } = &forest.trees else {
        panic!("splits along one feature");
    };
    let row = [-0.5, 0.25];
    let total = plain_total(trees, &trees.records(), &row);
    assert_eq!(trees.total(&row), total);
    let mut totals = [0.0; 64];
    trees.totals(&row.repeat(64), &mut totals);
    assert_eq!(totals, [total; 64]);
    assert_eq!(trees.records().len(), trees.n_nodes());
}
