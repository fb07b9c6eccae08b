//! Signed tokens: JSON Web Tokens (RFC 7519) with Ed25519 (RFC 8032, RFC 8037).

mod key;

use crate::error::{Result, invalid};
use crate::pg::{Json, JsonText};
use data_encoding::BASE64URL_NOPAD;
use key::{PublicKey, SigningKey};
use pgrx::pg_extern;
use serde::de::IgnoredAny;
use serde_json::Value;

/// Signs claims.
#[pg_extern(strict, volatile, parallel_restricted)]
fn sign_token(claims: Json<'_>) -> Result<String> {
    let claims = claims.text();
    if !claims.starts_with('{') {
        return Err(invalid(
            "claims are not an object",
            "Pass names and values, as in '{\"sub\": \"somebody\"}'.",
        ));
    }
    let key = SigningKey::current()?;
    let mut token = format!(
        "{}.{}",
        key.header(),
        BASE64URL_NOPAD.encode(claims.as_bytes())
    );
    let signature = key.sign(token.as_bytes());
    token.push('.');
    BASE64URL_NOPAD.encode_append(signature.as_ref(), &mut token);
    Ok(token)
}

/// The public half of the key that signs, as a JSON Web Key.
#[pg_extern(strict, volatile, parallel_restricted)]
fn signing_public_key() -> Result<JsonText> {
    Ok(JsonText(SigningKey::current()?.jwk()))
}

/// The claims of a token that one of the keys has signed.
#[pg_extern(strict, immutable, parallel_safe)]
fn verify_token(token: &str, keys: Json<'_>) -> Result<Option<JsonText>> {
    let keys = PublicKey::set(keys)?;
    Ok(verified(token, &keys).map(JsonText))
}

/// What a token says, if it is one and its signature is of one of the keys.
fn verified(token: &str, keys: &[PublicKey]) -> Option<String> {
    let (message, signature) = token.rsplit_once('.')?;
    let (header, claims) = message.split_once('.')?;
    let header: Value = serde_json::from_slice(&decoded(header)?).ok()?;
    // Extensions that have to be understood are not.
    if header.get("alg")?.as_str()? != "EdDSA" || header.get("crit").is_some() {
        return None;
    }
    let id = header.get("kid").and_then(Value::as_str);
    let signature = decoded(signature)?;
    keys.iter()
        .filter(|key| key.may_be(id))
        .find(|key| key.has_signed(message.as_bytes(), &signature))?;
    let claims = String::from_utf8(decoded(claims)?).ok()?;
    // Numbers may be larger than Rust's.
    serde_json::from_str::<IgnoredAny>(&claims).ok()?;
    claims.trim_ascii_start().starts_with('{').then_some(claims)
}

fn decoded(part: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(part.as_bytes()).ok()
}
