//! Nothing secret may leave through logs, details or metrics.

use std::time::Duration;

use base64::Engine as _;
use vigil_worker::receiver::Faults;

use crate::attempts::SecretsDirectory;
use crate::receivers::Received;
use crate::scratch::Scratch;
use crate::servers::{Answer, Server, status};
use crate::worker::Worker;

/// In every place that may hold a secret.
const CANARY: &str = "c4n4ryc4n4ry";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_logged_or_stored_at_any_log_level() {
    let Some(scratch) = Scratch::open("nothing_secret_is_logged_or_stored_at_any_log_level").await
    else {
        return;
    };
    let secrets = SecretsDirectory::new();
    // 32 bytes whose base64 begins with the canary, and a file that is not a secret at all.
    let secret = format!("whsec_{CANARY}AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    std::fs::write(secrets.0.join("canary"), &secret).expect("a secret");
    std::fs::write(secrets.0.join("malformed"), CANARY).expect("a file");
    let received = Received::start(Faults::none()).await;
    let servers = [
        Server::start(status(200, &format!("x: {CANARY}\r\n"))).await,
        Server::start(Answer::Bytes(format!(
            "HTTP/1.1 500 {CANARY}\r\ncontent-length: 12\r\n\r\n{CANARY}"
        )))
        .await,
        Server::start(status(302, &format!("location: http://{CANARY}/\r\n"))).await,
        Server::start(status(429, &format!("retry-after: {CANARY}\r\n"))).await,
        Server::start(Answer::Bytes(format!("{CANARY}\r\n\r\n"))).await,
        Server::start(Answer::Reset).await,
        Server::start(Answer::Silence).await,
    ];
    let refused = Server::start(Answer::Close).await.url();
    let mut urls: Vec<(String, &str)> = servers
        .iter()
        .map(|server| (server.url(), "canary"))
        .collect();
    urls.extend([
        (refused, "canary"),
        (received.url(), "good"),
        (received.url(), "malformed"),
        (format!("http://10.0.0.1/{CANARY}"), "canary"),
        (format!("http://[{CANARY}"), "canary"),
        (received.url().replace("http:", "https:"), "canary"),
    ]);
    let count = urls.len();
    for (number, (url, secret)) in urls.iter().enumerate() {
        let channel = scratch
            .channel(
                &format!("c{number}"),
                &format!("{url}/{CANARY}?sig={CANARY}"),
                secret,
            )
            .await;
        let insert = format!(
            "insert into alerting.notification (tenant_id, channel_id, message_id, payload, purpose) \
             values ({}, {channel}, 'msg_{number}', '{{\"type\":\"t\",\"data\":{{\"summary\":\"{CANARY}\"}}}}', 'update')",
            scratch.tenant_id()
        );
        scratch.execute(&insert).await;
    }
    let worker = Worker::start(&scratch.worker_url(), &secrets, &["--log=trace"]);
    let began = std::time::Instant::now();
    while scratch
        .standings()
        .await
        .iter()
        .any(|one| one.state == "claimed" || one.attempt == 0)
    {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "{:?}",
            scratch.standings().await
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    let log = worker.log();
    // The capture is worth something only when the libraries speak: each of these does at this level.
    for library in ["vigil_worker", "reqwest", "hyper_util", "tokio_postgres"] {
        assert!(log.contains(library), "no line of {library} in the log");
    }
    let found = |text: &str| {
        text.lines()
            .filter(|line| leaks(line))
            .map(ToOwned::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&log), Vec::<String>::new(), "log");
    assert_eq!(
        found(&worker.get("/metrics").await.1),
        Vec::<String>::new(),
        "metrics"
    );
    assert_eq!(
        found(&worker.get("/healthz").await.1),
        Vec::<String>::new(),
        "health"
    );
    let standings = scratch.standings().await;
    assert_eq!(standings.len(), count);
    for standing in standings {
        assert!(
            !leaks(standing.detail.as_deref().unwrap_or_default()),
            "{standing:?}"
        );
    }
    scratch.close().await;
}

/// The canary, as it is, in other case, or as bytes printed by a debug form: its own, or those of the key that begins
/// with its base64.
fn leaks(text: &str) -> bool {
    let key = base64::engine::general_purpose::STANDARD
        .decode(CANARY)
        .expect("the canary is base64");
    let printed = |bytes: &[u8]| {
        bytes
            .iter()
            .map(u8::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let lower = text.to_lowercase();
    let traces = [CANARY.to_owned(), printed(CANARY.as_bytes()), printed(&key)];
    traces.iter().any(|trace| lower.contains(trace))
}
