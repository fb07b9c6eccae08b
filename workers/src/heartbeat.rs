//! Reports to the database that this worker is alive, so that a dead one is noticed from SQL.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tokio_postgres::types::Type;

use crate::outbox::Outbox;

/// The reporter of one worker.
pub(crate) struct Heartbeat {
    pub(crate) outbox: Arc<Outbox>,
    /// The row of this worker in `ops.heartbeat`.
    pub(crate) instance: String,
    pub(crate) interval: Duration,
}

impl Heartbeat {
    /// Reports for as long as it runs. A worker whose claim loop is stuck stays silent: it is as good as dead.
    pub(crate) async fn run(self: Arc<Self>) {
        let mut ticks = tokio::time::interval(self.interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if self.outbox.liveness.stalled() {
                let lag_ms = self.outbox.liveness.lag().as_millis();
                tracing::error!(lag_ms, "the claim loop is stuck; no heartbeat is sent");
                continue;
            }
            let state = if self.outbox.liveness.draining() {
                "draining"
            } else {
                "running"
            };
            self.beat(state).await;
        }
    }

    /// Sends one heartbeat with `state`. Waits for the database only as long as one call may take.
    pub(crate) async fn beat(&self, state: &str) {
        if !self.outbox.database.is_reachable() {
            return;
        }
        let detail = serde_json::json!({
            "state": state,
            "owner": self.outbox.owner,
            "in_flight": self.outbox.liveness.in_flight(),
            "unsettled": self.outbox.liveness.unsettled(),
            "concurrency": self.outbox.concurrency(),
        })
        .to_string();
        let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 4] = [
            (&"worker", Type::TEXT),
            (&self.instance, Type::TEXT),
            (&env!("CARGO_PKG_VERSION"), Type::TEXT),
            (&detail, Type::TEXT),
        ];
        if let Err(error) = self
            .outbox
            .database
            .query("heartbeat", include_str!("sql/heartbeat.sql"), &parameters)
            .await
        {
            tracing::warn!(%error, "the heartbeat was not recorded");
        }
    }
}
