//! Workers that are asked to stop.

use std::time::{Duration, Instant};

use crate::attempts::SecretsDirectory;
use crate::receivers::{Received, slow};
use crate::scratch::Scratch;
use crate::servers::{Answer, Server};
use crate::worker::Worker;

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_finishes_what_is_in_flight_and_gives_the_rest_back() {
    let Some(scratch) =
        Scratch::open("a_shutdown_finishes_what_is_in_flight_and_gives_the_rest_back").await
    else {
        return;
    };
    let received = Received::start(slow(Duration::from_millis(400))).await;
    let secrets = SecretsDirectory::new();
    let channel = scratch.channel("main", &received.url(), "good").await;
    scratch.enqueue(channel, "drain", 100).await;
    let mut worker = Worker::start(&scratch.worker_url(), &secrets, &["--concurrency=10"]);
    received.wait_for(15, PATIENCE).await;
    worker.signal("TERM");
    assert!(worker.ended(PATIENCE).await.success(), "{}", worker.log());
    let taken = received.taken();
    assert!(taken.values().all(|times| *times == 1), "{taken:?}");
    let standings = scratch.standings().await;
    for standing in &standings {
        let expected = if taken.contains_key(&standing.message_id) {
            ("delivered", 1)
        } else {
            ("pending", 0)
        };
        assert_eq!(
            (standing.state.as_str(), standing.attempt),
            expected,
            "{standing:?}"
        );
    }
    let left = standings
        .iter()
        .filter(|one| one.state == "pending")
        .count();
    assert!(
        (1..100).contains(&left),
        "the signal came in the middle: {left} left"
    );
    // The next worker needs no lease to run out.
    let began = Instant::now();
    let _worker = Worker::start(
        &scratch.worker_url(),
        &secrets,
        &["--concurrency=50", "--batch=50"],
    );
    scratch.wait_for("delivered", 100, PATIENCE).await;
    assert!(
        began.elapsed() < Duration::from_secs(12),
        "{:?}",
        began.elapsed()
    );
    assert!(received.taken().values().all(|times| *times == 1));
    scratch.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_does_not_wait_for_ever() {
    let Some(scratch) = Scratch::open("a_shutdown_does_not_wait_for_ever").await else {
        return;
    };
    let (silent, secrets) = (
        Server::start(Answer::Silence).await,
        SecretsDirectory::new(),
    );
    let channel = scratch.channel("main", &silent.url(), "good").await;
    scratch.enqueue(channel, "stuck", 5).await;
    let settings = ["--deadline=10s", "--lease=30s", "--shutdown-timeout=2s"];
    let mut worker = Worker::start(&scratch.worker_url(), &secrets, &settings);
    scratch.wait_for("claimed", 5, PATIENCE).await;
    let began = Instant::now();
    worker.signal("INT");
    worker.wait_for_health(503).await;
    assert_eq!(worker.get("/healthz").await.1, "shutting down\n");
    assert!(worker.ended(PATIENCE).await.success());
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "{:?}",
        began.elapsed()
    );
    for standing in scratch.standings().await {
        let claim = (
            standing.state.as_str(),
            standing.attempt,
            standing.claimed_by.as_deref(),
        );
        assert_eq!(claim, ("pending", 0, None), "{standing:?}");
    }
    scratch.close().await;
}
