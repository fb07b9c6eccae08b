//! One claimed notification.

use std::fmt;
use std::time::Duration;

use crate::clock::Clock;

/// A notification this worker has claimed and may send until the lease ends.
#[derive(Clone)]
pub struct Notification {
    /// Key of the row in `alerting.notification`.
    pub id: i64,
    /// Which attempt this claim is, from 1. A settle is refused when the row has moved on to another attempt.
    pub attempt: i32,
    /// Sent as `webhook-id`; the same on every attempt, so that receivers can drop duplicates.
    pub message_id: String,
    /// Kind of the channel; decides which code delivers.
    pub kind: String,
    /// Why it is sent: `page`, `update`, `acknowledge`, `resolve`, `remind`, `note`, `test`,
    /// `handoff` or `account`.
    pub purpose: String,
    /// The channel's settings, a JSON object that each kind reads for itself. May hold a URL with a secret in its path
    /// or query: never logged.
    pub config: String,
    /// The recipient where the channel has several: an email address, a telephone number.
    pub address: Option<String>,
    /// Where the channel's secret is: `env:NAME` or `file:PATH`.
    pub secret_ref: Option<String>,
    /// What happened: the exact text that a webhook gets, and what messages of other kinds are written from.
    pub payload: String,
    /// The channel's own template, a JSON object of `subject`, `body` and `html`; none for the built-in one.
    pub template: Option<String>,
    /// Language of the message: `en` or `de`.
    pub language: String,
    /// Whether the receiver may be reached without TLS.
    pub allow_http: bool,
    /// The same for all messages about one incident.
    pub thread_id: Option<String>,
    /// What the message's link acts with, for whoever has it: acknowledges the incident, or gives the account a new
    /// password. Never logged.
    pub link_token: Option<String>,
    /// Time between the notification's creation and this claim, by the database's clock.
    pub age: Duration,
    /// What time it is by the database.
    pub clock: Clock,
}

/// Leaves out what may hold secrets and personal data: settings, recipient, payload and token.
impl fmt::Debug for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notification")
            .field("id", &self.id)
            .field("attempt", &self.attempt)
            .field("message_id", &self.message_id)
            .finish_non_exhaustive()
    }
}
