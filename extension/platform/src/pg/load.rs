//! What happens when the server loads the library, and its settings.

use super::backtrace;
use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting, pg_guard, pg_sys};
use std::ffi::{CString, OsString};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// The directory of the archive. Nobody but a superuser may set it, or see where on the machine it is.
static ARCHIVE_DIRECTORY: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);

/// The command of the second path. Only a superuser may set it, since it runs as the server's user, or see it, since it
/// may hold an address.
static DEAD_MAN_COMMAND: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);

/// Called by the server when it loads the library.
#[allow(non_snake_case)]
#[pg_guard]
pub extern "C-unwind" fn _PG_init() {
    backtrace::switch_off();
    GucRegistry::define_string_guc(
        c"vigil_platform.archive_directory",
        c"Directory of the archive's files.",
        c"An absolute path. No function of vigil_platform touches a file outside of it.",
        &ARCHIVE_DIRECTORY,
        GucContext::Suset,
        GucFlags::SUPERUSER_ONLY | GucFlags::NOT_WHILE_SEC_REST,
    );
    GucRegistry::define_string_guc(
        c"vigil_platform.dead_man_command",
        c"Command of /bin/sh that tells somebody that the worker is dead, or back.",
        c"It has the message on its standard input and ten seconds. Empty: nobody is told this way.",
        &DEAD_MAN_COMMAND,
        GucContext::Suset,
        GucFlags::SUPERUSER_ONLY | GucFlags::NOT_WHILE_SEC_REST,
    );
    // SAFETY: a constant string; called while the library is loaded, as it is meant to be.
    unsafe { pg_sys::MarkGUCPrefixReserved(c"vigil_platform".as_ptr()) };
}

/// The directory of the archive, if one is set.
pub(crate) fn archive_directory() -> Option<PathBuf> {
    let path = ARCHIVE_DIRECTORY.get()?.into_bytes();
    (!path.is_empty()).then(|| OsString::from_vec(path).into())
}

/// The command of the second path, if one is set.
pub(crate) fn dead_man_command() -> Option<OsString> {
    let command = DEAD_MAN_COMMAND.get()?.into_bytes();
    (!command.is_empty()).then(|| OsString::from_vec(command))
}

/// Lets `statement_timeout` and cancel requests end a long work.
pub(crate) fn check_interrupts() {
    pgrx::check_for_interrupts!();
}
