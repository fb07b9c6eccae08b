//! Thresholds that separate, instead of uniform ones.

use super::random::Random;

/// How a node chooses where to split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threshold {
    /// Uniform over the range (Liu, Ting and Zhou 2008).
    Uniform,
    /// Where the spread within both sides, weighted by their rows, is least (Cortes, "Revisiting randomized choices in
    /// isolation forests", 2021).
    PooledGain,
    /// Where the mean of both sides' spreads is least (Liu, Ting and Zhou, "On detecting clustered anomalies using
    /// SCiForest", 2010). It peels off small groups first.
    AveragedGain,
}

/// How often a node splits where that gains most; otherwise it splits uniformly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Gains {
    /// Probability of [`Threshold::PooledGain`].
    pub(crate) pooled: f64,
    /// Probability of [`Threshold::AveragedGain`].
    pub(crate) averaged: f64,
}

impl Gains {
    pub(crate) const NEVER: Self = Self {
        pooled: 0.0,
        averaged: 0.0,
    };

    pub(crate) fn choose(&self, random: &mut Random) -> Threshold {
        if self.pooled + self.averaged <= 0.0 {
            return Threshold::Uniform;
        }
        let drawn = random.unit();
        if drawn < self.pooled {
            Threshold::PooledGain
        } else if drawn < self.pooled + self.averaged {
            Threshold::AveragedGain
        } else {
            Threshold::Uniform
        }
    }
}

/// A threshold from the smallest value up to but not including the largest, so that both sides get rows, and the share
/// of the spread that the split takes away; 0 for a uniform one. The values, not all equal, are reordered.
pub(crate) fn threshold(values: &mut [f64], how: Threshold, random: &mut Random) -> (f64, f64) {
    if how == Threshold::Uniform {
        let (low, high) = extremes(values.iter().copied());
        (uniform(low, high, random), 0.0)
    } else {
        values.sort_unstable_by(f64::total_cmp);
        best(values, how)
    }
}

/// Uniform from `low` up to but not including `high`.
pub(crate) fn uniform(low: f64, high: f64, random: &mut Random) -> f64 {
    let share = random.unit();
    // Not from their difference, which may be more than the largest number.
    let threshold = (low * (1.0 - share) + high * share).max(low);
    if threshold < high { threshold } else { low }
}

/// Where a value lies between two others, from 0 to 1.
pub(crate) fn position(low: f64, value: f64, high: f64) -> f64 {
    (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0)
}

/// The smallest and the largest value.
pub(crate) fn extremes(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (
            if value < low { value } else { low },
            if value > high { value } else { high },
        )
    })
}

/// The middle of the gap of ascending values, not all equal, at which splitting gains most, and that gain.
fn best(values: &[f64], how: Threshold) -> (f64, f64) {
    let n = values.len() as f64;
    let (low, high) = (values[0], values[values.len() - 1]);
    // In the unit interval squares neither overflow nor vanish.
    let unit = |value| position(low, value, high);
    let (sum, squares) = values.iter().fold((0.0, 0.0), |(sum, squares), &value| {
        let value = unit(value);
        (sum + value, squares + value * value)
    });
    let spread = |n: f64, sum: f64, squares: f64| ((squares - sum * sum / n) / n).max(0.0).sqrt();
    let whole = spread(n, sum, squares);
    let (mut gained, mut threshold) = (f64::NEG_INFINITY, low);
    let (mut left_sum, mut left_squares) = (0.0, 0.0);
    for (at, pair) in values.windows(2).enumerate() {
        let value = unit(pair[0]);
        left_sum += value;
        left_squares += value * value;
        if pair[0] == pair[1] {
            continue;
        }
        let left = (at + 1) as f64;
        let right = n - left;
        let left_spread = spread(left, left_sum, left_squares);
        let right_spread = spread(right, sum - left_sum, squares - left_squares);
        let after = match how {
            Threshold::AveragedGain => f64::midpoint(left_spread, right_spread),
            _ => (left * left_spread + right * right_spread) / n,
        };
        let gain = (whole - after) / whole;
        if gain > gained {
            let middle = f64::midpoint(pair[0], pair[1]);
            (gained, threshold) = (gain, if middle < pair[1] { middle } else { pair[0] });
        }
    }
    (threshold, gained)
}
