//! Settings of the session, as `current_setting` and `set_config` see them.

use pgrx::{Uuid, direct_function_call, pg_sys};
use std::ffi::{CStr, CString};

/// The value of a setting; nothing when there is none or it is empty.
pub(crate) fn setting(name: &CStr) -> Option<String> {
    // SAFETY: the value is a string, and copied before anything could change it.
    let value = unsafe {
        let value = pg_sys::GetConfigOption(name.as_ptr(), true, false);
        (!value.is_null()).then(|| CStr::from_ptr(value))?
    };
    (!value.is_empty()).then(|| value.to_string_lossy().into_owned())
}

/// Sets it until the end of the transaction.
///
/// # Panics
/// With a value that has a NUL in it.
pub(crate) fn set_for_transaction(name: &CStr, value: &str) {
    let value = CString::new(value).expect("settings have no NUL");
    // SAFETY: both are strings, which the server copies; what it refuses it raises as an error.
    unsafe {
        pg_sys::set_config_option(
            name.as_ptr(),
            value.as_ptr(),
            pg_sys::GucContext::PGC_USERSET,
            pg_sys::GucSource::PGC_S_SESSION,
            pg_sys::GucAction::GUC_ACTION_LOCAL,
            true,
            0,
            false,
        );
    }
}

/// Who logged in.
pub(crate) fn session_user() -> String {
    // SAFETY: the session's user is there, or else an error is raised; the name is a string, and copied.
    unsafe {
        let name = pg_sys::GetUserNameFromId(pg_sys::GetSessionUserId(), false);
        CStr::from_ptr(name).to_string_lossy().into_owned()
    }
}

/// A new UUID, as `gen_random_uuid` makes it.
pub(crate) fn random_uuid() -> String {
    // SAFETY: the function takes nothing and gives a UUID.
    let made: Option<Uuid> = unsafe { direct_function_call(pg_sys::gen_random_uuid, &[]) };
    made.expect("a UUID is not null").to_string()
}
