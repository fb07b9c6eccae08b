//! Takes due notifications under a lease.

use std::time::Duration;

use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::Outbox;
use crate::clock::Clock;
use crate::database::DatabaseError;
use crate::notification::Notification;

/// A row that this process now holds.
pub(super) enum Claimed {
    Readable(Box<Notification>),
    /// A column has a null or a type that this worker does not expect. It is given up by itself rather than failing the
    /// claim it came with, and with it every other row, for ever.
    Unreadable {
        id: i64,
        attempt: i32,
    },
}

impl Outbox {
    /// Claims up to `most` rows. The lease runs by the database's clock; the attempt is already counted.
    pub(super) async fn claim(&self, most: usize) -> Result<Vec<Claimed>, DatabaseError> {
        let most = i32::try_from(most).unwrap_or(i32::MAX);
        let lease = self.lease.as_secs_f64();
        let rows = self
            .database
            .query(
                "claim",
                include_str!("../sql/claim_notifications.sql"),
                &[
                    (&self.owner, Type::TEXT),
                    (&most, Type::INT4),
                    (&lease, Type::FLOAT8),
                ],
            )
            .await?;
        rows.iter()
            .map(|row| claimed(row).map_err(DatabaseError::from))
            .collect()
    }
}

fn claimed(row: &Row) -> Result<Claimed, tokio_postgres::Error> {
    let (id, attempt) = (row.try_get("notification_id")?, row.try_get("attempt")?);
    Ok(readable(id, attempt, row).map_or_else(
        |error| {
            tracing::error!(id, attempt, %error, "a claimed row cannot be read");
            Claimed::Unreadable { id, attempt }
        },
        |notification| Claimed::Readable(Box::new(notification)),
    ))
}

fn readable(id: i64, attempt: i32, row: &Row) -> Result<Notification, tokio_postgres::Error> {
    let age: f64 = row.try_get("age_seconds")?;
    Ok(Notification {
        id,
        attempt,
        message_id: row.try_get("message_id")?,
        kind: row.try_get("kind")?,
        purpose: row.try_get("purpose")?,
        config: row.try_get("config")?,
        address: row.try_get("address")?,
        secret_ref: row.try_get("secret_ref")?,
        payload: row.try_get("payload")?,
        template: row.try_get("template")?,
        language: row.try_get("language")?,
        allow_http: row.try_get("allow_http")?,
        thread_id: row.try_get("thread_id")?,
        link_token: row.try_get("link_token")?,
        age: Duration::try_from_secs_f64(age).unwrap_or_default(),
        clock: Clock::showing(row.try_get("now_seconds")?),
    })
}
