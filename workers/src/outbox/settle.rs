//! Tells the database what became of attempts, many in one call.

use std::sync::Arc;
use std::time::Duration;

use metrics::counter;
use tokio::sync::{Notify, mpsc};
use tokio_postgres::types::Type;

use super::slots::Slot;
use crate::backoff::Backoff;
use crate::database::{Database, DatabaseError};
use crate::delivery::Outcome;
use crate::liveness::{InFlight, Liveness};

/// How long answers are left to gather, so that each call settles several.
const GATHER: Duration = Duration::from_millis(5);
/// Most answers of one call; SQL takes 1000.
const MOST: usize = 500;
/// How often an answer that the database refuses is tried. After that the lease runs out and the notification is sent
/// again: a duplicate, not a loss.
const REFUSALS: usize = 5;

/// What became of one attempt.
pub(super) struct Answer {
    pub(super) id: i64,
    pub(super) attempt: i32,
    pub(super) outcome: Outcome,
    /// A call that broke off may have recorded it all the same.
    in_doubt: bool,
    /// Counts the claim as in flight until its answer is recorded.
    _in_flight: InFlight,
    /// Kept as long: what a killed worker has sent and not recorded is sent again, and is never more than the slots.
    _slot: Slot,
}

impl Answer {
    pub(super) fn new(
        id: i64,
        attempt: i32,
        outcome: Outcome,
        in_flight: InFlight,
        slot: Slot,
    ) -> Self {
        Self {
            id,
            attempt,
            outcome,
            in_doubt: false,
            _in_flight: in_flight,
            _slot: slot,
        }
    }
}

/// The one task that settles.
pub(crate) struct Settler {
    pub(super) database: Arc<Database>,
    pub(super) liveness: Arc<Liveness>,
    pub(super) answers: mpsc::Receiver<Answer>,
    /// Raised after each call, when channels may have room again.
    pub(super) settled: Arc<Notify>,
    /// Raised when no more answers will come.
    pub(super) last: Arc<Notify>,
    /// Raised when an outage has left no answer behind, so that claims may begin again.
    pub(super) hint: Arc<Notify>,
}

impl Settler {
    /// Settles answers until the last one has come and is recorded. An outage is waited out however long it lasts,
    /// because an answer that is forgotten becomes a duplicate.
    pub(super) async fn run(mut self) {
        loop {
            let first = tokio::select! {
                biased;
                answer = self.answers.recv() => answer,
                () = self.last.notified() => {
                    // What is in the channel still comes, then nothing.
                    self.answers.close();
                    continue;
                }
            };
            let Some(first) = first else { return };
            tokio::time::sleep(GATHER).await;
            let mut batch = vec![first];
            self.gather(&mut batch);
            self.settle(batch).await;
            self.settled.notify_one();
        }
    }

    fn gather(&mut self, batch: &mut Vec<Answer>) {
        while batch.len() < MOST
            && let Ok(answer) = self.answers.try_recv()
        {
            batch.push(answer);
        }
    }

    async fn settle(&mut self, mut batch: Vec<Answer>) {
        let mut backoff = Backoff::new();
        let (mut was_away, mut refusals) = (false, 0);
        loop {
            match self.try_settle(&batch).await {
                Ok(settled) => {
                    batch.iter().zip(settled).for_each(report);
                    break;
                }
                Err(error) if error.is_outage() => {
                    was_away = true;
                    if !matches!(error, DatabaseError::Unreachable) {
                        batch.iter_mut().for_each(|answer| answer.in_doubt = true);
                    }
                    self.gather(&mut batch);
                    let unsettled = self.liveness.enter_unsettled(batch.len());
                    self.database.reachable().await;
                    tokio::time::sleep(backoff.delay()).await;
                    drop(unsettled);
                }
                // One that the database does not take must not keep the others from being recorded.
                Err(_) if batch.len() > 1 => {
                    for answer in batch {
                        Box::pin(self.settle(vec![answer])).await;
                    }
                    break;
                }
                Err(error) => {
                    refusals += 1;
                    for Answer { id, attempt, .. } in &batch {
                        tracing::error!(id, attempt, %error, "the answer cannot be recorded");
                    }
                    if refusals == REFUSALS {
                        break;
                    }
                    tokio::time::sleep(backoff.delay()).await;
                }
            }
        }
        if was_away {
            self.hint.notify_one();
        }
    }

    /// For each answer in turn whether it was recorded; not, when the row has moved on to another attempt.
    async fn try_settle(&self, batch: &[Answer]) -> Result<Vec<bool>, DatabaseError> {
        let ids: Vec<i64> = batch.iter().map(|answer| answer.id).collect();
        let attempts: Vec<i32> = batch.iter().map(|answer| answer.attempt).collect();
        let outcomes: Vec<&str> = batch.iter().map(|answer| answer.outcome.name()).collect();
        let statuses: Vec<Option<i32>> = batch
            .iter()
            .map(|answer| answer.outcome.status().map(i32::from))
            .collect();
        let details: Vec<Option<&str>> = batch.iter().map(|one| one.outcome.detail()).collect();
        let waits: Vec<Option<f64>> = batch
            .iter()
            .map(|answer| answer.outcome.retry_after().map(|wait| wait.as_secs_f64()))
            .collect();
        let rows = self
            .database
            .query(
                "settle",
                include_str!("../sql/settle_notifications.sql"),
                &[
                    (&ids, Type::INT8_ARRAY),
                    (&attempts, Type::INT4_ARRAY),
                    (&outcomes, Type::TEXT_ARRAY),
                    (&statuses, Type::INT4_ARRAY),
                    (&details, Type::TEXT_ARRAY),
                    (&waits, Type::FLOAT8_ARRAY),
                ],
            )
            .await?;
        rows.iter().map(|row| Ok(row.try_get("settled")?)).collect()
    }
}

fn report((answer, settled): (&Answer, bool)) {
    let (id, attempt) = (answer.id, answer.attempt);
    if settled {
        return;
    }
    if answer.in_doubt {
        tracing::info!(
            id,
            attempt,
            "recorded before the connection was lost, or taken over since"
        );
    } else {
        counter!("vigil_worker_stale_settles_total").increment(1);
        tracing::warn!(
            id,
            attempt,
            "another attempt has taken over; answer not recorded"
        );
    }
}
