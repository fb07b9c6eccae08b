//! Vectors of measurements.

use proptest::prelude::*;
use vigil_core::vector::{MAX_MAGNITUDE, gather, merge, valid};
use vigil_core::{Error, ErrorKind};

const MISSING: f64 = f64::NAN;

#[test]
fn valid_accepts_missing_and_bounded_values() {
    assert!(valid(&[]));
    assert!(valid(&[
        0.0,
        -0.0,
        MISSING,
        MAX_MAGNITUDE,
        -MAX_MAGNITUDE,
        5e-324
    ]));
    assert!(!valid(&[0.0, f64::INFINITY]));
    assert!(!valid(&[f64::NEG_INFINITY, 0.0]));
    assert!(!valid(&[MAX_MAGNITUDE.next_up()]));
}

#[test]
fn merge_prefers_new_values_and_takes_the_longer_length() {
    let same = |a: Vec<f64>, b: &[f64]| {
        assert_eq!(a.len(), b.len());
        assert!(
            a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits()),
            "{a:?} {b:?}"
        );
    };
    same(
        merge(&[1.0, 2.0], &[MISSING, 3.0, MISSING]),
        &[1.0, 3.0, MISSING],
    );
    same(merge(&[1.0, 2.0, 4.0], &[5.0]), &[5.0, 2.0, 4.0]);
    same(merge(&[], &[1.0]), &[1.0]);
    same(merge(&[1.0], &[]), &[1.0]);
}

#[test]
fn gather_counts_from_one_and_reads_missing_past_the_end() {
    let gathered = gather(&[10.0, MISSING, 30.0], &[3, 1, 2, 4, 1]).unwrap();
    assert_eq!(gathered[..2], [30.0, 10.0]);
    assert!(gathered[2].is_nan() && gathered[3].is_nan());
    assert_eq!(gathered[4], 10.0);
    for position in [0, -1, i32::MIN] {
        let error = gather(&[1.0], &[1, position]).unwrap_err();
        assert_eq!(error, Error::Position(position));
        assert_eq!(error.kind(), ErrorKind::InvalidParameter);
    }
}

proptest! {
    #[test]
    fn merging_twice_changes_nothing(
        old in prop::collection::vec(prop_oneof![Just(MISSING), -1e6..1e6], 0..20),
        new in prop::collection::vec(prop_oneof![Just(MISSING), -1e6..1e6], 0..20),
    ) {
        let once = merge(&old, &new);
        let twice = merge(&once, &new);
        prop_assert!(once.iter().zip(&twice).all(|(a, b)| a.to_bits() == b.to_bits()));
        prop_assert_eq!(once.len(), old.len().max(new.len()));
    }
}
