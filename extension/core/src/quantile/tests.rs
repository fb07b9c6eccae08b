use super::{select, sorted};
use proptest::prelude::*;

#[test]
fn interpolates_between_neighbours() {
    let values = [1.0, 2.0, 4.0, 8.0];
    assert_eq!(sorted(&values, 0.0), Some(1.0));
    assert_eq!(sorted(&values, 0.5), Some(3.0));
    assert_eq!(sorted(&values, 0.75), Some(5.0));
    assert_eq!(sorted(&values, 1.0), Some(8.0));
    assert_eq!(sorted(&[5.0], 0.3), Some(5.0));
    assert_eq!((sorted(&[], 0.5), select(&mut [], 0.5)), (None, None));
}

proptest! {
    #[test]
    fn selecting_gives_what_sorting_gives(mut values in prop::collection::vec(-1e100..1e100_f64, 1..60), q in 0.0..=1.0_f64) {
        let mut ascending = values.clone();
        ascending.sort_by(f64::total_cmp);
        let expected = sorted(&ascending, q);
        prop_assert_eq!(select(&mut values, q), expected);
        prop_assert_eq!(select(&mut values, q), expected);
    }
}
