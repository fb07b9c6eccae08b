//! What a notification tells, as templates and senders see it.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::notification::Notification;

/// The payload, with every text in it made safe to stand on one line.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    #[serde(rename = "type")]
    kind: Value,
    timestamp: Value,
    data: Value,
    links: Links,
    /// Zone of the recipient, for times.
    time_zone: String,
}

/// One of them at most, as the purpose has it.
#[derive(Clone, Debug, Serialize)]
struct Links {
    acknowledge: Option<String>,
    set_password: Option<String>,
}

impl Message {
    /// None when the payload is not JSON.
    pub fn read(notification: &Notification, link: Option<String>) -> Option<Self> {
        let mut payload: Value = serde_json::from_str(&notification.payload).ok()?;
        make_plain(&mut payload);
        let mut take = |key: &str| payload.get_mut(key).map(Value::take).unwrap_or_default();
        let data = take("data");
        // The link is added to a cut SMS by its sender, whole.
        let link = link.filter(|_| notification.kind != "sms");
        let (acknowledge, set_password) = match notification.purpose.as_str() {
            "account" => (None, link),
            _ => (link, None),
        };
        Some(Self {
            kind: take("type"),
            timestamp: take("timestamp"),
            links: Links {
                acknowledge,
                set_password,
            },
            time_zone: text(&data["recipient"]["time_zone"]).to_owned(),
            data,
        })
    }

    /// The payload's type, such as `incident.triggered`.
    pub fn kind(&self) -> &str {
        text(&self.kind)
    }

    /// When it happened, as the payload writes it.
    pub fn timestamp(&self) -> &str {
        text(&self.timestamp)
    }

    /// What happened.
    pub fn data(&self) -> &Value {
        &self.data
    }

    /// A text of `data`; empty when there is none.
    pub fn text(&self, key: &str) -> &str {
        text(&self.data[key])
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Device names and the like come from outside. Control characters could end a header, a line or a message; marks that
/// turn the direction of text could make one name look like another.
fn make_plain(value: &mut Value) {
    match value {
        Value::String(text) => *text = plain(text),
        Value::Array(items) => items.iter_mut().for_each(make_plain),
        Value::Object(fields) => {
            let old = std::mem::take(fields);
            *fields = old
                .into_iter()
                .map(|(key, mut value)| {
                    make_plain(&mut value);
                    (plain(&key), value)
                })
                .collect::<Map<_, _>>();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn plain(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars()
        .filter(|c| !turns(*c))
        .map(|c| if breaks(c) { ' ' } else { c })
        .collect()
}
