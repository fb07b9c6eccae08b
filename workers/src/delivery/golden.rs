//! What each kind sends for each purpose, word for word. `VIGIL_UPDATE_GOLDEN=1 cargo test golden` writes it anew.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::fixtures::{LINK, PURPOSES, notification, written};
use super::{email, pagerduty, slack, sms, teams};
use crate::notification::Notification;

fn check(file: &str, sent: impl Fn(&str) -> Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/delivery/golden")
        .join(file);
    let actual: Map<String, Value> = PURPOSES
        .iter()
        .map(|purpose| ((*purpose).to_owned(), sent(purpose)))
        .collect();
    if std::env::var_os("VIGIL_UPDATE_GOLDEN").is_some() {
        let text = serde_json::to_string_pretty(&actual).expect("json") + "\n";
        std::fs::write(&path, text).expect("the file can be written");
    }
    let expected = std::fs::read_to_string(&path).expect("the file is there");
    let expected: Map<String, Value> = serde_json::from_str(&expected).expect("json");
    for purpose in PURPOSES {
        assert_eq!(actual[purpose], expected[purpose], "{file}, {purpose}");
    }
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).expect("json")
}

#[test]
fn slack_messages() {
    check("slack.json", |purpose| {
        slack::message(&written(&notification("slack", purpose, "en")).1)
    });
}

#[test]
fn teams_cards() {
    check("teams.json", |purpose| {
        let (message, written) = written(&notification("teams", purpose, "en"));
        json_of(&teams::card(&message, &written))
    });
}

#[test]
fn pagerduty_events() {
    check("pagerduty.json", |purpose| {
        let notification = notification("pagerduty", purpose, "en");
        let (message, written) = written(&notification);
        pagerduty::event(&notification, &message, &written)
    });
}

#[test]
fn sms_texts() {
    for language in ["en", "de"] {
        check(&format!("sms.{language}.json"), |purpose| {
            let written = written(&notification("sms", purpose, language)).1;
            let link = (purpose == "page").then_some(LINK);
            sms::fitted(&written.body, link).into()
        });
    }
}

#[test]
fn emails() {
    for language in ["en", "de"] {
        check(&format!("email.{language}.json"), |purpose| {
            let written = written(&notification("email", purpose, language)).1;
            json!({"subject": written.subject, "text": written.body, "html": written.html})
        });
    }
}

#[test]
fn webhooks_get_the_payload_itself() {
    for purpose in PURPOSES {
        let notification: Notification = notification("webhook", purpose, "en");
        assert_eq!(written(&notification).1.body, notification.payload);
    }
}

#[test]
fn headers_of_emails_thread() {
    for purpose in ["page", "resolve"] {
        let mut notification = notification("email", purpose, "en");
        notification.config = json!({
            "host": "mail.example.com", "port": 465, "tls": "implicit", "from": "Vigil <vigil@example.com>",
            "to": ["ada@example.com", "Grace <grace@example.com>"], "reply_to": "ops@example.com",
        })
        .to_string();
        let written = written(&notification).1;
        let bytes = email::composed(&notification, &written).expect("an email");
        let text = String::from_utf8(bytes).expect("an email is ascii");
        let (head, _) = text.split_once("\r\n\r\n").expect("a head and a body");
        for line in [
            "Message-ID: <msg_2mXbVJ7kSQ@example.com>",
            "In-Reply-To: <vigil/1/incident/42@example.com>",
            "References: <vigil/1/incident/42@example.com>",
            "From: Vigil <vigil@example.com>",
            "To: ada@example.com, Grace <grace@example.com>",
            "Reply-To: ops@example.com",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
        ] {
            assert!(
                head.lines().any(|one| one == line),
                "no {line:?} in\n{head}"
            );
        }
        assert!(
            head.contains("Content-Type: multipart/alternative"),
            "{head}"
        );
        assert!(!head.contains("\nBcc"), "{head}");
        assert!(head.lines().all(|line| line.len() <= 998), "{head}");
    }
}
