use super::{AxisSplitter, FilledRows, part_known};
use crate::forest::columns::Columns;
use crate::forest::gain::{Gains, extremes};
use crate::forest::grow::{Record, Splitter, grow};
use crate::forest::random::Random;
use crate::forest::shape::{Metric, Shape};
use proptest::collection::vec;
use proptest::prelude::*;

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

fn columns(missing: Option<f64>) -> Columns {
    let fills = [0.0, 5.0, 7.0, 2.0].map(|fill| missing.unwrap_or(fill));
    Columns::new(fills.to_vec(), Vec::new(), 0)
}

fn splitter(columns: &Columns, features: Vec<u16>, gains: Gains) -> AxisSplitter<'_> {
    AxisSplitter::new(FilledRows::by_row(&CELLS, columns), gains, features)
}

fn value(rows: &FilledRows<'_>, row: u32, column: u16) -> f64 {
    let mut values = [0.0];
    rows.gather(&[row], column, &mut values);
    values[0]
}

#[test]
fn splits_choose_among_varying_features_and_leave_rows_on_both_sides() {
    let columns = columns(None);
    let mut splitter = splitter(&columns, vec![0, 1, 2, 3], Gains::NEVER);
    let mut counts = [0_u32; 4];
    let mut random = Random::new(2, 0);
    for _ in 0..6000 {
        let mut rows: Vec<u32> = (0..10).collect();
        let parted = splitter.split(&mut rows, &mut random).unwrap();
        let feature = parted.split.column;
        counts[usize::from(feature)] += 1;
        let value = |&row: &u32| value(&splitter.rows, row, feature);
        let (low, high) = extremes(rows.iter().map(value));
        assert!(low <= parted.split.threshold && parted.split.threshold < high);
        assert!(0 < parted.left && parted.left < 10);
        assert!(
            rows[..parted.left]
                .iter()
                .all(|row| value(row) <= parted.split.threshold)
        );
        let share = (parted.split.threshold - low) / (high - low);
        assert!((parted.left_range - share).abs() < 1e-12);
    }
    assert_eq!(counts[2], 0);
    // Standard deviation 37.
    assert!(
        [0, 1, 3]
            .iter()
            .all(|&feature| counts[feature].abs_diff(2000) < 200),
        "{counts:?}"
    );
}

#[test]
fn rows_that_do_not_differ_are_not_split() {
    let columns = columns(None);
    let mut splitter = splitter(&columns, vec![2, 3], Gains::NEVER);
    assert!(
        splitter
            .split(&mut [3, 4, 5], &mut Random::new(2, 0))
            .is_none()
    );
}

#[test]
fn a_split_by_gain_separates_groups() {
    let columns = columns(None);
    for gains in [(1.0, 0.0), (0.0, 1.0)] {
        let (pooled, averaged) = gains;
        let mut splitter = splitter(&columns, vec![3], Gains { pooled, averaged });
        let mut rows: Vec<u32> = (0..10).collect();
        let parted = splitter.split(&mut rows, &mut Random::new(1, 0)).unwrap();
        assert_eq!((parted.left, parted.split.threshold), (3, 1.5));
    }
}

#[test]
fn a_missing_value_is_its_fill_or_takes_either_side_as_often_as_others() {
    let filled = columns(None);
    let filled = splitter(&filled, vec![1], Gains::NEVER);
    assert_eq!(value(&filled.rows, 0, 1), 5.0);
    assert_eq!(value(&filled.rows, 1, 1), 1.0);
    let both = columns(Some(f64::NAN));
    let mut both = splitter(&both, vec![1], Gains::NEVER);
    let mut random = Random::new(5, 0);
    let (mut left, mut expected) = (0.0, 0.0);
    for _ in 0..4000 {
        let mut rows: Vec<u32> = (0..10).collect();
        let parted = both.split(&mut rows, &mut random).unwrap();
        let missing = |row: &&u32| value(&both.rows, **row, 1).is_nan();
        let known = 5 - rows[parted.left..]
            .iter()
            .filter(|row| !missing(row))
            .count();
        left += rows[..parted.left].iter().filter(missing).count() as f64;
        expected += 5.0 * known as f64 / 5.0;
    }
    // Five missing values at a time, with a standard deviation of about 1.
    assert!((left - expected).abs() < 300.0, "{left} {expected}");
}

#[test]
fn trees_end_at_single_rows_or_at_the_height_limit() {
    let columns = columns(None);
    let sizes = |max_depth| -> Vec<u32> {
        let shape = Shape {
            n_columns: 4,
            sample_size: 10,
            max_depth,
            metric: Metric::Depth,
            both_branches: false,
        };
        let mut splitter = splitter(&columns, vec![0, 1, 2, 3], Gains::NEVER);
        let mut rows: Vec<u32> = (0..10).collect();
        let mut random = Random::new(3, 0);
        grow(&mut splitter, &mut rows, &shape, &mut random, &mut || ())
            .into_iter()
            .filter_map(|record| match record {
                Record::Leaf(leaf) => Some(leaf.size),
                Record::Split(_) => None,
            })
            .collect()
    };
    assert_eq!(sizes(60), [1; 10]);
    let stump = sizes(1);
    assert_eq!((stump.len(), stump.iter().sum()), (2, 10));
}

#[test]
fn cells_lie_row_by_row_or_feature_by_feature() {
    let columns = columns(None);
    let by_feature: Vec<f64> = (0..4)
        .flat_map(|feature| CELLS.iter().skip(feature).step_by(4).copied())
        .collect();
    let by_feature = FilledRows::by_feature(&by_feature, &columns);
    let by_row = FilledRows::by_row(&CELLS, &columns);
    for row in 0..10 {
        for column in 0..4 {
            assert_eq!(value(&by_feature, row, column), value(&by_row, row, column));
        }
    }
}

proptest! {
    #[test]
    fn rows_are_gathered_with_their_extremes_and_parted_in_order(
        cells in vec(prop_oneof![4 => -9.0..9.0_f64, 1 => Just(f64::NAN), 1 => Just(0.0)], 1..60),
        fill in prop_oneof![Just(f64::NAN), -9.0..9.0_f64],
        picks in vec(any::<prop::sample::Index>(), 0..40),
        threshold in -9.0..9.0_f64,
    ) {
        let columns = Columns::new(vec![fill], Vec::new(), 0);
        let mut rows: Vec<u32> = picks.iter().map(|pick| pick.index(cells.len()) as u32).collect();
        let expected: Vec<f64> = rows
            .iter()
            .map(|&row| cells[row as usize])
            .map(|value| if value.is_nan() { fill } else { value })
            .collect();
        let mut values = vec![1.0; rows.len()];
        let range = FilledRows::by_row(&cells, &columns).gather(&rows, 0, &mut values);
        prop_assert_eq!(range, extremes(expected.iter().copied()));
        prop_assert!(values.iter().zip(&expected).all(|(a, b)| a.to_bits() == b.to_bits()));

        let (lower, upper): (Vec<_>, Vec<_>) =
            rows.iter().copied().zip(values.iter().copied()).partition(|&(_, value)| value <= threshold);
        let left = part_known(&mut rows, &values, threshold, &mut vec![0; values.len() + 3]);
        prop_assert_eq!(left, lower.len());
        prop_assert!(rows.iter().eq(lower.iter().chain(&upper).map(|(row, _)| row)));
    }
}
