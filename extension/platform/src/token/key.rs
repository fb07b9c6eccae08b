//! The key that signs, from its file, and public keys as JSON Web Keys (RFC 7517, RFC 8037).

use crate::error::{Result, invalid};
use crate::key_file::{KeyCache, KeyFile};
use crate::pg::{Json, signing_key_file};
use data_encoding::BASE64URL_NOPAD;
use ring::digest;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, Signature, UnparsedPublicKey};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;
use serde_json::Value;
use std::rc::Rc;
use zeroize::Zeroize;

const FILE: KeyFile = KeyFile {
    name: "signing key",
    setting: "vigil_platform.signing_key_file",
};

thread_local! {
    static CACHE: KeyCache<SigningKey> = const { KeyCache::new() };
}

/// The private key, and what every token begins with.
pub(super) struct SigningKey {
    pair: Ed25519KeyPair,
    id: String,
    x: String,
    header: String,
}

impl SigningKey {
    /// The key in the file that the setting names.
    pub(super) fn current() -> Result<Rc<Self>> {
        CACHE.with(|cache| FILE.key(cache, signing_key_file(), Self::parse))
    }

    /// From PKCS#8 in PEM, as `openssl genpkey -algorithm ed25519` writes it.
    fn parse(pem: &[u8]) -> Option<Self> {
        let mut der = PrivatePkcs8KeyDer::from_pem_slice(pem).ok()?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der());
        der.zeroize();
        let pair = pair.ok()?;
        let x = BASE64URL_NOPAD.encode(pair.public_key().as_ref());
        let id = thumbprint(&x);
        let header = format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"{id}"}}"#);
        let header = BASE64URL_NOPAD.encode(header.as_bytes());
        Some(Self {
            pair,
            id,
            x,
            header,
        })
    }

    /// The encoded header of its tokens.
    pub(super) fn header(&self) -> &str {
        &self.header
    }

    pub(super) fn sign(&self, message: &[u8]) -> Signature {
        self.pair.sign(message)
    }

    /// The public half.
    pub(super) fn jwk(&self) -> String {
        let Self { id, x, .. } = self;
        format!(
            r#"{{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","kid":"{id}","x":"{x}"}}"#
        )
    }
}

/// RFC 7638: the hash of the required members in the order of their names.
fn thumbprint(x: &str) -> String {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    BASE64URL_NOPAD.encode(digest::digest(&digest::SHA256, members.as_bytes()).as_ref())
}

/// A key that may have signed.
pub(super) struct PublicKey {
    id: Option<String>,
    key: UnparsedPublicKey<Vec<u8>>,
}

impl PublicKey {
    /// The Ed25519 keys of a key set or an array of keys; keys of other kinds are passed over.
    ///
    /// # Errors
    /// 22023 for what is neither.
    pub(super) fn set(json: Json<'_>) -> Result<Vec<Self>> {
        let value: Option<Value> = serde_json::from_str(json.text()).ok();
        let keys = value
            .as_ref()
            .and_then(|value| value.get("keys").unwrap_or(value).as_array());
        let keys = keys.ok_or_else(|| {
            invalid(
                "keys are neither a key set nor an array of keys",
                "Pass '{\"keys\": [...]}' or '[...]' of JSON Web Keys.",
            )
        })?;
        Ok(keys.iter().filter_map(Self::parse).collect())
    }

    fn parse(jwk: &Value) -> Option<Self> {
        let text = |name| jwk.get(name).and_then(Value::as_str);
        let is_ed25519 = text("kty") == Some("OKP") && text("crv") == Some("Ed25519");
        let is_for_signatures = text("use").is_none_or(|value| value == "sig")
            && text("alg").is_none_or(|value| value == "EdDSA");
        let x = BASE64URL_NOPAD.decode(text("x")?.as_bytes()).ok()?;
        (is_ed25519 && is_for_signatures).then(|| Self {
            id: text("kid").map(str::to_owned),
            key: UnparsedPublicKey::new(&ED25519, x),
        })
    }

    /// Whether a token of this key id may be by this key.
    pub(super) fn may_be(&self, id: Option<&str>) -> bool {
        match (&self.id, id) {
            (Some(own), Some(id)) => own == id,
            _ => true,
        }
    }

    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.verify(message, signature).is_ok()
    }
}
