//! One attempt without a database, and what it needs.

use std::time::{Duration, Instant};

use vigil_worker::clock::Clock;
use vigil_worker::delivery::{ChannelSettings, Channels, Outcome};
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
    let settings = ChannelSettings {
        secrets: Secrets::new(secrets.0.clone()),
        filter: allowed.parse().expect("networks"),
        deadline: DEADLINE,
        connect_timeout: DEADLINE,
        public_url: Some("https://vigil.example.com".parse().expect("a url")),
    };
    Channels::new(settings).expect("senders")
}

pub(crate) fn notification(url: &str) -> Notification {
    Notification {
        id: 1,
        attempt: 1,
        message_id: "msg_2mXbVJ7kSQ".to_owned(),
        kind: "webhook".to_owned(),
        purpose: "page".to_owned(),
        config: serde_json::json!({ "url": url }).to_string(),
        address: None,
        secret_ref: Some("file:good".to_owned()),
        payload:
            r#"{"type":"incident.triggered","timestamp":"2026-11-20T00:00:00.000Z","data":{}}"#
                .to_owned(),
        template: None,
        language: "en".to_owned(),
        allow_http: true,
        thread_id: None,
        link_token: None,
        age: Duration::ZERO,
        clock: Clock::of_this_machine(),
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

/// Delivered with this status and nothing to say about it.
pub(crate) fn delivered(status: u16) -> Outcome {
    Outcome::Delivered {
        status,
        detail: None,
    }
}

#[track_caller]
pub(crate) fn assert_retry(outcome: &Outcome, expected_status: Option<u16>, expected_detail: &str) {
    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    assert_eq!(outcome.status(), expected_status, "{outcome:?}");
    assert_eq!(outcome.detail(), Some(expected_detail));
}
