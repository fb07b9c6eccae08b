//! Where a text ends up, and what is special there.

use std::fmt::Write as _;

use minijinja::AutoEscape;

/// How text from outside is kept from being read as markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Medium {
    /// Nothing is special: plain text, mail headers, SMS.
    Plain,
    /// HTML of emails.
    Html,
    /// Slack's mrkdwn.
    Slack,
    /// The Markdown of Adaptive Cards.
    Teams,
    /// JSON of webhooks: every value printed is a JSON value.
    Json,
}

impl Medium {
    /// The medium of a message's body.
    pub(crate) fn of(kind: &str) -> Self {
        match kind {
            "slack" => Self::Slack,
            "teams" => Self::Teams,
            "webhook" => Self::Json,
            _ => Self::Plain,
        }
    }

    /// The name that templates see, and the ending of theirs.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Html => "html",
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Json => "json",
        }
    }

    pub(super) fn auto_escape(self) -> AutoEscape {
        match self {
            Self::Plain => AutoEscape::None,
            Self::Html => AutoEscape::Html,
            Self::Slack | Self::Teams => AutoEscape::Custom(self.name().into()),
            Self::Json => AutoEscape::Json,
        }
    }

    pub(super) fn from_auto_escape(escape: &AutoEscape) -> Self {
        match escape {
            AutoEscape::Html => Self::Html,
            AutoEscape::Json => Self::Json,
            AutoEscape::Custom(name) if name == "slack" => Self::Slack,
            AutoEscape::Custom(name) if name == "teams" => Self::Teams,
            _ => Self::Plain,
        }
    }

    /// `text` as it must be written to be shown as it is.
    pub(crate) fn escape(self, text: &str) -> String {
        let mut escaped = String::with_capacity(text.len());
        for c in text.chars() {
            match (self, c) {
                (Self::Html | Self::Slack, '&') => escaped.push_str("&amp;"),
                (Self::Html | Self::Slack, '<') => escaped.push_str("&lt;"),
                (Self::Html | Self::Slack, '>') => escaped.push_str("&gt;"),
                (Self::Html, '"') => escaped.push_str("&quot;"),
                (Self::Html, '\'') => escaped.push_str("&#x27;"),
                (Self::Teams, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '~') => {
                    escaped.push('\\');
                    escaped.push(c);
                }
                _ => escaped.push(c),
            }
        }
        if self == Self::Json {
            return serde_json::Value::from(escaped).to_string();
        }
        escaped
    }

    /// `text`, escaped and emphasised where the medium knows how to.
    pub(super) fn bold(self, text: &str) -> String {
        let escaped = self.escape(text);
        match self {
            _ if text.trim().is_empty() => escaped,
            Self::Html => format!("<strong>{escaped}</strong>"),
            // An asterisk within would end the emphasis early.
            Self::Slack if !text.contains(['*', '`']) => format!("*{escaped}*"),
            Self::Teams => format!("**{escaped}**"),
            Self::Plain | Self::Slack | Self::Json => escaped,
        }
    }

    /// A link with a name. The URL is the worker's own, so its special characters are those of a URL.
    pub(super) fn link(self, url: &str, name: &str) -> String {
        let (name, mut link) = (self.escape(name), String::new());
        let plain = |c: char| !matches!(c, '<' | '>' | '|' | '(' | ')' | '"' | '\'' | ' ' | '\\');
        let url: String = url.chars().filter(|c| plain(*c)).collect();
        let _ = match self {
            Self::Html => write!(link, "<a href=\"{}\">{name}</a>", self.escape(&url)),
            Self::Slack => write!(link, "<{}|{name}>", url.replace('&', "&amp;")),
            Self::Teams => write!(link, "[{name}]({url})"),
            Self::Plain => write!(link, "{name}: {url}"),
            Self::Json => write!(link, "{}", self.escape(&url)),
        };
        link
    }
}
