//! Kendall's S: concordant less discordant pairs.

use crate::inversions;

/// Counts of the pairs of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kendall {
    /// Points.
    pub n: u64,
    /// Concordant less discordant pairs.
    pub s: i64,
    /// All pairs.
    pub pairs: u64,
    /// Pairs with equal x, and with equal y.
    pub tied: (u64, u64),
    /// Variance of S when x and y are independent, with ties in either (Kendall, "Rank Correlation Methods", 1975).
    pub variance: f64,
}

impl Kendall {
    /// Counts points without NaN. O(n log n) (Knight, "A Computer Method for Calculating Kendall's Tau with Ungrouped
    /// Data", 1966).
    #[must_use]
    pub fn of(points: &[(f64, f64)], interrupt: &mut dyn FnMut()) -> Self {
        let mut points = points.to_vec();
        let order = |a: &(f64, f64), b: &(f64, f64)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1));
        inversions::sort_by(&mut points, order, interrupt);
        interrupt();
        let x = Ties::of(&points, |a, b| a.0 == b.0);
        let both = Ties::of(&points, |a, b| a == b);
        let mut buffer = points.clone();
        // Points with equal x are in order of y, so that none of their pairs is found out of order.
        let discordant = inversions::count(&mut points, &mut buffer, |a, b| a.1 < b.1, interrupt);
        let y = Ties::of(&points, |a, b| a.1 == b.1);
        let n = points.len() as u64;
        let pairs = n * n.saturating_sub(1) / 2;
        let concordant = pairs + both.pairs - x.pairs - y.pairs - discordant;
        Self {
            n,
            s: concordant as i64 - discordant as i64,
            pairs,
            tied: (x.pairs, y.pairs),
            variance: variance(n as f64, &x, &y),
        }
    }

    /// S over all pairs; `None` for fewer than two points.
    #[must_use]
    pub fn tau_a(&self) -> Option<f64> {
        (self.pairs > 0).then(|| self.s as f64 / self.pairs as f64)
    }

    /// S over the geometric mean of the pairs that are not tied in x and in y; `None` where all are.
    #[must_use]
    pub fn tau_b(&self) -> Option<f64> {
        let untied = |tied: u64| (self.pairs - tied) as f64;
        let scale = untied(self.tied.0).sqrt() * untied(self.tied.1).sqrt();
        (scale > 0.0).then(|| (self.s as f64 / scale).clamp(-1.0, 1.0))
    }
}

/// Sums over groups of t equal values.
#[derive(Debug, Default)]
struct Ties {
    /// t (t - 1) / 2.
    pairs: u64,
    /// t (t - 1) (t - 2).
    triples: f64,
    /// t (t - 1) (2 t + 5).
    weighted: f64,
}

impl Ties {
    fn of(points: &[(f64, f64)], same: impl FnMut(&(f64, f64), &(f64, f64)) -> bool) -> Self {
        let mut ties = Self::default();
        for group in points.chunk_by(same) {
            let t = group.len() as u64;
            ties.pairs += t * (t - 1) / 2;
            let t = t as f64;
            ties.triples += t * (t - 1.0) * (t - 2.0);
            ties.weighted += t * (t - 1.0) * (2.0 * t + 5.0);
        }
        ties
    }
}

fn variance(n: f64, x: &Ties, y: &Ties) -> f64 {
    if n < 2.0 {
        return 0.0;
    }
    let all = n * (n - 1.0);
    let mut variance = (all * (2.0 * n + 5.0) - x.weighted - y.weighted) / 18.0;
    variance += 2.0 * x.pairs as f64 * (y.pairs as f64) / all;
    if n > 2.0 {
        variance += x.triples * y.triples / (9.0 * all * (n - 2.0));
    }
    variance.max(0.0)
}
