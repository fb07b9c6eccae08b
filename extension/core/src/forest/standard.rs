//! Features on a common scale.

use crate::codec::{Reader, Writer};
use crate::error::Result;

/// How a feature is brought to a common scale. Offsets and units of the data, however large or small, end here: all that
/// follows works on numbers of order one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Standard {
    /// Median of the training rows; stands in for a missing value.
    pub(crate) centre: f64,
    /// Standard deviation of the training rows; 1 where they do not vary.
    pub(crate) unit: f64,
    /// Median absolute deviation times 1.4826, the standard deviation of a normal sample; `unit` where more than half of
    /// the rows are the same.
    pub(crate) robust: f64,
}

/// Farther out than this nothing is told apart, so that sums over features stay finite.
const FARTHEST: f64 = 1e60;

impl Standard {
    /// Of numbers spread evenly from 0 to 1.
    pub(crate) const UNIFORM: Self = Self {
        centre: 0.5,
        unit: 0.288_675_134_594_812_9,
        robust: 0.370_65,
    };

    /// From the values of a feature that are not missing, which it reorders.
    pub(crate) fn new(values: &mut [f64], median: f64) -> Self {
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
            unit: unit.min(f64::MAX),
            robust: if deviation > 0.0 {
                deviation.min(f64::MAX)
            } else {
                unit.min(f64::MAX)
            },
            ..constant
        }
    }

    /// The value in units from the centre; 0 when it is missing.
    pub(crate) fn scaled(&self, value: f64) -> f64 {
        if value.is_nan() {
            0.0
        } else {
            ((value - self.centre) / self.unit).clamp(-FARTHEST, FARTHEST)
        }
    }

    /// The value in units from the centre; NaN when it is missing.
    pub(crate) fn scaled_or_missing(&self, value: f64) -> f64 {
        if value.is_nan() {
            value
        } else {
            self.scaled(value)
        }
    }

    /// Writes centre, unit and robust unit.
    pub(crate) fn write(&self, out: &mut Writer) {
        for value in [self.centre, self.unit, self.robust] {
            out.f64(value);
        }
    }

    /// Reads what [`Standard::write`] wrote.
    pub(crate) fn read(input: &mut Reader<'_>) -> Result<Self> {
        let standard = Self {
            centre: input.f64_within(f64::MAX)?,
            unit: input.f64_within(f64::MAX)?,
            robust: input.f64_within(f64::MAX)?,
        };
        if standard.unit > 0.0 && standard.robust > 0.0 {
            Ok(standard)
        } else {
            Err(input.corrupt("feature without scale"))
        }
    }

    /// How far out a value is, as the robust z-score without its sign; 0 when it is missing.
    pub(crate) fn distance(&self, value: f64) -> f64 {
        if value.is_nan() {
            0.0
        } else {
            ((value - self.centre) / self.robust).abs().min(FARTHEST)
        }
    }
}

/// Population standard deviation of finite values; 0 when there are none. The values are divided by their range first, so that no square leaves the numbers.
pub(crate) fn standard_deviation(values: &[f64]) -> f64 {
    let (low, high) = values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| {
            (low.min(value), high.max(value))
        });
    // Half of it, because the whole may be more than the largest number.
    let half = high / 2.0 - low / 2.0;
    if half <= 0.0 {
        return 0.0;
    }
    let unit = |value: f64| (value / 2.0 - low / 2.0) / half;
    let n = values.len() as f64;
    let mean = values.iter().map(|&value| unit(value)).sum::<f64>() / n;
    let squares: f64 = values
        .iter()
        .map(|&value| (unit(value) - mean).powi(2))
        .sum();
    2.0 * half * (squares / n).sqrt()
}
