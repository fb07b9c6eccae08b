//! Forecasts of the next values of a series, with prediction intervals: exponential smoothing (Hyndman, Koehler, Ord and
//! Snyder, "Forecasting with Exponential Smoothing", 2008) and the decomposition of several seasons (Bandara, Hyndman and
//! Bergmeir, "MSTL: a seasonal-trend decomposition algorithm for time series with multiple seasonal patterns", 2021).

mod ets;
mod mstl;
mod options;
mod search;
pub mod smoothing;

pub use options::{ForecastOptions, Model};

use crate::error::{Error, Result};
use crate::vector::MAX_MAGNITUDE;

/// Most values of a series. The decomposition cannot be interrupted, and takes so many within a tenth of a second.
pub const MAX_VALUES: usize = 10_000;
/// Most steps ahead.
pub const MAX_HORIZON: i32 = 1000;

/// What is expected one step further.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The forecast.
    pub value: f64,
    /// Lower bound of the prediction interval.
    pub lower: f64,
    /// Upper bound of the prediction interval.
    pub upper: f64,
}

/// The next `horizon` values of a series in order, the oldest first; nothing for a series without values.
///
/// Missing values (NaN) before the first value are left out; those between two are interpolated, and those after the last
/// repeat it. A constant goes on, with an interval of no width, unless the options say where a model starts. `interrupt`
/// is called every few milliseconds, but for single fits of a model, which take up to a tenth of a second.
///
/// # Errors
/// [`Error::Argument`] for a horizon outside 1 to [`MAX_HORIZON`], [`Error::SeriesTooLong`], [`Error::ValueOutOfRange`],
/// [`Error::TooFewValues`], [`Error::InvalidOption`] for options that do not fit the series, [`Error::NoForecast`].
pub fn forecast(
    values: &[f64],
    horizon: i32,
    options: &ForecastOptions,
    interrupt: &mut dyn FnMut(),
) -> Result<Vec<Step>> {
    if !(1..=MAX_HORIZON).contains(&horizon) {
        return Err(Error::Argument {
            name: "horizon",
            expected: "an integer from 1 to 1000",
        });
    }
    if values.len() > MAX_VALUES {
        return Err(Error::SeriesTooLong(MAX_VALUES));
    }
    if let Some(index) = values.iter().position(|value| value.abs() > MAX_MAGNITUDE) {
        return Err(Error::ValueOutOfRange(index + 1));
    }
    let series = filled(values);
    let Some(&first) = series.first() else {
        return Ok(Vec::new());
    };
    options.check(series.len())?;
    let horizon = horizon as usize;
    if series.iter().all(|&value| value == first) && !options.has_states() {
        let step = Step {
            value: first,
            lower: first,
            upper: first,
        };
        return Ok(vec![step; horizon]);
    }
    let level = options.level;
    let steps = match options.model {
        Model::Auto if options.periods.is_empty() => {
            ets::forecast(&series, horizon, level, interrupt)
        }
        Model::Ets => ets::forecast(&series, horizon, level, interrupt),
        Model::Auto | Model::Mstl => {
            mstl::forecast(&series, &options.periods, horizon, level, interrupt)
        }
        Model::Ses | Model::Holt | Model::HoltWinters => {
            smoothing::forecast(&series, horizon, options, interrupt)
        }
    }?;
    let is_finite = |step: &Step| (step.value + step.lower + step.upper).is_finite();
    if steps.iter().all(is_finite) {
        Ok(steps)
    } else {
        Err(Error::NoForecast)
    }
}

/// The series from its first value on, without gaps.
fn filled(values: &[f64]) -> Vec<f64> {
    let start = values.iter().position(|value| !value.is_nan());
    let mut filled = values[start.unwrap_or(values.len())..].to_vec();
    let mut known = 0;
    for index in 1..filled.len() {
        if filled[index].is_nan() {
            continue;
        }
        let (from, to) = (filled[known], filled[index]);
        let gap = (index - known) as f64;
        for (after, missing) in filled[known + 1..index].iter_mut().enumerate() {
            let share = (after + 1) as f64 / gap;
            *missing = from * (1.0 - share) + to * share;
        }
        known = index;
    }
    if let Some(&last) = filled.get(known) {
        filled[known..].fill(last);
    }
    filled
}

/// The largest power of two that is not above the largest magnitude: dividing by it changes no digit, and squares of what
/// is left neither overflow nor vanish.
fn unit_of(values: &[f64]) -> f64 {
    const EXPONENT: u64 = 0x7FF0_0000_0000_0000;
    let largest = values
        .iter()
        .fold(0.0_f64, |largest, value| largest.max(value.abs()));
    f64::from_bits(largest.to_bits() & EXPONENT).max(f64::MIN_POSITIVE)
}
