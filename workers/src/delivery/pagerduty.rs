//! PagerDuty's Events API v2.

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::answer::{Accepted, Answer};
use super::cut::cut;
use super::{Channels, Outcome, settings};
use crate::notification::Notification;
use crate::template::{Message, Written};

const ENDPOINT: &str = "https://events.pagerduty.com/v2/enqueue";
/// PagerDuty refuses events beyond these.
const LONGEST_SUMMARY: usize = 1024;
const LONGEST_KEY: usize = 255;
/// PagerDuty takes 512 KB; a payload has at most 20 KB, so this is only met by one that did not come from SQL.
const LARGEST_DETAILS: usize = 100 * 1024;

/// Settings of a channel of this kind.
#[derive(Deserialize)]
struct Settings {
    endpoint: Option<String>,
}

impl Channels {
    /// The secret is the integration's routing key.
    pub(super) async fn send_pagerduty(
        &self,
        notification: &Notification,
        message: &Message,
        written: &Written,
        until: Instant,
    ) -> Result<Outcome, Outcome> {
        let settings: Settings = settings(notification)?;
        let endpoint = settings.endpoint.as_deref().unwrap_or(ENDPOINT);
        let request = self.http.post(endpoint, notification.allow_http)?;
        let mut event = event(notification, message, written);
        let routing_key = self
            .secrets
            .text(notification.secret_ref.as_deref())
            .await?;
        event["routing_key"] = routing_key.reveal().into();
        if let Some(url) = &self.public_url {
            event["client_url"] = url.as_str().into();
        }
        let request = request
            .header("content-type", "application/json")
            .body(event.to_string());
        Ok(judge(&self.http.send(request, until).await?))
    }
}

/// 202 alone is success.
pub(super) fn judge(answer: &Answer) -> Outcome {
    answer.judged(Accepted::Only(&[202]))
}

/// The event without its routing key. All that concerns an incident has the same key: PagerDuty makes one alert of it,
/// and drops duplicates. What concerns none is an alert of its own for information.
pub(super) fn event(notification: &Notification, message: &Message, written: &Written) -> Value {
    let about_incident = matches!(
        notification.purpose.as_str(),
        "page" | "update" | "remind" | "acknowledge" | "resolve"
    );
    let thread = notification
        .thread_id
        .as_deref()
        .filter(|_| about_incident)
        .unwrap_or(&notification.message_id);
    let action = match notification.purpose.as_str() {
        "acknowledge" => "acknowledge",
        "resolve" => "resolve",
        _ => "trigger",
    };
    let mut event = json!({
        "event_action": action,
        "dedup_key": cut(thread, LONGEST_KEY),
        "client": "Vigil",
    });
    if action == "trigger" {
        let severity = match message.text("severity") {
            "critical" if about_incident => "critical",
            "high" if about_incident => "error",
            "medium" if about_incident => "warning",
            _ => "info",
        };
        let source = match message.text("tenant") {
            "" => "vigil",
            tenant => tenant,
        };
        event["payload"] = json!({
            "summary": cut(&written.subject, LONGEST_SUMMARY),
            "source": source,
            "severity": severity,
            "custom_details": details(message, written),
        });
        if !message.timestamp().is_empty() {
            event["payload"]["timestamp"] = message.timestamp().into();
        }
    }
    event
}

/// The text as people read it, and what happened as programs do.
fn details(message: &Message, written: &Written) -> Value {
    let details = json!({"text": written.body, "data": message.data()});
    if details.to_string().len() <= LARGEST_DETAILS {
        return details;
    }
    json!({"text": cut(&written.body, LARGEST_DETAILS / 8)})
}

#[cfg(test)]
mod tests;
