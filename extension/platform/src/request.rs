//! What the hook of PostgREST decides about a request without asking a table, in one call each.
//!
//! The hook runs before every request of the API, in a transaction that has prepared nothing: there each expression of SQL
//! costs what a whole function does here.

mod allowance;
mod claims;
mod class;
mod headers;
mod tenant;

use crate::pg::{JsonText, now, set_for_transaction, setting};
use claims::Claims;
use class::Class;
use headers::Headers;
use pgrx::pg_extern;
use serde_json::{Value, json};
use std::ops::RangeInclusive;

/// A reason to refuse a request: PostgREST's SQLSTATE for the HTTP status, a message and a hint.
struct Refusal {
    code: &'static str,
    message: &'static str,
    hint: &'static str,
}

impl Refusal {
    fn json(&self) -> Value {
        json!({"code": self.code, "message": self.message, "hint": self.hint})
    }
}

/// Reads the current request, and says what makes it other than one with a sound token.
#[pg_extern(strict, volatile, parallel_restricted)]
fn open_request(has_claims: bool) -> Option<JsonText> {
    let headers = Headers::read(setting(c"request.headers").as_deref());
    let correlation_id = match headers.correlation_id() {
        Ok(id) => id,
        Err(refusal) => return Some(answer(&refusal.json())),
    };
    set_for_transaction(c"request.correlation_id", &correlation_id);
    set_for_transaction(
        c"response.headers",
        &json!([{"X-Correlation-ID": correlation_id}]).to_string(),
    );
    let class = Class::of_current_request();
    if let Some(refusal) = class.refusal().or_else(|| headers.refusal()) {
        return Some(answer(&refusal.json()));
    }
    let claims = if has_claims {
        setting(c"request.jwt.claims")
    } else {
        None
    };
    let claims = claims.as_deref().and_then(Claims::read);
    match (claims, headers.has_api_key()) {
        (Some(_), true) => Some(answer(&headers::TOKEN_BESIDE_KEY.json())),
        (None, has_key) => Some(answer(
            &json!({"bearer": if has_key { "key" } else { "nobody" }}),
        )),
        (Some(claims), false) => match claims.tenant_at(now_in_seconds()) {
            Ok(tenant_id) => {
                set_for_transaction(c"request.tenant_id", &tenant_id.to_string());
                None
            }
            Err(message) => Some(answer(&claims::refusal(message).json())),
        },
    }
}

/// Whether text is of so many visible ASCII characters.
fn is_visible(text: &str, lengths: RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn answer(value: &Value) -> JsonText {
    JsonText(value.to_string())
}

/// The time of the day, in seconds since 1970.
fn now_in_seconds() -> f64 {
    // Postgres counts from the year 2000.
    now() as f64 / 1e6 + 946_684_800.0
}
