//! Statistics of vectors.

use proptest::prelude::*;
use vigil_core::stats::{Collector, Statistic, Stats};
use vigil_core::{Error, ErrorKind};

const MISSING: f64 = f64::NAN;
const SECOND: i64 = 1_000_000;

type Row = (i64, Vec<f64>);

/// The state of rows taken in one by one, which is that of blocks of them.
fn state(rows: &[Row]) -> Stats {
    let mut stats = Stats::new();
    let mut collector = Collector::new();
    for (ts, values) in rows {
        stats.push(*ts, values).unwrap();
        collector.push(*ts, values).unwrap();
    }
    assert_equivalent(&collector.stats(), &stats);
    stats
}

fn collected(rows: &[Row]) -> Stats {
    let mut collector = Collector::new();
    for (ts, values) in rows {
        collector.push(*ts, values).unwrap();
    }
    collector.stats().into_owned()
}

fn all(stats: &Stats, element: usize) -> [f64; 9] {
    Statistic::ALL.map(|statistic| stats.feature(statistic, element, 0))
}

#[test]
fn statistics_of_a_small_state() {
    let rows = [
        (3 * SECOND, vec![7.0, MISSING]),
        (SECOND, vec![1.0, 4.0]),
        (2 * SECOND, vec![4.0, MISSING, MISSING]),
    ];
    let stats = state(&rows);
    assert_eq!(stats.len(), 3);
    assert_eq!(stats.counts(), [3, 1, 0]);
    assert_eq!(stats.time_range(), Some((SECOND, 3 * SECOND)));
    // last, first, mean, stddev, min, max, slope, delta, count
    assert_eq!(
        all(&stats, 0),
        [7.0, 1.0, 4.0, 3.0, 1.0, 7.0, 3.0, 6.0, 3.0]
    );
    let one = all(&stats, 1);
    assert_eq!(
        one.map(f64::is_nan),
        [false, false, false, true, false, false, true, false, false]
    );
    assert_eq!(
        [one[0], one[1], one[2], one[4], one[5], one[7], one[8]],
        [4.0, 4.0, 4.0, 4.0, 4.0, 0.0, 1.0]
    );
    let none = all(&stats, 2);
    assert!(none[..8].iter().all(|value| value.is_nan()));
    assert_eq!(none[8], 0.0);
    assert!(all(&stats, 3).iter().all(|value| value.is_nan()));
    assert_eq!(stats.statistic(Statistic::Max)[..2], [7.0, 4.0]);
}

#[test]
fn an_empty_state_is_empty() {
    let stats = Stats::new();
    assert!(stats.is_empty() && stats.counts().is_empty() && stats.time_range().is_none());
    assert_eq!(Stats::from_bytes(&stats.to_bytes()).unwrap(), stats);
    let mut rows_without_elements = Stats::new();
    rows_without_elements.push(5, &[]).unwrap();
    assert_eq!(rows_without_elements.time_range(), Some((5, 5)));
    assert_eq!(
        Stats::from_bytes(&rows_without_elements.to_bytes()).unwrap(),
        rows_without_elements
    );
}

#[test]
fn names_are_parsed_and_listed() {
    for statistic in Statistic::ALL {
        assert_eq!(statistic.name().parse(), Ok(statistic));
    }
    let error = "median".parse::<Statistic>().unwrap_err();
    assert_eq!(error.to_string(), "unknown statistic \"median\"");
    assert!(
        error
            .hint()
            .contains("last, first, mean, stddev, min, max, slope, delta, count")
    );
}

#[test]
fn bad_rows_leave_the_state_alone() {
    let mut stats = state(&[(1, vec![1.0])]);
    let before = stats.clone();
    assert_eq!(
        stats.push(2, &[1.0, f64::INFINITY]),
        Err(Error::ValueOutOfRange(2))
    );
    assert_eq!(stats.push(2, &[-1.1e100]), Err(Error::ValueOutOfRange(1)));
    let error = stats.push(2, &vec![0.0; 16_385]).unwrap_err();
    assert_eq!(error, Error::VectorTooLong(16_385));
    assert_eq!(error.kind(), ErrorKind::InvalidParameter);
    assert_eq!(stats, before);
}

#[test]
fn blocks_of_rows_take_any_rows() {
    // Wider and narrower rows, missing elements, equal times, more than one block; states in between.
    let rows: Vec<Row> = (0..100_i64)
        .map(|i| {
            let width = if i < 40 { 11 } else { 19 };
            let value = |k: usize| {
                if (i as usize + k).is_multiple_of(37) {
                    MISSING
                } else {
                    ((i as usize * (k + 3)) % 23) as f64 - 4.5
                }
            };
            (
                i / 2 * SECOND,
                (0..width - (i % 3) as usize).map(value).collect(),
            )
        })
        .collect();
    let whole = state(&rows);
    let mut parts = Collector::from(state(&rows[..30]));
    for (ts, values) in &rows[30..60] {
        parts.push(*ts, values).unwrap();
    }
    parts.merge(&state(&rows[60..]));
    assert_equivalent(&parts.stats(), &whole);
    assert_eq!(parts.push(0, &[1e101]), Err(Error::ValueOutOfRange(1)));
    assert_equivalent(&parts.stats(), &whole);
    assert_eq!(Collector::new().stats().time_range(), None);
}

#[test]
fn the_largest_values_and_times_stay_finite() {
    let rows: Vec<Row> = (0..1000)
        .map(|row| {
            (
                if row % 2 == 0 {
                    i64::MIN + 1
                } else {
                    i64::MAX - 1
                },
                vec![if row % 3 == 0 { 1e100 } else { -1e100 }],
            )
        })
        .collect();
    let mut stats = state(&rows);
    stats.merge(&stats.clone());
    let finite = all(&stats, 0);
    assert!(finite.iter().all(|value| value.is_finite()), "{finite:?}");
    assert!((finite[2] / 1e100 + 0.332).abs() < 1e-9);
    assert_eq!(Stats::from_bytes(&stats.to_bytes()).unwrap(), stats);
}

#[test]
fn slopes_over_short_times_long_after_the_epoch_are_exact() {
    // 200 years after 2000, ten values a second apart.
    let start = 200 * 365 * 86_400 * SECOND;
    let rows: Vec<Row> = (0..10)
        .map(|i| (start + i * SECOND, vec![3.0 + 0.5 * i as f64]))
        .collect();
    assert!((state(&rows).feature(Statistic::Slope, 0, 0) - 0.5).abs() < 1e-14);
    assert!((collected(&rows).feature(Statistic::Slope, 0, 0) - 0.5).abs() < 1e-14);
    // The state with the origin far away keeps the slope of the close rows to eight digits.
    let mut far = state(&[(0, vec![MISSING])]);
    far.merge(&state(&rows));
    assert!((far.feature(Statistic::Slope, 0, 0) - 0.5).abs() < 1e-8);
}

#[test]
fn changes_over_too_short_a_time_are_undefined() {
    // The second element is missing at the ends: it spans two seconds, the first one four.
    let rows: Vec<Row> = (0..5)
        .map(|i| {
            let value = i as f64;
            let second = if (1..4).contains(&i) { value } else { MISSING };
            (i * SECOND, vec![value, second])
        })
        .collect();
    let stats = state(&rows);
    for statistic in Statistic::ALL {
        for (element, span) in [(0, 4 * SECOND), (1, 2 * SECOND)] {
            let plain = stats.feature(statistic, element, 0);
            assert_eq!(stats.feature(statistic, element, span), plain);
            let longer = stats.feature(statistic, element, span + 1);
            if matches!(
                statistic,
                Statistic::StdDev | Statistic::Slope | Statistic::Delta
            ) {
                assert!(longer.is_nan(), "{statistic:?}: {longer}");
            } else {
                assert_eq!(longer, plain, "{statistic:?}");
            }
        }
    }
}

/// Rows on a coarse grid of times, so that times collide, with missing elements and lengths that differ.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let value =
        prop_oneof![1 => Just(MISSING), 4 => -1e3..1e3, 1 => (-3..3_i32).prop_map(f64::from)];
    prop::collection::vec(
        (
            (-20..20_i64).prop_map(|ts| ts * SECOND),
            prop::collection::vec(value, 0..4),
        ),
        0..40,
    )
}

/// Compares mean, stddev and slope to 1e-9 of their scale and everything else exactly.
fn assert_equivalent(a: &Stats, b: &Stats) {
    assert_eq!((a.counts(), a.time_range()), (b.counts(), b.time_range()));
    for element in 0..a.len() {
        let spread = a.feature(Statistic::Max, element, 0) - a.feature(Statistic::Min, element, 0);
        for (statistic, (x, y)) in Statistic::ALL
            .iter()
            .zip(all(a, element).into_iter().zip(all(b, element)))
        {
            let tolerance = match statistic {
                Statistic::Mean | Statistic::StdDev | Statistic::Slope => 1e-9 * (1.0 + spread),
                _ => 0.0,
            };
            assert!(
                x.is_nan() == y.is_nan() && (x.is_nan() || (x - y).abs() <= tolerance),
                "{statistic:?}: {x} {y}"
            );
        }
    }
}

proptest! {
    #[test]
    fn any_split_and_order_gives_the_same(
        rows in rows(),
        keys in prop::collection::vec((any::<u32>(), 0..4_usize), 40),
    ) {
        let whole = state(&rows);
        let mut shuffled: Vec<_> = rows.iter().cloned().zip(&keys).collect();
        shuffled.sort_by_key(|(_, key)| **key);
        let mut parts = vec![Stats::new(); 4];
        for ((ts, values), (_, part)) in &shuffled {
            parts[*part].push(*ts, values).unwrap();
        }
        let mut left = Stats::new();
        parts.iter().for_each(|part| left.merge(part));
        assert_equivalent(&left, &whole);
        let mut right = Stats::new();
        for part in parts.iter().rev() {
            let mut part = part.clone();
            part.merge(&right);
            right = part;
        }
        assert_equivalent(&right, &whole);
    }

    #[test]
    fn agrees_with_two_passes(rows in rows()) {
        let stats = state(&rows);
        for element in 0..stats.len() {
            let pairs: Vec<(f64, f64)> = rows
                .iter()
                .filter_map(|(ts, values)| values.get(element).map(|&value| (*ts as f64 / 1e6, value)))
                .filter(|(_, value)| !value.is_nan())
                .collect();
            let n = pairs.len() as f64;
            let (time, mean) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
            let tt: f64 = pairs.iter().map(|p| (p.0 - time).powi(2)).sum();
            let tx: f64 = pairs.iter().map(|p| (p.0 - time) * (p.1 - mean)).sum();
            let xx: f64 = pairs.iter().map(|p| (p.1 - mean).powi(2)).sum();
            let close = |got: f64, expected: f64| (got - expected).abs() <= 1e-9 * (1.0 + expected.abs());
            prop_assert_eq!(stats.counts()[element], pairs.len() as u64);
            if !pairs.is_empty() {
                prop_assert!(close(stats.feature(Statistic::Mean, element, 0), mean));
            }
            if pairs.len() > 1 {
                prop_assert!(close(stats.feature(Statistic::StdDev, element, 0), (xx / (n - 1.0)).sqrt()));
            }
            if tt > 0.1 {
                prop_assert!(close(stats.feature(Statistic::Slope, element, 0), tx / tt));
            } else {
                prop_assert!(stats.feature(Statistic::Slope, element, 0).is_nan());
            }
        }
    }

    #[test]
    fn of_equal_times_the_largest_value_is_first_and_last(values in prop::collection::vec(-1e3..1e3, 1..10)) {
        let rows: Vec<Row> = values.iter().map(|&value| (7, vec![value])).collect();
        let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let stats = state(&rows);
        prop_assert_eq!(stats.feature(Statistic::First, 0, 0), largest);
        prop_assert_eq!(stats.feature(Statistic::Last, 0, 0), largest);
        prop_assert!(stats.feature(Statistic::Slope, 0, 0).is_nan());
    }

    #[test]
    fn bytes_keep_everything(rows in rows(), more in rows()) {
        let mut stats = state(&rows);
        stats.merge(&state(&more));
        let bytes = stats.to_bytes();
        let again = Stats::from_bytes(&bytes).unwrap();
        prop_assert_eq!(again.to_bytes(), bytes);
        prop_assert_eq!(again, stats);
    }

    #[test]
    fn the_mean_lies_between_the_extremes(value in -1e100..1e100_f64, copies in 1..50_usize) {
        let rows: Vec<Row> = (0..copies).map(|row| (row as i64, vec![value])).collect();
        let mut stats = state(&rows);
        stats.merge(&state(&rows));
        prop_assert_eq!(stats.feature(Statistic::Mean, 0, 0), value);
        prop_assert_eq!(stats.feature(Statistic::StdDev, 0, 0), if copies * 2 > 1 { 0.0 } else { f64::NAN });
        let collected = collected(&rows);
        prop_assert_eq!(collected.feature(Statistic::Mean, 0, 0), value);
        prop_assert!(copies < 2 || collected.feature(Statistic::StdDev, 0, 0) == 0.0);
    }
}
