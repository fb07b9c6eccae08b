//! Name lookup for deliveries, with the address filter inside.

use std::net::SocketAddr;
use std::sync::Arc;
use std::{fmt, io};

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address_filter::{AddressFilter, Refusal};

/// Looks a name up; port 0 in every answer.
pub(super) type Lookup =
    dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync;

/// Hands the connector only addresses that passed the filter. The connection goes to the very address that was
/// checked, so a name that answers differently the next time (DNS rebinding) gains nothing.
#[derive(Clone)]
pub(super) struct FilteringResolver {
    filter: Arc<AddressFilter>,
    lookup: Arc<Lookup>,
}

impl fmt::Debug for FilteringResolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilteringResolver")
            .field("filter", &self.filter)
            .finish_non_exhaustive()
    }
}

/// Why a name gave no address to connect to.
#[derive(Debug, thiserror::Error)]
pub(super) enum LookupError {
    /// The name has addresses, but none that may be sent to.
    #[error("the name leads to {0}")]
    Refused(Refusal),
    /// The name has no address.
    #[error("the name has no address")]
    Empty,
    /// The lookup itself failed.
    #[error("the name could not be looked up: {0}")]
    Failed(io::Error),
}

impl FilteringResolver {
    /// Asks the system's resolver.
    pub(super) fn new(filter: Arc<AddressFilter>) -> Self {
        let lookup = |name: String| -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
            Box::pin(async move {
                let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
                Ok(found.collect())
            })
        };
        Self {
            filter,
            lookup: Arc::new(lookup),
        }
    }

    /// Asks `lookup` instead.
    #[cfg(test)]
    pub(super) fn with_lookup(filter: Arc<AddressFilter>, lookup: Arc<Lookup>) -> Self {
        Self { filter, lookup }
    }

    /// The addresses of `name` that may be connected to; a literal address is one of its own.
    pub(super) async fn addresses(&self, name: &str) -> Result<Vec<SocketAddr>, LookupError> {
        let found = (self.lookup)(name.to_owned())
            .await
            .map_err(LookupError::Failed)?;
        permitted(&self.filter, found.into_iter())
    }
}

impl Resolve for FilteringResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            // Port 0 is replaced by the connector with the port of the URL.
            let permitted = resolver.addresses(name.as_str()).await?;
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

/// The addresses that pass the filter; of a mix of public and other addresses only the public ones remain.
fn permitted(
    filter: &AddressFilter,
    found: impl Iterator<Item = SocketAddr>,
) -> Result<Vec<SocketAddr>, LookupError> {
    let mut refusal = None;
    let mut permitted = Vec::new();
    for address in found {
        match filter.check(address.ip()) {
            Ok(()) => permitted.push(address),
            Err(why) => refusal = Some(why),
        }
    }
    match refusal {
        _ if !permitted.is_empty() => Ok(permitted),
        Some(why) => Err(LookupError::Refused(why)),
        None => Err(LookupError::Empty),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(addresses: &[&str]) -> Result<Vec<SocketAddr>, LookupError> {
        let found = addresses
            .iter()
            .map(|text| SocketAddr::new(text.parse().expect("an address"), 0));
        permitted(&AddressFilter::default(), found)
    }

    #[test]
    fn only_public_addresses_of_a_mixed_answer_remain() {
        let kept = judged(&[
            "127.0.0.1",
            "8.8.8.8",
            "::1",
            "::ffff:10.0.0.1",
            "2606:4700::1",
            "169.254.169.254",
        ]);
        let kept: Vec<String> = kept
            .expect("two are public")
            .iter()
            .map(|address| address.ip().to_string())
            .collect();
        assert_eq!(kept, ["8.8.8.8", "2606:4700::1"]);
    }

    #[test]
    fn an_answer_without_public_addresses_is_refused_and_an_empty_one_is_not_a_refusal() {
        assert!(matches!(
            judged(&["10.0.0.1", "::1"]),
            Err(LookupError::Refused(Refusal::Loopback))
        ));
        assert!(matches!(judged(&[]), Err(LookupError::Empty)));
    }

    #[tokio::test]
    async fn localhost_is_looked_up_and_refused() {
        let resolver = FilteringResolver::new(Arc::new(AddressFilter::default()));
        for name in ["localhost", "LOCALHOST"] {
            let error = resolver
                .resolve(name.parse().expect("a name"))
                .await
                .err()
                .expect("a refusal");
            assert!(
                matches!(
                    error.downcast_ref(),
                    Some(LookupError::Refused(Refusal::Loopback))
                ),
                "{name}: {error}"
            );
        }
    }
}
