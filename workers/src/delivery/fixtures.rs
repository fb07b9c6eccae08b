//! Notifications as SQL makes them, for tests.

use serde_json::{Value, json};

use crate::notification::Notification;
use crate::template::{Message, Templates, Written};

pub(super) const PURPOSES: [&str; 9] = [
    "page",
    "update",
    "acknowledge",
    "resolve",
    "remind",
    "note",
    "test",
    "handoff",
    "account",
];
pub(super) const LINK: &str = "https://vigil.example.com/rpc/acknowledge_link?token=t0ken";
const PASSWORD_LINK: &str = "https://vigil.example.com/rpc/set_password_page?token=t0ken";

/// A device whose name is markup everywhere.
const NAME: &str =
    "<b>Pump</b> & *7* `x` <!channel> [a](https://evil.example) _1_ {{ 7 }}\r\nBcc: x";

fn incident(state: &str) -> Value {
    json!({
        "incident_id": 42, "tenant": "acme", "title": format!("2 alerts at hall.7: {NAME}"),
        "severity": "critical", "state": state, "opened_at": "2026-11-28T12:00:00.123456+00:00",
        "alert_count": 2, "open_count": 1, "labels": {"site": "hall.7"}, "policy": "standard", "step": 1, "cycle": 0,
        "acknowledged_by": "Ada", "resolved_by": "Grace",
        "recipient": {"name": "Ada", "language": "en", "time_zone": "Europe/Berlin"},
        "alerts": [
            {"alert_id": 1, "summary": "vibration above its typical range", "severity": "critical", "state": "open",
             "rule": "anomalies", "started_at": "2026-11-28T11:59:00+00:00", "anomaly_id": 9, "score": 0.97,
             "device": {"id": "p-7", "name": NAME, "model": "P100", "site": "hall.7"},
             "explanation": [{"feature": "vibration mean 5m", "direction": "above", "value": 7.5, "contribution": 1.2}]},
            {"alert_id": 2, "summary": "temperature over 80", "severity": "high", "state": "ended", "rule": "hot",
             "started_at": "2026-11-28T11:58:00+00:00", "value": 83.1}
        ],
        "also": [{"incident_id": 43, "title": "gateway silent", "severity": "high"}], "also_count": 3
    })
}

pub(super) fn payload(purpose: &str) -> Value {
    let (kind, data) = match purpose {
        "page" => ("incident.triggered", incident("open")),
        "update" => ("incident.updated", incident("open")),
        "acknowledge" => ("incident.acknowledged", incident("acknowledged")),
        "resolve" => ("incident.resolved", incident("resolved")),
        "remind" => ("incident.reminder", incident("acknowledged")),
        "note" => (
            "notifications.suppressed",
            json!({"tenant": "acme", "count": 17, "since": "2026-11-28T11:00:00+00:00", "reasons": {"throttled": 17},
                   "incidents": [{"incident_id": 42, "title": NAME, "severity": "critical", "state": "open"}]}),
        ),
        "test" => (
            "channel.test",
            json!({"tenant": "acme", "channel": "ops", "requested_by": "Ada"}),
        ),
        "account" => (
            "account.invite",
            json!({"tenant_id": 7, "tenant": NAME, "role": "analyst", "invited_by": "Ada", "recipient": {"name": "Grace"}}),
        ),
        _ => (
            "on_call.handoff",
            json!({"tenant": "acme", "schedule": "primary", "at": "2026-11-29T08:00:00+00:00", "goes": "on",
                   "recipient": {"name": "Ada", "language": "en", "time_zone": "Europe/Berlin"}, "on_call": ["Ada", "Grace"]}),
        ),
    };
    json!({"type": kind, "timestamp": "2026-11-28T12:00:01.000Z", "data": data})
}

pub(super) fn notification(kind: &str, purpose: &str, language: &str) -> Notification {
    Notification {
        id: 1,
        attempt: 1,
        message_id: "msg_2mXbVJ7kSQ".to_owned(),
        kind: kind.to_owned(),
        purpose: purpose.to_owned(),
        config: "{}".to_owned(),
        address: None,
        secret_ref: None,
        payload: payload(purpose).to_string(),
        template: None,
        language: language.to_owned(),
        allow_http: false,
        thread_id: Some("vigil/1/incident/42".to_owned()),
        link_token: None,
        age: std::time::Duration::ZERO,
        clock: crate::clock::Clock::of_this_machine(),
    }
}

/// What the notification says and how it is written.
pub(super) fn written(notification: &Notification) -> (Message, Written) {
    let link = match notification.purpose.as_str() {
        "page" | "update" | "remind" => Some(LINK),
        "account" => Some(PASSWORD_LINK),
        _ => None,
    };
    let message = Message::read(notification, link.map(str::to_owned)).expect("json");
    let written = Templates::new()
        .expect("the built-in templates")
        .write(notification, &message);
    (message, written)
}
