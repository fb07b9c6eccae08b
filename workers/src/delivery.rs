//! Sends one notification and says what its answer means.

mod address_filter;
mod failure;
mod resolver;
mod webhook;

use std::borrow::Cow;
use std::time::Duration;

pub use address_filter::{AddressFilter, Refusal};
pub use webhook::{Webhook, WebhookSettings};

use crate::notification::Notification;

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

    pub(crate) fn retry(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Retry {
            status: None,
            detail: detail.into(),
            retry_after: None,
        }
    }

    pub(crate) fn permanent(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Permanent {
            status: None,
            detail: detail.into(),
        }
    }
}

/// One sender for each kind of channel.
#[derive(Debug)]
pub struct Channels {
    /// Sends to channels of kind `webhook`.
    pub webhook: Webhook,
}

impl Channels {
    /// Makes one attempt. Ends within the deadline and never fails: whatever goes wrong is an outcome.
    pub async fn deliver(&self, notification: &Notification) -> Outcome {
        match notification.kind.as_str() {
            "webhook" => self.webhook.deliver(notification).await,
            _ => Outcome::permanent("this worker does not know the channel's kind; upgrade it"),
        }
    }
}
