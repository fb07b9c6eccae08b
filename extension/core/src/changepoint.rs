//! Change points: positions at which the mean of a series changes.

use crate::error::{Error, Result};
use crate::quantile;
use crate::vector;

/// Longest series: the slowest of this length, one without a change, takes less than half a second.
pub const MAX_VALUES: usize = 8192;

/// Fewest values of a segment.
const MIN_SEGMENT: usize = 2;

/// Ratio of the standard deviation of normal values to the median absolute value.
const NORMAL_MAD: f64 = 1.482_602_218_505_602;

/// A change of the mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChangePoint {
    /// Index of the first value after the change, counted from 0.
    pub index: usize,
    /// Mean of the segment that ends before it.
    pub before: f64,
    /// Mean of the segment that starts with it.
    pub after: f64,
    /// Effect size: difference of the means in standard deviations of the noise.
    pub effect_size: f64,
}

/// The segmentation of a series with the least sum of squared deviations from the segments' means, plus `penalty` times the
/// variance of the noise for each change: PELT (Killick, Fearnhead and Eckley, "Optimal detection of changepoints with a
/// linear computational cost", 2012), which finds the exact optimum.
///
/// The noise is measured robustly, by the median absolute difference of neighbours, so that the changes themselves do not
/// count as noise; when more than half of them are equal, by the mean one. `penalty` defaults to `3 ln n`, a little
/// above the usual `2 ln n`, at which noise alone shows a change in some per cent of series. Missing values (NaN) are
/// passed over. Segments have at least `min_length` values. O(n) where changes are frequent, O(n²) at worst; `interrupt`
/// is called once for each value.
///
/// # Errors
/// [`Error::TooLongForChangePoints`] above [`MAX_VALUES`], [`Error::ValueOutOfRange`], [`Error::Penalty`] for a penalty that is not above 0,
/// [`Error::SegmentLength`] for a length below 2.
pub fn mean_changes(
    values: &[f64],
    penalty: Option<f64>,
    min_length: i32,
    interrupt: &mut dyn FnMut(),
) -> Result<Vec<ChangePoint>> {
    if values.len() > MAX_VALUES {
        return Err(Error::TooLongForChangePoints {
            values: values.len(),
            limit: MAX_VALUES,
        });
    }
    vector::check(values)?;
    let min_length = match usize::try_from(min_length) {
        Ok(length) if (MIN_SEGMENT..=MAX_VALUES).contains(&length) => length,
        _ => return Err(Error::SegmentLength(min_length)),
    };
    if penalty.is_some_and(|penalty| !(penalty > 0.0 && penalty <= vector::MAX_MAGNITUDE)) {
        return Err(Error::Penalty);
    }
    let indices: Vec<usize> = (0..values.len())
        .filter(|&index| !values[index].is_nan())
        .collect();
    let n = indices.len();
    if n < 2 * min_length {
        return Ok(Vec::new());
    }
    let present: Vec<f64> = indices.iter().map(|&index| values[index]).collect();
    let Some((series, noise)) = standardised(&present) else {
        return Ok(Vec::new());
    };
    let penalty = penalty.unwrap_or(3.0 * libm::log(n as f64)) * noise * noise;
    let ends = pelt(&series, penalty, min_length, interrupt);
    let bounds: Vec<usize> = [0].into_iter().chain(ends).chain([n]).collect();
    let mean = |from: usize, to: usize| {
        let length = (to - from) as f64;
        present[from..to]
            .iter()
            .map(|value| value / length)
            .sum::<f64>()
    };
    let scaled_mean =
        |from: usize, to: usize| series[from..to].iter().sum::<f64>() / (to - from) as f64;
    Ok(bounds
        .windows(3)
        .map(|window| ChangePoint {
            index: indices[window[1]],
            before: mean(window[0], window[1]),
            after: mean(window[1], window[2]),
            effect_size: (scaled_mean(window[1], window[2]) - scaled_mean(window[0], window[1]))
                / noise,
        })
        .collect())
}

/// The series around its median, scaled by a power of two so that no square overflows or vanishes, and the standard deviation
/// of its noise in that scale. `None` for a constant series.
fn standardised(values: &[f64]) -> Option<(Vec<f64>, f64)> {
    // Halves: the difference of two of them does not overflow.
    let mut halves: Vec<f64> = values.iter().map(|value| value / 2.0).collect();
    let middle = quantile::select(&mut halves.clone(), 0.5)?;
    for half in &mut halves {
        *half -= middle;
    }
    let largest = halves
        .iter()
        .fold(0.0_f64, |most, half| most.max(half.abs()));
    if largest == 0.0 {
        return None;
    }
    let exponent = libm::frexp(largest).1;
    let series: Vec<f64> = halves
        .iter()
        .map(|&half| libm::ldexp(half, -exponent))
        .collect();
    let mut steps: Vec<f64> = series
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .collect();
    let mean = steps.iter().sum::<f64>() / steps.len() as f64;
    let median = quantile::select(&mut steps, 0.5)?;
    // A difference of two values has twice their variance. The mean absolute value of normal ones is sqrt(2 / pi).
    let noise = if median > 0.0 {
        median * NORMAL_MAD / std::f64::consts::SQRT_2
    } else {
        mean * std::f64::consts::PI.sqrt() / 2.0
    };
    Some((series, noise))
}

/// First indices of all segments but the first, ascending.
fn pelt(
    series: &[f64],
    penalty: f64,
    min_length: usize,
    interrupt: &mut dyn FnMut(),
) -> Vec<usize> {
    let n = series.len();
    let (mut sums, mut squares) = (vec![0.0; n + 1], vec![0.0; n + 1]);
    for (i, &value) in series.iter().enumerate() {
        sums[i + 1] = sums[i] + value;
        squares[i + 1] = squares[i] + value * value;
    }
    let cost = |from: usize, to: usize| {
        let sum = sums[to] - sums[from];
        let deviations = squares[to] - squares[from] - sum * (sum / (to - from) as f64);
        deviations.max(0.0)
    };
    // Least cost of the values before an index, and where its last segment starts.
    let mut best = vec![(f64::INFINITY, 0); n + 1];
    best[0] = (-penalty, 0);
    // Where the last segment may start, and the end from which on it may not.
    let mut starts: Vec<(usize, usize)> = Vec::new();
    let mut totals: Vec<f64> = Vec::new();
    for end in min_length..=n {
        interrupt();
        // A segment may start where at least one whole segment fits before it.
        let newest = end - min_length;
        if newest == 0 || newest >= min_length {
            starts.push((newest, usize::MAX));
        }
        totals.clear();
        totals.extend(
            starts
                .iter()
                .map(|&(start, _)| best[start].0 + cost(start, end)),
        );
        let mut least = (f64::INFINITY, 0);
        for (&(start, _), total) in starts.iter().zip(&totals) {
            if total + penalty < least.0 {
                least = (total + penalty, start);
            }
        }
        best[end] = least;
        // A start that is beaten without its penalty is beaten wherever a segment can start at this end instead.
        for (start, &total) in starts.iter_mut().zip(&totals) {
            if total > least.0 {
                start.1 = start.1.min(end + min_length);
            }
        }
        starts.retain(|&(_, gone)| gone > end + 1);
    }
    let mut ends = Vec::new();
    let mut at = best[n].1;
    while at > 0 {
        ends.push(at);
        at = best[at].1;
    }
    ends.reverse();
    ends
}
