//! Several seasons, by the decomposition of `stlrs` (what `augurs-mstl` is made of): what is left without them is forecast
//! by [`super::ets`], and the last cycle of each season goes on.

use super::{Step, ets, unit_of};
use crate::error::{Error, Result};
use stlrs::MstlParams;

/// The steps after a series that is not constant and has at least two cycles of each period.
pub(super) fn forecast(
    series: &[f64],
    periods: &[usize],
    horizon: usize,
    level: f64,
    interrupt: &mut dyn FnMut(),
) -> Result<Vec<Step>> {
    // The decomposition computes in single precision. Around 0 and of the magnitude of 1, its error is a ten-millionth of
    // the range of the values, however far from 0 they are; and what it takes for seasons is all that it affects.
    let unit = unit_of(series);
    let mean = series.iter().map(|value| value / unit).sum::<f64>() / series.len() as f64;
    let centred: Vec<f64> = series.iter().map(|value| value / unit - mean).collect();
    let spread = unit_of(&centred);
    let single: Vec<f32> = centred
        .iter()
        .map(|value| (value / spread) as f32)
        .collect();
    interrupt();
    let parts = MstlParams::new()
        .fit(&single, periods)
        .map_err(|_| Error::NoForecast)?;
    interrupt();
    let (seasons, _, _) = parts.into_parts();
    let season = |index: usize| -> f64 {
        let value = |season: &Vec<f32>| f64::from(season[index]);
        seasons.iter().map(value).sum::<f64>() * spread * unit
    };
    let rest: Vec<f64> = (0..series.len())
        .map(|index| series[index] - season(index))
        .collect();
    let mut steps = ets::forecast(&rest, horizon, level, interrupt)?;
    for (ahead, step) in steps.iter_mut().enumerate() {
        for (season, period) in seasons.iter().zip(periods) {
            let index = series.len() - period + ahead % period;
            let value = f64::from(season[index]) * spread * unit;
            step.value += value;
            step.lower += value;
            step.upper += value;
        }
    }
    Ok(steps)
}
