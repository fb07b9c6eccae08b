//! What became of one attempt.

use std::borrow::Cow;
use std::time::Duration;

/// What became of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver answered 2xx.
    Delivered {
        /// The HTTP status, or the reply code of a mail server.
        status: u16,
        /// What the channel's owner should know all the same: a template that failed, recipients that were refused.
        detail: Option<Cow<'static, str>>,
    },
    /// Another attempt may succeed.
    Retry {
        /// The HTTP status or reply code; none when no answer came.
        status: Option<u16>,
        /// What happened, without any part of the URL, the payload or the answer's body.
        detail: Cow<'static, str>,
        /// How long the receiver asked to be left alone, up to an hour.
        retry_after: Option<Duration>,
    },
    /// No attempt can succeed until somebody changes the channel, the secret or the receiver.
    Permanent {
        /// The HTTP status; none when nothing was sent.
        status: Option<u16>,
        /// What happened, as in `Retry`.
        detail: Cow<'static, str>,
    },
    /// The receiver says that it is gone for good: the channel should be turned off.
    Gone {
        /// The HTTP status.
        status: u16,
        /// What happened, as in `Retry`.
        detail: Cow<'static, str>,
    },
}

impl Outcome {
    /// The name of the outcome in `alerting.settle_notification` and in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Delivered { .. } => "delivered",
            Self::Retry { .. } => "retry",
            Self::Permanent { .. } => "permanent",
            Self::Gone { .. } => "gone",
        }
    }

    /// The HTTP status, when there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Delivered { status, .. } | Self::Gone { status, .. } => Some(*status),
            Self::Retry { status, .. } | Self::Permanent { status, .. } => *status,
        }
    }

    /// What went wrong; none for a delivery without anything to say.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Delivered { detail, .. } => detail.as_deref(),
            Self::Retry { detail, .. }
            | Self::Permanent { detail, .. }
            | Self::Gone { detail, .. } => Some(detail),
        }
    }

    /// How long the receiver asked to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Retry { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Another attempt may succeed; nothing is known of an answer.
    pub(crate) fn retry(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Retry {
            status: None,
            detail: detail.into(),
            retry_after: None,
        }
    }

    /// No attempt can succeed; nothing was sent.
    pub(crate) fn permanent(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Permanent {
            status: None,
            detail: detail.into(),
        }
    }

    /// The same, and a delivery also says `remark`.
    pub(crate) fn remarking(self, remark: Option<String>) -> Self {
        match (self, remark) {
            (Self::Delivered { status, detail }, Some(remark)) => Self::Delivered {
                status,
                detail: Some(match detail {
                    Some(detail) => format!("{detail}; {remark}").into(),
                    None => remark.into(),
                }),
            },
            (outcome, _) => outcome,
        }
    }
}
