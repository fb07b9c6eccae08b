//! The message itself: headers that thread, text and HTML.

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder, MultiPart};
use lettre::{Address, Message};

use super::Settings;
use crate::delivery::Outcome;
use crate::delivery::cut::cut;
use crate::notification::Notification;
use crate::template::Written;

/// Longer subjects are shown by no mail program.
const LONGEST_SUBJECT: usize = 200;

/// A message as it is handed over.
pub(super) struct Email {
    pub(super) from: Address,
    pub(super) to: Vec<Address>,
    pub(super) bytes: Vec<u8>,
}

/// Every attempt makes the same message, but for its date: its id is made of the notification's, so that mail programs
/// can drop duplicates. All messages about an incident refer to the same id, so that they are shown as one thread.
pub(super) fn compose(
    notification: &Notification,
    settings: &Settings,
    written: &Written,
) -> Result<Email, Outcome> {
    let from = mailbox(&settings.from, "the channel's from is not an email address")?;
    let to = recipients(notification, settings)?;
    let domain = from.email.domain();
    let message_id = id(&notification.message_id, domain).ok_or(Outcome::permanent(
        "the message id cannot be sent as a header",
    ))?;
    let mut builder = Message::builder()
        .message_id(Some(message_id))
        .date(notification.clock.now())
        .from(from.clone())
        .subject(cut(&written.subject, LONGEST_SUBJECT));
    for mailbox in &to {
        builder = builder.to(mailbox.clone());
    }
    if let Some(reply_to) = &settings.reply_to {
        builder = builder.reply_to(mailbox(
            reply_to,
            "the channel's reply_to is not an email address",
        )?);
    }
    if let Some(thread) = notification
        .thread_id
        .as_deref()
        .and_then(|text| id(text, domain))
    {
        builder = builder.in_reply_to(thread.clone()).references(thread);
    }
    let message = body(automatic(builder), written)
        .map_err(|_| Outcome::permanent("the email cannot be put together"))?;
    Ok(Email {
        from: from.email,
        to: to.into_iter().map(|mailbox| mailbox.email).collect(),
        bytes: message.formatted(),
    })
}

fn recipients(notification: &Notification, settings: &Settings) -> Result<Vec<Mailbox>, Outcome> {
    let to = match (&notification.address, &settings.to) {
        (Some(address), _) => std::slice::from_ref(address),
        (None, Some(to)) if !to.is_empty() => to.as_slice(),
        _ => {
            return Err(Outcome::permanent(
                "nobody to send to; set the channel's to",
            ));
        }
    };
    to.iter()
        .map(|text| mailbox(text, "a recipient is not an email address"))
        .collect()
}

/// Control characters, line breaks among them, would end the header and begin another.
fn mailbox(text: &str, problem: &'static str) -> Result<Mailbox, Outcome> {
    if text.chars().any(char::is_control) {
        return Err(Outcome::permanent(problem));
    }
    text.parse().map_err(|_| Outcome::permanent(problem))
}

/// `<text@domain>`; characters that are not of an id are replaced. None when the text breaks lines.
fn id(text: &str, domain: &str) -> Option<String> {
    let allowed =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | '+' | '=');
    if text.is_empty() || text.chars().any(char::is_control) {
        return None;
    }
    let local: String = text
        .chars()
        .map(|c| if allowed(c) { c } else { '-' })
        .collect();
    Some(format!("<{local}@{domain}>"))
}

/// Keeps out-of-office replies away (RFC 3834).
fn automatic(builder: MessageBuilder) -> MessageBuilder {
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    builder.raw_header(HeaderValue::new(name, "auto-generated".to_owned()))
}

fn body(builder: MessageBuilder, written: &Written) -> Result<Message, lettre::error::Error> {
    match &written.html {
        Some(html) => builder.multipart(MultiPart::alternative_plain_html(
            written.body.clone(),
            html.clone(),
        )),
        None => builder
            .header(ContentType::TEXT_PLAIN)
            .body(written.body.clone()),
    }
}
