//! What the worker takes from its environment, and what it does not.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::io::AsyncWriteExt as _;
use vigil_worker::receiver::Faults;

use crate::attempts::SecretsDirectory;
use crate::receivers::{Received, slow};
use crate::scratch::Scratch;
use crate::servers::{Server, self_signed, status};
use crate::worker::{SHORT_LEASE, Worker, command};

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn proxies_of_the_environment_are_not_used() {
    let Some(scratch) = Scratch::open("proxies_of_the_environment_are_not_used").await else {
        return;
    };
    let (received, secrets) = (
        Received::start(Faults::none()).await,
        SecretsDirectory::new(),
    );
    let proxy = Server::start(status(200, "")).await;
    let channel = scratch.channel("main", &received.url(), "good").await;
    scratch.enqueue(channel, "direct", 5).await;
    let mut program = command(&scratch.worker_url(), &secrets, &[]);
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ] {
        program.env(name, format!("http://{}", proxy.address));
    }
    program.env_remove("no_proxy").env_remove("NO_PROXY");
    let _worker = Worker::spawn(program);
    scratch.wait_for("delivered", 5, PATIENCE).await;
    assert_eq!((received.taken().len(), proxy.accepted()), (5, 0));
    scratch.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_the_system_trusts_are_trusted() {
    let Some(scratch) = Scratch::open("certificates_that_the_system_trusts_are_trusted").await
    else {
        return;
    };
    let secrets = SecretsDirectory::new();
    let (acceptor, certificate) = self_signed();
    let trusted = secrets.0.join("trusted.pem");
    std::fs::write(&trusted, certificate).expect("a certificate file");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let port = listener.local_addr().expect("the port").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    // The certificate is for the name, not for the address.
    for (name, host) in [("name", "localhost"), ("address", "127.0.0.1")] {
        let channel = scratch
            .channel(name, &format!("https://{host}:{port}/hook"), "good")
            .await;
        scratch.enqueue(channel, name, 1).await;
    }
    let mut program = command(&scratch.worker_url(), &secrets, &[]);
    program
        .env("SSL_CERT_FILE", &trusted)
        .env_remove("SSL_CERT_DIR");
    let _worker = Worker::spawn(program);
    scratch.wait_for("delivered", 1, PATIENCE).await;
    scratch.wait_for("pending", 1, PATIENCE).await;
    let standings = scratch.standings().await;
    assert_eq!(
        (standings[0].state.as_str(), standings[0].status),
        ("delivered", Some(200))
    );
    let detail = standings[1].detail.as_deref();
    assert_eq!(
        detail,
        Some("the receiver's certificate is not trusted or not valid for its name")
    );
    scratch.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_wrong_changes_nothing() {
    const PRELOADED: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
    let Some(scratch) = Scratch::open("a_clock_that_is_wrong_changes_nothing").await else {
        return;
    };
    assert!(
        std::path::Path::new(PRELOADED).exists(),
        "the Debian package faketime is not installed"
    );
    // Slower than the others would wait for a lease that this clock had ended.
    let received = Received::start(slow(Duration::from_millis(700))).await;
    let secrets = SecretsDirectory::new();
    let channel = scratch.channel("main", &received.url(), "good").await;
    for (round, wrong) in (1..).zip(["+1h", "-1h", "-1d"]) {
        scratch.enqueue(channel, &format!("at{round}"), 20).await;
        let workers: Vec<_> = (0..2)
            .map(|_| {
                let mut program = command(&scratch.worker_url(), &secrets, &SHORT_LEASE);
                program
                    .env("LD_PRELOAD", PRELOADED)
                    .env("FAKETIME", wrong)
                    .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
                Worker::spawn(program)
            })
            .collect();
        scratch.wait_for("delivered", 20 * round, PATIENCE).await;
        for worker in &workers {
            assert_eq!(worker.metric("vigil_worker_stale_settles_total").await, 0.0);
            assert_eq!(
                worker.metric("vigil_worker_expired_claims_total").await,
                0.0
            );
        }
        // The worker's clock was wrong indeed: its log says so.
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970");
        let logged = workers[0].log();
        let logged: serde_json::Value =
            serde_json::from_str(logged.lines().next().expect("a line")).expect("json");
        let here = humantime::format_rfc3339_seconds(UNIX_EPOCH + now).to_string();
        assert_ne!(
            logged["timestamp"].as_str().expect("a timestamp")[..13],
            here[..13],
            "{wrong}"
        );
    }
    // The receiver refuses signatures that are more than five minutes off.
    let taken = received.taken();
    assert!(
        taken.len() == 60 && taken.values().all(|times| *times == 1),
        "{taken:?}"
    );
    scratch.close().await;
}
