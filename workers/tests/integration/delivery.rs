//! One attempt against receivers of every temper, without a database.

use std::sync::Arc;
use std::time::{Duration, Instant};

use vigil_worker::delivery::{Channels, Outcome, Webhook, WebhookSettings};
use vigil_worker::notification::Notification;
use vigil_worker::receiver::Faults;
use vigil_worker::secrets::Secrets;

use crate::receivers::{Received, SECRET};
use crate::servers::{Answer, Server, status};

const DEADLINE: Duration = Duration::from_millis(600);
/// What a loaded machine may add.
const SLACK: Duration = Duration::from_millis(900);

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
async fn attempt(url: &str) -> Outcome {
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
fn assert_retry(outcome: &Outcome, expected_status: Option<u16>, expected_detail: &str) {
    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    assert_eq!(outcome.status(), expected_status, "{outcome:?}");
    assert_eq!(outcome.detail(), Some(expected_detail));
}

#[tokio::test]
async fn the_exact_bytes_arrive_signed() {
    let received = Received::start(Faults::none()).await;
    let secrets = SecretsDirectory::new();
    let mut sent = notification(&received.url());
    // Whitespace, escapes and order that a parse and reprint would change.
    sent.payload =
        "{ \"type\" : \"t\",\n\t\"data\":{\"b\":1.0,\"a\":\"\\u00e4ä\u{1F514}\"}, \"data\":{} }\n"
            .to_owned();
    let outcome = channels(&secrets, "127.0.0.1").deliver(&sent).await;
    assert_eq!(outcome, Outcome::Delivered { status: 204 });
    let entries = received.entries();
    assert_eq!(entries.len(), 1);
    assert!(entries[0].verified);
    assert_eq!(
        (&entries[0].message_id, &entries[0].body),
        (&sent.message_id, &sent.payload)
    );
}

#[tokio::test]
async fn a_secret_on_its_way_out_still_verifies_and_a_wrong_one_is_refused() {
    let received = Received::start(Faults::none()).await;
    let secrets = SecretsDirectory::new();
    let other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    std::fs::write(secrets.0.join("rotating"), format!("{other}\n{SECRET}\n")).expect("a secret");
    std::fs::write(secrets.0.join("wrong"), other).expect("a secret");
    let channels = channels(&secrets, "127.0.0.1");
    let mut sent = notification(&received.url());
    sent.secret_ref = "rotating".to_owned();
    assert_eq!(
        channels.deliver(&sent).await,
        Outcome::Delivered { status: 204 }
    );
    sent.secret_ref = "wrong".to_owned();
    assert!(matches!(
        channels.deliver(&sent).await,
        Outcome::Permanent {
            status: Some(401),
            ..
        }
    ));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let target = Server::start(status(200, "")).await;
    for code in [301, 302, 303, 307, 308] {
        let server = Server::start(status(code, &format!("location: {}\r\n", target.url()))).await;
        let outcome = attempt(&server.url()).await;
        assert!(
            matches!(outcome, Outcome::Permanent { status: Some(answered), .. } if answered == code),
            "{outcome:?}"
        );
        assert!(
            outcome
                .detail()
                .is_some_and(|detail| detail.contains("redirects are not followed")),
            "{outcome:?}"
        );
        assert_eq!((server.accepted(), target.accepted()), (1, 0));
    }
}

#[tokio::test]
async fn answers_over_a_socket_mean_what_the_table_says() {
    for (code, outcome) in [
        (200, "delivered"),
        (201, "delivered"),
        (204, "delivered"),
        (299, "delivered"),
        (400, "permanent"),
        (401, "permanent"),
        (403, "permanent"),
        (404, "permanent"),
        (408, "retry"),
        (410, "permanent"),
        (413, "permanent"),
        (422, "permanent"),
        (425, "retry"),
        (429, "retry"),
        (500, "retry"),
        (502, "retry"),
        (503, "retry"),
        (599, "retry"),
        (600, "retry"),
    ] {
        let server = Server::start(status(code, "")).await;
        let actual = attempt(&server.url()).await;
        assert_eq!(
            (actual.name(), actual.status()),
            (outcome, Some(code)),
            "{actual:?}"
        );
        assert!(
            !format!("{actual:?}").contains("Canary"),
            "the receiver's reason phrase is not stored: {actual:?}"
        );
    }
    let gone = attempt(&Server::start(status(410, "")).await.url()).await;
    assert_eq!(gone.detail(), Some("answered 410 Gone"));
}

#[tokio::test]
async fn retry_after_is_read_from_answers_that_are_tried_again() {
    for (code, header, expected) in [
        (429, "retry-after: 7\r\n", Some(7)),
        (503, "Retry-After: 86400\r\n", Some(3600)),
        (500, "retry-after: -1\r\n", None),
        (429, "retry-after: soon\r\n", None),
        (429, "", None),
        (404, "retry-after: 7\r\n", None),
        (200, "retry-after: 7\r\n", None),
    ] {
        let outcome = attempt(&Server::start(status(code, header)).await.url()).await;
        assert_eq!(
            outcome.retry_after().map(|wait| wait.as_secs()),
            expected,
            "{code} {header:?}"
        );
    }
}

#[tokio::test]
async fn answers_that_never_come_or_never_end_meet_the_deadline() {
    let head = "HTTP/1.1 200 OK\r\n".to_owned();
    for answer in [
        Answer::Silence,
        // Slow loris: header bytes one at a time, and header lines for ever.
        Answer::Trickle(String::new(), "H".to_owned(), 20),
        Answer::Trickle(head.clone(), "x".to_owned(), 20),
        Answer::Trickle(head.clone(), "x: y\r\n".to_owned(), 20),
        // Interim answers for ever.
        Answer::Trickle(
            String::new(),
            "HTTP/1.1 103 Early Hints\r\n\r\n".to_owned(),
            20,
        ),
    ] {
        let server = Server::start(answer).await;
        assert_retry(
            &attempt(&server.url()).await,
            None,
            "no answer before the deadline",
        );
    }
}

#[tokio::test]
async fn a_flood_of_headers_is_cut_off() {
    for answer in [
        Answer::Flood("HTTP/1.1 200 OK\r\n".to_owned(), "x: y\r\n".repeat(1000)),
        Answer::Flood("HTTP/1.1 200 OK\r\nx: ".to_owned(), "y".repeat(10_000)),
        Answer::Flood("HTTP/1.1 ".to_owned(), "2".repeat(10_000)),
    ] {
        let server = Server::start(answer).await;
        assert_retry(
            &attempt(&server.url()).await,
            None,
            "the connection ended without a valid http answer",
        );
        assert!(
            server.written() < 16 * 1024 * 1024,
            "{} bytes were taken",
            server.written()
        );
    }
}

#[tokio::test]
async fn a_body_without_end_is_read_to_the_cap_and_the_status_decides() {
    let chunk = format!("2710\r\n{}\r\n", "x".repeat(10_000));
    for (code, outcome) in [(200, "delivered"), (500, "retry")] {
        let head = format!("HTTP/1.1 {code} X\r\ntransfer-encoding: chunked\r\n\r\n");
        let server = Server::start(Answer::Flood(head, chunk.clone())).await;
        let actual = attempt(&server.url()).await;
        assert_eq!((actual.name(), actual.status()), (outcome, Some(code)));
        // What the program did not read filled the two systems' socket buffers.
        assert!(
            server.written() < 16 * 1024 * 1024,
            "{} bytes were taken",
            server.written()
        );
    }
}

#[tokio::test]
async fn a_body_that_stalls_or_lies_does_not_undo_the_status() {
    for answer in [
        Answer::Trickle(
            "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n".to_owned(),
            "x".to_owned(),
            20,
        ),
        Answer::Bytes("HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\nshort".to_owned()),
        Answer::Bytes(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnot a chunk".to_owned(),
        ),
        Answer::Bytes("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\nnot gzip".to_owned()),
    ] {
        let server = Server::start(answer).await;
        assert_eq!(
            attempt(&server.url()).await,
            Outcome::Delivered { status: 200 }
        );
    }
}

#[tokio::test]
async fn broken_connections_are_tried_again() {
    let reset = Server::start(Answer::Reset).await;
    assert_retry(
        &attempt(&reset.url()).await,
        None,
        "the connection was reset",
    );
    assert_eq!(
        reset.accepted(),
        1,
        "the client makes no attempts of its own"
    );
    for garbage in [
        "",
        "nonsense\r\n\r\n",
        "SSH-2.0-OpenSSH\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
    ] {
        let server = Server::start(Answer::Bytes(garbage.to_owned())).await;
        let outcome = attempt(&server.url()).await;
        assert_retry(
            &outcome,
            None,
            "the connection ended without a valid http answer",
        );
        assert_eq!(
            server.accepted(),
            1,
            "the client makes no attempts of its own"
        );
    }
    let closed = Server::start(Answer::Close).await;
    assert_retry(
        &attempt(&closed.url()).await,
        None,
        "the connection ended without a valid http answer",
    );
    let gone = Server::start(Answer::Close).await.url();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_retry(&attempt(&gone).await, None, "the connection was refused");
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_tried_again() {
    let outcome = attempt("http://no-such-host.invalid/").await;
    assert!(
        matches!(outcome, Outcome::Retry { status: None, .. }),
        "{outcome:?}"
    );
    // A machine without name servers waits for them longer than the deadline.
    let detail = outcome.detail().expect("a detail");
    let expected = [
        "the host name could not be looked up",
        "connecting timed out",
        "no answer before the deadline",
    ];
    assert!(expected.contains(&detail), "{detail}");
}

#[tokio::test]
async fn a_name_that_leads_to_a_forbidden_address_gets_no_connection() {
    let server = Server::start(status(200, "")).await;
    let url = format!("http://localhost:{}/hook", server.address.port());
    let secrets = SecretsDirectory::new();
    for allowed in ["", "10.0.0.0/8", "127.0.0.2/32"] {
        let outcome = channels(&secrets, allowed)
            .deliver(&notification(&url))
            .await;
        assert!(
            matches!(outcome, Outcome::Permanent { status: None, .. }),
            "{outcome:?}"
        );
        assert!(
            outcome
                .detail()
                .is_some_and(|detail| detail.contains("a loopback address")),
            "{outcome:?}"
        );
    }
    assert_eq!(server.accepted(), 0);
    let outcome = channels(&secrets, "127.0.0.0/8")
        .deliver(&notification(&url))
        .await;
    assert_eq!(
        (outcome, server.accepted()),
        (Outcome::Delivered { status: 200 }, 1)
    );
}

#[tokio::test]
async fn what_cannot_be_sent_is_permanent_and_says_why() {
    let server = Server::start(status(200, "")).await;
    let secrets = SecretsDirectory::new();
    std::fs::write(secrets.0.join("bad"), "not a secret").expect("a file");
    let channels = channels(&secrets, "127.0.0.1");
    let good = notification(&server.url());
    type Change = (fn(&mut Notification), &'static str);
    let changes: [Change; 8] = [
        (
            |sent| sent.secret_ref = "absent".to_owned(),
            "no file named absent",
        ),
        (
            |sent| sent.secret_ref = "bad".to_owned(),
            "must hold whsec_",
        ),
        (
            |sent| sent.secret_ref = "../bad".to_owned(),
            "the secret's name",
        ),
        (|sent| sent.payload = "{".to_owned(), "not valid json"),
        (|sent| sent.payload = String::new(), "not valid json"),
        (
            |sent| sent.message_id = "msg_1\r\nx: y".to_owned(),
            "the message id cannot be sent",
        ),
        (
            |sent| sent.kind = "pigeon".to_owned(),
            "does not know the channel's kind",
        ),
        (|sent| sent.url = "http://[".to_owned(), "url is not valid"),
    ];
    for (change, expected) in changes {
        let mut sent = good.clone();
        change(&mut sent);
        let outcome = channels.deliver(&sent).await;
        assert!(
            matches!(outcome, Outcome::Permanent { status: None, .. }),
            "{outcome:?}"
        );
        assert!(
            outcome
                .detail()
                .is_some_and(|detail| detail.contains(expected)),
            "{outcome:?} has no {expected:?}"
        );
    }
    assert_eq!(server.accepted(), 0);
}

#[tokio::test]
async fn a_receiver_with_an_untrusted_certificate_gets_no_payload() {
    let certificate =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key =
        rustls::pki_types::PrivateKeyDer::Pkcs8(certificate.signing_key.serialize_der().into());
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .and_then(|builder| {
        builder
            .with_no_client_auth()
            .with_single_cert(vec![certificate.cert.der().clone()], key)
    })
    .expect("a server configuration");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let url = format!(
        "https://localhost:{}/",
        listener.local_addr().expect("the port").port()
    );
    let handshake = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        tokio_rustls::TlsAcceptor::from(Arc::new(config))
            .accept(stream)
            .await
            .map(|_| ())
    });
    let outcome = attempt(&url).await;
    assert_retry(
        &outcome,
        None,
        "the receiver's certificate is not trusted or not valid for its name",
    );
    assert!(
        handshake.await.expect("the server").is_err(),
        "the handshake was not completed"
    );
    // A server that does not speak TLS at all.
    let plain = Server::start(status(200, "")).await;
    let outcome = attempt(&plain.url().replace("http:", "https:")).await;
    assert!(
        matches!(outcome, Outcome::Retry { status: None, .. }),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn one_dead_receiver_does_not_delay_another() {
    let dead = Server::start(Answer::Silence).await;
    let good = Received::start(Faults::none()).await;
    let secrets = SecretsDirectory::new();
    let channels = Arc::new(channels(&secrets, "127.0.0.1"));
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (channels, sent) = (Arc::clone(&channels), notification(&dead.url()));
        waiting.spawn(async move { channels.deliver(&sent).await });
    }
    let began = Instant::now();
    for _ in 0..20 {
        let outcome = channels.deliver(&notification(&good.url())).await;
        assert_eq!(outcome, Outcome::Delivered { status: 204 });
    }
    assert!(
        began.elapsed() < DEADLINE,
        "20 good deliveries took {:?} beside 50 dead ones",
        began.elapsed()
    );
    for outcome in waiting.join_all().await {
        assert_eq!(outcome.name(), "retry");
    }
}
