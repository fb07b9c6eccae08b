//! What happens when the server loads the library.

use super::backtrace;
use pgrx::pg_guard;

/// Called by the server when it loads the library.
#[allow(non_snake_case)]
#[pg_guard]
pub extern "C-unwind" fn _PG_init() {
    backtrace::switch_off();
}
