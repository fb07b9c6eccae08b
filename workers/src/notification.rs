//! One claimed notification.

use std::fmt;
use std::time::Duration;

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
    /// Where to send. May hold secrets in its path or query: never logged.
    pub url: String,
    /// Name of the signing secret in the secrets directory.
    pub secret_ref: String,
    /// The exact text to send.
    pub payload: String,
    /// Time between the notification's creation and this claim, by the database's clock.
    pub age: Duration,
}

/// Leaves out the URL and the payload, which may hold secrets and personal data.
impl fmt::Debug for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notification")
            .field("id", &self.id)
            .field("attempt", &self.attempt)
            .field("message_id", &self.message_id)
            .finish_non_exhaustive()
    }
}
