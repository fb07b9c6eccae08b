use super::Refusal::{LinkLocal, Loopback, Multicast, Private, Reserved, Translated, Unspecified};
use super::*;

fn judged(address: &str) -> Result<(), Refusal> {
    AddressFilter::default().check(
        address
            .parse()
            .unwrap_or_else(|_| panic!("{address} is an address")),
    )
}

#[test]
fn refused_addresses_at_both_ends_of_their_networks() {
    for (address, refusal) in [
        ("0.0.0.0", Unspecified),
        ("0.255.255.255", Unspecified),
        ("10.0.0.0", Private),
        ("10.255.255.255", Private),
        ("100.64.0.0", Private),
        ("100.100.100.200", Private),
        ("100.127.255.255", Private),
        ("127.0.0.0", Loopback),
        ("127.0.0.1", Loopback),
        ("127.255.255.255", Loopback),
        ("168.63.129.16", LinkLocal),
        ("169.254.0.0", LinkLocal),
        ("169.254.169.254", LinkLocal),
        ("169.254.255.255", LinkLocal),
        ("172.16.0.0", Private),
        ("172.31.255.255", Private),
        ("192.0.0.0", Reserved),
        ("192.0.0.170", Reserved),
        ("192.0.2.1", Reserved),
        ("192.88.99.1", Reserved),
        ("192.168.0.0", Private),
        ("192.168.255.255", Private),
        ("198.18.0.0", Private),
        ("198.19.255.255", Private),
        ("198.51.100.7", Reserved),
        ("203.0.113.7", Reserved),
        ("224.0.0.0", Multicast),
        ("239.255.255.255", Multicast),
        ("240.0.0.0", Reserved),
        ("255.255.255.255", Reserved),
        ("::", Unspecified),
        ("::1", Loopback),
        ("::2", Reserved),
        // IPv4-mapped: judged as the IPv4 address inside.
        ("::ffff:127.0.0.1", Loopback),
        ("::ffff:10.1.2.3", Private),
        ("::ffff:a9fe:a9fe", LinkLocal),
        ("::ffff:0.0.0.0", Unspecified),
        // IPv4-compatible and IPv4-translated, long deprecated.
        ("::7f00:1", Reserved),
        ("::ffff:0:7f00:1", Reserved),
        // NAT64 of 127.0.0.1, 10.0.0.1 and even of a public address; 6to4 of 127.0.0.1; Teredo.
        ("64:ff9b::7f00:1", Translated),
        ("64:ff9b::a00:1", Translated),
        ("64:ff9b::808:808", Translated),
        ("64:ff9b:1::1", Translated),
        ("2002:7f00:1::", Translated),
        ("2001::1", Translated),
        ("2001:20::1", Reserved),
        ("2001:1ff:ffff::1", Reserved),
        ("2001:db8::1", Reserved),
        ("3fff::1", Reserved),
        ("100::1", Reserved),
        ("5f00::1", Reserved),
        ("4000::1", Reserved),
        ("1fff:ffff::1", Reserved),
        ("fc00::1", Private),
        ("fd00:ec2::254", Private),
        ("fdff:ffff::1", Private),
        ("fe80::1", LinkLocal),
        ("febf::1", LinkLocal),
        ("fec0::1", Reserved),
        ("ff02::1", Multicast),
    ] {
        assert_eq!(judged(address), Err(refusal), "{address}");
    }
}

#[test]
fn public_addresses_beside_the_refused_networks_are_allowed() {
    for address in [
        "1.0.0.0",
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "168.63.129.15",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.3.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "2000::1",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2003::1",
        "2606:4700:4700::1111",
        "2a00:1450::1",
        "3ffe:ffff::1",
    ] {
        assert_eq!(judged(address), Ok(()), "{address}");
    }
}

#[test]
fn an_allowed_network_wins_and_is_no_wider_than_written() {
    let filter: AddressFilter = " 127.0.0.0/8, 10.1.0.0/16 ,fd00::/8,::1,64:ff9b::/96 "
        .parse()
        .expect("networks");
    for address in [
        "127.0.0.1",
        "::ffff:127.0.0.1",
        "10.1.255.255",
        "fd12::1",
        "::1",
        "64:ff9b::7f00:1",
        "8.8.8.8",
    ] {
        assert_eq!(
            filter.check(address.parse().expect("an address")),
            Ok(()),
            "{address}"
        );
    }
    for address in [
        "10.2.0.0",
        "10.0.255.255",
        "fc00::1",
        "::2",
        "169.254.169.254",
        "192.168.1.1",
    ] {
        assert!(
            filter.check(address.parse().expect("an address")).is_err(),
            "{address}"
        );
    }
    assert_eq!(filter.to_string().parse(), Ok(filter));
}

#[test]
fn empty_means_none() {
    for text in ["", " ", ","] {
        assert_eq!(text.parse(), Ok(AddressFilter::default()), "{text:?}");
    }
}

#[test]
fn mistakes_are_refused() {
    for text in [
        "10.0.0.0/33",
        "10.0.0/8",
        "localhost",
        "10.0.0.0/8;127.0.0.1",
        "0x7f.1",
        "fe80::1%eth0",
    ] {
        assert!(
            matches!(text.parse::<AddressFilter>(), Err(NetworkError::Form(_))),
            "{text}"
        );
    }
    let error = "10.0.0.1/8"
        .parse::<AddressFilter>()
        .expect_err("bits outside the prefix");
    assert!(error.to_string().contains("write 10.0.0.0/8"), "{error}");
    assert!(matches!(
        "::ffff:127.0.0.0/104".parse::<AddressFilter>(),
        Err(NetworkError::Mapped(_))
    ));
}

proptest::proptest! {
    /// The standard library's own opinion, where it has a stable one, is never stricter than the filter's.
    #[test]
    fn whatever_the_standard_library_calls_local_is_refused(bits: u32) {
        let address = Ipv4Addr::from_bits(bits);
        let local = address.is_private() || address.is_loopback() || address.is_link_local() || address.is_broadcast()
            || address.is_documentation() || address.is_multicast() || address.is_unspecified();
        let judged = AddressFilter::default().check(address.into());
        proptest::prop_assert!(!local || judged.is_err());
        proptest::prop_assert_eq!(judged, AddressFilter::default().check(address.to_ipv6_mapped().into()));
    }
}
