//! Exact null distribution of the two-sample statistic.

/// Probability that two samples of `n` and `m` values from one continuous distribution have empirical distribution
/// functions that differ by at least `distance / (n m)`. O(n m) time, O(min(n, m)) memory.
///
/// All interleavings of the samples are equally likely: lattice paths from (0, 0) to (n, m). The recurrence carries the
/// share of paths to each point that have left the band (Schröer and Trenkler, "Exact and randomization distributions of
/// Kolmogorov-Smirnov tests for two or three samples", 1995). All its terms are positive, so even tiny probabilities
/// keep their digits.
#[must_use]
pub fn p_value(n: u64, m: u64, distance: u64) -> f64 {
    let (n, m) = (n.max(m), n.min(m));
    let outside = |i: u64, j: u64| (i * m).abs_diff(j * n) >= distance;
    // left[j] belongs to the point (i, j).
    let mut left: Vec<f64> = Vec::new();
    for j in 0..=m {
        let before = left.last().copied().unwrap_or(0.0);
        left.push(if outside(0, j) { 1.0 } else { before });
    }
    for i in 1..=n {
        for j in 0..=m {
            let at = j as usize;
            left[at] = if outside(i, j) {
                1.0
            } else if j == 0 {
                left[0]
            } else {
                let steps = (i + j) as f64;
                left[at] * (i as f64 / steps) + left[at - 1] * (j as f64 / steps)
            };
        }
    }
    left[m as usize]
}
