//! The claim loop: takes due notifications from the outbox, sends each in its own task, and hands the answers to the
//! settler.

mod claim;
mod release;
mod settle;
mod slots;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use metrics::{counter, gauge, histogram};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use crate::database::Database;
use crate::delivery::{Channels, Outcome};
use crate::error::Error;
use crate::liveness::{InFlight, Liveness};
use crate::notification::Notification;
use claim::Claimed;
use settle::Answer;
pub(crate) use settle::Settler;
use slots::{Slot, Slots};

/// How long free slots are left to gather, so that each claim takes several rows.
const GATHER: Duration = Duration::from_millis(10);
/// Answers that may wait for the settler. Beyond that deliveries keep their slots, and nothing more is claimed.
const WAITING_ANSWERS: usize = 1000;

/// What may change while the worker runs.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) channels: Channels,
    /// Most deliveries in flight, besides those that hang.
    pub(crate) concurrency: usize,
    /// Most rows of one claim.
    pub(crate) batch: usize,
    /// Time a delivery and its settle may take; a claim with less of its lease left is not begun.
    pub(crate) needed: Duration,
}

/// What an outbox is made from.
pub(crate) struct OutboxSettings {
    pub(crate) database: Database,
    pub(crate) live: watch::Receiver<Arc<Live>>,
    pub(crate) liveness: Liveness,
    /// Raised when there may be something to claim.
    pub(crate) hint: Arc<Notify>,
    /// Holder of this process's claims; no other process has the same.
    pub(crate) owner: String,
    pub(crate) lease: Duration,
    pub(crate) poll_interval: Duration,
    pub(crate) shutdown_timeout: Duration,
}

/// Everything a delivery needs.
pub(crate) struct Outbox {
    pub(crate) database: Arc<Database>,
    pub(crate) liveness: Arc<Liveness>,
    pub(crate) owner: String,
    live: watch::Receiver<Arc<Live>>,
    hint: Arc<Notify>,
    lease: Duration,
    poll_interval: Duration,
    shutdown_timeout: Duration,
    slots: Arc<Slots>,
    answers: mpsc::Sender<Answer>,
    settled: Arc<Notify>,
    last: Arc<Notify>,
}

impl Outbox {
    /// The outbox, and the settler that [`Self::run`] is to be given.
    pub(crate) fn new(settings: OutboxSettings) -> (Self, Settler) {
        let (answers, receiver) = mpsc::channel(WAITING_ANSWERS);
        let outbox = Self {
            database: Arc::new(settings.database),
            liveness: Arc::new(settings.liveness),
            owner: settings.owner,
            live: settings.live,
            hint: settings.hint,
            lease: settings.lease,
            poll_interval: settings.poll_interval,
            shutdown_timeout: settings.shutdown_timeout,
            slots: Arc::default(),
            answers,
            settled: Arc::default(),
            last: Arc::default(),
        };
        let settler = Settler {
            database: Arc::clone(&outbox.database),
            liveness: Arc::clone(&outbox.liveness),
            answers: receiver,
            settled: Arc::clone(&outbox.settled),
            last: Arc::clone(&outbox.last),
            hint: Arc::clone(&outbox.hint),
        };
        (outbox, settler)
    }

    /// Claims and delivers until `shutdown` ends, then lets deliveries in flight end and gives the rest back.
    ///
    /// # Errors
    /// When the settler ends by a bug.
    pub(crate) async fn run(
        self: Arc<Self>,
        settler: Settler,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), Error> {
        let mut deliveries = JoinSet::new();
        let mut settling = tokio::spawn(settler.run());
        tokio::select! {
            biased;
            // A claim that is cut short here is given back by the release.
            () = shutdown => {}
            _ = &mut settling => return Err(Error::TaskStopped("settler")),
            () = self.claim_and_deliver(&mut deliveries) => {}
        }
        self.liveness.drain();
        tracing::info!(
            in_flight = deliveries.len(),
            "shutting down, claiming nothing more"
        );
        let until = Instant::now() + self.shutdown_timeout;
        let drained = async { while deliveries.join_next().await.is_some() {} };
        if tokio::time::timeout_at(until, drained).await.is_err() {
            tracing::warn!(
                in_flight = deliveries.len(),
                "giving up on deliveries in flight; they will be sent again"
            );
            deliveries.shutdown().await;
        }
        // Every delivery and every settle must have ended before the release: a released row can be claimed by another
        // worker under the same attempt number, and a settle of ours would then be taken for that worker's.
        self.last.notify_one();
        if tokio::time::timeout_at(until, &mut settling).await.is_err() {
            tracing::warn!("giving up on answers that the database has not taken");
            settling.abort();
            let _ = settling.await;
        }
        self.release().await;
        Ok(())
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
                () = self.room(backlog) => {}
            }
            self.liveness.turned();
            while deliveries.try_join_next().is_some() {}
            backlog = self.turn(deliveries).await;
        }
    }

    /// Waits until another claim is worth making. With a backlog that is when a quarter of the slots is free, or fewer
    /// after a short while. Without one it is shortly after answers have been settled: a claim that came back short does
    /// not mean that nothing is due, since SQL may hold rows back while their channel has enough in flight.
    async fn room(&self, backlog: bool) {
        if !backlog {
            self.settled.notified().await;
            return tokio::time::sleep(GATHER).await;
        }
        let gather = tokio::time::sleep(GATHER);
        tokio::pin!(gather);
        loop {
            let concurrency = self.live().concurrency;
            let free = self.slots.free(concurrency);
            if free >= concurrency.div_ceil(4) {
                return;
            }
            tokio::select! {
                () = self.slots.freed() => {}
                () = &mut gather, if free > 0 => return,
            }
        }
    }

    /// Claims what there is room for and starts delivering it. True when there is probably more to claim.
    async fn turn(self: &Arc<Self>, deliveries: &mut JoinSet<()>) -> bool {
        let live = self.live();
        let room = self.slots.free(live.concurrency).min(live.batch);
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
        let begin_by = began + self.lease.saturating_sub(live.needed);
        for claimed in claimed {
            let (outbox, live) = (Arc::clone(self), Arc::clone(&live));
            let (slot, in_flight) = (self.slots.take(), self.liveness.enter_flight());
            deliveries.spawn(async move {
                match claimed {
                    Claimed::Readable(notification) => {
                        outbox
                            .deliver(notification, live, begin_by, slot, in_flight)
                            .await;
                    }
                    Claimed::Unreadable { id, attempt } => {
                        let outcome = Outcome::permanent(
                            "the claimed row cannot be read by this worker; upgrade it",
                        );
                        outbox
                            .answer(Answer::new(id, attempt, outcome, in_flight, slot))
                            .await;
                    }
                }
            });
        }
        full
    }

    async fn deliver(
        &self,
        notification: Box<Notification>,
        live: Arc<Live>,
        begin_by: Instant,
        mut slot: Slot,
        in_flight: InFlight,
    ) {
        let Notification { id, attempt, .. } = *notification;
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
        let delivery = contain_panic(live.channels.deliver(&notification));
        let outcome = slot.hold(live.concurrency, delivery).await;
        let took = begun.elapsed();
        histogram!("vigil_worker_delivery_duration_seconds", "outcome" => outcome.name())
            .record(took);
        counter!("vigil_worker_deliveries_total", "outcome" => outcome.name()).increment(1);
        log(&notification, &outcome, took);
        self.answer(Answer::new(id, attempt, outcome, in_flight, slot))
            .await;
    }

    async fn answer(&self, answer: Answer) {
        let id = answer.id;
        if self.answers.send(answer).await.is_err() {
            tracing::error!(id, "the answer came after the settler had ended");
        }
    }

    fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live.borrow())
    }

    /// Most deliveries in flight at the moment, besides those that hang.
    pub(crate) fn concurrency(&self) -> usize {
        self.live().concurrency
    }
}

fn log(notification: &Notification, outcome: &Outcome, took: Duration) {
    let Notification {
        id,
        attempt,
        message_id,
        ..
    } = notification;
    let took_ms = took.as_millis();
    match outcome {
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
