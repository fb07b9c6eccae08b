//! Forecasts: a function of a series in order that returns one row per step.

use crate::error::{Result, invalid, report};
use crate::pg::{Json, Vector, check_interrupts};
use pgrx::iter::TableIterator;
use pgrx::{default, name, pg_extern};
use vigil_core::forecast::{self, ForecastOptions};

/// The next values of a series. Not strict: options may be NULL, and a NULL horizon is refused.
#[pg_extern(immutable, parallel_safe, cost = 100000)]
#[allow(clippy::type_complexity)]
fn forecast(
    values: Option<Vector<'_>>,
    horizon: Option<i32>,
    options: default!(Option<Json<'_>>, "null"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(step, i32),
            name!(value, f64),
            name!(lower, f64),
            name!(upper, f64),
        ),
    >,
> {
    let horizon =
        horizon.ok_or_else(|| invalid("horizon is null", "Pass the number of steps ahead."))?;
    let options = Json::options(options, ForecastOptions::from_json)?;
    let mut scratch = Vec::new();
    let values = match values {
        Some(values) => values.read_sample(&mut scratch)?,
        None => &[],
    };
    let steps = forecast::forecast(values, horizon, &options, &mut check_interrupts);
    let rows = (1..).zip(steps.map_err(report)?);
    Ok(TableIterator::new(rows.map(|(step, ahead)| {
        (step, ahead.value, ahead.lower, ahead.upper)
    })))
}
