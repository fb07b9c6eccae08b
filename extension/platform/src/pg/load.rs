//! What happens when the server loads the library, and what it is asked for while it runs.

use super::{backtrace, settings};
use pgrx::{pg_guard, pg_sys};

/// Called by the server when it loads the library.
#[allow(non_snake_case)]
#[pg_guard]
pub extern "C-unwind" fn _PG_init() {
    backtrace::switch_off();
    settings::define();
    // SAFETY: a constant string; called while the library is loaded, as it is meant to be.
    unsafe { pg_sys::MarkGUCPrefixReserved(c"vigil_platform".as_ptr()) };
}

/// Lets `statement_timeout` and cancel requests end a long work.
pub(crate) fn check_interrupts() {
    pgrx::check_for_interrupts!();
}

/// The time of the day, in microseconds of Postgres' time.
pub(crate) fn now() -> i64 {
    // SAFETY: looks at the clock.
    unsafe { pg_sys::GetCurrentTimestamp() }
}
