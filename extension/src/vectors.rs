//! SQL functions on single vectors of measurements.

use crate::error::{Result, report};
use crate::pg::{Float8s, Json, Positions, Vector};
use pgrx::{Array, pg_extern};
use serde_json::Value;
use vigil_core::vector::{self, MAX_MAGNITUDE};

/// Whether the array can be stored as a row of measurements.
#[pg_extern(immutable, strict, parallel_safe)]
fn valid_vector(values: Vector<'_>) -> bool {
    values.is_valid()
}

/// Element-wise `coalesce(new, old)`. Not strict: the first reading of an instant has nothing to merge with.
#[pg_extern(immutable, parallel_safe)]
fn merge_values(old: Option<Vector<'_>>, new: Option<Vector<'_>>) -> Result<Float8s> {
    let (mut old_scratch, mut new_scratch) = (Vec::new(), Vec::new());
    let old = old.map_or(Ok(&[][..]), |old| old.read(&mut old_scratch))?;
    let new = new.map_or(Ok(&[][..]), |new| new.read(&mut new_scratch))?;
    Ok(Float8s(vector::merge(old, new)))
}

/// The elements of a vector at the given positions.
#[pg_extern(immutable, strict, parallel_safe)]
fn gather(values: Vector<'_>, positions: Positions<'_>) -> Result<Float8s> {
    let mut scratch = Vec::new();
    vector::gather(values.read(&mut scratch)?, positions.read()?)
        .map(Float8s)
        .map_err(report)
}

/// The numbers of an object under the given names, in their order; missing where the object has none. `None` when the
/// object holds anything that would be lost: another key, or a value that is neither null nor a number that fits.
#[pg_extern(immutable, strict, parallel_safe)]
fn metric_values(metrics: Json<'_>, names: Array<'_, &str>) -> Option<Float8s> {
    // What does not parse holds a number far beyond the doubles.
    let Ok(Value::Object(metrics)) = metrics.parse() else {
        return None;
    };
    let mut found = 0;
    let mut values = Vec::with_capacity(names.len());
    for name in names.iter() {
        let value = name.and_then(|name| metrics.get(name));
        found += usize::from(value.is_some());
        values.push(match value {
            None | Some(Value::Null) => f64::NAN,
            Some(value) => value.as_f64().filter(|x| x.abs() <= MAX_MAGNITUDE)?,
        });
    }
    (found == metrics.len()).then_some(Float8s(values))
}
