//! One attempt without a database, and what it needs.

use std::time::{Duration, Instant};

use vigil_worker::delivery::{Channels, Outcome, Webhook, WebhookSettings};
use vigil_worker::notification::Notification;
use vigil_worker::secrets::Secrets;

use crate::receivers::SECRET;

pub(crate) const DEADLINE: Duration = Duration::from_millis(600);
/// What a loaded machine may add.
const SLACK: Duration = Duration::from_secs(3);

/// A directory with one secret, named `good`; deleted when dropped.
pub(crate) struct SecretsDirectory(pub(crate) std::path::PathBuf);

impl SecretsDirectory {
    pub(crate) fn new() -> Self {
        let path =
            std::env::temp_dir().join(format!("vigil-test-secrets-{:016x}", fastrand::u64(..)));
        std::fs::create_dir(&path).expect("a new directory");
        std::fs::write(path.join("good"), SECRET).expect("a secret");
        Self(path)
    }
}

impl Drop for SecretsDirectory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn channels(secrets: &SecretsDirectory, allowed: &str) -> Channels {
    let settings = WebhookSettings {
        secrets: Secrets::new(secrets.0.clone()),
        filter: allowed.parse().expect("networks"),
        deadline: DEADLINE,
        connect_timeout: DEADLINE,
    };
    Channels {
        webhook: Webhook::new(settings).expect("a sender"),
    }
}

pub(crate) fn notification(url: &str) -> Notification {
    Notification {
        id: 1,
        attempt: 1,
        message_id: "msg_2mXbVJ7kSQ".to_owned(),
        kind: "webhook".to_owned(),
        url: url.to_owned(),
        secret_ref: "good".to_owned(),
        payload: r#"{"type":"alert.raised","timestamp":"2026-11-20T00:00:00Z","data":{}}"#
            .to_owned(),
        age: Duration::ZERO,
    }
}

/// One attempt with loopback allowed, which must end near the deadline whatever happens.
pub(crate) async fn attempt(url: &str) -> Outcome {
    let secrets = SecretsDirectory::new();
    let began = Instant::now();
    let outcome = channels(&secrets, "127.0.0.0/8,::1")
        .deliver(&notification(url))
        .await;
    assert!(
        began.elapsed() < DEADLINE + SLACK,
        "took {:?}",
        began.elapsed()
    );
    outcome
}

#[track_caller]
pub(crate) fn assert_retry(outcome: &Outcome, expected_status: Option<u16>, expected_detail: &str) {
    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    assert_eq!(outcome.status(), expected_status, "{outcome:?}");
    assert_eq!(outcome.detail(), Some(expected_detail));
}
