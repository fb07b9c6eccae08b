//! What arrives at a receiver, and what its answer means.

use vigil_worker::delivery::Outcome;
use vigil_worker::notification::Notification;
use vigil_worker::receiver::Faults;

use crate::attempts::{SecretsDirectory, attempt, channels, delivered, notification};
use crate::receivers::{Received, SECRET};
use crate::servers::{Server, status};

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
    assert_eq!(outcome, delivered(204));
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
    sent.secret_ref = Some("file:rotating".to_owned());
    assert_eq!(channels.deliver(&sent).await, delivered(204));
    sent.secret_ref = Some("file:wrong".to_owned());
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
        (410, "gone"),
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
async fn what_cannot_be_sent_is_permanent_and_says_why() {
    let server = Server::start(status(200, "")).await;
    let secrets = SecretsDirectory::new();
    std::fs::write(secrets.0.join("bad"), "not a secret").expect("a file");
    let channels = channels(&secrets, "127.0.0.1");
    let good = notification(&server.url());
    type Change = (fn(&mut Notification), &'static str);
    let changes: [Change; 11] = [
        (
            |sent| sent.secret_ref = Some("file:absent".to_owned()),
            "no secret file:absent",
        ),
        (
            |sent| sent.secret_ref = Some("file:bad".to_owned()),
            "must hold whsec_",
        ),
        (
            |sent| sent.secret_ref = Some("file:../bad".to_owned()),
            "the secret's name",
        ),
        (|sent| sent.payload = "{".to_owned(), "not valid json"),
        (|sent| sent.payload = String::new(), "not valid json"),
        (|sent| sent.secret_ref = None, "the channel has no secret"),
        (
            |sent| sent.config = "{}".to_owned(),
            "settings do not fit its kind",
        ),
        (
            |sent| sent.allow_http = false,
            "must begin with https://, or the channel must allow http",
        ),
        (
            |sent| sent.message_id = "msg_1\r\nx: y".to_owned(),
            "the message id cannot be sent",
        ),
        (
            |sent| sent.kind = "pigeon".to_owned(),
            "does not know the channel's kind",
        ),
        (
            |sent| sent.config = r#"{"url":"http://["}"#.to_owned(),
            "url is not valid",
        ),
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
