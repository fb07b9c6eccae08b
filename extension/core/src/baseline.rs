//! What is usual for one variable, and how far a value is from it: mean and standard deviation, median and median
//! absolute deviation, quartiles and Tukey's fences.

mod ordered;
pub mod seasonal;
pub mod window;

use crate::quantile;

/// Standard deviations in a median absolute deviation of normal values: the reciprocal of the normal quantile at 3/4,
/// usually quoted as 1.4826.
pub const MAD_SCALE: f64 = 1.482_602_218_505_602;

/// Length of the whiskers of Tukey's box plot, in interquartile ranges.
pub const FENCE: f64 = 1.5;

/// Unit of the ranks of a sample with values that cannot be subtracted from each other.
const HALVED: f64 = 4.0;

/// Location and spread of a sample, in classical and in robust terms.
///
/// Everything is computed from the sorted sample, so that the order of the values does not matter to the last bit. Mean
/// and standard deviation are computed after scaling by a power of two, so that neither 1e300 nor 1e-300 is out of range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Baseline {
    /// Values that were not missing.
    pub n: usize,
    /// Mean and standard deviation are in units of two to this power.
    exponent: i32,
    mean: f64,
    stddev: Option<f64>,
    /// What follows is in units of [`HALVED`] or 1: differences of the largest doubles overflow, and scaling all to 1
    /// would lose the smallest.
    unit: f64,
    median: f64,
    mad: f64,
    q1: f64,
    q3: f64,
}

impl Baseline {
    /// The baseline of a sample, in which missing values (NaN) are ignored; `None` without values. O(n log n).
    #[must_use]
    pub fn of(sample: &[f64]) -> Option<Self> {
        let mut values: Vec<f64> = sample.iter().copied().filter(|x| !x.is_nan()).collect();
        values.sort_unstable_by(f64::total_cmp);
        let (&first, &last) = (values.first()?, values.last()?);
        let largest = first.abs().max(last.abs());
        let exponent = exponent(largest);
        let (mean, stddev) = moments(&values, exponent);
        let unit = if largest > f64::MAX / HALVED {
            HALVED
        } else {
            1.0
        };
        for value in &mut values {
            // The sum makes one zero of -0.0 and 0.0, which are one value in SQL.
            *value = *value / unit + 0.0;
        }
        let median = quantile::sorted(&values, 0.5)?;
        let (q1, q3) = (
            quantile::sorted(&values, 0.25)?,
            quantile::sorted(&values, 0.75)?,
        );
        for value in &mut values {
            *value = (*value - median).abs();
        }
        let mad = quantile::select(&mut values, 0.5)?;
        Some(Self {
            n: values.len(),
            exponent,
            mean,
            stddev,
            unit,
            median,
            mad,
            q1,
            q3,
        })
    }

    /// Arithmetic mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        unscaled(self.mean, self.exponent)
    }

    /// Sample standard deviation (divisor n - 1); `None` for a single value.
    #[must_use]
    pub fn stddev(&self) -> Option<f64> {
        self.stddev.map(|stddev| unscaled(stddev, self.exponent))
    }

    /// Median.
    #[must_use]
    pub fn median(&self) -> f64 {
        self.in_values(self.median)
    }

    /// Median absolute deviation from the median, as it is: [`MAD_SCALE`] times this estimates the standard deviation.
    #[must_use]
    pub fn mad(&self) -> f64 {
        self.in_values(self.mad)
    }

    /// [`MAD_SCALE`] times the median absolute deviation: the robust estimate of the standard deviation.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.in_values(self.mad * MAD_SCALE)
    }

    /// First and third quartile (type 7).
    #[must_use]
    pub fn quartiles(&self) -> (f64, f64) {
        (self.in_values(self.q1), self.in_values(self.q3))
    }

    /// Interquartile range.
    #[must_use]
    pub fn iqr(&self) -> f64 {
        self.in_values(self.q3 - self.q1)
    }

    /// The fences `k` interquartile ranges below the first and above the third quartile (Tukey, "Exploratory Data
    /// Analysis", 1977).
    #[must_use]
    pub fn fences(&self, k: f64) -> (f64, f64) {
        let (low, high) = self.scaled_fences(k);
        (self.in_values(low), self.in_values(high))
    }

    /// Standard deviations from the mean to the value; `None` where the standard deviation is undefined or 0.
    #[must_use]
    pub fn z(&self, value: f64) -> Option<f64> {
        let stddev = self.stddev.filter(|&stddev| stddev > 0.0)?;
        let value = libm::scalbn(value, -self.exponent);
        Some(saturated((value - self.mean) / stddev))
    }

    /// [`Self::sigma`]s from the median to the value; `None` where the median absolute deviation is 0, which it is when
    /// more than half of the values are equal (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993).
    #[must_use]
    pub fn robust_z(&self, value: f64) -> Option<f64> {
        (self.mad > 0.0)
            .then(|| saturated((value / self.unit - self.median) / self.mad / MAD_SCALE))
    }

    /// Whether the value lies outside of the fences.
    #[must_use]
    pub fn is_outlier(&self, value: f64, k: f64) -> bool {
        let (low, high) = self.scaled_fences(k);
        !(low..=high).contains(&(value / self.unit))
    }

    fn scaled_fences(&self, k: f64) -> (f64, f64) {
        let reach = k * (self.q3 - self.q1);
        (self.q1 - reach, self.q3 + reach)
    }

    fn in_values(&self, number: f64) -> f64 {
        saturated(number * self.unit)
    }
}

/// A number in units of two to a power.
fn unscaled(number: f64, exponent: i32) -> f64 {
    saturated(libm::scalbn(number, exponent))
}

/// The nearest finite number.
fn saturated(value: f64) -> f64 {
    value.clamp(f64::MIN, f64::MAX)
}

/// Binary exponent of a magnitude; 0 of 0.
fn exponent(magnitude: f64) -> i32 {
    if magnitude > 0.0 && magnitude.is_finite() {
        libm::frexp(magnitude).1
    } else {
        0
    }
}

/// Mean, and the standard deviation of two or more values in ascending order, in units of two to the power of `exponent`;
/// in two passes.
fn moments(values: &[f64], exponent: i32) -> (f64, Option<f64>) {
    let scaled = |value: &f64| libm::scalbn(*value, -exponent);
    let n = values.len() as f64;
    if values.first() == values.last() {
        // Not left to rounding: a constant has no spread.
        let mean = values.first().map(scaled).unwrap_or_default();
        return (mean, (values.len() > 1).then_some(0.0));
    }
    let mean = values.iter().map(scaled).sum::<f64>() / n;
    let mean = mean + values.iter().map(|value| scaled(value) - mean).sum::<f64>() / n;
    let squares: f64 = values
        .iter()
        .map(|value| (scaled(value) - mean).powi(2))
        .sum();
    (mean, Some((squares / (n - 1.0)).sqrt()))
}
