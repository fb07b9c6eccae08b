//! Access to Postgres that outlives the server: a session is opened again whenever it is lost, and every call has a
//! time limit.

mod session;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use metrics::{counter, histogram};
use tokio::sync::{Notify, watch};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row};

use crate::config::Config;
use crate::error::Error;
use session::{Opened, Target};

/// Why a call gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    /// There is no session at the moment; one is being opened.
    #[error("the database cannot be reached")]
    Unreachable,
    /// The call took too long. Its session has been dropped, because an answer that comes late would be taken for the
    /// answer to a later call's time limit.
    #[error("the database did not answer in time")]
    TimedOut,
    /// The session broke during the call, or the server cannot work at the moment. The call may have been done.
    #[error("the database cannot work at the moment")]
    Lost,
    /// The server refused the call.
    #[error("{}", refusal(.0))]
    Refused(Box<tokio_postgres::Error>),
}

impl DatabaseError {
    /// The same call may succeed as soon as the database can be reached again.
    pub(crate) fn is_outage(&self) -> bool {
        !matches!(self, Self::Refused(_))
    }
}

impl From<tokio_postgres::Error> for DatabaseError {
    fn from(error: tokio_postgres::Error) -> Self {
        let lost = match error.code() {
            Some(code) => is_outage(code),
            None => {
                error.is_closed()
                    || std::error::Error::source(&error)
                        .is_some_and(<dyn std::error::Error>::is::<io::Error>)
            }
        };
        if lost {
            Self::Lost
        } else {
            Self::Refused(Box::new(error))
        }
    }
}

/// Errors that pass without anybody changing the call: the server is going down, coming up, promoted away, out of
/// memory, disk or connections, or gave up on time. Everything else is an answer.
fn is_outage(code: &SqlState) -> bool {
    const CLASSES: [&str; 3] = ["08", "53", "58"];
    CLASSES.iter().any(|class| code.code().starts_with(class))
        || [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::QUERY_CANCELED,
            SqlState::READ_ONLY_SQL_TRANSACTION,
        ]
        .contains(code)
}

/// SQLSTATE and message. The server's detail is left out: it may quote row values.
fn refusal(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(refused) => format!(
            "the database refused the call: {} ({})",
            refused.message(),
            refused.code().code()
        ),
        None => format!("the database's answer cannot be used: {error}"),
    }
}

/// The session for work and, beside it, one that only listens.
#[derive(Debug)]
pub(crate) struct Database {
    /// The current session, none while the database cannot be reached.
    current: watch::Receiver<Option<Arc<Opened>>>,
    /// Longest time of one call.
    timeout: Duration,
}

/// The tasks that keep the sessions open; they run for the worker's whole life.
pub(crate) struct Keepers {
    /// Keeps the session for work.
    pub(crate) work: session::Keeper,
    /// Keeps the session that listens for new notifications.
    pub(crate) listen: session::Keeper,
}

impl Database {
    /// Prepares both sessions; nothing connects until the keepers run. `hint` is raised when a notification is
    /// announced and when the database can be reached again.
    pub(crate) fn new(config: &Config, hint: &Arc<Notify>) -> Result<(Self, Keepers), Error> {
        let timeout = config.options.database_timeout;
        let target = Target::new(config)?;
        let (publish, current) = watch::channel(None);
        let work = session::Keeper::work(target.clone(), publish, Arc::clone(hint));
        let listen = session::Keeper::listen(target, Arc::clone(hint));
        Ok((Self { current, timeout }, Keepers { work, listen }))
    }

    /// Runs one statement and returns its rows. A call that is not answered in time costs the session, since every
    /// later call would wait behind it.
    pub(crate) async fn query(
        &self,
        operation: &'static str,
        statement: &str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<Row>, DatabaseError> {
        let began = std::time::Instant::now();
        let result = self
            .query_uncounted(statement, parameters, self.timeout)
            .await;
        histogram!("vigil_worker_database_duration_seconds", "operation" => operation)
            .record(began.elapsed());
        if result.is_err() {
            counter!("vigil_worker_database_errors_total", "operation" => operation).increment(1);
        }
        result
    }

    /// Whether the database answers within `limit`.
    pub(crate) async fn answers(&self, limit: Duration) -> bool {
        self.query_uncounted(include_str!("sql/ping.sql"), &[], limit.min(self.timeout))
            .await
            .is_ok()
    }

    async fn query_uncounted(
        &self,
        statement: &str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
        limit: Duration,
    ) -> Result<Vec<Row>, DatabaseError> {
        let session = self
            .current
            .borrow()
            .clone()
            .ok_or(DatabaseError::Unreachable)?;
        let client: &Client = session.client();
        // Types are given, so the statement is parsed, bound and run in one round trip and no prepared statement can
        // go stale when a deployment replaces a function.
        match tokio::time::timeout(limit, client.query_typed(statement, parameters)).await {
            Ok(Ok(rows)) => Ok(rows),
            Ok(Err(error)) => {
                // The server has become a standby; the next session may find the new primary.
                if error.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION) {
                    session.discard();
                }
                Err(error.into())
            }
            Err(_) => {
                session.discard();
                Err(DatabaseError::TimedOut)
            }
        }
    }

    /// Waits until there is a session.
    pub(crate) async fn reachable(&self) {
        // An error means that the keeper is gone, which ends the worker.
        let _ = self.current.clone().wait_for(Option::is_some).await;
    }

    /// Whether there is a session at the moment.
    pub(crate) fn is_reachable(&self) -> bool {
        self.current.borrow().is_some()
    }
}
