//! Sends one notification and says what its answer means.

mod address_filter;
mod answer;
mod cut;
mod email;
mod failure;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod golden;
mod guarded;
mod outcome;
mod pagerduty;
mod resolver;
mod slack;
mod sms;
mod teams;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use url::Url;

pub use address_filter::{AddressFilter, Refusal};
pub use outcome::Outcome;

use crate::error::Error;
use crate::notification::Notification;
use crate::secrets::{SecretError, Secrets};
use crate::template::{Message, Templates};
use email::Mailer;
use guarded::Guarded;
use resolver::FilteringResolver;

/// What senders need to know.
#[derive(Clone, Debug)]
pub struct ChannelSettings {
    /// Where secrets are.
    pub secrets: Secrets,
    /// Which addresses may be sent to.
    pub filter: AddressFilter,
    /// Longest time of one attempt, from reading the secret to the end of the answer.
    pub deadline: Duration,
    /// Longest time to connect, name lookup included.
    pub connect_timeout: Duration,
    /// Where people reach the API: links in messages begin so. Without it messages have no links.
    pub public_url: Option<Url>,
}

/// Sends to channels of every kind.
#[derive(Debug)]
pub struct Channels {
    http: Guarded,
    mailer: Mailer,
    templates: Templates,
    secrets: Secrets,
    deadline: Duration,
    public_url: Option<Url>,
}

impl Channels {
    /// Senders with their own pool of connections.
    ///
    /// # Errors
    /// When the http client or its TLS settings cannot be set up, or a built-in template is broken.
    pub fn new(settings: ChannelSettings) -> Result<Self, Error> {
        let filter = Arc::new(settings.filter);
        let resolver = FilteringResolver::new(Arc::clone(&filter));
        let tls = crate::tls::client_config(None)?;
        Ok(Self {
            http: Guarded::new(
                tls.clone(),
                filter,
                resolver.clone(),
                settings.connect_timeout,
            )?,
            mailer: Mailer::new(tls, resolver, settings.connect_timeout),
            templates: Templates::new()?,
            secrets: settings.secrets,
            deadline: settings.deadline,
            public_url: settings.public_url,
        })
    }

    /// Makes one attempt. Ends within the deadline and never fails: whatever goes wrong is an outcome.
    pub async fn deliver(&self, notification: &Notification) -> Outcome {
        let until = Instant::now() + self.deadline;
        match timeout_at(until, self.attempt(notification, until)).await {
            Ok(Ok(outcome) | Err(outcome)) => outcome,
            Err(_) => Outcome::retry("no answer before the deadline"),
        }
    }

    /// The outcome is an error when nothing was sent or no answer came; the caller tells no difference.
    async fn attempt(
        &self,
        notification: &Notification,
        until: Instant,
    ) -> Result<Outcome, Outcome> {
        let link = self.link(notification);
        let message = Message::read(notification, link.clone())
            .ok_or(Outcome::permanent("the payload is not valid json"))?;
        let written = self.templates.write(notification, &message);
        let outcome = match notification.kind.as_str() {
            "webhook" => self.send_webhook(notification, &written, until).await,
            "email" => self.send_email(notification, &written).await,
            "slack" => self.send_slack(notification, &written, until).await,
            "teams" => {
                self.send_teams(notification, &message, &written, until)
                    .await
            }
            "pagerduty" => {
                self.send_pagerduty(notification, &message, &written, until)
                    .await
            }
            "sms" => {
                self.send_sms(notification, link.as_deref(), &written, until)
                    .await
            }
            _ => Err(Outcome::permanent(
                "this worker does not know the channel's kind; upgrade it",
            )),
        };
        outcome.map(|outcome| outcome.remarking(written.problem))
    }

    /// The link that acknowledges the incident, or gives the account a new password, when there is a token and somewhere
    /// to take it.
    fn link(&self, notification: &Notification) -> Option<String> {
        let token = notification.link_token.as_deref()?;
        let page = match notification.purpose.as_str() {
            "account" => "set_password_page",
            _ => "acknowledge_link",
        };
        let mut link = self.public_url.clone()?;
        link.path_segments_mut()
            .ok()?
            .pop_if_empty()
            .extend(["rpc", page]);
        link.query_pairs_mut().clear().append_pair("token", token);
        Some(link.into())
    }
}

/// The settings of the channel as its kind reads them.
fn settings<'a, T: serde::Deserialize<'a>>(notification: &'a Notification) -> Result<T, Outcome> {
    serde_json::from_str(&notification.config)
        .map_err(|_| Outcome::permanent("the channel's settings do not fit its kind"))
}

impl From<SecretError> for Outcome {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::Unreadable(..) => Self::retry(error.to_string()),
            SecretError::None
            | SecretError::Name
            | SecretError::Missing(_)
            | SecretError::NoText(_)
            | SecretError::Malformed(_) => Self::permanent(error.to_string()),
        }
    }
}
