//! Tells the database what became of an attempt.

use metrics::counter;
use tokio_postgres::types::Type;

use super::Outbox;
use crate::backoff::Backoff;
use crate::database::DatabaseError;
use crate::delivery::Outcome;

/// How often a settle that the database refuses is tried. After that the lease runs out and the notification is sent
/// again: a duplicate, not a loss.
const REFUSALS: usize = 5;

impl Outbox {
    /// Settles until the database has taken the answer. An outage is waited out however long it lasts, because an
    /// answer that is forgotten becomes a duplicate.
    pub(super) async fn settle(&self, id: i64, attempt: i32, outcome: &Outcome) {
        let mut backoff = Backoff::new();
        let mut refusals = 0;
        // A call that broke off may have been done all the same.
        let mut in_doubt = false;
        let mut unsettled = None;
        loop {
            match self.try_settle(id, attempt, outcome).await {
                Ok(true) => break,
                Ok(false) if in_doubt => {
                    tracing::info!(
                        id,
                        attempt,
                        "recorded before the connection was lost, or taken over since"
                    );
                    break;
                }
                Ok(false) => {
                    counter!("vigil_worker_stale_settles_total").increment(1);
                    tracing::warn!(
                        id,
                        attempt,
                        "another attempt has taken over; answer not recorded"
                    );
                    break;
                }
                Err(error) if error.is_outage() => {
                    in_doubt |= !matches!(error, DatabaseError::Unreachable);
                    unsettled.get_or_insert_with(|| self.liveness.enter_unsettled());
                    self.database.reachable().await;
                }
                Err(error) => {
                    refusals += 1;
                    tracing::error!(id, attempt, %error, "the answer cannot be recorded");
                    if refusals == REFUSALS {
                        break;
                    }
                }
            }
            tokio::time::sleep(backoff.delay()).await;
        }
        if let Some(counted) = unsettled {
            drop(counted);
            if self.liveness.unsettled() == 0 {
                self.hint.notify_one();
            }
        }
    }

    /// False when the row has moved on to another attempt.
    async fn try_settle(
        &self,
        id: i64,
        attempt: i32,
        outcome: &Outcome,
    ) -> Result<bool, DatabaseError> {
        let status = outcome.status().map(i32::from);
        let retry_after = outcome.retry_after().map(|wait| wait.as_secs_f64());
        let rows = self
            .database
            .query(
                "settle",
                include_str!("../sql/settle_notification.sql"),
                &[
                    (&id, Type::INT8),
                    (&attempt, Type::INT4),
                    (&outcome.name(), Type::TEXT),
                    (&status, Type::INT4),
                    (&outcome.detail(), Type::TEXT),
                    (&retry_after, Type::FLOAT8),
                ],
            )
            .await?;
        rows.first()
            .map_or(Ok(false), |row| Ok(row.try_get("settled")?))
    }
}
