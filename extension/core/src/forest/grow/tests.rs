use super::{Grower, Rows};
use crate::forest::random::Random;
use crate::forest::trees::Record;
use std::collections::HashSet;

/// Columns: 0 to 9, half of them missing, constant, 1 or 2.
const CELLS: [f64; 40] = {
    let mut cells = [7.0; 40];
    let mut row = 0;
    while row < 10 {
        cells[4 * row] = row as f64;
        cells[4 * row + 1] = if row % 2 == 0 { f64::NAN } else { row as f64 };
        cells[4 * row + 3] = if row < 3 { 1.0 } else { 2.0 };
        row += 1;
    }
    cells
};

fn grower(sample_size: u32, max_depth: u32) -> Grower<'static> {
    let rows = Rows {
        cells: &CELLS,
        n_features: 4,
        fills: &[0.0, 5.0, 7.0, 2.0],
    };
    Grower::new(rows, vec![0, 1, 2, 3], sample_size, max_depth)
}

#[test]
fn samples_are_distinct_rows_of_equal_probability() {
    let mut grower = grower(4, 2);
    let mut counts = [0_u32; 10];
    for stream in 0..5000 {
        let sample = grower.sample(&mut Random::new(1, stream));
        assert_eq!(sample.iter().collect::<HashSet<_>>().len(), 4);
        sample.iter().for_each(|&row| counts[row as usize] += 1);
    }
    let chi_squared: f64 = counts
        .iter()
        .map(|&count| (f64::from(count) - 2000.0).powi(2) / (2000.0 * 0.6))
        .sum();
    // 9 degrees of freedom: 40 has probability 1e-5.
    assert!(chi_squared < 40.0, "{counts:?}");
}

#[test]
fn splits_choose_among_varying_features_and_leave_rows_on_both_sides() {
    let grower = grower(10, 4);
    let rows: Vec<u32> = (0..10).collect();
    let mut counts = [0_u32; 4];
    let mut features = vec![0, 1, 2, 3];
    let mut random = Random::new(2, 0);
    for _ in 0..6000 {
        let (feature, threshold) = grower.split(&rows, &mut features, &mut random).unwrap();
        counts[usize::from(feature)] += 1;
        let (low, high) = grower.rows.extremes(&rows, feature);
        assert!(low <= threshold && threshold < high);
        let left = grower.partition(&mut rows.clone(), feature, threshold);
        assert!(0 < left && left < 10);
    }
    assert_eq!(counts[2], 0);
    // Standard deviation 37.
    assert!(
        [0, 1, 3]
            .iter()
            .all(|&feature| counts[feature].abs_diff(2000) < 200),
        "{counts:?}"
    );
    assert_eq!(grower.split(&[3, 4, 5], &mut [2, 3], &mut random), None);
}

#[test]
fn a_missing_value_is_its_fill() {
    let grower = grower(10, 4);
    assert_eq!((grower.rows.get(0, 1), grower.rows.get(1, 1)), (5.0, 1.0));
    assert_eq!(grower.rows.extremes(&[0, 2, 4], 1), (5.0, 5.0));
}

#[test]
fn trees_end_at_single_rows_or_at_the_height_limit() {
    let sizes = |records: &[Record]| -> Vec<u32> {
        records
            .iter()
            .filter_map(|record| {
                if let Record::Leaf { size } = record {
                    Some(*size)
                } else {
                    None
                }
            })
            .collect()
    };
    let full = grower(10, 60).grow(&mut Random::new(3, 0));
    assert_eq!(sizes(&full), [1; 10]);
    let stump = grower(10, 1).grow(&mut Random::new(3, 0));
    assert_eq!(
        (stump.len(), sizes(&stump).len(), sizes(&stump).iter().sum()),
        (3, 2, 10)
    );
}
