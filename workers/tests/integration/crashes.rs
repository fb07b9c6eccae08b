//! Workers that are killed or stopped, and a database that crashes: nothing may be lost.

use std::time::{Duration, Instant};

use vigil_worker::receiver::Faults;

use crate::attempts::SecretsDirectory;
use crate::receivers::{Received, slow};
use crate::report;
use crate::scratch::Scratch;
use crate::worker::{SHORT_LEASE, Worker};

#[tokio::test(flavor = "multi_thread")]
async fn killed_workers_lose_nothing() {
    const COUNT: i32 = 1000;
    let Some(scratch) = Scratch::open("killed_workers_lose_nothing").await else {
        return;
    };
    let received = Received::start(slow(Duration::from_millis(30))).await;
    let secrets = SecretsDirectory::new();
    let channel = scratch.channel("main", &received.url(), "good").await;
    scratch.enqueue(channel, "kill", COUNT).await;
    let settings = [&SHORT_LEASE[..], &["--concurrency=4", "--batch=4"]].concat();
    let start = || Worker::start(&scratch.worker_url(), &secrets, &settings);
    let mut workers = [start(), start()];
    let (mut kills, began) = (0, Instant::now());
    while received.taken().len() < 1000 && began.elapsed() < Duration::from_secs(90) {
        tokio::time::sleep(Duration::from_millis(fastrand::u64(250..650))).await;
        let victim = fastrand::usize(..2);
        workers[victim].kill();
        workers[victim] = start();
        kills += 1;
    }
    // Claims of the last victims come back when their leases run out.
    scratch
        .wait_for_delivery(1000, Duration::from_secs(60))
        .await;
    let took = began.elapsed();
    let taken = received.taken();
    let lost = 1000 - taken.len();
    let duplicates: usize = taken.values().map(|times| times - 1).sum();
    report(&format!(
        "kill -9: {COUNT} notifications, {kills} kills, lost {lost}, duplicates {duplicates}, {took:?}"
    ));
    assert_eq!(lost, 0);
    assert!(
        kills >= 10,
        "only {kills} kills: the test was too short to mean anything"
    );
    assert!(
        duplicates <= kills * 4,
        "more duplicates than deliveries that were in flight at the kills"
    );
    scratch.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_stopped_past_its_lease_cannot_settle() {
    let Some(scratch) = Scratch::open("a_worker_stopped_past_its_lease_cannot_settle").await else {
        return;
    };
    let received = Received::start(slow(Duration::from_millis(1200))).await;
    let secrets = SecretsDirectory::new();
    let channel = scratch.channel("main", &received.url(), "good").await;
    scratch.enqueue(channel, "stop", 8).await;
    let stopped = Worker::start(
        &scratch.worker_url(),
        &secrets,
        &[&SHORT_LEASE[..], &["--concurrency=8"]].concat(),
    );
    received.wait_for(8, Duration::from_secs(10)).await;
    stopped.signal("STOP");
    assert_eq!(
        scratch.count("claimed").await,
        8,
        "stopped after sending and before settling"
    );
    let other = Worker::start(&scratch.worker_url(), &secrets, &[]);
    scratch
        .wait_for("delivered", 8, Duration::from_secs(60))
        .await;
    let settled = scratch.standings().await;
    stopped.signal("CONT");
    let began = Instant::now();
    while stopped.metric("vigil_worker_stale_settles_total").await < 8.0 {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "{}",
            stopped.log()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(other.metric("vigil_worker_stale_settles_total").await, 0.0);
    let after: Vec<_> = scratch.standings().await;
    for (before, after) in settled.iter().zip(&after) {
        assert_eq!(
            (&after.state, after.attempt),
            (&"delivered".to_owned(), 2),
            "{after:?}"
        );
        assert_eq!(before.message_id, after.message_id);
    }
    let duplicates: usize = received.taken().values().map(|times| times - 1).sum();
    report(&format!(
        "SIGSTOP past the lease: 8 in flight, stale settles refused 8, accepted 0, duplicates {duplicates}"
    ));
    assert_eq!(
        duplicates, 8,
        "each delivery in flight was sent once more, and only once"
    );
    scratch.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_stopped_before_sending_sends_nothing_late() {
    let Some(scratch) = Scratch::open("a_worker_stopped_before_sending_sends_nothing_late").await
    else {
        return;
    };
    let received = Received::start(Faults::none()).await;
    let secrets = SecretsDirectory::new();
    let stopped = Worker::start(&scratch.worker_url(), &secrets, &[]);
    stopped.wait_for_health(200).await;
    // The claim waits for the lock while the worker is stopped, so its answer comes to a worker that cannot read it.
    scratch
        .execute("begin; lock table alerting.notification in access exclusive mode")
        .await;
    let waiting = "select 1 from pg_stat_activity where application_name = 'vigil-worker' and wait_event_type = 'Lock'";
    while scratch.rows(waiting).await.is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stopped.signal("STOP");
    let channel = scratch.channel("main", &received.url(), "good").await;
    scratch.enqueue(channel, "late", 8).await;
    scratch.execute("commit").await;
    scratch
        .wait_for("claimed", 8, Duration::from_secs(10))
        .await;
    let other = Worker::start(&scratch.worker_url(), &secrets, &[]);
    scratch
        .wait_for("delivered", 8, Duration::from_secs(60))
        .await;
    stopped.signal("CONT");
    stopped.wait_for_health(200).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let taken = received.taken();
    assert!(
        taken.len() == 8 && taken.values().all(|times| *times == 1),
        "{taken:?}"
    );
    assert_eq!(other.metric("vigil_worker_stale_settles_total").await, 0.0);
    scratch.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_crashes_loses_nothing() {
    const CRASHES: usize = 8;
    let Some(mut scratch) = Scratch::open("a_database_that_crashes_loses_nothing").await else {
        return;
    };
    let received = Received::start(slow(Duration::from_millis(40))).await;
    let secrets = SecretsDirectory::new();
    let channel = scratch.channel("main", &received.url(), "good").await;
    scratch.enqueue(channel, "crash", 1000).await;
    let mut workers =
        [0, 1].map(|_| Worker::start(&scratch.worker_url(), &secrets, &["--concurrency=2"]));
    for worker in &workers {
        worker.wait_for_health(200).await;
    }
    let began = Instant::now();
    let (mut slowest, mut recovery) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..CRASHES {
        tokio::time::sleep(Duration::from_millis(fastrand::u64(300..700))).await;
        crash(&scratch).await;
        let crashed = Instant::now();
        scratch.reconnect().await;
        recovery = recovery.max(crashed.elapsed());
        for worker in &workers {
            worker.wait_for_health(200).await;
        }
        slowest = slowest.max(crashed.elapsed());
    }
    let crashed_while_sending = received.taken().len() < 1000;
    scratch
        .wait_for_delivery(1000, Duration::from_secs(60))
        .await;
    let took = began.elapsed();
    let taken = received.taken();
    let duplicates: usize = taken.values().map(|times| times - 1).sum();
    let exits = workers
        .iter_mut()
        .filter_map(|worker| worker.has_ended().then_some(()))
        .count();
    report(&format!(
        "database crashes: 1000 notifications, {CRASHES} crashes, lost {}, duplicates {duplicates}, worker exits {exits}, \
         workers healthy within {slowest:?} of a crash (Postgres within {recovery:?}), {took:?}",
        1000 - taken.len()
    ));
    assert_eq!((taken.len(), exits), (1000, 0));
    assert!(
        crashed_while_sending,
        "everything was delivered before the last crash"
    );
    scratch.close().await;
}

/// Kills one server process, upon which Postgres ends all of them and recovers from its log. The server's own user does
/// it, so the test needs no rights on the machine.
async fn crash(scratch: &Scratch) {
    let victim = "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() limit 1";
    let victim: i32 = scratch
        .rows(victim)
        .await
        .first()
        .expect("a worker is connected")
        .get(0);
    scratch
        .try_execute(&format!(
            "copy (select 1) to program 'cat >/dev/null; kill -9 {victim}'"
        ))
        .await;
    let began = Instant::now();
    while !scratch.is_cut_off() {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "the server did not go down"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_connections_are_made_again() {
    let Some(scratch) = Scratch::open("cut_connections_are_made_again").await else {
        return;
    };
    let (received, secrets) = (
        Received::start(Faults::none()).await,
        SecretsDirectory::new(),
    );
    let channel = scratch.channel("main", &received.url(), "good").await;
    let mut worker = Worker::start(&scratch.worker_url(), &secrets, &[]);
    worker.wait_for_health(200).await;
    for round in 1..=3 {
        scratch.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'vigil-worker'").await;
        scratch.enqueue(channel, &format!("cut{round}"), 10).await;
        received.wait_for(round * 10, Duration::from_secs(30)).await;
    }
    // A server that hangs instead: a lock makes the claim wait past the time limit, and the worker lives on.
    scratch
        .execute("begin; lock table alerting.notification in access exclusive mode")
        .await;
    worker.wait_for_health(503).await;
    scratch.execute("commit").await;
    scratch.enqueue(channel, "unlocked", 10).await;
    received.wait_for(40, Duration::from_secs(40)).await;
    worker.wait_for_health(200).await;
    assert!(!worker.has_ended());
    assert!(received.taken().values().all(|times| *times == 1));
    scratch.close().await;
}
