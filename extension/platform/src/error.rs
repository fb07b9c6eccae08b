//! Errors as Postgres reports them: SQLSTATE, lower-case message, hint.

use pgrx::PgSqlErrorCode;
use pgrx::pg_sys::panic::ErrorReport;
use std::io::{self, ErrorKind};

/// What every function of this extension returns.
pub(crate) type Result<T> = std::result::Result<T, ErrorReport>;

/// A report with its hint.
pub(crate) fn error(code: PgSqlErrorCode, message: impl Into<String>, hint: &str) -> ErrorReport {
    ErrorReport::new(code, message.into(), "vigil_platform").set_hint(hint)
}

/// The report of an argument that the caller can correct (22023).
pub(crate) fn invalid(message: impl Into<String>, hint: &str) -> ErrorReport {
    error(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        message,
        hint,
    )
}

/// The report of what the operating system refused. `what` says what was tried, as in "write archive file \"a/b\"".
pub(crate) fn failed(what: &str, cause: &io::Error) -> ErrorReport {
    let (code, hint) = match cause.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => (
            PgSqlErrorCode::ERRCODE_DISK_FULL,
            "Free space where the archive is, or move it to a larger disk.",
        ),
        ErrorKind::PermissionDenied => (
            PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
            "The server's user needs to own the archive directory and what is in it.",
        ),
        ErrorKind::NotFound => (
            PgSqlErrorCode::ERRCODE_UNDEFINED_FILE,
            "archive_files('') lists what is there.",
        ),
        _ => (
            PgSqlErrorCode::ERRCODE_IO_ERROR,
            "Look at the disk of the archive directory; symbolic links in it are not followed.",
        ),
    };
    error(code, format!("could not {what}: {cause}"), hint)
}
