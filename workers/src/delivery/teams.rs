//! Workflows of Microsoft Teams: one Adaptive Card.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::answer::{Accepted, Answer};
use super::cut::{cut, pieces};
use super::{Channels, Outcome};
use crate::notification::Notification;
use crate::template::{Medium, Message, Written};

/// Teams takes about 28 KB and has been seen to refuse 21 KB.
const LARGEST: usize = 20 * 1024;
/// So that the first item alone always fits.
const LONGEST_TITLE: usize = 500;
const LONGEST_TEXT: usize = 3000;

impl Channels {
    /// The secret is the workflow's URL itself, which carries its signature.
    pub(super) async fn send_teams(
        &self,
        notification: &Notification,
        message: &Message,
        written: &Written,
        until: Instant,
    ) -> Result<Outcome, Outcome> {
        let url = self
            .secrets
            .text(notification.secret_ref.as_deref())
            .await?;
        let request = self
            .http
            .post(url.reveal(), notification.allow_http)?
            .header("content-type", "application/json; charset=utf-8")
            .body(card(message, written));
        Ok(judge(&self.http.send(request, until).await?))
    }
}

/// 202 says that the workflow has it. The connectors of old answer 200 and put throttling into the body.
pub(super) fn judge(answer: &Answer) -> Outcome {
    match answer.judged(Accepted::Only(&[200, 202])) {
        Outcome::Delivered { .. } if answer.text().contains("HTTP error 429") => {
            answer.retry("too many messages, said the body")
        }
        outcome => outcome,
    }
}

/// The message with its card. Items at the end are left out until it is small enough; the first says what it is about.
pub(super) fn card(message: &Message, written: &Written) -> String {
    let title = Medium::Teams.escape(&cut(&written.subject, LONGEST_TITLE));
    let mut items = vec![json!({
        "type": "TextBlock", "text": title, "size": "Large", "weight": "Bolder", "wrap": true,
        "color": colour(message),
    })];
    if !written.facts.is_empty() {
        let facts: Vec<Value> = written
            .facts
            .iter()
            .map(|fact| {
                json!({
                    "title": Medium::Teams.escape(&fact.name),
                    "value": Medium::Teams.escape(&fact.value),
                })
            })
            .collect();
        items.push(json!({"type": "FactSet", "facts": facts}));
    }
    items.extend(
        pieces(&written.body, LONGEST_TEXT)
            .iter()
            // One line break is none in Markdown.
            .map(|text| json!({"type": "TextBlock", "text": text.replace('\n', "\n\n"), "wrap": true})),
    );
    loop {
        let text = envelope(&items).to_string();
        if text.len() <= LARGEST || items.len() == 1 {
            return text;
        }
        items.pop();
    }
}

fn envelope(items: &[Value]) -> Value {
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.2",
                "msteams": {"width": "full"},
                "body": items,
            },
        }],
    })
}

/// Cards know colours by name only.
fn colour(message: &Message) -> &'static str {
    match (message.kind(), message.text("severity")) {
        ("incident.resolved" | "incident.acknowledged", _) => "Good",
        (_, "critical" | "high") => "Attention",
        (_, "medium") => "Warning",
        _ => "Default",
    }
}

#[cfg(test)]
mod tests;
