//! The services that a receiver stands in for: what they take, and how they answer.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::Fault;

/// Which service a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Webhook,
    Slack,
    Teams,
    PagerDuty,
    Sms,
}

impl Service {
    pub(super) fn at(path: &str) -> Self {
        match path.split('/').nth(1) {
            Some("slack") => Self::Slack,
            Some("teams") => Self::Teams,
            Some("pagerduty") => Self::PagerDuty,
            Some("sms") => Self::Sms,
            _ => Self::Webhook,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::PagerDuty => "pagerduty",
            Self::Sms => "sms",
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::PagerDuty | Self::Sms => "application/json",
            Self::Webhook | Self::Slack | Self::Teams => "text/plain",
        }
    }

    /// Whether the service would take it, by the rules that matter to a sender.
    pub(super) fn takes(self, path: &str, headers: &HeaderMap, body: &[u8]) -> bool {
        let json: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |value: &Value, most: usize| {
            value
                .as_str()
                .is_some_and(|text| !text.is_empty() && text.encode_utf16().count() <= most)
        };
        match self {
            Self::Webhook => false,
            Self::Slack => {
                let blocks = json["blocks"].as_array();
                text(&json["text"], 40_000) && blocks.is_none_or(|blocks| blocks.len() <= 50)
            }
            Self::Teams => {
                let card = &json["attachments"][0];
                body.len() <= 28 * 1024
                    && json["type"] == "message"
                    && card["contentType"] == "application/vnd.microsoft.card.adaptive"
                    && card["content"]["body"].is_array()
            }
            Self::PagerDuty => {
                let trigger = json["event_action"] == "trigger";
                let known = trigger
                    || json["event_action"] == "acknowledge"
                    || json["event_action"] == "resolve";
                let payload = &json["payload"];
                known
                    && text(&json["routing_key"], 32)
                    && text(&json["dedup_key"], 255)
                    && (!trigger
                        || (text(&payload["summary"], 1024)
                            && text(&payload["source"], 1024)
                            && matches!(
                                payload["severity"].as_str(),
                                Some("critical" | "error" | "warning" | "info")
                            )))
            }
            Self::Sms => {
                let field = |name: &str| {
                    form_urlencoded::parse(body)
                        .find(|(key, _)| key == name)
                        .map(|(_, value)| value.into_owned())
                };
                path.ends_with("/Messages.json")
                    && headers.contains_key(AUTHORIZATION)
                    && field("To").is_some_and(|to| to.starts_with('+'))
                    && field("From").or(field("MessagingServiceSid")).is_some()
                    && field("Body")
                        .is_some_and(|text| (1..=1600).contains(&text.encode_utf16().count()))
            }
        }
    }

    /// Status and body as the service would answer.
    pub(super) fn answer(self, taken: bool, fault: Fault, body: &[u8]) -> (StatusCode, String) {
        match fault {
            Fault::Error => return (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
            Fault::Throttle if self == Self::Sms => {
                let code = json!({"code": 20429, "message": "Too Many Requests"});
                return (StatusCode::TOO_MANY_REQUESTS, code.to_string());
            }
            Fault::Throttle => return (StatusCode::TOO_MANY_REQUESTS, String::new()),
            Fault::Hang => return (StatusCode::GATEWAY_TIMEOUT, String::new()),
            Fault::None | Fault::Slow => {}
        }
        match (self, taken) {
            (Self::Webhook, true) => (StatusCode::NO_CONTENT, String::new()),
            (Self::Webhook, false) => (StatusCode::UNAUTHORIZED, String::new()),
            (Self::Slack, true) => (StatusCode::OK, "ok".to_owned()),
            (Self::Slack, false) => (StatusCode::BAD_REQUEST, "invalid_payload".to_owned()),
            // Workflows answer before they look.
            (Self::Teams, _) => (StatusCode::ACCEPTED, String::new()),
            (Self::PagerDuty, true) => {
                let event: Value = serde_json::from_slice(body).unwrap_or_default();
                let answer = json!({
                    "status": "success", "message": "Event processed", "dedup_key": event["dedup_key"],
                });
                (StatusCode::ACCEPTED, answer.to_string())
            }
            (Self::PagerDuty, false) => {
                let answer =
                    json!({"status": "invalid event", "message": "Event object is invalid"});
                (StatusCode::BAD_REQUEST, answer.to_string())
            }
            (Self::Sms, true) => {
                let answer =
                    json!({"sid": "SM00000000000000000000000000000000", "status": "queued"});
                (StatusCode::CREATED, answer.to_string())
            }
            (Self::Sms, false) => {
                let answer = json!({"code": 21211, "message": "Invalid 'To' Phone Number"});
                (StatusCode::BAD_REQUEST, answer.to_string())
            }
        }
    }
}
