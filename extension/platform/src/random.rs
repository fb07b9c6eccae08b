//! Random bytes of the operating system.

use crate::error::{Result, error, invalid};
use data_encoding::BASE64URL_NOPAD;
use pgrx::{PgSqlErrorCode, default, pg_extern};
use ring::rand::{SecureRandom, SystemRandom};

/// Less than 128 bits can be guessed.
const MIN_BYTES: i32 = 16;
const MAX_BYTES: i32 = 1024;

/// As many random bytes, in base64url.
#[pg_extern(strict, volatile, parallel_restricted)]
fn random_token(bytes: default!(i32, 32)) -> Result<String> {
    if !(MIN_BYTES..=MAX_BYTES).contains(&bytes) {
        return Err(invalid(
            format!("a token of {bytes} bytes is not to be had"),
            "Ask for 16 to 1024 bytes; 32 is a good number.",
        ));
    }
    let mut token = vec![0; bytes as usize];
    fill(&mut token)?;
    Ok(BASE64URL_NOPAD.encode(&token))
}

/// Fills a place with random bytes.
///
/// # Errors
/// 58000 when the operating system has none.
pub(crate) fn fill(place: &mut [u8]) -> Result<()> {
    SystemRandom::new().fill(place).map_err(|_| {
        error(
            PgSqlErrorCode::ERRCODE_SYSTEM_ERROR,
            "the operating system gave no random bytes",
            "See whether the server's sandbox allows the system call getrandom.",
        )
    })
}
