//! Standard Webhooks 1.0.0: one signed POST for each attempt.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Request, Response, StatusCode, Url, redirect};
use tokio::time::{Instant, timeout_at};
use url::Host;

use super::address_filter::AddressFilter;
use super::resolver::FilteringResolver;
use super::{Outcome, failure};
use crate::error::Error;
use crate::notification::Notification;
use crate::retry_after;
use crate::secrets::{SecretError, Secrets};

/// Most bytes of an answer's body that are read. They are thrown away: reading them only lets a well-behaved
/// receiver's connection be used again.
const LARGEST_ANSWER: usize = 64 * 1024;
/// Longest wait for the rest of an answer whose status is already known.
const ANSWER_PATIENCE: Duration = Duration::from_secs(2);

/// What a [`Webhook`] sender needs to know.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    /// Where signing secrets are.
    pub secrets: Secrets,
    /// Which addresses may be sent to.
    pub filter: AddressFilter,
    /// Longest time of one attempt, from reading the secret to the end of the answer.
    pub deadline: Duration,
    /// Longest time to connect, name lookup included.
    pub connect_timeout: Duration,
}

/// Settings of a channel of this kind.
#[derive(serde::Deserialize)]
struct Settings {
    url: String,
}

/// Sends webhooks.
#[derive(Debug)]
pub struct Webhook {
    /// Keeps idle connections to receivers; the filter sits in its resolver.
    client: Client,
    secrets: Secrets,
    filter: Arc<AddressFilter>,
    deadline: Duration,
}

impl Webhook {
    /// A sender with its own pool of connections.
    ///
    /// # Errors
    /// When the http client or its TLS settings cannot be set up.
    pub fn new(settings: WebhookSettings) -> Result<Self, Error> {
        let filter = Arc::new(settings.filter);
        let client = Client::builder()
            .user_agent(concat!("vigil-worker/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(crate::tls::client_config(None)?)
            .dns_resolver(FilteringResolver::new(Arc::clone(&filter)))
            .connect_timeout(settings.connect_timeout)
            .redirect(redirect::Policy::none())
            .referer(false)
            // A proxy from the environment would do its own name lookups, past the filter.
            .no_proxy()
            // Attempts are counted in SQL; the client must not add its own.
            .retry(reqwest::retry::never())
            .http1_max_headers(100)
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(4)
            .build()
            .map_err(Error::HttpClient)?;
        Ok(Self {
            client,
            secrets: settings.secrets,
            filter,
            deadline: settings.deadline,
        })
    }

    /// Makes one attempt and ends within the deadline.
    pub async fn deliver(&self, notification: &Notification) -> Outcome {
        let deadline = Instant::now() + self.deadline;
        let attempt = async {
            let request = match self.request(notification).await {
                Ok(request) => request,
                Err(outcome) => return outcome,
            };
            match self.client.execute(request).await {
                Ok(response) => {
                    let outcome = judge(&response);
                    drain(response, deadline.min(Instant::now() + ANSWER_PATIENCE)).await;
                    outcome
                }
                Err(error) => failure::outcome(&error),
            }
        };
        timeout_at(deadline, attempt)
            .await
            .unwrap_or_else(|_| Outcome::retry("no answer before the deadline"))
    }

    /// The signed request, or why nothing can be sent.
    async fn request(&self, notification: &Notification) -> Result<Request, Outcome> {
        let settings: Settings = serde_json::from_str(&notification.config)
            .map_err(|_| Outcome::permanent("the channel's settings have no url"))?;
        let url = self.checked_url(&settings.url)?;
        if serde_json::from_str::<serde::de::IgnoredAny>(&notification.payload).is_err() {
            return Err(Outcome::permanent("the payload is not valid json"));
        }
        let message_id = header(
            &notification.message_id,
            "the message id cannot be sent as a header",
        )?;
        let keys = self
            .secrets
            .read(secret_name(notification)?)
            .await
            .map_err(|error| match error {
                SecretError::Unreadable(..) => Outcome::retry(error.to_string()),
                SecretError::Name | SecretError::Missing(_) | SecretError::Malformed(_) => {
                    Outcome::permanent(error.to_string())
                }
            })?;
        let timestamp = unix_seconds(notification.clock.now());
        let signatures =
            keys.signatures(&notification.message_id, timestamp, &notification.payload);
        let mut signature = header(&signatures, "the signature cannot be sent as a header")?;
        // Keeps it out of the debug form of the request.
        signature.set_sensitive(true);
        self.client
            .post(url)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header("webhook-id", message_id)
            .header("webhook-timestamp", HeaderValue::from(timestamp))
            .header("webhook-signature", signature)
            .body(notification.payload.clone())
            .build()
            .map_err(|_| Outcome::permanent("the request cannot be built from the channel's url"))
    }

    /// Parses the URL as browsers do, which turns decimal, octal, hexadecimal and short forms of an IPv4 address, and
    /// full-width digits, into the address they mean before it is checked. Names are checked by the resolver.
    fn checked_url(&self, text: &str) -> Result<Url, Outcome> {
        let url =
            Url::parse(text).map_err(|_| Outcome::permanent("the channel's url is not valid"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Outcome::permanent(
                "the channel's url must begin with http:// or https://",
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Outcome::permanent(
                "the channel's url must not hold a user name or password",
            ));
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            Some(Host::Domain(_)) => None,
            None => return Err(Outcome::permanent("the channel's url is not valid")),
        };
        match literal.map_or(Ok(()), |address| self.filter.check(address)) {
            Ok(()) => Ok(url),
            Err(why) => Err(failure::refused(&why)),
        }
    }
}

/// The file named by `secret_ref`.
fn secret_name(notification: &Notification) -> Result<&str, Outcome> {
    let secret_ref = notification.secret_ref.as_deref().unwrap_or_default();
    secret_ref
        .strip_prefix("file:")
        .ok_or(Outcome::permanent("the channel has no signing secret"))
}

/// What an answer means. The reason phrase is ours: the receiver's may hold anything.
fn judge(response: &Response) -> Outcome {
    let status = response.status();
    let detail = || match status.canonical_reason() {
        Some(reason) => format!("answered {} {reason}", status.as_u16()),
        None => format!("answered {}", status.as_u16()),
    };
    match meaning(status) {
        Meaning::Delivered => Outcome::Delivered {
            status: status.as_u16(),
            detail: None,
        },
        Meaning::Gone => Outcome::Gone {
            status: status.as_u16(),
            detail: detail().into(),
        },
        Meaning::Retry => Outcome::Retry {
            status: Some(status.as_u16()),
            detail: detail().into(),
            retry_after: retry_after::parse(response.headers(), SystemTime::now()),
        },
        Meaning::Moved => Outcome::Permanent {
            status: Some(status.as_u16()),
            detail: format!(
                "{}; redirects are not followed, set the channel's url to the final address",
                detail()
            )
            .into(),
        },
        Meaning::Permanent => Outcome::Permanent {
            status: Some(status.as_u16()),
            detail: detail().into(),
        },
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Meaning {
    Delivered,
    Retry,
    Moved,
    Permanent,
    Gone,
}

fn meaning(status: StatusCode) -> Meaning {
    match status.as_u16() {
        200..=299 => Meaning::Delivered,
        // A redirect is an answer to the wrong URL; following it could lead anywhere.
        300..=399 => Meaning::Moved,
        // Timeout, too early, too many requests: the same request may succeed later.
        408 | 425 | 429 => Meaning::Retry,
        410 => Meaning::Gone,
        400..=499 => Meaning::Permanent,
        // Server errors, and codes that are no final answer at all: the receiver is broken and may be mended.
        _ => Meaning::Retry,
    }
}

/// Reads and drops the rest of the answer until its end, the cap or `until`, whichever comes first.
async fn drain(mut response: Response, until: Instant) {
    let rest = async {
        let mut read = 0;
        while read < LARGEST_ANSWER {
            match response.chunk().await {
                Ok(Some(chunk)) => read += chunk.len(),
                Ok(None) | Err(_) => break,
            }
        }
    };
    // The status has already decided; how the body ends changes nothing.
    let _ = timeout_at(until, rest).await;
}

fn header(value: &str, problem: &'static str) -> Result<HeaderValue, Outcome> {
    HeaderValue::from_str(value)
        .ok()
        .filter(|value| !value.is_empty())
        .ok_or(Outcome::permanent(problem))
}

/// Whole seconds since 1970; 0 for a clock before that, which receivers refuse as too old.
fn unix_seconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| i64::try_from(elapsed.as_secs()).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests;
