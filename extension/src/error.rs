//! Errors as Postgres reports them: SQLSTATE, lower-case message, hint.

use pgrx::PgSqlErrorCode;
use pgrx::pg_sys::panic::ErrorReport;
use vigil_core::{Error, ErrorKind};

/// What every function of this extension returns.
pub(crate) type Result<T> = std::result::Result<T, ErrorReport>;

/// The report of a failed call of the core.
pub(crate) fn report(error: Error) -> ErrorReport {
    let code = match error.kind() {
        ErrorKind::InvalidParameter => PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        ErrorKind::NumericOutOfRange => PgSqlErrorCode::ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
        ErrorKind::CorruptData => PgSqlErrorCode::ERRCODE_INVALID_BINARY_REPRESENTATION,
        ErrorKind::UnsupportedVersion => PgSqlErrorCode::ERRCODE_FEATURE_NOT_SUPPORTED,
        ErrorKind::LimitExceeded => PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
    };
    ErrorReport::new(code, error.to_string(), "vigil").set_hint(error.hint())
}

/// The report of an argument that the caller can correct (22023).
pub(crate) fn invalid(message: impl Into<String>, hint: impl Into<String>) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        message.into(),
        "vigil",
    )
    .set_hint(hint)
}

/// The report of a model that was to be trained on nothing. Without a row its options are not known either.
pub(crate) fn no_rows() -> ErrorReport {
    invalid(
        "there are no rows to train on",
        "Train on a period that has readings.",
    )
}
