//! Change points of a series.

use crate::error::{Result, report};
use crate::pg::{Vector, check_interrupts};
use pgrx::iter::TableIterator;
use pgrx::{default, name, pg_extern};
use vigil_core::changepoint;

/// Positions at which the mean of a series changes. Not strict: without a penalty the default counts.
#[pg_extern(immutable, parallel_safe, cost = 10000)]
#[allow(clippy::type_complexity)]
fn change_points(
    values: Option<Vector<'_>>,
    penalty: default!(Option<f64>, "null"),
    min_length: default!(Option<i32>, "5"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(position, i32),
            name!(mean_before, f64),
            name!(mean_after, f64),
            name!(effect_size, f64),
        ),
    >,
> {
    let (Some(values), Some(min_length)) = (values, min_length) else {
        return Ok(TableIterator::empty());
    };
    let mut scratch = Vec::new();
    let changes = changepoint::mean_changes(
        values.read(&mut scratch)?,
        penalty,
        min_length,
        &mut check_interrupts,
    )
    .map_err(report)?;
    let rows = changes.into_iter().map(|change| {
        (
            change.index as i32 + 1,
            change.before,
            change.after,
            change.effect_size,
        )
    });
    Ok(TableIterator::new(rows))
}
