//! What arrived: a line for people on standard output and a JSON line in a file.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;

use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

/// Longest summary printed, in characters.
const LONGEST_SUMMARY: usize = 120;

/// One delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Which service it was meant for: `webhook`, `slack`, `teams`, `pagerduty`, `sms` or `email`.
    pub kind: String,
    /// The `webhook-id`, or the `Message-ID` of an email; empty when absent.
    pub message_id: String,
    /// The `webhook-timestamp`, in Unix seconds; empty when absent.
    pub timestamp: String,
    /// Of a webhook: the signature is by our secret and the timestamp within five minutes of now. Of others: the service
    /// would take it.
    pub verified: bool,
    /// The status or reply code answered; of a hanging answer the one that would have been.
    pub status: u16,
    /// The body as it came; bytes that are not UTF-8 are replaced.
    pub body: String,
    /// What an email says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<Mail>,
}

/// An email, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// The subject.
    pub subject: String,
    /// What it answers to, and so which thread it is in.
    pub references: String,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
}

/// Where deliveries are written down.
#[derive(Debug, Default)]
pub struct Journal {
    /// Appended to, one JSON object a line.
    file: Option<Mutex<File>>,
    /// Whether to print a line for each delivery.
    print: bool,
}

impl Journal {
    /// A journal that appends to `file`, if given, and prints, if asked to.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(file: Option<&Path>, print: bool) -> io::Result<Self> {
        let file = file
            .map(|path| OpenOptions::new().create(true).append(true).open(path))
            .transpose()?;
        Ok(Self {
            file: file.map(Mutex::new),
            print,
        })
    }

    /// Writes one delivery; the line is in the file, for other processes to read, when this returns.
    pub(super) fn write(&self, entry: &Entry) -> io::Result<()> {
        if let Some(file) = &self.file {
            let mut line = serde_json::to_vec(entry)?;
            line.push(b'\n');
            let mut file = file
                .lock()
                .map_err(|_| io::Error::other("an earlier write panicked"))?;
            file.write_all(&line)?;
        }
        if self.print {
            writeln!(io::stdout().lock(), "{}", entry.line())?;
        }
        Ok(())
    }
}

impl Entry {
    pub(super) fn new(
        kind: &str,
        headers: &HeaderMap,
        body: &[u8],
        verified: bool,
        status: StatusCode,
    ) -> Self {
        let header = |name| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        Self {
            kind: kind.to_owned(),
            message_id: header("webhook-id"),
            timestamp: header("webhook-timestamp"),
            verified,
            status: status.as_u16(),
            body: String::from_utf8_lossy(body).into_owned(),
            mail: None,
        }
    }

    /// Id, type, verdict, status and what it is about, on one line without control characters. Another kind than
    /// `webhook` comes first.
    fn line(&self) -> String {
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        let (kind, summary) = match (self.kind.as_str(), &self.mail) {
            (_, Some(mail)) => (
                "email",
                format!("to {}: {}", mail.to.join(", "), mail.subject),
            ),
            ("webhook", None) => {
                let data = &body["data"];
                let about = [&data["title"], &data["summary"]];
                let about = about.iter().find_map(|text| text.as_str());
                (
                    body["type"].as_str().unwrap_or("(no type)"),
                    about.map_or_else(|| data.to_string(), ToOwned::to_owned),
                )
            }
            (kind, None) => (kind, self.body.clone()),
        };
        let verdict = if self.verified {
            "verified"
        } else {
            "NOT VERIFIED"
        };
        let line = format!("{} {kind} {verdict} {} ", self.message_id, self.status);
        line.trim_start()
            .chars()
            .chain(summary.chars().take(LONGEST_SUMMARY))
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(body: &str) -> Entry {
        Entry {
            kind: "webhook".to_owned(),
            message_id: "msg_1".to_owned(),
            timestamp: "1614265330".to_owned(),
            verified: true,
            status: 204,
            body: body.to_owned(),
            mail: None,
        }
    }

    #[test]
    fn a_line_says_what_it_is_about() {
        for (body, line) in [
            (
                r#"{"type":"alert.raised","data":{"summary":"battery low"}}"#,
                "msg_1 alert.raised verified 204 battery low",
            ),
            (
                r#"{"type":"incident.triggered","data":{"title":"pump silent"}}"#,
                "msg_1 incident.triggered verified 204 pump silent",
            ),
            (
                r#"{"type":"alert.raised","data":{"score":0.9}}"#,
                r#"msg_1 alert.raised verified 204 {"score":0.9}"#,
            ),
            ("not json", "msg_1 (no type) verified 204 null"),
            (
                r#"{"type":"a\u001b[31m","data":{"summary":"two\nlines"}}"#,
                "msg_1 a [31m verified 204 two lines",
            ),
        ] {
            assert_eq!(entry(body).line(), line);
        }
        let slack = Entry {
            kind: "slack".to_owned(),
            message_id: String::new(),
            ..entry("{\"text\":\"a\"}")
        };
        assert_eq!(slack.line(), "slack verified 204 {\"text\":\"a\"}");
        let mail = Entry {
            mail: Some(Mail {
                to: vec!["ada@example.com".to_owned()],
                subject: "s".to_owned(),
                ..Mail::default()
            }),
            ..entry("raw")
        };
        assert_eq!(
            mail.line(),
            "msg_1 email verified 204 to ada@example.com: s"
        );
        let long = format!(
            r#"{{"type":"t","data":{{"summary":"{}"}}}}"#,
            "ä".repeat(500)
        );
        assert_eq!(
            entry(&long).line().chars().filter(|c| *c == 'ä').count(),
            LONGEST_SUMMARY
        );
    }

    #[test]
    fn the_file_is_appended_to_and_reads_back() {
        let path = std::env::temp_dir().join(format!(
            "vigil-receiver-journal-{}.jsonl",
            std::process::id()
        ));
        let _ = std::fs::remove_file(&path);
        let entries = [entry("{}"), entry("line\nbreak \"quoted\" \u{0}")];
        for entry in &entries {
            Journal::open(Some(&path), false)
                .expect("a journal")
                .write(entry)
                .expect("a line");
        }
        let content = std::fs::read_to_string(&path).expect("the journal");
        std::fs::remove_file(&path).expect("the journal");
        let read: Vec<Entry> = content
            .lines()
            .map(|line| serde_json::from_str(line).expect("an entry"))
            .collect();
        assert_eq!(read, entries);
    }
}
