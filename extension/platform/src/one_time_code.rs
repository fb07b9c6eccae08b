//! Codes of an authenticator app: time-based one-time passwords (RFC 6238) of six digits.

use crate::error::{Result, invalid};
use data_encoding::BASE32_NOPAD;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::{pg_extern, pg_sys};
use ring::hmac;

/// Microseconds of a step, and from the Unix epoch to Postgres'.
const STEP: i64 = 30_000_000;
const EPOCH: i64 = 946_684_800_000_000;

/// RFC 4226 asks for 128 bits.
const MIN_SECRET: usize = 16;
const MAX_SECRET: usize = 1024;

/// The step, of the three around an instant, whose code this is; the latest when there are several.
#[pg_extern(strict, immutable, parallel_safe)]
fn totp_matches(secret: &[u8], code: &str, at: TimestampWithTimeZone) -> Result<Option<i64>> {
    if secret.len() < MIN_SECRET {
        return Err(invalid(
            format!("secret is shorter than {MIN_SECRET} bytes"),
            "Use 20 random bytes.",
        ));
    }
    let at = pg_sys::TimestampTz::from(at);
    let (Some(code), Some(since_epoch)) = (number(code), at.checked_add(EPOCH)) else {
        return Ok(None);
    };
    let step = since_epoch.div_euclid(STEP);
    // HMAC with SHA-1 is what apps know, and is not broken with it.
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let mut found = None;
    // All three, whichever it is.
    for step in step - 1..=step + 1 {
        if let Ok(counter) = u64::try_from(step)
            && code_of(&key, counter) == code
        {
            found = Some(step);
        }
    }
    Ok(found)
}

/// Bytes in base32 without padding, as apps want their secret.
#[pg_extern(strict, immutable, parallel_safe)]
fn base32(bytes: &[u8]) -> Result<String> {
    if bytes.len() > MAX_SECRET {
        return Err(invalid(
            format!("secret is longer than {MAX_SECRET} bytes"),
            "Use 20 random bytes.",
        ));
    }
    Ok(BASE32_NOPAD.encode(bytes))
}

/// Six digits as a number.
fn number(code: &str) -> Option<u32> {
    (code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| code.parse().ok())
        .flatten()
}

/// RFC 4226, section 5.3.
fn code_of(key: &hmac::Key, counter: u64) -> u32 {
    let tag = hmac::sign(key, &counter.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag[tag.len() - 1] & 0x0f);
    let bytes = [
        tag[offset] & 0x7f,
        tag[offset + 1],
        tag[offset + 2],
        tag[offset + 3],
    ];
    u32::from_be_bytes(bytes) % 1_000_000
}
