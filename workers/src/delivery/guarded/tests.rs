use super::*;

fn sender(allowed: &str) -> Guarded {
    let filter: Arc<AddressFilter> = Arc::new(allowed.parse().expect("networks"));
    let tls = crate::tls::client_config(None).expect("a tls configuration");
    let resolver = FilteringResolver::new(Arc::clone(&filter));
    Guarded::new(tls, filter, resolver, Duration::from_secs(1)).expect("a sender")
}

#[test]
fn disguised_addresses_are_refused_before_anything_is_sent() {
    let sender = sender("");
    for url in [
        "http://127.0.0.1/",
        "http://127.0.0.1./",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://127.0.0.1:9464/metrics",
        "http://１２７.０.０.１/",
        "http://127。0。0。1/",
        "http://%31%32%37.0.0.1/",
        "http:127.0.0.1/",
        "http:\\\\127.0.0.1\\",
        "http:///127.0.0.1/",
        "http://0/",
        "http://0.0.0.0/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0xa9fea9fe/",
        "http://2852039166/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[0:0:0:0:0:ffff:a9fe:a9fe]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "https://10.0.0.1/",
        "HTTPS://192.168.0.1/",
    ] {
        let outcome = sender.checked_url(url, true).expect_err(url);
        let detail = outcome.detail().expect("a detail");
        assert!(
            matches!(outcome, Outcome::Permanent { status: None, .. }),
            "{url}: {outcome:?}"
        );
        assert!(detail.contains("which is not allowed"), "{url}: {detail}");
    }
}

#[test]
fn urls_that_cannot_be_sent_to_are_refused_without_being_repeated() {
    let sender = sender("");
    for url in [
        "",
        "canary",
        "/canary",
        "//canary",
        "ftp://canary.example/",
        "file:///etc/canary",
        "javascript:canary",
        "unix:/run/canary.sock",
        "http://",
        "http://user@canary.example/",
        "http://user:canary@example.com/",
        "http://:canary@example.com/",
        "http://example.com@canary.example/",
        "http://[canary]/",
        "http://[fe80::1%25eth0]/canary",
        "http://canary.example:99999/",
        "http://can ary.example/",
        "http://1.2.3.4.5/canary",
        "http://256.256.256.256/canary",
    ] {
        let outcome = sender.checked_url(url, true).expect_err(url);
        assert!(
            matches!(outcome, Outcome::Permanent { status: None, .. }),
            "{url}: {outcome:?}"
        );
        assert!(
            !outcome.detail().expect("a detail").contains("canary"),
            "{url}: {outcome:?}"
        );
    }
}

#[test]
fn public_urls_and_allowed_networks_pass() {
    for url in [
        "https://hooks.example.com/T0/B0?sig=1",
        "http://8.8.8.8:8080/",
        "https://[2606:4700::1111]/",
        "https://bücher.example/",
    ] {
        assert!(sender("").checked_url(url, true).is_ok(), "{url}");
    }
    assert!(
        sender("127.0.0.0/8")
            .checked_url("http://127.0.0.1:8080/hook", true)
            .is_ok()
    );
    assert!(
        sender("127.0.0.0/8")
            .checked_url("http://10.0.0.1/hook", true)
            .is_err()
    );
}

#[test]
fn http_is_for_channels_that_allow_it() {
    let sender = sender("");
    assert!(sender.checked_url("http://example.com/", true).is_ok());
    assert!(sender.checked_url("https://example.com/", false).is_ok());
    for url in [
        "http://example.com/",
        "HTTP://example.com/",
        " http:example.com",
    ] {
        let outcome = sender.checked_url(url, false).expect_err(url);
        assert!(matches!(outcome, Outcome::Permanent { status: None, .. }));
        assert!(
            outcome
                .detail()
                .is_some_and(|text| text.contains("allow http"))
        );
    }
}

/// A name that leads somewhere else each time it is asked for: the address that was checked is the one connected to,
/// and the next one is checked anew.
#[tokio::test]
async fn a_name_that_changes_its_mind_leads_nowhere_else() {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    let good = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = good.local_addr().expect("the port").port();
    let evil = TcpListener::bind(("127.0.0.2", port))
        .await
        .expect("the same port");
    let counts: [Arc<AtomicUsize>; 2] = Default::default();
    for (listener, count) in [good, evil].into_iter().zip(counts.clone()) {
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, SeqCst);
                let _ = stream.read(&mut [0; 4096]).await;
                let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
    }
    let lookups = Arc::new(AtomicUsize::new(0));
    let asked = Arc::clone(&lookups);
    let lookup = move |_: String| -> futures_util::future::BoxFuture<'static, _> {
        let address = match asked.fetch_add(1, SeqCst) {
            0 => "127.0.0.1:0",
            _ => "127.0.0.2:0",
        };
        Box::pin(async move { Ok(vec![address.parse().expect("an address")]) })
    };
    let filter: Arc<AddressFilter> = Arc::new("127.0.0.1/32".parse().expect("networks"));
    let resolver = FilteringResolver::with_lookup(Arc::clone(&filter), Arc::new(lookup));
    let tls = crate::tls::client_config(None).expect("a tls configuration");
    let sender = Guarded::new(tls, filter, resolver, Duration::from_secs(5)).expect("a sender");
    let url = format!("http://rebind.example:{port}/");
    let until = || Instant::now() + Duration::from_secs(5);
    let first = sender
        .send(sender.post(&url, true).expect("a request"), until())
        .await;
    assert_eq!(first.map(|answer| answer.status.as_u16()).ok(), Some(200));
    assert_eq!(
        lookups.load(SeqCst),
        1,
        "looked up once, and not again to connect"
    );
    let second = sender
        .send(sender.post(&url, true).expect("a request"), until())
        .await;
    let refused = second.err().expect("a refusal");
    assert_eq!(
        (refused.name(), refused.status()),
        ("permanent", None),
        "{refused:?}"
    );
    assert_eq!([counts[0].load(SeqCst), counts[1].load(SeqCst)], [1, 0]);
}
