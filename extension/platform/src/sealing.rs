//! Secrets that the database has to read again, kept so that the database's files and dumps do not show them.
//!
//! Sealed bytes are a version, the nonce, and what ChaCha20-Poly1305 (RFC 8439) makes of the plain bytes. The context is
//! authenticated with them, so that what was sealed for one row opens for no other.

use crate::error::{Result, error, invalid};
use crate::key_file::{KeyCache, KeyFile};
use crate::pg::sealing_key_file;
use crate::random;
use data_encoding::BASE64;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgSqlErrorCode, pg_extern};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::rc::Rc;
use zeroize::Zeroizing;

const FILE: KeyFile = KeyFile {
    name: "sealing key",
    setting: "vigil_platform.sealing_key_file",
};

thread_local! {
    static CACHE: KeyCache<LessSafeKey> = const { KeyCache::new() };
}

const VERSION: u8 = 1;
const HEADER: usize = 1 + NONCE_LEN;
const KEY_BYTES: usize = 32;

/// What is sealed is a key or a password, not a file.
const MAX_PLAIN: usize = 64 * 1024;

/// Seals bytes for a context.
#[pg_extern(strict, volatile, parallel_restricted)]
fn seal(plain: &[u8], context: &str) -> Result<Vec<u8>> {
    if plain.len() > MAX_PLAIN {
        return Err(invalid(
            format!("more than {MAX_PLAIN} bytes cannot be sealed"),
            "Seal a key, and encrypt the rest with it.",
        ));
    }
    let key = current_key()?;
    let mut nonce = [0; NONCE_LEN];
    random::fill(&mut nonce)?;
    let mut sealed = Vec::with_capacity(HEADER + plain.len() + CHACHA20_POLY1305.tag_len());
    sealed.push(VERSION);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let tag = key
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(context.as_bytes()),
            &mut sealed[HEADER..],
        )
        .map_err(|_| {
            error(
                PgSqlErrorCode::ERRCODE_INTERNAL_ERROR,
                "sealing failed",
                "This is a fault of vigil_platform.",
            )
        })?;
    sealed.extend_from_slice(tag.as_ref());
    Ok(sealed)
}

/// Opens what was sealed for a context.
#[pg_extern(strict, volatile, parallel_restricted)]
fn unseal(sealed: &[u8], context: &str) -> Result<Vec<u8>> {
    let key = current_key()?;
    let (Some((&VERSION, rest)), true) = (
        sealed.split_first(),
        sealed.len() >= HEADER + CHACHA20_POLY1305.tag_len(),
    ) else {
        return Err(closed());
    };
    let (nonce, sealed) = rest.split_at(NONCE_LEN);
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| closed())?;
    let mut plain = Zeroizing::new(sealed.to_vec());
    let plain = key
        .open_in_place(nonce, Aad::from(context.as_bytes()), &mut plain)
        .map_err(|_| closed())?;
    Ok(plain.to_vec())
}

fn closed() -> ErrorReport {
    invalid(
        "the sealed bytes cannot be opened",
        "They were changed, or sealed for another context or with another key than vigil_platform.sealing_key_file has.",
    )
}

fn current_key() -> Result<Rc<LessSafeKey>> {
    CACHE.with(|cache| FILE.key(cache, sealing_key_file(), parse))
}

/// 32 bytes in base64, on one line.
fn parse(content: &[u8]) -> Option<LessSafeKey> {
    let mut bytes = Zeroizing::new([0; 3 * KEY_BYTES]);
    let text = content.trim_ascii();
    let expected = BASE64.decode_len(text.len()).ok()?;
    let length = BASE64.decode_mut(text, bytes.get_mut(..expected)?).ok()?;
    (length == KEY_BYTES)
        .then(|| UnboundKey::new(&CHACHA20_POLY1305, &bytes[..KEY_BYTES]).ok())
        .flatten()
        .map(LessSafeKey::new)
}
