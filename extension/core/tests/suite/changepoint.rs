//! Change points of the mean.

use proptest::prelude::*;
use vigil_core::Error;
use vigil_core::changepoint::{ChangePoint, mean_changes};

fn changes(values: &[f64], penalty: Option<f64>, min_length: i32) -> Vec<ChangePoint> {
    mean_changes(values, penalty, min_length, &mut || ()).unwrap()
}

fn noise(i: usize) -> f64 {
    2.0 * (i as f64 * 0.618_033_988_749_894_9).fract() - 1.0
}

/// Squared deviations of a segment from its mean.
fn cost(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|value| (value - mean).powi(2)).sum()
}

/// Least cost with a price for each change, by trying every last segment.
fn optimum(values: &[f64], price: f64, min_length: usize) -> f64 {
    let mut best = vec![f64::INFINITY; values.len() + 1];
    best[0] = -price;
    for end in min_length..=values.len() {
        for start in 0..=end - min_length {
            best[end] = best[end].min(best[start] + price + cost(&values[start..end]));
        }
    }
    best[values.len()]
}

#[test]
fn steps_are_found_where_they_are() {
    let level = |i: usize| [5.0, 9.0, 9.0, 2.0][i / 100];
    let values: Vec<f64> = (0..400).map(|i| level(i) + noise(i)).collect();
    let found = changes(&values, None, 5);
    let indices: Vec<usize> = found.iter().map(|change| change.index).collect();
    assert_eq!(indices, [100, 300], "{found:?}");
    assert!((found[0].before - 5.0).abs() < 0.1 && (found[0].after - 9.0).abs() < 0.1);
    assert!(
        found[0].effect_size > 3.0 && found[1].effect_size < -5.0,
        "{found:?}"
    );
    // Missing values are passed over; positions stay those of the array.
    let gaps: Vec<f64> = values
        .iter()
        .enumerate()
        .map(|(i, &value)| if i % 10 == 3 { f64::NAN } else { value })
        .collect();
    let indices: Vec<usize> = changes(&gaps, None, 5)
        .iter()
        .map(|change| change.index)
        .collect();
    assert_eq!(indices, [100, 300]);
}

#[test]
fn series_without_a_change_have_none() {
    let still: Vec<f64> = (0..500).map(noise).collect();
    assert_eq!(changes(&still, None, 5), []);
    for values in [
        vec![],
        vec![1.0],
        vec![7.0; 50],
        vec![f64::NAN; 50],
        vec![1.0, 2.0, 3.0],
    ] {
        assert_eq!(changes(&values, None, 5), []);
    }
}

#[test]
fn extreme_values_are_only_a_scale() {
    let values: Vec<f64> = (0..60)
        .map(|i| f64::from(i / 30) * 5.0 + noise(i as usize))
        .collect();
    let want = changes(&values, None, 5);
    assert_eq!(want.len(), 1);
    for exponent in [-1000, -500, 300] {
        let scaled: Vec<f64> = values
            .iter()
            .map(|value| value * 2_f64.powi(exponent))
            .collect();
        let got = changes(&scaled, None, 5);
        assert_eq!(got[0].index, want[0].index);
        assert!(
            (got[0].effect_size - want[0].effect_size).abs() < 1e-9,
            "{exponent}: {got:?}"
        );
    }
    // More than half of the steps are 0: noise is measured by all of them.
    let flat: Vec<f64> = (0..60).map(|i| f64::from(i / 30) * 1e100).collect();
    assert_eq!(changes(&flat, None, 5)[0].index, 30);
}

#[test]
fn bad_arguments_are_refused() {
    let refuse =
        |values: &[f64], penalty, length| mean_changes(values, penalty, length, &mut || ());
    for penalty in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(refuse(&[1.0], Some(penalty), 5), Err(Error::Penalty));
    }
    for length in [i32::MIN, 0, 1, 8193] {
        assert_eq!(
            refuse(&[1.0], None, length),
            Err(Error::SegmentLength(length))
        );
    }
    assert_eq!(
        refuse(&[1.0, 1e101], None, 5),
        Err(Error::ValueOutOfRange(2))
    );
    assert_eq!(
        refuse(&[0.0; 8193], None, 5),
        Err(Error::TooLongForChangePoints {
            values: 8193,
            limit: 8192
        })
    );
}

proptest! {
    #[test]
    fn the_segmentation_is_optimal(
        values in prop::collection::vec(prop_oneof![-1.0..1.0, 4.0..6.0], 12..60),
        penalty in 0.5..20.0,
        min_length in 2..6_i32,
    ) {
        let mut steps: Vec<f64> = values.windows(2).map(|pair| f64::abs(pair[1] - pair[0])).collect();
        steps.sort_by(f64::total_cmp);
        let (last, half) = (steps.len() - 1, steps.len() / 2);
        let median = if last % 2 == 0 { steps[half] } else { (steps[half - 1] + steps[half]) / 2.0 };
        prop_assume!(median > 0.01);
        let price = penalty * (median * 1.482_602_218_505_602).powi(2) / 2.0;
        let found = changes(&values, Some(penalty), min_length);
        let mut bounds = vec![0];
        bounds.extend(found.iter().map(|change| change.index));
        bounds.push(values.len());
        let segments = || bounds.windows(2).map(|pair| &values[pair[0]..pair[1]]);
        prop_assert!(segments().all(|segment| segment.len() >= min_length as usize));
        let got = segments().map(cost).sum::<f64>() + price * found.len() as f64;
        let want = optimum(&values, price, min_length as usize);
        prop_assert!((got - want).abs() < 1e-9 * want.max(1.0), "{} {}", got, want);
    }
}
