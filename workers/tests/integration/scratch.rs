//! A tenant of its own in the scratch database, with a channel and notifications.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio_postgres::{Client, NoTls, Row};

use crate::report;

/// Tests with a database take turns: each worker claims whatever is due.
static TURN: std::sync::LazyLock<Arc<Mutex<()>>> = std::sync::LazyLock::new(Arc::default);

/// One test's part of the database.
pub(crate) struct Scratch {
    url: String,
    client: Client,
    tenant_id: i32,
    _turn: OwnedMutexGuard<()>,
}

/// How a notification stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) message_id: String,
    pub(crate) state: String,
    pub(crate) attempt: i32,
    pub(crate) status: Option<i32>,
    pub(crate) detail: Option<String>,
    /// Seconds until the next attempt, by the database's clock.
    pub(crate) due_in: i64,
    pub(crate) claimed_by: Option<String>,
}

impl Scratch {
    /// A new tenant; none, and a line that says so, without `VIGIL_TEST_DATABASE_URL`.
    pub(crate) async fn open(test: &str) -> Option<Self> {
        let Some(url) = std::env::var("VIGIL_TEST_DATABASE_URL")
            .ok()
            .filter(|url| !url.is_empty())
        else {
            report(&format!(
                "skipped {test}: VIGIL_TEST_DATABASE_URL is not set"
            ));
            return None;
        };
        let turn = Arc::clone(&TURN).lock_owned().await;
        let client = connect(&url).await;
        client
            .batch_execute("delete from fleet.tenant where name like 'worker-test-%'")
            .await
            .expect("tenants of earlier runs can be deleted");
        let others =
            "select count(*) from alerting.notification where state in ('pending', 'claimed')";
        let others: i64 = client.query_one(others, &[]).await.expect("a count").get(0);
        assert_eq!(
            others, 0,
            "the database has unsent notifications of other tenants; use a scratch database"
        );
        let name = format!("worker-test-{:016x}", fastrand::u64(..));
        let tenant = "insert into fleet.tenant (name, display_name) values ($1, 'worker test') returning tenant_id";
        let tenant_id = client
            .query_one(tenant, &[&name])
            .await
            .expect("a tenant")
            .get(0);
        Some(Self {
            url,
            client,
            tenant_id,
            _turn: turn,
        })
    }

    /// The URL for a worker: the same login, but with the rights of `vigil_worker` from the first statement on.
    pub(crate) fn worker_url(&self) -> String {
        if self.url.starts_with("postgres") && self.url.contains("://") {
            let separator = if self.url.contains('?') { '&' } else { '?' };
            format!("{}{separator}options=-c%20role%3Dvigil_worker", self.url)
        } else {
            format!("{} options='-c role=vigil_worker'", self.url)
        }
    }

    /// A webhook channel; `secret` is a file in the worker's secrets directory.
    pub(crate) async fn channel(&self, name: &str, url: &str, secret: &str) -> i32 {
        let insert = "insert into alerting.channel (tenant_id, name, kind, config, secret_ref, allow_http) \
                      values ($1, $2, 'webhook', jsonb_build_object('url', $3::text), 'file:' || $4::text, true) \
                      returning channel_id";
        let row = self
            .client
            .query_one(insert, &[&self.tenant_id, &name, &url, &secret])
            .await;
        row.expect("a channel").get(0)
    }

    /// Notifications numbered from 1, due now, with ids `msg_<prefix>_<number>`. Does not announce them.
    pub(crate) async fn enqueue(&self, channel_id: i32, prefix: &str, count: i32) {
        let insert = "insert into alerting.notification (tenant_id, channel_id, message_id, payload, purpose, target, sequence, max_attempts) \
             select $1, $2, format('msg_%s_%s', $3::text, n), \
               format('{\"type\":\"alert.raised\",\"timestamp\":\"2026-11-20T00:00:00Z\",\"data\":{\"n\":%s}}', n), 'update', $3, n, 50 \
             from generate_series(1, $4) n";
        let inserted = self
            .client
            .execute(insert, &[&self.tenant_id, &channel_id, &prefix, &count])
            .await;
        assert_eq!(
            inserted.expect("notifications"),
            u64::try_from(count).expect("a count")
        );
    }

    pub(crate) async fn execute(&self, statement: &str) {
        self.client
            .batch_execute(statement)
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    }

    /// Runs a statement that may cost the connection.
    pub(crate) async fn try_execute(&self, statement: &str) {
        let _ = self.client.batch_execute(statement).await;
    }

    /// The connection has ended.
    pub(crate) fn is_cut_off(&self) -> bool {
        self.client.is_closed()
    }

    pub(crate) async fn rows(&self, query: &str) -> Vec<Row> {
        self.client
            .query(query, &[])
            .await
            .unwrap_or_else(|error| panic!("{query}: {error:?}"))
    }

    pub(crate) fn tenant_id(&self) -> i32 {
        self.tenant_id
    }

    /// Connects again after the server was restarted.
    pub(crate) async fn reconnect(&mut self) {
        self.client = connect(&self.url).await;
    }

    /// All notifications of this test, in the order of their making.
    pub(crate) async fn standings(&self) -> Vec<Standing> {
        let query = "select message_id, state, attempt, last_status, last_detail, claimed_by, \
               ceil(extract(epoch from next_attempt_at - clock_timestamp()))::int8 \
             from alerting.notification where tenant_id = $1 order by notification_id";
        let rows = self
            .client
            .query(query, &[&self.tenant_id])
            .await
            .expect("notifications");
        let standing = |row: &Row| Standing {
            message_id: row.get(0),
            state: row.get(1),
            attempt: row.get(2),
            status: row.get(3),
            detail: row.get(4),
            claimed_by: row.get(5),
            due_in: row.get(6),
        };
        rows.iter().map(standing).collect()
    }

    /// How many notifications are in `state`.
    pub(crate) async fn count(&self, state: &str) -> usize {
        let query =
            "select count(*) from alerting.notification where tenant_id = $1 and state = $2";
        let count: i64 = self
            .client
            .query_one(query, &[&self.tenant_id, &state])
            .await
            .expect("a count")
            .get(0);
        usize::try_from(count).expect("a count")
    }

    /// Waits until `count` notifications are in `state`.
    pub(crate) async fn wait_for(&self, state: &str, count: usize, patience: Duration) {
        let began = Instant::now();
        while self.count(state).await < count {
            assert!(
                began.elapsed() < patience,
                "not {count} {state} in {patience:?}: {:?}",
                self.standings().await
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Makes everything that waits for another attempt due at once, and ends the rest of channels; SQL's waits grow to
    /// hours.
    pub(crate) async fn hurry(&self) {
        let wake = "update alerting.channel set failure_streak = 0, paused_until = null \
             where tenant_id = $1 and paused_until > clock_timestamp()";
        self.client
            .execute(wake, &[&self.tenant_id])
            .await
            .expect("channels that rest");
        let update = "update alerting.notification set next_attempt_at = clock_timestamp() \
             where tenant_id = $1 and state = 'pending' and next_attempt_at > clock_timestamp()";
        self.client
            .execute(update, &[&self.tenant_id])
            .await
            .expect("waiting notifications");
    }

    /// Waits until `count` notifications are delivered, hurrying those that failed because the machine was slow.
    pub(crate) async fn wait_for_delivery(&self, count: usize, patience: Duration) {
        let began = Instant::now();
        while self.count("delivered").await < count {
            assert!(
                began.elapsed() < patience,
                "not {count} delivered in {patience:?}: {:?}",
                self.standings().await
            );
            self.hurry().await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Deletes what the test made.
    pub(crate) async fn close(self) {
        let delete = "delete from fleet.tenant where tenant_id = $1";
        self.client
            .execute(delete, &[&self.tenant_id])
            .await
            .expect("the tenant can be deleted");
    }
}

async fn connect(url: &str) -> Client {
    let began = Instant::now();
    loop {
        match tokio_postgres::connect(url, NoTls).await {
            Ok((client, connection)) => {
                tokio::spawn(connection);
                return client;
            }
            // A server that was just killed takes a moment to recover.
            Err(error) if began.elapsed() > Duration::from_secs(30) => {
                panic!("no connection: {error:?}")
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}
