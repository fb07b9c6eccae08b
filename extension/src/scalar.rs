//! Checks of arguments that are no arrays.

use crate::error::{Result, invalid};
use pgrx::datum::TimestampWithTimeZone;
use vigil_core::vector::MAX_MAGNITUDE;

/// A time as the core takes it: microseconds since 2000-01-01 UTC.
///
/// # Errors
/// 22023 for the infinities.
pub(crate) fn time(ts: TimestampWithTimeZone) -> Result<i64> {
    match i64::from(ts) {
        i64::MIN | i64::MAX => Err(invalid(
            "timestamp is infinite",
            "Leave out rows without a real time.",
        )),
        microseconds => Ok(microseconds),
    }
}

/// A measurement as the core takes it.
///
/// # Errors
/// 22023 for NaN, infinities and magnitudes above 1e100.
pub(crate) fn number(value: f64) -> Result<f64> {
    if value.abs() <= MAX_MAGNITUDE {
        Ok(value)
    } else {
        Err(invalid(
            "value is out of range",
            format!(
                "Values must be finite with a magnitude of at most {MAX_MAGNITUDE:e}; use NULL for a missing one."
            ),
        ))
    }
}
