//! SMS by Twilio's Messages API.

mod segments;

use serde::Deserialize;
use tokio::time::Instant;
use url::form_urlencoded;

use super::answer::{Accepted, Answer};
use super::{Channels, Outcome, settings};
use crate::notification::Notification;
use crate::secrets::Secret;
use crate::template::Written;
pub(super) use segments::fitted;

const ENDPOINT: &str = "https://api.twilio.com";
/// A page that arrives hours late is worse than none: somebody else has long been told.
const VALIDITY_SECONDS: u32 = 900;

/// Settings of a channel of this kind.
#[derive(Deserialize)]
struct Settings {
    account_sid: String,
    from: Option<String>,
    messaging_service_sid: Option<String>,
    endpoint: Option<String>,
    to: Option<Vec<String>>,
    validity_seconds: Option<u32>,
}

impl Channels {
    /// The secret is the account's token. Twilio has no key against duplicates: when no answer comes, the message is
    /// sent again, since two messages are better than none.
    pub(super) async fn send_sms(
        &self,
        notification: &Notification,
        link: Option<&str>,
        written: &Written,
        until: Instant,
    ) -> Result<Outcome, Outcome> {
        let settings: Settings = settings(notification)?;
        let recipients = match (&notification.address, &settings.to) {
            (Some(address), _) => std::slice::from_ref(address),
            (None, Some(to)) if !to.is_empty() => to.as_slice(),
            _ => {
                return Err(Outcome::permanent(
                    "nobody to send to; set the channel's to",
                ));
            }
        };
        let url = endpoint_of(&settings)?;
        let token = self
            .secrets
            .text(notification.secret_ref.as_deref())
            .await?;
        let text = fitted(&written.body, link);
        let mut outcomes = Vec::new();
        for recipient in recipients {
            let outcome = self
                .send_one(
                    notification,
                    &settings,
                    &url,
                    &token,
                    recipient,
                    &text,
                    until,
                )
                .await;
            outcomes.push(outcome.unwrap_or_else(|outcome| outcome));
        }
        Ok(together(outcomes))
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one recipient's share of a message"
    )]
    async fn send_one(
        &self,
        notification: &Notification,
        settings: &Settings,
        url: &str,
        token: &Secret,
        recipient: &str,
        text: &str,
        until: Instant,
    ) -> Result<Outcome, Outcome> {
        let request = self
            .http
            .post(url, notification.allow_http)?
            .basic_auth(&settings.account_sid, Some(token.reveal()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form(settings, recipient, text)?);
        Ok(judge(&self.http.send(request, until).await?))
    }
}

/// The account's list of messages. The account is a part of the path, so it must be no more than a name.
fn endpoint_of(settings: &Settings) -> Result<String, Outcome> {
    let account = &settings.account_sid;
    if account.is_empty() || !account.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Outcome::permanent("the channel's account_sid is not valid"));
    }
    let base = settings.endpoint.as_deref().unwrap_or(ENDPOINT);
    let base = base.trim_end_matches('/');
    Ok(format!(
        "{base}/2010-04-01/Accounts/{account}/Messages.json"
    ))
}

fn form(settings: &Settings, recipient: &str, text: &str) -> Result<String, Outcome> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("To", recipient);
    match (&settings.messaging_service_sid, &settings.from) {
        (Some(service), _) => form.append_pair("MessagingServiceSid", service),
        (None, Some(from)) => form.append_pair("From", from),
        (None, None) => {
            return Err(Outcome::permanent(
                "the channel has neither from nor messaging_service_sid",
            ));
        }
    };
    let validity = settings.validity_seconds.unwrap_or(VALIDITY_SECONDS);
    form.append_pair("ValidityPeriod", &validity.clamp(1, 36_000).to_string());
    form.append_pair("Body", text);
    Ok(form.finish())
}

/// 201 alone is success. What else it is stands in the body as a number.
pub(super) fn judge(answer: &Answer) -> Outcome {
    #[derive(Deserialize)]
    struct Body {
        code: u32,
    }
    let outcome = answer.judged(Accepted::Only(&[201]));
    let Ok(Body { code }) = serde_json::from_slice(&answer.body) else {
        return outcome;
    };
    let meaning = match code {
        20003 => "the account or its token is wrong",
        20429 => "too many requests, none of them was processed",
        21211 => "the recipient is not a telephone number",
        21408 => "the account may not send to that country",
        21610 => "the recipient has opted out",
        21611 => "the sender's queue is full",
        21614 => "the recipient is not a mobile number",
        _ => "",
    };
    let why = match meaning {
        "" => format!("Twilio's code {code}"),
        meaning => format!("Twilio's code {code}: {meaning}"),
    };
    match outcome {
        Outcome::Delivered { .. } => outcome,
        _ if matches!(code, 20429 | 21611) => answer.retry(&why),
        Outcome::Retry { .. } => answer.retry(&why),
        Outcome::Permanent { .. } => answer.permanent(&why),
        Outcome::Gone { .. } => answer.gone(&why),
    }
}

/// One outcome of several recipients: another attempt while one of them may still be reached, at the price of telling
/// the others twice; otherwise delivered when anybody was.
fn together(outcomes: Vec<Outcome>) -> Outcome {
    let (all, mut refused, mut taken) = (outcomes.len(), None, None);
    for outcome in outcomes {
        match outcome {
            Outcome::Retry { .. } => return outcome,
            Outcome::Delivered { .. } => taken = Some(outcome),
            Outcome::Permanent { .. } | Outcome::Gone { .. } => refused = Some(outcome),
        }
    }
    match (taken, refused) {
        (Some(taken), None) => taken,
        (Some(taken), Some(refused)) => {
            let why = refused.detail().unwrap_or_default();
            taken.remarking(Some(format!("not all of {all} recipients: {why}")))
        }
        (None, Some(refused)) => refused,
        (None, None) => Outcome::permanent("nobody to send to; set the channel's to"),
    }
}

#[cfg(test)]
mod tests;
