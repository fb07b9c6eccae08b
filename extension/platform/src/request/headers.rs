//! The headers of the current request.

use super::{Refusal, is_visible};
use crate::pg::random_uuid;
use serde_json::{Map, Value};

/// A request is one or the other's.
pub(super) const TOKEN_BESIDE_KEY: Refusal = Refusal {
    code: "PT400",
    message: "the request has both a token and an API key",
    hint: "Send Authorization or X-API-Key.",
};

const BAD_CORRELATION_ID: Refusal = Refusal {
    code: "PT400",
    message: "the X-Correlation-ID is not valid",
    hint: "Send 1 to 128 visible ASCII characters, or leave the header out and take the one of the answer.",
};

/// An estimate is what the planner believes, and that it has from everybody's rows.
const ESTIMATED_COUNT: Refusal = Refusal {
    code: "PT400",
    message: "rows are not counted by estimate",
    hint: "Send Prefer: count=exact, or leave it out.",
};

/// By names in lower case, as PostgREST gives them.
pub(super) struct Headers(Map<String, Value>);

impl Headers {
    pub(super) fn read(text: Option<&str>) -> Self {
        Self(
            text.and_then(|text| serde_json::from_str(text).ok())
                .unwrap_or_default(),
        )
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    pub(super) fn has_api_key(&self) -> bool {
        self.get("x-api-key").is_some()
    }

    /// What the request wants to be known by, or else a new UUID (RFC 9562, version 4).
    pub(super) fn correlation_id(&self) -> Result<String, Refusal> {
        match self.get("x-correlation-id") {
            None => Ok(random_uuid()),
            Some(id) if is_visible(id, 1..=128) => Ok(id.to_owned()),
            Some(_) => Err(BAD_CORRELATION_ID),
        }
    }

    pub(super) fn refusal(&self) -> Option<Refusal> {
        let wanted = self.get("prefer")?.to_ascii_lowercase();
        let counts = wanted
            .split("count")
            .skip(1)
            .filter_map(|after| after.trim_start_matches(' ').strip_prefix('='));
        counts
            .map(|method| method.trim_start_matches(' '))
            .any(|method| method.starts_with("planned") || method.starts_with("estimated"))
            .then_some(ESTIMATED_COUNT)
    }
}
