//! Standard Webhooks 1.0.0: one signed POST for each attempt.

use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde::Deserialize;
use tokio::time::Instant;

use super::answer::{Accepted, Answer};
use super::{Channels, Outcome, settings};
use crate::notification::Notification;
use crate::template::Written;

/// Settings of a channel of this kind.
#[derive(Deserialize)]
struct Settings {
    url: String,
}

impl Channels {
    /// Sends the payload, or what the channel's template made of it, byte for byte as it is signed.
    pub(super) async fn send_webhook(
        &self,
        notification: &Notification,
        written: &Written,
        until: Instant,
    ) -> Result<Outcome, Outcome> {
        let settings: Settings = settings(notification)?;
        let request = self.http.post(&settings.url, notification.allow_http)?;
        let message_id = header(
            &notification.message_id,
            "the message id cannot be sent as a header",
        )?;
        let keys = self
            .secrets
            .signing_keys(notification.secret_ref.as_deref())
            .await?;
        let body = written.body.clone();
        let timestamp = unix_seconds(notification.clock.now());
        let signatures = keys.signatures(&notification.message_id, timestamp, &body);
        let mut signature = header(&signatures, "the signature cannot be sent as a header")?;
        // Keeps it out of the debug form of the request.
        signature.set_sensitive(true);
        let request = request
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header("webhook-id", message_id)
            .header("webhook-timestamp", HeaderValue::from(timestamp))
            .header("webhook-signature", signature)
            .body(body);
        Ok(judge(&self.http.send(request, until).await?))
    }
}

/// Any 2xx: the receiver is the customer's own.
pub(super) fn judge(answer: &Answer) -> Outcome {
    answer.judged(Accepted::Success)
}

fn header(value: &str, problem: &'static str) -> Result<HeaderValue, Outcome> {
    HeaderValue::from_str(value)
        .ok()
        .filter(|value| !value.is_empty())
        .ok_or(Outcome::permanent(problem))
}

/// Whole seconds since 1970; 0 for a clock before that, which receivers refuse as too old.
fn unix_seconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| i64::try_from(elapsed.as_secs()).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_before_1970_is_no_panic() {
        assert_eq!(unix_seconds(UNIX_EPOCH - Duration::from_secs(5)), 0);
        assert_eq!(
            unix_seconds(UNIX_EPOCH + Duration::from_millis(1_614_265_330_999)),
            1_614_265_330
        );
    }
}
