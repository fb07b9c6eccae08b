//! Against mail servers of this process, with real TLS.

mod server;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::*;
use crate::delivery::fixtures;
use server::{PLAIN, Script, Server};

/// A directory with a password; left behind for the system to clean when a test fails.
fn directory() -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("vigil-mail-{:016x}", fastrand::u64(..)));
    std::fs::create_dir(&path).expect("a new directory");
    std::fs::write(path.join("password"), "s3cret-canary\n").expect("a password");
    path
}

fn notification(port: u16, change: serde_json::Value) -> Notification {
    let mut config = json!({
        "host": "localhost", "port": port, "tls": "none", "from": "Vigil <vigil@example.com>",
        "to": ["ada@example.com"],
    });
    for (key, value) in change.as_object().expect("an object") {
        config[key] = value.clone();
    }
    let mut notification = fixtures::notification("email", "page", "en");
    notification.config = config.to_string();
    notification.secret_ref = Some("file:password".to_owned());
    notification.allow_http = true;
    notification
}

async fn outcome(script: Script, change: serde_json::Value) -> (Outcome, Vec<String>) {
    let (mut server, directory) = (Server::start(script).await, directory());
    let sent = notification(server.port, change);
    let outcome = server.channels(directory.clone()).deliver(&sent).await;
    let _ = std::fs::remove_dir_all(directory);
    assert!(!format!("{outcome:?}").contains("canary"), "{outcome:?}");
    (outcome, server.heard())
}

#[tokio::test]
async fn messages_arrive_over_every_kind_of_connection() {
    for (tls, offers) in [
        ("none", "250 test\r\n"),
        ("implicit", "250-test\r\n250 AUTH PLAIN LOGIN\r\n"),
        (
            "starttls",
            "250-test\r\n250-STARTTLS\r\n250 AUTH LOGIN PLAIN\r\n",
        ),
    ] {
        let script = Script {
            tls: serde_json::from_value(json!(tls)).expect("a way"),
            offers,
            ..PLAIN
        };
        let user = (tls != "none").then_some("vigil");
        let (outcome, heard) = outcome(script, json!({"tls": tls, "username": user})).await;
        assert_eq!(
            (outcome.name(), outcome.status(), outcome.detail()),
            ("delivered", Some(250), None),
            "{tls}"
        );
        let has = |line: &str| heard.iter().any(|one| one == line);
        assert!(has("MAIL FROM:<vigil@example.com>"), "{heard:?}");
        assert!(has("RCPT TO:<ada@example.com>"), "{heard:?}");
        assert!(has("Message-ID: <msg_2mXbVJ7kSQ@example.com>"), "{heard:?}");
        assert_eq!(
            heard.iter().any(|line| line.starts_with("AUTH PLAIN")),
            tls != "none",
            "{heard:?}"
        );
        if tls == "starttls" {
            let at = |line: &str| heard.iter().position(|one| one == line);
            assert!(at("STARTTLS") < at("(encrypted)"));
            let auth = heard.iter().position(|line| line.starts_with("AUTH"));
            assert!(at("(encrypted)") < auth, "{heard:?}");
        }
    }
}

#[tokio::test]
async fn encryption_is_not_negotiable() {
    let stripped = Script {
        tls: Tls::Starttls,
        offers: "250 test\r\n",
        ..PLAIN
    };
    let (outcome_, heard) =
        outcome(stripped, json!({"tls": "starttls", "username": "vigil"})).await;
    assert_eq!(
        outcome_.detail(),
        Some("the mail server does not offer starttls")
    );
    assert!(
        !heard
            .iter()
            .any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")),
        "{heard:?}"
    );

    // An answer put behind that to STARTTLS, to be taken for the encrypted server's.
    let smuggling = Script {
        tls: Tls::Starttls,
        offers: "250-test\r\n250 STARTTLS\r\n",
        answer: ("STARTTLS", "220 go ahead\r\n250 AUTH PLAIN\r\n"),
    };
    let (outcome_, _) = outcome(smuggling, json!({"tls": "starttls"})).await;
    assert_eq!(outcome_.name(), "retry");
    assert!(
        outcome_
            .detail()
            .is_some_and(|text| text.contains("more than its answer")),
        "{outcome_:?}"
    );

    // The certificate is for localhost.
    let script = Script {
        tls: Tls::Implicit,
        ..PLAIN
    };
    let (outcome_, heard) = outcome(script, json!({"tls": "implicit", "host": "127.0.0.1"})).await;
    assert_eq!(
        outcome_.detail(),
        Some("the receiver's certificate is not trusted or not valid for its name")
    );
    assert!(heard.is_empty(), "{heard:?}");

    let (mut server, directory) = (Server::start(PLAIN).await, directory());
    let mut sent = notification(server.port, json!({}));
    sent.allow_http = false;
    let refused = server.channels(directory.clone()).deliver(&sent).await;
    let _ = std::fs::remove_dir_all(directory);
    assert!(
        refused
            .detail()
            .is_some_and(|text| text.contains("allow_http")),
        "{refused:?}"
    );
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn replies_mean_what_the_table_says() {
    for (answer, name, status, said) in [
        (
            ("MAIL", "451 s3cret\r\n"),
            "retry",
            Some(451),
            "answered 451",
        ),
        (
            ("MAIL", "421 s3cret\r\n"),
            "retry",
            Some(421),
            "answered 421",
        ),
        (
            ("MAIL", "501 s3cret\r\n"),
            "permanent",
            Some(501),
            "answered 501",
        ),
        (
            ("RCPT", "550 s3cret\r\n"),
            "permanent",
            Some(550),
            "does not take the recipient",
        ),
        (
            ("RCPT", "450-s3cret\r\n450 s3cret\r\n"),
            "retry",
            Some(450),
            "answered 450",
        ),
        (
            ("DATA", "554 s3cret\r\n"),
            "permanent",
            Some(554),
            "answered 554",
        ),
        (
            ("DATA", "452 s3cret\r\n"),
            "retry",
            Some(452),
            "answered 452",
        ),
        (
            ("AUTH", "535 s3cret\r\n"),
            "permanent",
            Some(535),
            "user name or password",
        ),
        (
            ("EHLO", "554 s3cret\r\n"),
            "permanent",
            Some(554),
            "answered 554",
        ),
        (
            ("MAIL", "s3cret\r\n"),
            "retry",
            None,
            "without a valid smtp answer",
        ),
        (
            ("MAIL", "999 s3cret\r\n"),
            "retry",
            None,
            "without a valid smtp answer",
        ),
        (("RCPT", ""), "retry", None, "without a valid smtp answer"),
    ] {
        let script = Script { answer, ..PLAIN };
        let (outcome, _) = outcome(script, json!({"username": "vigil"})).await;
        assert_eq!(
            (outcome.name(), outcome.status()),
            (name, status),
            "{answer:?}: {outcome:?}"
        );
        let detail = outcome.detail().expect("a detail");
        assert!(
            detail.contains(said) && !detail.contains("s3cret"),
            "{answer:?}: {detail}"
        );
    }
    let (none, _) = outcome(
        Script {
            offers: "250 test\r\n",
            ..PLAIN
        },
        json!({"username": "vigil"}),
    )
    .await;
    assert_eq!(
        (none.name(), none.status()),
        ("permanent", None),
        "{none:?}"
    );
}

#[tokio::test]
async fn a_recipient_that_is_refused_does_not_keep_it_from_the_others() {
    let to = json!({"to": ["ada@example.com", "Grace <grace@example.com>", "eve@example.com"]});
    let script = Script {
        answer: ("<GRACE@", "550 no\r\n"),
        ..PLAIN
    };
    let (outcome_, heard) = outcome(script, to).await;
    assert_eq!(
        (outcome_.name(), outcome_.status()),
        ("delivered", Some(250)),
        "{outcome_:?}"
    );
    assert!(
        outcome_
            .detail()
            .is_some_and(|text| text.starts_with("2 of 3 recipients: ")),
        "{outcome_:?}"
    );
    assert!(
        heard.iter().any(|line| line == "RCPT TO:<eve@example.com>"),
        "{heard:?}"
    );
}

#[tokio::test]
async fn headers_and_addresses_cannot_be_broken_out_of() {
    for (change, said) in [
        (
            json!({"from": "a@example.com\r\nBcc: x@example.com"}),
            "from is not an email address",
        ),
        (
            json!({"from": "no address"}),
            "from is not an email address",
        ),
        (
            json!({"reply_to": "a@example.com\nBcc: x@example.com"}),
            "reply_to is not an email address",
        ),
        (
            json!({"to": ["a@example.com>\r\nDATA"]}),
            "a recipient is not an email address",
        ),
        (
            json!({"to": ["a@example.com", "b"]}),
            "a recipient is not an email address",
        ),
        (json!({"to": []}), "nobody to send to"),
        (json!({"tls": "maybe"}), "settings do not fit its kind"),
        (json!({"host": null}), "settings do not fit its kind"),
        (json!({"host": "10.0.0.1"}), "a private address"),
    ] {
        let (outcome, heard) = outcome(PLAIN, change.clone()).await;
        assert_eq!(
            (outcome.name(), outcome.status()),
            ("permanent", None),
            "{change}: {outcome:?}"
        );
        assert!(
            outcome.detail().is_some_and(|text| text.contains(said)),
            "{change}: {outcome:?}"
        );
        assert!(heard.is_empty(), "{change}: {heard:?}");
    }
    let server = Server::start(PLAIN).await;
    for message_id in ["msg\r\nBcc: x@example.com", ""] {
        let mut sent = notification(server.port, json!({}));
        sent.message_id = message_id.to_owned();
        let outcome = server.channels(std::env::temp_dir()).deliver(&sent).await;
        assert_eq!(
            outcome.detail(),
            Some("the message id cannot be sent as a header")
        );
    }
}

#[tokio::test]
async fn a_server_that_talks_without_end_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("the port").port();
    let (tell, mut written) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let tell = tell.clone();
            tokio::spawn(async move {
                let (mut bytes, block) = (0_usize, [b'2'; 4096]);
                while stream.write_all(&block).await.is_ok() {
                    bytes += block.len();
                }
                let _ = tell.send(bytes);
                let _ = stream.read(&mut [0]).await;
            });
        }
    });
    let server = Server::start(PLAIN).await;
    let channels = server.channels(std::env::temp_dir());
    for tls in ["none", "starttls"] {
        let sent = notification(port, json!({"tls": tls}));
        let outcome = channels.deliver(&sent).await;
        assert_eq!(
            (outcome.name(), outcome.status()),
            ("retry", None),
            "{outcome:?}"
        );
        let bytes = written.recv().await.expect("a count");
        assert!(bytes < 16 * 1024 * 1024, "{tls}: {bytes} bytes were taken");
    }
}
