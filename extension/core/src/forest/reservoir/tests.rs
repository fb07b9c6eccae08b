use super::Reservoir;
use crate::error::Error;
use crate::forest::MAX_RESERVOIR_BYTES;

/// Rows that hold their own number, `n` of them offered to a reservoir of `capacity`.
fn kept(n: u32, capacity: u32, seed: u64) -> Vec<f64> {
    let mut reservoir = Reservoir::new(1, capacity, seed).unwrap();
    for row in 0..n {
        reservoir.push(&[f64::from(row)]).unwrap();
    }
    assert_eq!(reservoir.seen(), u64::from(n));
    reservoir.cells().to_vec()
}

#[test]
fn all_rows_are_kept_while_there_is_room() {
    assert_eq!(kept(5, 5, 1), [0.0, 1.0, 2.0, 3.0, 4.0]);
    assert_eq!(kept(3, 5, 1), [0.0, 1.0, 2.0]);
    let mut pairs = Reservoir::new(2, 3, 0).unwrap();
    for row in 0..100 {
        pairs.push(&[f64::from(row), -f64::from(row)]).unwrap();
    }
    assert_eq!(pairs.len(), 3);
    assert!(pairs.cells().chunks_exact(2).all(|row| row[0] == -row[1]));
}

/// Each of 50 rows must be kept in a fifth of 4000 runs.
#[test]
fn every_row_is_kept_with_the_same_probability() {
    let (n, capacity, runs) = (50, 10, 4000);
    let mut counts = vec![0_u32; n as usize];
    for seed in 0..runs {
        let mut rows = kept(n, capacity, seed);
        rows.sort_by(f64::total_cmp);
        rows.dedup();
        assert_eq!(rows.len(), 10);
        rows.iter().for_each(|&row| counts[row as usize] += 1);
    }
    let expected = runs as f64 * 0.2;
    let chi_squared: f64 = counts
        .iter()
        .map(|&count| (f64::from(count) - expected).powi(2) / (expected * 0.8))
        .sum();
    // About 49 degrees of freedom: 107 has probability 3e-6.
    assert!(chi_squared < 107.0, "{chi_squared} {counts:?}");
}

#[test]
fn memory_is_bounded() {
    let mut reservoir = Reservoir::new(1000, 10_000_000, 0).unwrap();
    assert_eq!(reservoir.capacity(), MAX_RESERVOIR_BYTES / 8 / 1000);
    let row = [0.5; 1000];
    for _ in 0..20_000 {
        reservoir.push(&row).unwrap();
        assert!(8 * reservoir.cells.capacity() <= MAX_RESERVOIR_BYTES);
    }
    assert_eq!(reservoir.len(), reservoir.capacity());
}

/// How often each of the rows 0 to 9, of which the last weighs `heavy` and the others 1, is among 5 of a reservoir, and
/// the mean over the runs of what they stand for together.
fn kept_by_weight(heavy: f64) -> ([u32; 10], f64) {
    let (mut counts, mut total) = ([0; 10], 0.0);
    for seed in 0..2000 {
        let mut reservoir = Reservoir::new(1, 5, seed).unwrap();
        for row in 0..10 {
            let weight = if row == 9 { heavy } else { 1.0 };
            reservoir.push_weighted(&[f64::from(row)], weight).unwrap();
        }
        assert_eq!((reservoir.len(), reservoir.seen()), (5, 10));
        reservoir
            .cells()
            .iter()
            .for_each(|&row| counts[row as usize] += 1);
        total += reservoir.weights().unwrap().iter().sum::<f64>() / 2000.0;
    }
    (counts, total)
}

#[test]
fn heavy_rows_stay_and_those_that_stay_stand_for_all() {
    let (counts, total) = kept_by_weight(1.0);
    assert!(
        counts.iter().all(|count| count.abs_diff(1000) < 120),
        "{counts:?}"
    );
    // The estimate of a sum by priority sampling has no bias.
    assert!((total - 10.0).abs() < 0.4, "{total}");
    let (counts, total) = kept_by_weight(1000.0);
    assert!(counts[9] > 1990, "{counts:?}");
    assert!((total - 1009.0).abs() < 20.0, "{total}");
    assert_eq!(kept_by_weight(0.0).0[9], 0);
}

#[test]
fn weights_are_numbers_of_every_row_or_of_none() {
    let mut weighted = Reservoir::new(1, 5, 0).unwrap();
    for weight in [-1.0, f64::NAN, f64::INFINITY] {
        let refused = weighted.push_weighted(&[1.0], weight).unwrap_err();
        assert!(matches!(refused, Error::InvalidWeight(_)));
    }
    weighted.push_weighted(&[1.0], 2.0).unwrap();
    assert_eq!(weighted.push(&[1.0]), Err(Error::MixedWeights));
    let mut plain = Reservoir::new(1, 5, 0).unwrap();
    plain.push(&[1.0]).unwrap();
    assert_eq!(plain.push_weighted(&[1.0], 2.0), Err(Error::MixedWeights));
}

#[test]
fn cells_are_handed_out_feature_by_feature() {
    for n_features in [1, 16, 37] {
        let mut reservoir = Reservoir::new(n_features, 9, 0).unwrap();
        let cells: Vec<f64> = (0..9 * n_features).map(|cell| cell as f64).collect();
        for row in cells.chunks_exact(n_features) {
            reservoir.push(row).unwrap();
        }
        let by_feature = reservoir.by_feature().unwrap();
        let expected = (0..n_features).flat_map(|at| cells.iter().skip(at).step_by(n_features));
        assert!(by_feature.iter().eq(expected));
    }
}
