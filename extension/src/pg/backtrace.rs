//! Errors without backtraces.

use std::backtrace::Backtrace;
use std::env;

const SWITCH: &str = "RUST_LIB_BACKTRACE";

/// To be called when the server loads the library.
///
/// pgrx sends a backtrace to the client as the detail of every error when `RUST_BACKTRACE` happens to be set where the
/// server was started. It would name folders of the machine, and taking one is slow. The standard library looks at its
/// environment once, so one look with backtraces switched off settles it for this library and leaves others alone.
pub(super) fn switch_off() {
    let before = env::var_os(SWITCH);
    // SAFETY: a backend has one thread, and it is here.
    unsafe {
        env::set_var(SWITCH, "0");
        drop(Backtrace::capture());
        match before {
            Some(before) => env::set_var(SWITCH, before),
            None => env::remove_var(SWITCH),
        }
    }
}
