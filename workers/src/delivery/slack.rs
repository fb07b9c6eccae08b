//! Slack's incoming webhooks: one message in Block Kit.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::answer::{Accepted, Answer};
use super::cut::{cut, pieces};
use super::{Channels, Outcome};
use crate::notification::Notification;
use crate::template::{Medium, Written};

/// Slack refuses messages beyond these.
const LONGEST_HEADER: usize = 150;
const LONGEST_SECTION: usize = 3000;
const LONGEST_FIELD: usize = 2000;
const MOST_FIELDS: usize = 10;
const MOST_BLOCKS: usize = 50;

impl Channels {
    /// The secret is the webhook's URL itself.
    pub(super) async fn send_slack(
        &self,
        notification: &Notification,
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
            .body(message(written).to_string());
        Ok(judge(&self.http.send(request, until).await?))
    }
}

/// 200 and `ok` alone is success. Slack names what is wrong in the body; only names known here are repeated.
pub(super) fn judge(answer: &Answer) -> Outcome {
    const KNOWN: [&str; 11] = [
        "action_prohibited",
        "channel_is_archived",
        "channel_not_found",
        "invalid_payload",
        "invalid_token",
        "no_active_hooks",
        "no_service",
        "posting_to_general_channel_denied",
        "rollup_error",
        "too_many_attachments",
        "user_not_found",
    ];
    let said = answer.text();
    let known = KNOWN.into_iter().find(|known| said == *known);
    match (answer.judged(Accepted::Only(&[200])), known) {
        (Outcome::Delivered { .. }, _) if said != "ok" => answer.retry("without ok"),
        // The webhook was removed, though the status is only a 404.
        (Outcome::Permanent { .. }, Some(why @ ("no_service" | "no_active_hooks"))) => {
            answer.gone(why)
        }
        (Outcome::Permanent { .. }, Some(why)) => answer.permanent(why),
        (Outcome::Retry { .. }, Some(why)) => answer.retry(why),
        (Outcome::Gone { .. }, Some(why)) => answer.gone(why),
        (outcome, _) => outcome,
    }
}

/// Header, facts and text. `text` is what notifications on a telephone show.
pub(super) fn message(written: &Written) -> Value {
    let mut blocks = vec![json!({
        "type": "header",
        "text": {"type": "plain_text", "text": cut(&written.subject, LONGEST_HEADER), "emoji": false},
    })];
    let fields: Vec<Value> = written
        .facts
        .iter()
        .take(MOST_FIELDS)
        .map(|fact| {
            let name = Medium::Slack.escape(&fact.name);
            let value = Medium::Slack.escape(&fact.value);
            mrkdwn(&shortened(&format!("*{name}*\n{value}"), LONGEST_FIELD))
        })
        .collect();
    if !fields.is_empty() {
        blocks.push(json!({"type": "section", "fields": fields}));
    }
    let lines: Vec<String> = written
        .body
        .lines()
        .map(|line| shortened(line, LONGEST_SECTION))
        .collect();
    let sections = pieces(&lines.join("\n"), LONGEST_SECTION);
    let room = MOST_BLOCKS - blocks.len();
    blocks.extend(
        sections
            .iter()
            .take(room)
            .map(|text| json!({"type": "section", "text": mrkdwn(text)})),
    );
    json!({
        "text": shortened(&Medium::Slack.escape(&written.subject), LONGEST_SECTION),
        "blocks": blocks,
    })
}

/// `verbatim` keeps Slack from making links and mentions of what only looks like some.
fn mrkdwn(text: &str) -> Value {
    json!({"type": "mrkdwn", "text": text, "verbatim": true})
}

/// Cut without leaving half of an entity or of a link, both of which Slack would show as they are.
fn shortened(text: &str, most: usize) -> String {
    let mut short = cut(text, most);
    if short == text {
        return short;
    }
    for (begin, end) in [('<', '>'), ('&', ';')] {
        if let Some(at) = short.rfind(begin)
            && !short[at..].contains(end)
        {
            short.truncate(at);
            short.push('…');
        }
    }
    short
}

#[cfg(test)]
mod tests;
