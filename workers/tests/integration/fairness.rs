//! Receivers that do not answer, and those that must not wait for them.

use std::time::{Duration, Instant};

use vigil_worker::receiver::Faults;

use crate::attempts::SecretsDirectory;
use crate::receivers::Received;
use crate::report;
use crate::scratch::Scratch;
use crate::servers::{Answer, Server};
use crate::worker::Worker;

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_hangs_does_not_hold_up_the_others() {
    let Some(scratch) = Scratch::open("a_receiver_that_hangs_does_not_hold_up_the_others").await
    else {
        return;
    };
    let hanging = Server::start(Answer::Silence).await;
    let (received, secrets) = (
        Received::start(Faults::none()).await,
        SecretsDirectory::new(),
    );
    let stuck = scratch.channel("stuck", &hanging.url(), "good").await;
    let good = scratch.channel("good", &received.url(), "good").await;
    // Due before all others, and more than the worker has slots.
    scratch.enqueue(stuck, "stuck", 300).await;
    scratch.enqueue(good, "good", 100).await;
    let deadline = Duration::from_secs(20);
    let began = Instant::now();
    let worker = Worker::start(
        &scratch.worker_url(),
        &secrets,
        &["--deadline=20s", "--lease=1m"],
    );
    scratch.wait_for("delivered", 100, PATIENCE).await;
    let took = began.elapsed();
    report(&format!(
        "100 deliveries behind 300 that hang: {took:?}, {} connections to the one that hangs",
        hanging.accepted()
    ));
    assert!(
        took < deadline,
        "the others waited for it to time out: {took:?}"
    );
    assert!((1..=8).contains(&hanging.accepted()));
    drop(worker);
    scratch.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_receivers_that_hang_leave_room_for_the_others() {
    const HANGING: usize = 50;
    let Some(scratch) = Scratch::open("fifty_receivers_that_hang_leave_room_for_the_others").await
    else {
        return;
    };
    let silent = Server::start(Answer::Silence).await;
    let (received, secrets) = (
        Received::start(Faults::none()).await,
        SecretsDirectory::new(),
    );
    for number in 0..HANGING {
        let name = format!("hanging-{number}");
        let channel = scratch.channel(&name, &silent.url(), "good").await;
        // More than may be in flight at once, and due before the others.
        scratch.enqueue(channel, &name, 20).await;
    }
    let good = scratch.channel("good", &received.url(), "good").await;
    let worker = Worker::start(
        &scratch.worker_url(),
        &secrets,
        &[
            "--deadline=15s",
            "--lease=1m",
            "--concurrency=256",
            "--batch=256",
        ],
    );
    // Each hanging receiver gets all it may have: 400 deliveries, more than there are slots.
    let began = Instant::now();
    while silent.accepted() < 8 * HANGING {
        assert!(began.elapsed() < PATIENCE, "{} accepted", silent.accepted());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut slowest = Duration::ZERO;
    for round in 1..=10 {
        scratch.enqueue(good, &format!("good{round}"), 20).await;
        let began = Instant::now();
        scratch.execute("notify vigil_notification").await;
        received.wait_for(20 * round, PATIENCE).await;
        slowest = slowest.max(began.elapsed());
    }
    let in_flight = worker.metric("vigil_worker_in_flight").await;
    report(&format!(
        "{HANGING} receivers hang with {in_flight} deliveries: 20 to another take at most {slowest:?}"
    ));
    assert!(
        slowest < Duration::from_secs(10),
        "the others waited for a deadline: {slowest:?}"
    );
    drop(worker);
    scratch.close().await;
}
