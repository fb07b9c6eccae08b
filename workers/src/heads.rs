//! Takes the signed heads of the audit trail to files outside the database, against which a trail that was cut or made
//! anew is found out.
//!
//! A head is settled after its line is on the disk. A worker that dies in between leaves a claim whose lease runs out, and
//! the line is written again: readers take a line that is there twice for one.

mod file;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use metrics::counter;
use tokio::time::MissedTickBehavior;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use crate::database::{Database, DatabaseError};

/// How often to look for heads; the database signs them every 30 seconds.
const INTERVAL: Duration = Duration::from_secs(5);
/// Heads of one claim.
const BATCH: i32 = 500;
/// How long a claim is ours: more than writing a few hundred lines takes on a slow disk.
const LEASE: Duration = Duration::from_secs(60);

/// What exports the heads of one worker.
pub(crate) struct HeadExport {
    pub(crate) database: Arc<Database>,
    /// Where the files are.
    pub(crate) directory: PathBuf,
    /// Holder of this process's claims.
    pub(crate) owner: String,
}

/// Heads that this process now holds.
#[derive(Debug, Default)]
struct Claimed {
    tenant_ids: Vec<i32>,
    head_ids: Vec<i64>,
    attempts: Vec<i32>,
    /// The lines of each day's file.
    lines: BTreeMap<String, String>,
}

impl HeadExport {
    /// Exports for as long as it runs. What fails is tried again: the heads wait in the database.
    pub(crate) async fn run(self) {
        let mut ticks = tokio::time::interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.database.reachable().await;
            loop {
                match self.export().await {
                    Ok(0) => break,
                    Ok(exported) => {
                        counter!("vigil_worker_audit_heads_total").increment(exported);
                    }
                    Err(error) => {
                        counter!("vigil_worker_audit_failures_total").increment(1);
                        tracing::error!(%error, "heads of the audit trail are not exported");
                        break;
                    }
                }
            }
        }
    }

    /// Claims heads, writes them and settles them; returns how many.
    async fn export(&self) -> Result<u64, ExportError> {
        let claimed = self.claim().await?;
        if claimed.head_ids.is_empty() {
            return Ok(0);
        }
        let directory = self.directory.clone();
        let lines = claimed.lines;
        let written = tokio::task::spawn_blocking(move || {
            lines
                .iter()
                .try_for_each(|(day, lines)| file::append(&directory, day, lines))
        });
        written.await.map_err(std::io::Error::other)??;
        let rows = self
            .database
            .query(
                "settle heads",
                include_str!("sql/settle_heads.sql"),
                &[
                    (&claimed.tenant_ids, Type::INT4_ARRAY),
                    (&claimed.head_ids, Type::INT8_ARRAY),
                    (&claimed.attempts, Type::INT4_ARRAY),
                ],
            )
            .await?;
        let settled: i64 = match rows.first() {
            Some(row) => row.try_get("settled").map_err(DatabaseError::from)?,
            None => 0,
        };
        Ok(u64::try_from(settled).unwrap_or_default())
    }

    async fn claim(&self) -> Result<Claimed, DatabaseError> {
        let lease = LEASE.as_secs_f64();
        let rows = self
            .database
            .query(
                "claim heads",
                include_str!("sql/claim_heads.sql"),
                &[
                    (&self.owner, Type::TEXT),
                    (&BATCH, Type::INT4),
                    (&lease, Type::FLOAT8),
                ],
            )
            .await?;
        let mut claimed = Claimed::default();
        for row in &rows {
            claimed.add(row)?;
        }
        Ok(claimed)
    }
}

impl Claimed {
    fn add(&mut self, row: &Row) -> Result<(), tokio_postgres::Error> {
        self.tenant_ids.push(row.try_get("tenant_id")?);
        self.head_ids.push(row.try_get("head_id")?);
        self.attempts.push(row.try_get("attempt")?);
        let lines = self.lines.entry(row.try_get("file_day")?).or_default();
        lines.push_str(row.try_get("line")?);
        lines.push('\n');
        Ok(())
    }
}

/// Why heads stay where they are until the next turn.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("the file cannot be written: {0}")]
    File(#[from] std::io::Error),
}
