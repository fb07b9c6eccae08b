//! The claim loop: takes due notifications from the outbox, sends each in its own task, and settles it.

mod claim;
mod release;
mod settle;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use metrics::{counter, gauge, histogram};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use crate::database::Database;
use crate::delivery::{Channels, Outcome};
use crate::liveness::Liveness;
use crate::notification::Notification;
use claim::Claimed;

/// How long free slots are left to gather, so that each claim takes several rows.
const GATHER: Duration = Duration::from_millis(10);

/// Everything a delivery needs.
pub(crate) struct Outbox {
    pub(crate) database: Database,
    pub(crate) channels: Channels,
    pub(crate) liveness: Arc<Liveness>,
    /// Raised when there may be something to claim.
    pub(crate) hint: Arc<Notify>,
    /// Holder of this process's claims; no other process has the same.
    pub(crate) owner: String,
    /// Most deliveries in flight.
    pub(crate) concurrency: usize,
    /// Most rows of one claim.
    pub(crate) batch: usize,
    pub(crate) lease: Duration,
    /// Time a delivery and its settle may take; a claim with less of its lease left is not begun.
    pub(crate) needed: Duration,
    pub(crate) poll_interval: Duration,
    pub(crate) shutdown_timeout: Duration,
}

impl Outbox {
    /// Claims and delivers until `shutdown` ends, then lets deliveries in flight end and gives the rest back.
    pub(crate) async fn run(self: Arc<Self>, shutdown: impl Future<Output = ()>) {
        let mut deliveries = JoinSet::new();
        tokio::select! {
            biased;
            // A claim that is cut short here is given back by the release.
            () = shutdown => {}
            () = self.claim_and_deliver(&mut deliveries) => {}
        }
        self.liveness.drain();
        tracing::info!(
            in_flight = deliveries.len(),
            "shutting down, claiming nothing more"
        );
        let drained = async { while deliveries.join_next().await.is_some() {} };
        if tokio::time::timeout(self.shutdown_timeout, drained)
            .await
            .is_err()
        {
            tracing::warn!(
                in_flight = deliveries.len(),
                "giving up on deliveries in flight; they will be sent again"
            );
            // Every task must have ended before the release: a released row can be claimed by another worker under the
            // same attempt number, and a settle of ours would then be taken for that worker's.
            deliveries.shutdown().await;
        }
        self.release().await;
    }

    async fn claim_and_deliver(self: &Arc<Self>, deliveries: &mut JoinSet<()>) {
        let mut poll = tokio::time::interval(self.poll_interval);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The last claim got all it asked for, so there is probably more.
        let mut backlog = false;
        loop {
            tokio::select! {
                _ = poll.tick() => {}
                () = self.hint.notified() => {}
                () = self.room(deliveries, backlog) => {}
            }
            self.liveness.turned();
            while deliveries.try_join_next().is_some() {}
            backlog = self.turn(deliveries).await;
        }
    }

    /// Waits until another claim is worth making. With a backlog that is when a quarter of the slots is free, or fewer
    /// after a short while. Without one it is shortly after a delivery has ended: a claim that came back short does
    /// not mean that nothing is due, since SQL may hold rows back while their channel has enough in flight.
    async fn room(&self, deliveries: &mut JoinSet<()>, backlog: bool) {
        if !backlog && deliveries.join_next().await.is_none() {
            return std::future::pending().await;
        }
        let gather = tokio::time::sleep(GATHER);
        tokio::pin!(gather);
        let enough = if backlog {
            self.concurrency - self.concurrency.div_ceil(4)
        } else {
            0
        };
        while deliveries.len() > enough {
            tokio::select! {
                _ = deliveries.join_next() => {}
                () = &mut gather, if deliveries.len() < self.concurrency => return,
            }
        }
    }

    /// Claims what there is room for and starts delivering it. True when there is probably more to claim.
    async fn turn(self: &Arc<Self>, deliveries: &mut JoinSet<()>) -> bool {
        let room = self
            .concurrency
            .saturating_sub(deliveries.len())
            .min(self.batch);
        if room == 0 {
            return true;
        }
        // Answers that an outage has kept from the database come first: settled late they still prevent a second
        // delivery, but not once the row has been claimed again. The last of them raises the hint.
        if self.liveness.unsettled() > 0 || !self.database.is_reachable() {
            return false;
        }
        let began = Instant::now();
        let claimed = match self.claim(room).await {
            Ok(claimed) => claimed,
            Err(error) => {
                self.liveness.claim_answered(false);
                tracing::warn!(%error, "nothing could be claimed");
                return false;
            }
        };
        self.liveness.claim_answered(true);
        counter!("vigil_worker_claimed_total").increment(claimed.len() as u64);
        let full = claimed.len() == room;
        // Counted from before the claim was sent: the lease began no earlier.
        let begin_by = began + self.lease.saturating_sub(self.needed);
        for claimed in claimed {
            let outbox = Arc::clone(self);
            deliveries.spawn(async move {
                let _in_flight = outbox.liveness.enter_flight();
                match claimed {
                    Claimed::Readable(notification) => {
                        outbox.deliver(*notification, begin_by).await;
                    }
                    Claimed::Unreadable { id, attempt } => {
                        let outcome = Outcome::permanent(
                            "the claimed row cannot be read by this worker; upgrade it",
                        );
                        outbox.settle(id, attempt, &outcome).await;
                    }
                }
            });
        }
        full
    }

    async fn deliver(&self, notification: Notification, begin_by: Instant) {
        let Notification { id, attempt, .. } = notification;
        let begun = Instant::now();
        if begun > begin_by {
            // The process was stopped or starved. Another worker may already be sending this.
            counter!("vigil_worker_expired_claims_total").increment(1);
            tracing::warn!(
                id,
                attempt,
                message_id = notification.message_id,
                "the lease ran out before sending"
            );
            return;
        }
        if attempt == 1 {
            histogram!("vigil_worker_queue_age_seconds").record(notification.age);
        }
        let outcome = contain_panic(self.channels.deliver(&notification)).await;
        let took = begun.elapsed();
        histogram!("vigil_worker_delivery_duration_seconds", "outcome" => outcome.name())
            .record(took);
        counter!("vigil_worker_deliveries_total", "outcome" => outcome.name()).increment(1);
        let (message_id, took_ms) = (&notification.message_id, took.as_millis());
        match &outcome {
            Outcome::Delivered { status, detail } => {
                tracing::info!(
                    id,
                    attempt,
                    message_id,
                    status,
                    took_ms,
                    detail = detail.as_deref(),
                    "delivered"
                );
            }
            Outcome::Retry { status, detail, .. } => {
                tracing::warn!(id, attempt, message_id, status, took_ms, %detail, "not delivered, may be tried again");
            }
            Outcome::Permanent { status, detail } => {
                tracing::error!(id, attempt, message_id, status, took_ms, %detail, "cannot be delivered");
            }
            Outcome::Gone { status, detail } => {
                tracing::error!(id, attempt, message_id, status, took_ms, %detail, "the receiver is gone");
            }
        }
        self.settle(id, attempt, &outcome).await;
    }
}

/// A panic is this program's bug, met again at every attempt: the row backs off and is given up by SQL's rules, and the
/// other rows go on. The panic hook has logged where it happened.
async fn contain_panic(delivery: impl Future<Output = Outcome>) -> Outcome {
    AssertUnwindSafe(delivery)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| {
            counter!("vigil_worker_panics_total").increment(1);
            Outcome::retry("the worker failed while sending; see its log")
        })
}

/// Values read from the worker's state when the metrics are asked for.
pub(crate) fn record_gauges(liveness: &Liveness) {
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of at most a few thousand"
    )]
    {
        gauge!("vigil_worker_in_flight").set(liveness.in_flight() as f64);
        gauge!("vigil_worker_unsettled").set(liveness.unsettled() as f64);
    }
    gauge!("vigil_worker_loop_lag_seconds").set(liveness.lag().as_secs_f64());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_an_attempt_that_backs_off() {
        async fn panics() -> Outcome {
            panic!("as a bug would")
        }
        let outcome = contain_panic(panics()).await;
        assert_eq!((outcome.name(), outcome.status()), ("retry", None));
        let delivered = Outcome::Delivered {
            status: 204,
            detail: None,
        };
        assert_eq!(
            contain_panic(std::future::ready(delivered.clone())).await,
            delivered
        );
    }
}
