//! Every kind of channel against a receiver that answers as the real one does, and against ones that do not.

use base64::Engine as _;
use serde_json::{Value, json};
use vigil_worker::delivery::{Channels, Outcome};
use vigil_worker::notification::Notification;
use vigil_worker::receiver::Faults;

use crate::attempts::{DEADLINE, SecretsDirectory, channels, notification};
use crate::receivers::{Received, shares};
use crate::servers::{Answer, Server, status};

const KINDS: [&str; 6] = ["webhook", "email", "slack", "teams", "pagerduty", "sms"];
/// Secret of every kind; nothing of it may come out again.
const CANARY: &str = "c4n4ryc4n4ry";

/// A channel of `kind` at `base`, and mail at `mail`, whose secret holds the canary.
fn channel(
    kind: &str,
    secrets: &SecretsDirectory,
    base: &str,
    mail: std::net::SocketAddr,
) -> Notification {
    let (config, secret) = match kind {
        "webhook" => (json!({"url": format!("{base}/hook?sig={CANARY}")}), None),
        "email" => (
            json!({"host": mail.ip(), "port": mail.port(), "tls": "none", "from": "Vigil <vigil@example.com>",
                   "username": "vigil", "to": ["ada@example.com"]}),
            Some(CANARY.to_owned()),
        ),
        "slack" => (json!({}), Some(format!("{base}/slack/{CANARY}"))),
        "teams" => (json!({}), Some(format!("{base}/teams?sig={CANARY}"))),
        "pagerduty" => (
            json!({"endpoint": format!("{base}/pagerduty")}),
            Some(CANARY.to_owned()),
        ),
        _ => (
            json!({"account_sid": "AC1", "from": "+15550100", "to": ["+15550101"], "endpoint": format!("{base}/sms")}),
            Some(CANARY.to_owned()),
        ),
    };
    let mut sent = notification("");
    sent.kind = kind.to_owned();
    sent.config = config.to_string();
    sent.thread_id = Some("vigil/1/incident/42".to_owned());
    sent.link_token =
        matches!(kind, "email" | "slack" | "teams" | "sms").then(|| "t0ken".to_owned());
    sent.payload = json!({
        "type": "incident.triggered", "timestamp": "2026-11-28T12:00:00.000Z",
        "data": {"incident_id": 42, "tenant": "acme", "title": "Pump <7> & co", "severity": "critical", "state": "open",
                 "alerts": [{"summary": "vibration", "device": {"id": "p-7", "name": "Pump <7>"}}]},
    })
    .to_string();
    if let Some(secret) = secret {
        std::fs::write(secrets.0.join(kind), secret + "\n").expect("a secret");
        sent.secret_ref = Some(format!("file:{kind}"));
    }
    sent
}

fn body(entry: &vigil_worker::receiver::Entry) -> Value {
    serde_json::from_str(&entry.body).unwrap_or_default()
}

#[tokio::test]
async fn every_kind_is_taken_by_what_it_is_meant_for() {
    let received = Received::start(Faults::none()).await;
    let secrets = SecretsDirectory::new();
    let channels = channels(&secrets, "127.0.0.0/8");
    let base = format!("http://{}", received.address);
    for (kind, status) in KINDS.into_iter().zip([204, 250, 200, 202, 202, 201]) {
        let sent = channel(kind, &secrets, &base, received.mail);
        let outcome = channels.deliver(&sent).await;
        assert_eq!(outcome, crate::attempts::delivered(status), "{kind}");
    }
    let entries = received.entries();
    let kinds: Vec<&str> = entries.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, KINDS);
    assert!(entries.iter().all(|entry| entry.verified), "{entries:?}");
    let link = "https://vigil.example.com/rpc/acknowledge_link?token=t0ken";

    let mail = entries[1].mail.as_ref().expect("an email");
    assert_eq!(entries[1].message_id, "msg_2mXbVJ7kSQ@example.com");
    assert_eq!(mail.references, "vigil/1/incident/42@example.com");
    assert_eq!(
        (mail.from.as_str(), mail.to.as_slice()),
        (
            "vigil@example.com",
            ["ada@example.com".to_owned()].as_slice()
        )
    );
    assert_eq!(mail.subject, "[CRITICAL] Pump <7> & co");
    assert!(
        mail.text.contains(&format!("Acknowledge: {link}")),
        "{}",
        mail.text
    );
    assert!(
        mail.html.contains("Pump &lt;7&gt;") && mail.html.contains(link),
        "{}",
        mail.html
    );

    assert_eq!(
        body(&entries[2])["text"],
        "[CRITICAL] Pump &lt;7&gt; &amp; co"
    );
    assert!(entries[2].body.contains(&format!("<{link}|Acknowledge>")));
    assert!(entries[3].body.contains(&format!("[Acknowledge]({link})")));
    let event = body(&entries[4]);
    assert_eq!(
        (&event["dedup_key"], &event["routing_key"]),
        (&"vigil/1/incident/42".into(), &CANARY.into())
    );
    assert!(!entries[4].body.contains("token="));
    let text = url::form_urlencoded::parse(entries[5].body.as_bytes())
        .find(|(key, _)| key == "Body")
        .expect("a text")
        .1
        .into_owned();
    assert_eq!(text, format!("Vigil: [CRITICAL] Pump <7> & co\n{link}"));
}

#[tokio::test]
async fn a_template_that_fails_is_told_and_the_message_arrives() {
    let received = Received::start(Faults::none()).await;
    let secrets = SecretsDirectory::new();
    let channels = channels(&secrets, "127.0.0.0/8");
    let base = format!("http://{}", received.address);
    for kind in KINDS {
        let mut sent = channel(kind, &secrets, &base, received.mail);
        sent.template = Some(json!({"body": "{{ broken"}).to_string());
        let outcome = channels.deliver(&sent).await;
        assert_eq!(outcome.name(), "delivered", "{kind}: {outcome:?}");
        assert_eq!(
            outcome.detail(),
            Some(
                "the channel's template failed and the built-in one was used: its body cannot be parsed (line 1)"
            ),
            "{kind}"
        );
    }
    assert!(received.entries().iter().all(|entry| entry.verified));
}

#[tokio::test]
async fn faults_of_a_receiver_are_tried_again_for_every_kind() {
    for (faults, wait) in [
        (shares(1.0, 0.0, 0.0, 0.0), None),
        (shares(0.0, 1.0, 0.0, 0.0), Some(9)),
    ] {
        let nine = std::time::Duration::from_secs(9);
        let faults = Faults::new(faults, nine, nine, 1).expect("valid shares");
        let received = Received::start(faults).await;
        let secrets = SecretsDirectory::new();
        let channels = channels(&secrets, "127.0.0.0/8");
        let base = format!("http://{}", received.address);
        for kind in KINDS {
            let outcome = channels
                .deliver(&channel(kind, &secrets, &base, received.mail))
                .await;
            assert_eq!(outcome.name(), "retry", "{kind}: {outcome:?}");
            let expected = wait.filter(|_| kind != "email");
            assert_eq!(
                outcome.retry_after().map(|wait| wait.as_secs()),
                expected,
                "{kind}"
            );
        }
    }
}

/// Whatever a receiver does, the attempt ends in time, as one of the outcomes, and says nothing that is secret.
#[tokio::test]
async fn hostile_receivers_learn_and_reveal_nothing() {
    let secrets = SecretsDirectory::new();
    let channels = channels(&secrets, "127.0.0.0/8");
    let answers = [
        status(200, &format!("x: {CANARY}\r\n")),
        status(302, &format!("location: http://{CANARY}/\r\n")),
        status(410, ""),
        status(429, &format!("retry-after: {CANARY}\r\n")),
        Answer::Bytes(format!(
            "HTTP/1.1 400 {CANARY}\r\ncontent-length: 12\r\n\r\n{CANARY}"
        )),
        Answer::Bytes(format!(
            "HTTP/1.1 500 {CANARY}\r\ncontent-length: 12\r\n\r\n{CANARY}"
        )),
        Answer::Bytes(format!("550 {CANARY}\r\n")),
        Answer::Bytes(format!("{CANARY}\r\n\r\n")),
        Answer::Trickle("HTTP/1.1 200 OK\r\n\r\n".to_owned(), "o".to_owned(), 20),
        Answer::Silence,
        Answer::Reset,
        Answer::Close,
    ];
    for answer in answers {
        let server = Server::start(answer).await;
        let base = format!("http://{}", server.address);
        for kind in KINDS {
            let outcome = ended(&channels, &channel(kind, &secrets, &base, server.address)).await;
            assert!(!leaks(&format!("{outcome:?}")), "{kind}: {outcome:?}");
        }
    }
    // What is wrong before anything is sent.
    let nowhere = "127.0.0.1:1".parse().expect("an address");
    for kind in KINDS {
        let sent = channel(kind, &secrets, "http://10.0.0.1", nowhere);
        let plain = Notification {
            allow_http: false,
            ..sent.clone()
        };
        let broken = Notification {
            config: format!("{{\"url\": {CANARY}"),
            ..sent.clone()
        };
        for sent in [sent, plain, broken] {
            assert!(!leaks(&format!("{sent:?}")), "{sent:?}");
            let outcome = ended(&channels, &sent).await;
            assert_ne!(outcome.name(), "delivered", "{kind}: {outcome:?}");
            assert!(!leaks(&format!("{outcome:?}")), "{kind}: {outcome:?}");
        }
    }
    assert!(!leaks(&format!("{channels:?}")));
}

async fn ended(channels: &Channels, sent: &Notification) -> Outcome {
    let patience = DEADLINE + std::time::Duration::from_secs(5);
    tokio::time::timeout(patience, channels.deliver(sent))
        .await
        .expect("the deadline is kept")
}

/// The canary as it is, or in base64 as Basic authentication has it.
fn leaks(text: &str) -> bool {
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("AC1:{CANARY}"));
    text.contains(CANARY) || text.contains(&basic)
}
