//! Features on a common scale.

/// How a feature is brought to a common scale. Offsets and units of the data, however large or small, end here: all that
/// follows works on numbers of order one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Standard {
    /// Median of the training rows; stands in for a missing value.
    pub(super) centre: f64,
    /// Standard deviation of the training rows; 1 where they do not vary.
    pub(super) unit: f64,
    /// Median absolute deviation times 1.4826, the standard deviation of a normal sample; `unit` where more than half of
    /// the rows are the same.
    pub(super) robust: f64,
}

/// Farther out than this nothing is told apart, so that sums over features stay finite.
const FARTHEST: f64 = 1e60;

impl Standard {
    /// From the values of a feature that are not missing, which it reorders.
    pub(super) fn new(values: &mut [f64], median: f64) -> Self {
        let constant = Self {
            centre: if median.is_nan() { 0.0 } else { median },
            unit: 1.0,
            robust: 1.0,
        };
        let unit = standard_deviation(values);
        if unit == 0.0 {
            return constant;
        }
        for value in &mut *values {
            *value = (*value - median).abs();
        }
        let deviation = 1.4826 * crate::quantile::select(values, 0.5).unwrap_or(0.0);
        Self {
            unit,
            robust: if deviation > 0.0 { deviation } else { unit },
            ..constant
        }
    }

    /// The value in units from the centre; 0 when it is missing.
    pub(super) fn scaled(&self, value: f64) -> f64 {
        if value.is_nan() {
            0.0
        } else {
            ((value - self.centre) / self.unit).clamp(-FARTHEST, FARTHEST)
        }
    }

    /// How far out a value is, as the robust z-score without its sign; 0 when it is missing.
    pub(super) fn distance(&self, value: f64) -> f64 {
        if value.is_nan() {
            0.0
        } else {
            ((value - self.centre) / self.robust).abs().min(FARTHEST)
        }
    }
}

/// Population standard deviation of finite values; 0 when there are none. The values are divided by their range first, so that no square leaves the numbers.
pub(super) fn standard_deviation(values: &[f64]) -> f64 {
    let (low, high) = values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| {
            (low.min(value), high.max(value))
        });
    let range = high - low;
    if range <= 0.0 {
        return 0.0;
    }
    let n = values.len() as f64;
    let mean = values
        .iter()
        .map(|value| (value - low) / range)
        .sum::<f64>()
        / n;
    let squares: f64 = values
        .iter()
        .map(|value| ((value - low) / range - mean).powi(2))
        .sum();
    range * (squares / n).sqrt()
}
