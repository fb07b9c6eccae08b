//! Claiming and settling against a real Postgres.

use std::time::{Duration, Instant};

use vigil_worker::receiver::{Faults, Receiver};

use crate::attempts::SecretsDirectory;
use crate::receivers::{Received, shares};
use crate::report;
use crate::scratch::Scratch;
use crate::servers::{Server, status};
use crate::worker::Worker;

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn everything_due_is_delivered_and_settled() {
    let Some(scratch) = Scratch::open("everything_due_is_delivered_and_settled").await else {
        return;
    };
    let (received, secrets) = (
        Received::start(Faults::none()).await,
        SecretsDirectory::new(),
    );
    let channel = scratch.channel("main", &received.url(), "good").await;
    scratch.enqueue(channel, "all", 200).await;
    let instance = format!("test-{:016x}", fastrand::u64(..));
    let mut worker = Worker::start(
        &scratch.worker_url(),
        &secrets,
        &[&format!("--instance={instance}")],
    );
    scratch.wait_for("delivered", 200, PATIENCE).await;
    worker.wait_for_health(200).await;

    let taken = received.taken();
    assert!(
        taken.len() == 200 && taken.values().all(|times| *times == 1),
        "{taken:?}"
    );
    for standing in scratch.standings().await {
        assert_eq!(
            (standing.attempt, standing.status, standing.detail),
            (1, Some(204), None)
        );
    }
    assert_eq!(worker.metric("vigil_worker_claimed_total").await, 200.0);
    assert_eq!(
        worker
            .metric("vigil_worker_deliveries_total{outcome=\"delivered\"}")
            .await,
        200.0
    );
    assert_eq!(
        worker
            .metric("vigil_worker_deliveries_total{outcome=\"retry\"}")
            .await,
        0.0
    );
    assert_eq!(
        worker
            .metric("vigil_worker_delivery_duration_seconds_count{outcome=\"delivered\"}")
            .await,
        200.0
    );
    assert_eq!(
        worker.metric("vigil_worker_queue_age_seconds_count").await,
        200.0
    );
    assert_eq!(worker.metric("vigil_worker_in_flight").await, 0.0);
    assert_eq!(worker.metric("vigil_worker_stale_settles_total").await, 0.0);
    assert!(worker.metric("vigil_worker_loop_lag_seconds").await < 3.0);

    let beat = format!(
        "select version, detail->>'state' from ops.heartbeat where component = 'worker' and instance = '{instance}'"
    );
    // The work can be done before the first heartbeat is.
    let started = Instant::now();
    let mut rows = scratch.rows(&beat).await;
    while rows.is_empty() && started.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(50)).await;
        rows = scratch.rows(&beat).await;
    }
    assert_eq!(
        (rows[0].get::<_, &str>(0), rows[0].get::<_, &str>(1)),
        (env!("CARGO_PKG_VERSION"), "running")
    );
    worker.signal("TERM");
    assert!(worker.ended(PATIENCE).await.success());
    assert_eq!(scratch.rows(&beat).await[0].get::<_, &str>(1), "stopped");
    scratch
        .execute(&format!(
            "delete from ops.heartbeat where instance = '{instance}'"
        ))
        .await;
    scratch.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_announcement_is_not_left_to_the_poll() {
    let Some(scratch) = Scratch::open("an_announcement_is_not_left_to_the_poll").await else {
        return;
    };
    let (received, secrets) = (
        Received::start(Faults::none()).await,
        SecretsDirectory::new(),
    );
    let channel = scratch.channel("main", &received.url(), "good").await;
    let worker = Worker::start(&scratch.worker_url(), &secrets, &["--poll-interval=5m"]);
    worker.wait_for_health(200).await;
    // Both sessions are connected once two lines say so; the first claims have found nothing.
    while worker.log().matches("connected to the database").count() < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut slowest = Duration::ZERO;
    for round in 1..=5 {
        scratch
            .enqueue(channel, &format!("notified{round}"), 1)
            .await;
        let began = Instant::now();
        scratch.execute("notify vigil_notification").await;
        received.wait_for(round, Duration::from_secs(5)).await;
        slowest = slowest.max(began.elapsed());
    }
    report(&format!(
        "announcement to receipt: at most {slowest:?} in 5 rounds"
    ));
    scratch.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_wait_as_long_as_sql_and_the_receiver_say() {
    let Some(scratch) = Scratch::open("failures_wait_as_long_as_sql_and_the_receiver_say").await
    else {
        return;
    };
    let secrets = SecretsDirectory::new();
    let failing = Server::start(status(503, "")).await;
    let throttling = Server::start(status(429, "retry-after: 100\r\n")).await;
    let gone = Server::start(status(410, "retry-after: 100\r\n")).await;
    for (name, server) in [
        ("failing", &failing),
        ("throttling", &throttling),
        ("gone", &gone),
    ] {
        let channel = scratch.channel(name, &server.url(), "good").await;
        scratch.enqueue(channel, name, 1).await;
    }
    let worker = Worker::start(&scratch.worker_url(), &secrets, &[]);
    scratch.wait_for("dead", 1, PATIENCE).await;
    scratch.wait_for("pending", 2, PATIENCE).await;
    let standings = scratch.standings().await;
    let [failing, throttling, gone] = standings.as_slice() else {
        panic!("{standings:?}")
    };
    assert_eq!(
        (failing.status, failing.detail.as_deref()),
        (Some(503), Some("answered 503 Service Unavailable"))
    );
    assert!(
        (0..=5).contains(&failing.due_in),
        "the first wait is at most five seconds: {failing:?}"
    );
    assert_eq!(throttling.status, Some(429));
    assert!(
        (95..=101).contains(&throttling.due_in),
        "the receiver's wait is kept: {throttling:?}"
    );
    assert_eq!(
        (gone.status, gone.detail.as_deref()),
        (Some(410), Some("answered 410 Gone"))
    );
    // The second attempt comes by itself and counts.
    let began = Instant::now();
    while scratch.standings().await[0].attempt < 2 {
        assert!(
            began.elapsed() < PATIENCE,
            "{:?}",
            scratch.standings().await
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(worker);
    scratch.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn poison_is_set_aside_and_the_rest_goes_on() {
    let Some(scratch) = Scratch::open("poison_is_set_aside_and_the_rest_goes_on").await else {
        return;
    };
    let (received, secrets) = (
        Received::start(Faults::none()).await,
        SecretsDirectory::new(),
    );
    std::fs::write(secrets.0.join("malformed"), "not a secret").expect("a file");
    let good = scratch.channel("good", &received.url(), "good").await;
    scratch.enqueue(good, "before", 20).await;
    let poison = [
        (
            "no-secret",
            received.url(),
            "absent",
            "the secrets directory has no file named absent",
        ),
        (
            "bad-secret",
            received.url(),
            "malformed",
            "must hold whsec_",
        ),
        (
            "bad-url",
            "http://[nonsense".to_owned(),
            "good",
            "the channel's url is not valid",
        ),
        (
            "private",
            "http://10.0.0.1/".to_owned(),
            "good",
            "a private address",
        ),
        (
            "metadata",
            "http://169.254.169.254/latest/".to_owned(),
            "good",
            "a link-local address",
        ),
        (
            "decimal",
            "http://2852039166/".to_owned(),
            "good",
            "a link-local address",
        ),
    ];
    for (name, url, secret, _) in &poison {
        let channel = scratch.channel(name, url, secret).await;
        scratch.enqueue(channel, name, 1).await;
    }
    let by_hand = [
        (
            "msg_not_json",
            "this is not json",
            "the payload is not valid json",
        ),
        (
            "msg_crlf\r\nx-injected: 1",
            "{}",
            "the message id cannot be sent as a header",
        ),
    ];
    for (message_id, payload, _) in &by_hand {
        let insert = format!(
            "insert into alerting.notification (tenant_id, channel_id, message_id, payload, purpose, target) \
             values ({}, {good}, '{message_id}', '{payload}', 'update', 'by hand ' || length('{message_id}'))",
            scratch.tenant_id()
        );
        scratch.execute(&insert).await;
    }
    scratch.enqueue(good, "after", 20).await;
    let mut worker = Worker::start(&scratch.worker_url(), &secrets, &["--concurrency=2"]);
    let expected: Vec<&str> = poison
        .iter()
        .map(|one| one.3)
        .chain(by_hand.iter().map(|one| one.2))
        .collect();
    scratch.wait_for("dead", expected.len(), PATIENCE).await;
    scratch.wait_for("delivered", 40, PATIENCE).await;
    let dead: Vec<_> = scratch
        .standings()
        .await
        .into_iter()
        .filter(|one| one.state == "dead")
        .collect();
    assert_eq!(dead.len(), expected.len());
    for (standing, expected) in dead.iter().zip(expected) {
        let detail = standing.detail.as_deref().unwrap_or_default();
        assert!(
            detail.contains(expected) && standing.attempt == 1,
            "{standing:?} has no {expected:?}"
        );
    }
    assert!(!worker.has_ended());
    assert_eq!(worker.metric("vigil_worker_panics_total").await, 0.0);
    scratch.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_send_nothing_twice() {
    let Some(scratch) = Scratch::open("two_workers_send_nothing_twice").await else {
        return;
    };
    let (received, secrets) = (
        Received::start(Faults::none()).await,
        SecretsDirectory::new(),
    );
    let channel = scratch.channel("main", &received.url(), "good").await;
    scratch.enqueue(channel, "race", 2000).await;
    let began = Instant::now();
    let workers = [0, 1].map(|_| Worker::start(&scratch.worker_url(), &secrets, &[]));
    scratch
        .wait_for("delivered", 2000, Duration::from_secs(60))
        .await;
    let took = began.elapsed();
    let taken = received.taken();
    let twice = taken.values().filter(|times| **times > 1).count();
    assert_eq!((taken.len(), twice), (2000, 0));
    let mut shares = Vec::new();
    for worker in &workers {
        shares.push(worker.metric("vigil_worker_claimed_total").await);
        assert_eq!(worker.metric("vigil_worker_stale_settles_total").await, 0.0);
    }
    assert!(shares.iter().all(|share| *share > 0.0), "{shares:?}");
    report(&format!(
        "two workers: 2000 notifications in {took:?} ({shares:?}), sent twice 0"
    ));
    scratch.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_with_faults_gets_everything_in_the_end() {
    let Some(scratch) = Scratch::open("a_receiver_with_faults_gets_everything_in_the_end").await
    else {
        return;
    };
    let faults = Faults::new(
        shares(0.2, 0.1, 0.05, 0.2),
        Duration::from_secs(1),
        Duration::from_millis(100),
        7,
    );
    let (received, secrets) = (
        Received::start(faults.expect("valid shares")).await,
        SecretsDirectory::new(),
    );
    let channel = scratch.channel("main", &received.url(), "good").await;
    scratch.enqueue(channel, "faulty", 100).await;
    let worker = Worker::start(&scratch.worker_url(), &secrets, &[]);
    scratch
        .wait_for_delivery(100, Duration::from_secs(90))
        .await;
    let taken = received.taken();
    assert_eq!(taken.len(), 100);
    assert!(
        taken.values().all(|times| *times == 1),
        "a failed attempt was not taken: {taken:?}"
    );
    let failed = worker
        .metric("vigil_worker_deliveries_total{outcome=\"retry\"}")
        .await;
    let entries = received.entries().len();
    report(&format!(
        "faulty receiver: 100 delivered after {entries} attempts, of which {failed} failed"
    ));
    assert!(failed >= 20.0, "{failed} of {entries} attempts failed");
    scratch.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_refused_keeps_no_other_from_being_recorded() {
    let test = "an_answer_that_is_refused_keeps_no_other_from_being_recorded";
    let Some(scratch) = Scratch::open(test).await else {
        return;
    };
    let (received, secrets) = (
        Received::start(Faults::none()).await,
        SecretsDirectory::new(),
    );
    let channel = scratch.channel("main", &received.url(), "good").await;
    scratch.enqueue(channel, "answer", 16).await;
    scratch
        .execute(
            "create function pg_temp.refuse() returns trigger language plpgsql as \
               $$ begin raise exception 'refused'; end $$; \
             create trigger _999_refuse before update on alerting.notification for each row \
               when (old.message_id = 'msg_answer_7' and new.state = 'delivered') execute function pg_temp.refuse()",
        )
        .await;
    let worker = Worker::start(&scratch.worker_url(), &secrets, &["--shutdown-timeout=20s"]);
    scratch.wait_for("delivered", 15, PATIENCE).await;
    assert_eq!(scratch.count("claimed").await, 1, "the one that is refused");
    scratch
        .execute("drop trigger _999_refuse on alerting.notification")
        .await;
    // Tried a few times more, and failing that sent again.
    scratch.wait_for("delivered", 16, PATIENCE).await;
    assert!(
        worker
            .metric("vigil_worker_database_errors_total{operation=\"settle\"}")
            .await
            >= 2.0
    );
    let twice = received
        .taken()
        .values()
        .filter(|times| **times > 1)
        .count();
    assert!(twice <= 1, "{twice} were sent again");
    scratch.close().await;
}

/// The library's receiver stops when asked to; the program's main is that and no more.
#[tokio::test]
async fn the_receiver_stops_when_asked() {
    let keys = vigil_worker::secrets::SigningKeys::parse(crate::receivers::SECRET.as_bytes())
        .expect("a secret");
    let address = "127.0.0.1:0".parse().expect("an address");
    let receiver = Receiver::bind(address, keys, Faults::none(), Default::default())
        .await
        .expect("a receiver");
    let run = receiver.run(std::future::ready(()));
    tokio::time::timeout(Duration::from_secs(5), run)
        .await
        .expect("it stops")
        .expect("without an error");
}
