//! Which addresses may be sent to: by default only public ones, so that a tenant's URL cannot reach what only the
//! worker can reach (server-side request forgery).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Networks of the IANA special-purpose registry (RFC 6890 and successors) and what else is not a public host.
const REFUSED_V4: &[(Ipv4Net, Refusal)] = &[
    (v4(0, 0, 0, 0, 8), Refusal::Unspecified),
    (v4(10, 0, 0, 0, 8), Refusal::Private),
    (v4(100, 64, 0, 0, 10), Refusal::Private),
    (v4(127, 0, 0, 0, 8), Refusal::Loopback),
    // Azure answers virtual machines with their configuration here, on an address that looks public.
    (v4(168, 63, 129, 16, 32), Refusal::LinkLocal),
    (v4(169, 254, 0, 0, 16), Refusal::LinkLocal),
    (v4(172, 16, 0, 0, 12), Refusal::Private),
    (v4(192, 0, 0, 0, 24), Refusal::Reserved),
    (v4(192, 0, 2, 0, 24), Refusal::Reserved),
    (v4(192, 88, 99, 0, 24), Refusal::Reserved),
    (v4(192, 168, 0, 0, 16), Refusal::Private),
    (v4(198, 18, 0, 0, 15), Refusal::Private),
    (v4(198, 51, 100, 0, 24), Refusal::Reserved),
    (v4(203, 0, 113, 0, 24), Refusal::Reserved),
    (v4(224, 0, 0, 0, 4), Refusal::Multicast),
    (v4(240, 0, 0, 0, 4), Refusal::Reserved),
];

/// All of IPv6 in use for public hosts; everything outside is refused, including what is not yet assigned.
const GLOBAL_UNICAST_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

const REFUSED_V6: &[(Ipv6Net, Refusal)] = &[
    (v6(0, 0, 0, 128), Refusal::Unspecified),
    (
        Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128),
        Refusal::Loopback,
    ),
    // Addresses that carry an IPv4 address inside: NAT64, its local-use prefix, 6to4, and Teredo within 2001::/23.
    (v6(0x64, 0xff9b, 0, 96), Refusal::Translated),
    (v6(0x64, 0xff9b, 1, 48), Refusal::Translated),
    (v6(0x2002, 0, 0, 16), Refusal::Translated),
    (v6(0x2001, 0, 0, 32), Refusal::Translated),
    (v6(0x2001, 0, 0, 23), Refusal::Reserved),
    (v6(0x2001, 0xdb8, 0, 32), Refusal::Reserved),
    (v6(0x3fff, 0, 0, 20), Refusal::Reserved),
    (v6(0xfc00, 0, 0, 7), Refusal::Private),
    (v6(0xfe80, 0, 0, 10), Refusal::LinkLocal),
    (v6(0xff00, 0, 0, 8), Refusal::Multicast),
];

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, c: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

/// Why an address is not sent to. The address itself is not repeated: what a name means inside the worker's network
/// is not the tenant's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// `0.0.0.0/8` and `::`, which many systems take for the host itself.
    #[error("an unspecified address")]
    Unspecified,
    /// The worker's own host.
    #[error("a loopback address")]
    Loopback,
    /// Includes the metadata services of cloud providers.
    #[error("a link-local address")]
    LinkLocal,
    /// Private networks, unique local addresses, carrier-grade NAT and benchmarking networks.
    #[error("a private address")]
    Private,
    /// Groups of hosts.
    #[error("a multicast address")]
    Multicast,
    /// An IPv6 address that stands for an IPv4 address.
    #[error("an address translated to ipv4")]
    Translated,
    /// Documentation, protocol assignments, and everything not assigned to public hosts.
    #[error("a reserved address")]
    Reserved,
}

/// Refuses every address that is not public, but for the networks it allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressFilter {
    /// Networks the operator has allowed; they win over every refusal.
    allowed: Vec<IpNet>,
}

impl AddressFilter {
    /// Says whether `address` may be connected to.
    ///
    /// # Errors
    /// Which kind of non-public address it is. An IPv4 address inside `::ffff:0:0/96` is judged as itself, because
    /// that is where the connection would go.
    pub fn check(&self, address: IpAddr) -> Result<(), Refusal> {
        let address = address.to_canonical();
        if self
            .allowed
            .iter()
            .any(|network| network.contains(&address))
        {
            return Ok(());
        }
        let refusal = match address {
            IpAddr::V4(v4) => first(
                REFUSED_V4
                    .iter()
                    .map(|(net, why)| (net.contains(&v4), *why)),
            ),
            IpAddr::V6(v6) => first(
                REFUSED_V6
                    .iter()
                    .map(|(net, why)| (net.contains(&v6), *why)),
            )
            .or_else(|| (!GLOBAL_UNICAST_V6.contains(&v6)).then_some(Refusal::Reserved)),
        };
        refusal.map_or(Ok(()), Err)
    }
}

fn first(mut judged: impl Iterator<Item = (bool, Refusal)>) -> Option<Refusal> {
    judged.find_map(|(inside, why)| inside.then_some(why))
}

/// Why a list of networks was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// Not an address and not a network.
    #[error("\"{0}\" is not a network; write for example 10.1.0.0/16, fd00::/8 or 127.0.0.1")]
    Form(String),
    /// Bits are set to the right of the prefix, so the author probably means something else.
    #[error("\"{0}\" has bits set outside its prefix; write {1} or a longer prefix")]
    HostBits(String, IpNet),
    /// An IPv4-mapped network would never match, because such addresses are judged as IPv4.
    #[error("\"{0}\" is an ipv4-mapped network; write it as an ipv4 network")]
    Mapped(String),
}

impl FromStr for AddressFilter {
    type Err = NetworkError;

    /// Networks or single addresses, separated by commas; empty for none.
    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        Ok(Self {
            allowed: parts.map(parse_network).collect::<Result<_, _>>()?,
        })
    }
}

fn parse_network(text: &str) -> Result<IpNet, NetworkError> {
    let single = text.parse::<IpAddr>().map(IpNet::from);
    let network = single
        .or_else(|_| text.parse::<IpNet>())
        .map_err(|_| NetworkError::Form(text.to_owned()))?;
    if network.trunc() != network {
        return Err(NetworkError::HostBits(text.to_owned(), network.trunc()));
    }
    match network {
        IpNet::V6(v6) if v6.addr().to_ipv4_mapped().is_some() => {
            Err(NetworkError::Mapped(text.to_owned()))
        }
        _ => Ok(network),
    }
}

/// The form that [`FromStr`] reads.
impl fmt::Display for AddressFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let networks: Vec<String> = self.allowed.iter().map(ToString::to_string).collect();
        f.write_str(&networks.join(","))
    }
}

#[cfg(test)]
mod tests;
