//! The one way out over HTTP: addresses checked, no redirects, no proxy, answers cut off, deadlines kept.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::{Client, RequestBuilder, Response, Url, redirect};
use tokio::time::{Instant, timeout_at};
use url::Host;

use super::address_filter::AddressFilter;
use super::answer::Answer;
use super::resolver::FilteringResolver;
use super::{Outcome, failure};
use crate::error::Error;
use crate::retry_after;

/// Most bytes of an answer's body that are read: it lets a well-behaved receiver's connection be used again.
const LARGEST_ANSWER: usize = 64 * 1024;
/// Most bytes of an answer's body that are kept, for the kinds that look into it.
const KEPT: usize = 4096;
/// Longest wait for the rest of an answer whose status is already known.
const ANSWER_PATIENCE: Duration = Duration::from_secs(2);

/// Sends requests to where they may go.
#[derive(Debug)]
pub(super) struct Guarded {
    /// Keeps idle connections to receivers; the filter sits in its resolver.
    client: Client,
    filter: Arc<AddressFilter>,
}

impl Guarded {
    pub(super) fn new(
        tls: rustls::ClientConfig,
        filter: Arc<AddressFilter>,
        resolver: FilteringResolver,
        connect_timeout: Duration,
    ) -> Result<Self, Error> {
        let client = Client::builder()
            .user_agent(concat!("vigil-worker/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(tls)
            .dns_resolver(resolver)
            .connect_timeout(connect_timeout)
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
        Ok(Self { client, filter })
    }

    /// A POST to `url`, or why none may go there.
    pub(super) fn post(&self, url: &str, allow_http: bool) -> Result<RequestBuilder, Outcome> {
        Ok(self.client.post(self.checked_url(url, allow_http)?))
    }

    /// Sends `request` and reads the answer until `until` at the latest.
    pub(super) async fn send(
        &self,
        request: RequestBuilder,
        until: Instant,
    ) -> Result<Answer, Outcome> {
        let request = request
            .build()
            .map_err(|_| Outcome::permanent("the request cannot be built from the channel"))?;
        match self.client.execute(request).await {
            Ok(response) => Ok(read(response, until.min(Instant::now() + ANSWER_PATIENCE)).await),
            Err(error) => Err(failure::outcome(&error)),
        }
    }

    /// Parses the URL as browsers do, which turns decimal, octal, hexadecimal and short forms of an IPv4 address, and
    /// full-width digits, into the address they mean before it is checked. Names are checked by the resolver.
    fn checked_url(&self, text: &str, allow_http: bool) -> Result<Url, Outcome> {
        let url =
            Url::parse(text).map_err(|_| Outcome::permanent("the channel's url is not valid"))?;
        match url.scheme() {
            "https" => {}
            "http" if allow_http => {}
            "http" => {
                return Err(Outcome::permanent(
                    "the channel's url must begin with https://, or the channel must allow http",
                ));
            }
            _ => {
                return Err(Outcome::permanent(
                    "the channel's url must begin with https://",
                ));
            }
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

/// Reads the answer until its end, the cap or `until`, whichever comes first, and keeps the beginning. How the body
/// ends changes nothing: the status has come.
async fn read(mut response: Response, until: Instant) -> Answer {
    let status = response.status();
    let retry_after = retry_after::parse(response.headers(), SystemTime::now());
    let (mut body, mut read) = (Vec::new(), 0);
    let rest = async {
        while read < LARGEST_ANSWER {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    read += chunk.len();
                    let room = KEPT.saturating_sub(body.len());
                    body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                }
                Ok(None) | Err(_) => break,
            }
        }
    };
    let _ = timeout_at(until, rest).await;
    Answer {
        status,
        retry_after,
        body,
    }
}

#[cfg(test)]
mod tests;
