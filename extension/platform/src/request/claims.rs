//! The claims of an access token (RFC 7519), checked by RFC 8725, 3.8 to 3.11.

use super::{Refusal, is_visible};
use serde_json::Value;

const ISSUER: &str = "vigil";
const AUDIENCE: &str = "vigil";
/// In seconds.
const LIFETIME: f64 = 900.0;
/// How far the clock of who signs may be ahead, in seconds.
const SKEW: f64 = 30.0;
const MAX_TENANT: i64 = 999_999_999;

/// What a verified token says.
pub(super) struct Claims(Value);

pub(super) fn refusal(message: &'static str) -> Refusal {
    Refusal {
        code: "PT401",
        message,
        hint: "Get a new token with POST /rpc/login or /rpc/refresh, or with ./dev token during development.",
    }
}

impl Claims {
    /// Nothing for the claims that PostgREST makes up for a request without a token. What is no object has no claim.
    pub(super) fn read(text: &str) -> Option<Self> {
        let claims: Value = serde_json::from_str(text).unwrap_or_default();
        let is_made_up = claims.as_object().is_some_and(|all| {
            all.len() == 1 && all.get("role").is_some_and(|role| role == "anon")
        });
        (!is_made_up).then_some(Self(claims))
    }

    /// The token's tenant, if its claims are as they should be at an instant in seconds since 1970; else what is wrong.
    pub(super) fn tenant_at(&self, now: f64) -> Result<i64, &'static str> {
        let check = |is_so: bool, problem| if is_so { Ok(()) } else { Err(problem) };
        check(
            self.text("iss") == Some(ISSUER),
            "the token was not issued by vigil",
        )?;
        check(self.is_for(AUDIENCE), "the token is not meant for vigil")?;
        check(
            self.text("typ") == Some("access"),
            "the token is not an access token",
        )?;
        let expires = self.number("exp").ok_or("the token has no expiry")?;
        let issued = self
            .number("iat")
            .ok_or("the token does not say when it was issued")?;
        check(expires > now, "the token has expired")?;
        check(issued <= now + SKEW, "the token was issued in the future")?;
        check(expires > issued, "the token ends before it was issued")?;
        check(
            expires - issued <= LIFETIME,
            "the token lives longer than 15 minutes",
        )?;
        if self.0.get("nbf").is_some() {
            let begins = self
                .number("nbf")
                .ok_or("the token does not say from when it is valid")?;
            check(begins <= now, "the token is not valid yet")?;
        }
        check(
            self.text("sub").is_some_and(|sub| !sub.is_empty()),
            "the token has no subject",
        )?;
        check(
            self.text("role")
                .is_some_and(|role| !matches!(role, "" | "anon")),
            "the token has no role",
        )?;
        let tenant_id = self
            .0
            .get("tenant_id")
            .and_then(Value::as_i64)
            .filter(|id| (1..=MAX_TENANT).contains(id))
            .ok_or("the token has no tenant")?;
        check(
            self.text("jti")
                .is_some_and(|jti| is_visible(jti, 16..=128)),
            "the token has no id",
        )?;
        check(
            self.text("sid").is_some_and(is_uuid),
            "the token has no session",
        )?;
        Ok(tenant_id)
    }

    fn text(&self, claim: &str) -> Option<&str> {
        self.0.get(claim)?.as_str()
    }

    fn number(&self, claim: &str) -> Option<f64> {
        self.0.get(claim)?.as_f64()
    }

    /// The audience is one or a list.
    fn is_for(&self, audience: &str) -> bool {
        match self.0.get("aud") {
            Some(Value::Array(all)) => all.iter().any(|one| one == audience),
            Some(one) => one == audience,
            None => false,
        }
    }
}

/// As Postgres writes it: in lower case, with hyphens.
fn is_uuid(id: &str) -> bool {
    id.len() == 36
        && id.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}
