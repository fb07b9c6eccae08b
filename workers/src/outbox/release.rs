//! Gives claims back at shutdown, so that another worker need not wait for their leases.

use tokio_postgres::types::Type;

use super::Outbox;

impl Outbox {
    /// Releases every claim this process still holds. When the database cannot be reached the leases do the same, later.
    pub(super) async fn release(&self) {
        let statement = include_str!("../sql/release_notifications.sql");
        let released = match self
            .database
            .query("release", statement, &[(&self.owner, Type::TEXT)])
            .await
        {
            Ok(rows) => rows
                .first()
                .and_then(|row| row.try_get::<_, i32>("released").ok())
                .unwrap_or(0),
            Err(error) => {
                tracing::warn!(%error, "claims could not be given back; their leases will run out");
                return;
            }
        };
        tracing::info!(released, "claims given back");
    }
}
