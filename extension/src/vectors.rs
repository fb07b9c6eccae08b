//! SQL functions on single vectors of measurements.

use crate::error::{Result, report};
use crate::pg::{Float8s, Positions, Vector};
use pgrx::pg_extern;
use vigil_core::vector;

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
