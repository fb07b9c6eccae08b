use super::Random;
use std::collections::HashSet;

/// Outputs of the authors' C program for the state 1, 2, 3, 4.
#[test]
fn is_xoshiro256_plus_plus() {
    let mut random = Random {
        state: [1, 2, 3, 4],
    };
    let expected = [
        41_943_041,
        58_720_359,
        3_588_806_011_781_223,
        3_591_011_842_654_386,
        9_228_616_714_210_784_205,
        9_973_669_472_204_895_162,
        14_011_001_112_246_962_877,
        12_406_186_145_184_390_807,
        15_849_039_046_786_891_736,
        10_450_023_813_501_588_000,
    ];
    assert_eq!(expected.map(|_| random.next()), expected);
}

#[test]
fn neighbouring_seeds_and_streams_share_nothing() {
    let firsts: HashSet<u64> = (0..100)
        .flat_map(|seed| (0..100).map(move |stream| Random::new(seed, stream).next()))
        .collect();
    assert_eq!(firsts.len(), 100 * 100);
}

#[test]
fn integers_are_uniform_below_their_bound() {
    let mut random = Random::new(1, 0);
    let mut counts = [0_i32; 7];
    for _ in 0..70_000 {
        counts[random.below(7) as usize] += 1;
    }
    // Chi-squared with 6 degrees of freedom: 33.1 has probability 1e-5.
    let chi_squared: f64 = counts
        .iter()
        .map(|&count| f64::from(count - 10_000).powi(2) / 10_000.0)
        .sum();
    assert!(chi_squared < 33.1, "{counts:?}");
    assert_eq!(random.below(1), 0);
}

#[test]
fn reals_fill_the_unit_interval() {
    let mut random = Random::new(2, 0);
    let draws: Vec<f64> = (0..100_000).map(|_| random.unit()).collect();
    assert!(draws.iter().all(|draw| (0.0..1.0).contains(draw)));
    let mean = draws.iter().sum::<f64>() / draws.len() as f64;
    // Five standard errors.
    assert!(
        (mean - 0.5).abs() < 5.0 * (1.0 / 12.0_f64).sqrt() / 316.0,
        "{mean}"
    );
}
