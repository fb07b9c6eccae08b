//! What an HTTP answer means: one table for all kinds of channel, and what each kind knows better.

use std::fmt::Write as _;
use std::time::Duration;

use reqwest::StatusCode;

use super::Outcome;

/// An answer, as much of it as may decide.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// How long the receiver asks to be left alone, up to an hour.
    pub(super) retry_after: Option<Duration>,
    /// The beginning of the body. May hold anything, so no part of it is repeated.
    pub(super) body: Vec<u8>,
}

/// Which statuses say that the message was taken.
#[derive(Clone, Copy)]
pub(super) enum Accepted {
    /// Every 2xx.
    Success,
    /// These alone: the service is known, so any other 2xx comes from something else, a proxy's login page for instance.
    Only(&'static [u16]),
}

impl Answer {
    /// The outcome by the status alone.
    pub(super) fn judged(&self, accepted: Accepted) -> Outcome {
        let taken = match accepted {
            Accepted::Success => self.status.is_success(),
            Accepted::Only(statuses) => statuses.contains(&self.status.as_u16()),
        };
        match self.status.as_u16() {
            status if taken => Outcome::Delivered {
                status,
                detail: None,
            },
            200..=299 => self.retry("which is not how the service takes a message"),
            // A redirect is an answer to the wrong URL; following it could lead anywhere.
            300..=399 => self.permanent(
                "redirects are not followed, set the channel's url to the final address",
            ),
            // Timeout, too early, too many requests: the same request may succeed later.
            408 | 425 | 429 => self.retry(""),
            410 => self.gone(""),
            400..=499 => self.permanent(""),
            // Server errors, and codes that are no final answer at all: the receiver is broken and may be mended.
            _ => self.retry(""),
        }
    }

    /// Another attempt may succeed, and why, if there is more to say than the status does.
    pub(super) fn retry(&self, why: &str) -> Outcome {
        Outcome::Retry {
            status: Some(self.status.as_u16()),
            detail: self.detail(why).into(),
            retry_after: self.retry_after,
        }
    }

    /// No attempt can succeed, and why.
    pub(super) fn permanent(&self, why: &str) -> Outcome {
        Outcome::Permanent {
            status: Some(self.status.as_u16()),
            detail: self.detail(why).into(),
        }
    }

    /// The receiver is gone for good, and why.
    pub(super) fn gone(&self, why: &str) -> Outcome {
        Outcome::Gone {
            status: self.status.as_u16(),
            detail: self.detail(why).into(),
        }
    }

    /// The body as text; empty when it is none.
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default().trim()
    }

    /// The reason phrase is ours: the receiver's may hold anything.
    fn detail(&self, why: &str) -> String {
        let mut detail = format!("answered {}", self.status.as_u16());
        if let Some(reason) = self.status.canonical_reason() {
            let _ = write!(detail, " {reason}");
        }
        if !why.is_empty() {
            let _ = write!(detail, "; {why}");
        }
        detail
    }
}

#[cfg(test)]
pub(super) mod tests;
