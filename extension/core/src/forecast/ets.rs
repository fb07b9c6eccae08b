//! Exponential smoothing without season, by `augurs-ets`.
//!
//! Errors are additive: with multiplicative ones the intervals of that crate are simulated with random numbers that nobody
//! can repeat.

use super::{Step, unit_of};
use crate::error::{Error, Result};
use augurs_core::Predict;
use augurs_ets::model::{
    ErrorComponent, Model, ModelType, SeasonalComponent, TrendComponent, Unfit,
};

/// Values that a model is learned from, the last ones. Exponential smoothing forgets what was before, and fitting a model
/// to so many, which cannot be interrupted, takes less than a tenth of a second.
const LEARNED: usize = 1000;

/// The steps after a series that is not constant and has at least 10 values.
pub(super) fn forecast(
    series: &[f64],
    horizon: usize,
    level: f64,
    interrupt: &mut dyn FnMut(),
) -> Result<Vec<Step>> {
    let learned = &series[series.len().saturating_sub(LEARNED)..];
    // Around 0 and of the magnitude of 1, so that neither the level nor the unit of the values matter to the search.
    let unit = unit_of(learned);
    let mean = learned.iter().map(|value| value / unit).sum::<f64>() / learned.len() as f64;
    let centred: Vec<f64> = learned.iter().map(|value| value / unit - mean).collect();
    let spread = unit_of(&centred);
    let scaled: Vec<f64> = centred.iter().map(|value| value / spread).collect();
    let restore = |value: f64| (value * spread + mean) * unit;
    if scaled.iter().all(|&value| value == scaled[0]) {
        let value = restore(scaled[0]);
        let step = Step {
            value,
            lower: value,
            upper: value,
        };
        return Ok(vec![step; horizon]);
    }
    let model = best(&scaled, interrupt)?;
    let forecast = model
        .predict(horizon, Some(level))
        .map_err(|_| Error::NoForecast)?;
    let intervals = forecast.intervals.ok_or(Error::NoForecast)?;
    Ok(forecast
        .point
        .into_iter()
        .zip(intervals.lower.into_iter().zip(intervals.upper))
        .map(|(value, (lower, upper))| Step {
            value: restore(value),
            lower: restore(lower),
            upper: restore(upper),
        })
        .collect())
}

/// The model with the least corrected information criterion; of equal ones the simplest.
fn best(series: &[f64], interrupt: &mut dyn FnMut()) -> Result<Model> {
    let candidates = [
        (TrendComponent::None, false),
        (TrendComponent::Additive, false),
        (TrendComponent::Additive, true),
    ];
    let mut best: Option<Model> = None;
    for (trend, damped) in candidates {
        interrupt();
        let kind = ModelType {
            error: ErrorComponent::Additive,
            trend,
            season: SeasonalComponent::None,
        };
        // A candidate that cannot be fitted is no candidate.
        let Ok(model) = Unfit::new(kind).damped(damped).fit(series) else {
            continue;
        };
        let is_better = match &best {
            Some(best) => model.aicc() < best.aicc(),
            None => !model.aicc().is_nan(),
        };
        if is_better {
            best = Some(model);
        }
    }
    best.ok_or(Error::NoForecast)
}
