//! The settings of the extension. None is for anybody but superusers to set.

use crate::password::{MAX_ITERATIONS, MAX_MEMORY, MIN_ITERATIONS, MIN_MEMORY};
use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting};
use std::ffi::{CStr, CString, OsString};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::thread::available_parallelism;

type Text = GucSetting<Option<CString>>;

/// The directory of the archive.
static ARCHIVE_DIRECTORY: Text = Text::new(None);
/// The command of the second path, which runs as the server's user and may hold an address.
static DEAD_MAN_COMMAND: Text = Text::new(None);
/// The private key of tokens.
static SIGNING_KEY_FILE: Text = Text::new(None);
/// The key of sealed bytes.
static SEALING_KEY_FILE: Text = Text::new(None);

static ARGON2_MEMORY_KIB: GucSetting<i32> = GucSetting::<i32>::new(MIN_MEMORY);
static ARGON2_ITERATIONS: GucSetting<i32> = GucSetting::<i32>::new(MIN_ITERATIONS);
/// 0 stands for the number of cores.
static ARGON2_CONCURRENCY: GucSetting<i32> = GucSetting::<i32>::new(0);

/// Tells the server of the settings.
pub(super) fn define() {
    define_text(
        c"vigil_platform.archive_directory",
        c"Directory of the archive's files.",
        c"An absolute path. No function of vigil_platform touches a file outside of it.",
        &ARCHIVE_DIRECTORY,
    );
    define_text(
        c"vigil_platform.dead_man_command",
        c"Command of /bin/sh that tells somebody that the worker is dead, or back.",
        c"It has the message on its standard input and ten seconds. Empty: nobody is told this way.",
        &DEAD_MAN_COMMAND,
    );
    define_text(
        c"vigil_platform.signing_key_file",
        c"File of the Ed25519 key that signs tokens.",
        c"An absolute path of a file of the server's user, mode 0600, that holds PKCS#8 in PEM. A new file is used from the next call on.",
        &SIGNING_KEY_FILE,
    );
    define_text(
        c"vigil_platform.sealing_key_file",
        c"File of the key that seals secrets.",
        c"An absolute path of a file of the server's user, mode 0600, that holds 32 random bytes in base64.",
        &SEALING_KEY_FILE,
    );
    define_number(
        c"vigil_platform.argon2_memory_kib",
        c"Memory of a new password hash, in KiB.",
        c"Stored hashes keep theirs; password_needs_rehash tells which are below.",
        &ARGON2_MEMORY_KIB,
        MIN_MEMORY..=MAX_MEMORY,
    );
    define_number(
        c"vigil_platform.argon2_iterations",
        c"Passes over the memory of a new password hash.",
        c"Stored hashes keep theirs; password_needs_rehash tells which are below.",
        &ARGON2_ITERATIONS,
        MIN_ITERATIONS..=MAX_ITERATIONS,
    );
    define_number(
        c"vigil_platform.argon2_concurrency",
        c"How many passwords are hashed at once in the whole cluster.",
        c"0 stands for the number of cores. Others wait for two seconds.",
        &ARGON2_CONCURRENCY,
        0..=1024,
    );
}

/// A text that nobody but a superuser may set or see.
fn define_text(
    name: &'static CStr,
    short: &'static CStr,
    long: &'static CStr,
    setting: &'static Text,
) {
    GucRegistry::define_string_guc(
        name,
        short,
        long,
        setting,
        GucContext::Suset,
        GucFlags::SUPERUSER_ONLY | GucFlags::NOT_WHILE_SEC_REST,
    );
}

/// A number that nobody but a superuser may set.
fn define_number(
    name: &'static CStr,
    short: &'static CStr,
    long: &'static CStr,
    setting: &'static GucSetting<i32>,
    range: std::ops::RangeInclusive<i32>,
) {
    GucRegistry::define_int_guc(
        name,
        short,
        long,
        setting,
        *range.start(),
        *range.end(),
        GucContext::Suset,
        GucFlags::NOT_WHILE_SEC_REST,
    );
}

/// What is set, if it is not empty.
fn text(setting: &Text) -> Option<OsString> {
    let text = setting.get()?.into_bytes();
    (!text.is_empty()).then(|| OsString::from_vec(text))
}

/// The directory of the archive, if one is set.
pub(crate) fn archive_directory() -> Option<PathBuf> {
    text(&ARCHIVE_DIRECTORY).map(Into::into)
}

/// The command of the second path, if one is set.
pub(crate) fn dead_man_command() -> Option<OsString> {
    text(&DEAD_MAN_COMMAND)
}

/// The file of the private key of tokens, if one is set.
pub(crate) fn signing_key_file() -> Option<PathBuf> {
    text(&SIGNING_KEY_FILE).map(Into::into)
}

/// The file of the key of sealed bytes, if one is set.
pub(crate) fn sealing_key_file() -> Option<PathBuf> {
    text(&SEALING_KEY_FILE).map(Into::into)
}

/// How passwords are hashed.
pub(crate) struct Argon2Settings {
    pub(crate) memory_kib: u32,
    pub(crate) iterations: u32,
    pub(crate) concurrency: u32,
}

pub(crate) fn argon2_settings() -> Argon2Settings {
    static CORES: OnceLock<u32> = OnceLock::new();
    let cores =
        || available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(1));
    Argon2Settings {
        memory_kib: ARGON2_MEMORY_KIB.get().cast_unsigned(),
        iterations: ARGON2_ITERATIONS.get().cast_unsigned(),
        concurrency: match ARGON2_CONCURRENCY.get().cast_unsigned() {
            0 => *CORES.get_or_init(cores),
            set => set,
        },
    }
}
