//! Checks of arguments, and results, that are no arrays.

use crate::error::{Result, invalid};
use pgrx::datum::{Interval, TimestampWithTimeZone};
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

/// A length of time as the core takes it: microseconds, of days of 24 hours and months of 30 days, as Postgres compares
/// intervals.
///
/// # Errors
/// 22023 for negative and infinite ones.
pub(crate) fn duration(interval: &Interval) -> Result<i64> {
    match i64::try_from(interval.as_micros()) {
        Ok(microseconds) if microseconds >= 0 => Ok(microseconds),
        _ => Err(invalid(
            "interval is negative or infinite",
            "Give a length of time such as '30 minutes'.",
        )),
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

/// NULL for NaN, with which the core says that there is no such number.
pub(crate) fn known(number: f64) -> Option<f64> {
    (!number.is_nan()).then_some(number)
}
