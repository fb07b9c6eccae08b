use super::Sampler;
use crate::forest::random::Random;
use std::collections::HashSet;

fn counts(weights: Option<&[f64]>) -> [u32; 10] {
    let mut sampler = Sampler::new(10, weights);
    let mut counts = [0_u32; 10];
    for stream in 0..5000 {
        let sample = sampler.draw(4, &mut Random::new(1, stream));
        assert_eq!(sample.iter().collect::<HashSet<_>>().len(), 4);
        sample.iter().for_each(|&row| counts[row as usize] += 1);
    }
    counts
}

#[test]
fn samples_are_distinct_rows_of_equal_probability() {
    for counts in [counts(None), counts(Some(&[2.5; 10]))] {
        let chi_squared: f64 = counts
            .iter()
            .map(|&count| (f64::from(count) - 2000.0).powi(2) / (2000.0 * 0.6))
            .sum();
        // 9 degrees of freedom: 40 has probability 1e-5.
        assert!(chi_squared < 40.0, "{counts:?}");
    }
}

#[test]
fn heavy_rows_are_drawn_more_often() {
    let counts = counts(Some(&[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1e9]));
    assert_eq!(counts[9], 5000);
    assert!(counts[..9].iter().all(|count| count.abs_diff(1667) < 200));
}
