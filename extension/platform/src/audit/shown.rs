//! Values as the audit trail shows them: neither secrets nor bulk.

use data_encoding::HEXLOWER;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Longer ones are known by their length and hash.
const MAX_BYTES: usize = 2000;
/// What lies deeper in an object is not looked at, and not shown.
const MAX_DEPTH: usize = 16;
const MASK: &str = "\"***\"";

/// Parts of the names, in lower case and without underscores, of members that hold secrets.
const SECRET: [&str; 8] = [
    "passw",
    "secret",
    "token",
    "credential",
    "authorization",
    "cookie",
    "privatekey",
    "apikey",
];

/// A column's value.
pub(super) fn shown(value: &RawValue, is_masked: bool) -> Cow<'_, str> {
    let text = value.get();
    if text == "null" {
        Cow::Borrowed(text)
    } else if is_masked {
        Cow::Borrowed(MASK)
    } else if text.len() > MAX_BYTES {
        Cow::Owned(fingerprint(text))
    } else {
        without_secrets_in(text)
    }
}

/// Length and hash, as JSON text.
fn fingerprint(text: &str) -> String {
    let hash = HEXLOWER.encode(&Sha256::digest(without_secrets_in(text).as_bytes()));
    format!("\"{} bytes, SHA-256 {hash}\"", text.len())
}

/// JSON text in which members with names of secrets are masked.
pub(super) fn without_secrets_in(text: &str) -> Cow<'_, str> {
    masked(text, 0)
}

fn masked(text: &str, depth: usize) -> Cow<'_, str> {
    let is_object = text.starts_with('{');
    if !(is_object || text.starts_with('[')) || depth == 0 && !may_have_secrets(text) {
        return Cow::Borrowed(text);
    }
    if depth > MAX_DEPTH {
        return Cow::Borrowed(MASK);
    }
    let inner = |value: &RawValue| masked(value.get(), depth + 1).into_owned();
    let made = if is_object {
        serde_json::from_str::<BTreeMap<String, &RawValue>>(text).map(|members| {
            let members: Vec<_> = members
                .iter()
                .map(|(name, value)| {
                    let hides = value.get() != "null" && is_secret(name);
                    let value = if hides { MASK.to_owned() } else { inner(value) };
                    (name.as_str(), Cow::Owned(value))
                })
                .collect();
            object(&members)
        })
    } else {
        serde_json::from_str::<Vec<&RawValue>>(text).map(|values| {
            let values: Vec<_> = values.into_iter().map(inner).collect();
            format!("[{}]", values.join(", "))
        })
    };
    // What is no JSON may hold anything.
    made.map_or(Cow::Borrowed(MASK), Cow::Owned)
}

fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    name == "key" || {
        let name = name.replace('_', "");
        SECRET.iter().any(|part| name.contains(part))
    }
}

/// Almost nothing has one, and then need not be taken apart.
fn may_have_secrets(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("key") || SECRET.iter().any(|part| text.contains(part))
}

/// The text of an object.
pub(super) fn object(members: &[(&str, Cow<'_, str>)]) -> String {
    let mut text = String::from("{");
    for (number, (name, value)) in members.iter().enumerate() {
        if number > 0 {
            text.push_str(", ");
        }
        text.push_str(&serde_json::Value::from(*name).to_string());
        text.push_str(": ");
        text.push_str(value);
    }
    text.push('}');
    text
}
