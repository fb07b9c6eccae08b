//! Writes messages: the built-in templates, and those of a channel within limits that no template can break.

mod engine;
mod medium;
mod message;
mod vet;

use std::fmt;

use minijinja::Value;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};

pub(crate) use medium::Medium;
pub use message::Message;

use crate::error::Error;
use crate::notification::Notification;
use engine::Engine;

/// A message for people; how a kind of channel shows it is its own business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// One line without control characters, as plain text.
    pub subject: String,
    /// The text, escaped for the kind's medium; the whole body of a webhook.
    pub body: String,
    /// The same for mail programs that show HTML.
    pub html: Option<String>,
    /// Name and value of what is worth a table; none when the channel has a template of its own.
    pub facts: Vec<Fact>,
    /// Why the channel's own template was not used.
    pub problem: Option<String>,
}

/// One line of a message's table, as plain text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// What it is worth.
    pub value: String,
}

/// A channel's own template.
#[derive(Deserialize)]
struct Own {
    subject: Option<String>,
    body: String,
    html: Option<String>,
}

/// What templates can refer to.
#[derive(Serialize)]
struct Context<'a> {
    #[serde(flatten)]
    message: &'a Message,
    purpose: &'a str,
    language: &'a str,
    medium: &'a str,
    subject: &'a str,
    facts: &'a [Fact],
}

/// Writes messages.
pub struct Templates {
    engine: Engine,
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Templates").finish_non_exhaustive()
    }
}

impl Templates {
    /// The built-in templates.
    ///
    /// # Errors
    /// When one of them cannot be parsed, which is a bug.
    pub fn new() -> Result<Self, Error> {
        Ok(Self {
            engine: Engine::new().map_err(Error::Template)?,
        })
    }

    /// The message of a notification. Never fails: when the channel's own template does, the built-in one is used and
    /// `problem` says so.
    pub fn write(&self, notification: &Notification, message: &Message) -> Written {
        let writing = Writing {
            engine: &self.engine,
            notification,
            message,
            medium: Medium::of(&notification.kind),
        };
        let Some(template) = notification.template.as_deref() else {
            return writing.built_in();
        };
        writing.own(template).unwrap_or_else(|why| Written {
            problem: Some(format!(
                "the channel's template failed and the built-in one was used: {why}"
            )),
            ..writing.built_in()
        })
    }
}

/// One message on its way.
struct Writing<'a> {
    engine: &'a Engine,
    notification: &'a Notification,
    message: &'a Message,
    medium: Medium,
}

impl Writing<'_> {
    fn language(&self) -> &'static str {
        match self.notification.language.as_str() {
            "de" => "de",
            _ => "en",
        }
    }

    /// The template's body takes the place of text, facts and HTML; without a subject the built-in one stays.
    fn own(&self, template: &str) -> Result<Written, String> {
        let own: Own = serde_json::from_str(template)
            .map_err(|_| "it is not an object of subject, body and html".to_owned())?;
        let subject = match own.subject {
            Some(source) if self.medium != Medium::Json => {
                let subject = self.render("its subject", &source, Medium::Plain, "", &[])?;
                one_line(&subject)?
            }
            _ => self.subject(),
        };
        let body = self.render("its body", &own.body, self.medium, &subject, &[])?;
        if body.is_empty() {
            return Err("its body came out empty".to_owned());
        }
        if self.medium == Medium::Json && !is_json(&body) {
            return Err("its body came out as something that is not json".to_owned());
        }
        let html = match own.html {
            Some(source) if self.notification.kind == "email" => {
                Some(self.render("its html", &source, Medium::Html, &subject, &[])?)
            }
            _ => None,
        };
        Ok(Written {
            subject,
            body,
            html,
            facts: Vec::new(),
            problem: None,
        })
    }

    fn render(
        &self,
        part: &str,
        source: &str,
        medium: Medium,
        subject: &str,
        facts: &[Fact],
    ) -> Result<String, String> {
        self.engine
            .render(source, medium, self.context(medium, subject, facts))
            .map_err(|why| format!("{part} {why}"))
    }

    fn built_in(&self) -> Written {
        if self.medium == Medium::Json {
            return Written {
                subject: String::new(),
                body: self.notification.payload.clone(),
                html: None,
                facts: Vec::new(),
                problem: None,
            };
        }
        let subject = self.subject();
        let facts = self.facts();
        let file = match self.notification.kind.as_str() {
            "sms" => "sms",
            _ => "text",
        };
        let body = self.part(file, self.medium, &subject, &facts);
        let html = (self.notification.kind == "email").then(|| {
            let text = self.part(file, Medium::Html, &subject, &facts);
            let context = minijinja::context! {
                language => self.language(),
                subject => &subject,
                facts => Serde(&facts),
                text => Value::from_safe_string(text.replace('\n', "<br>\n")),
            };
            self.engine.shell(context).unwrap_or(text)
        });
        Written {
            // A message whose text came out empty still says what it is about.
            body: if body.is_empty() {
                self.medium.escape(&subject)
            } else {
                body
            },
            subject,
            html,
            facts,
            problem: None,
        }
    }

    /// A built-in part. What is too long for it, a payload beyond all that SQL writes, leaves it empty.
    fn part(&self, file: &str, medium: Medium, subject: &str, facts: &[Fact]) -> String {
        let context = self.context(medium, subject, facts);
        let written = self.engine.built_in(self.language(), file, medium, context);
        written.unwrap_or_default()
    }

    fn subject(&self) -> String {
        let subject = self.part("subject", Medium::Plain, "", &[]);
        one_line(&subject).unwrap_or_else(|_| format!("Vigil: {}", self.message.kind()))
    }

    fn facts(&self) -> Vec<Fact> {
        let text = self.part("facts", Medium::Plain, "", &[]);
        let facts = text.lines().filter_map(|line| line.split_once(": "));
        facts
            .map(|(name, value)| Fact {
                name: name.to_owned(),
                value: value.to_owned(),
            })
            .collect()
    }

    fn context(&self, medium: Medium, subject: &str, facts: &[Fact]) -> Value {
        Value::from(Serde(Context {
            message: self.message,
            purpose: &self.notification.purpose,
            language: self.language(),
            medium: medium.name(),
            subject,
            facts,
        }))
    }
}

fn one_line(subject: &str) -> Result<String, String> {
    if subject.chars().any(char::is_control) {
        return Err("its subject has a line break or another control character".to_owned());
    }
    if subject.is_empty() {
        return Err("its subject came out empty".to_owned());
    }
    Ok(subject.to_owned())
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests;
