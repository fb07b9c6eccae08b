//! One connection to Postgres, opened again whenever it ends.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Notify, watch};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{AsyncMessage, Client, Connection, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::backoff::Backoff;
use crate::config::Config;
use crate::error::Error;

/// Where to connect, and how.
#[derive(Clone)]
pub(crate) struct Target {
    database: tokio_postgres::Config,
    /// Settings for `sslmode=require`; none for plain connections.
    tls: Option<ClientConfig>,
    /// Longest time to connect and get ready.
    timeout: Duration,
}

/// An open session.
#[derive(Debug)]
pub(crate) struct Opened {
    client: Client,
    /// Raised by whoever finds the session useless.
    useless: Notify,
}

impl Opened {
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Asks the keeper to drop this session and open another.
    pub(crate) fn discard(&self) {
        self.useless.notify_one();
    }
}

/// Reads what the server sends until the connection ends.
type Driver = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + Send>>;

/// Keeps one session open for as long as it runs.
pub(crate) struct Keeper {
    target: Target,
    /// What makes a new session ready for its use.
    setup: String,
    /// Receives each session that is ready, and nothing while there is none.
    publish: watch::Sender<Option<Arc<Opened>>>,
    /// Raised when a notification is announced and when a session becomes ready.
    hint: Arc<Notify>,
    name: &'static str,
}

impl Target {
    /// Chooses between a plain and an encrypted connection.
    ///
    /// `sslmode=require` encrypts and verifies the server's certificate and name. Everything else is plain: `prefer`
    /// protects from nobody who can answer in the server's place.
    pub(super) fn new(config: &Config) -> Result<Self, Error> {
        let mut database = config.database.clone();
        let tls = match database.get_ssl_mode() {
            SslMode::Require => Some(crate::tls::client_config(
                config.options.database_ca_file.as_deref(),
            )?),
            _ => {
                database.ssl_mode(SslMode::Disable);
                if let Some(host) = database.get_hosts().iter().find_map(remote) {
                    tracing::warn!(
                        host,
                        "the connection to the database is not encrypted; add sslmode=require"
                    );
                }
                None
            }
        };
        Ok(Self {
            database,
            tls,
            timeout: config.options.database_timeout,
        })
    }

    async fn connect(&self, hint: Arc<Notify>) -> Result<(Client, Driver), tokio_postgres::Error> {
        match &self.tls {
            None => {
                let (client, connection) = self.database.connect(NoTls).await?;
                Ok((client, Box::pin(drive(connection, hint))))
            }
            Some(tls) => {
                let (client, connection) = self
                    .database
                    .connect(MakeRustlsConnect::new(tls.clone()))
                    .await?;
                Ok((client, Box::pin(drive(connection, hint))))
            }
        }
    }
}

/// The name of a host that is reached over a network.
fn remote(host: &Host) -> Option<&str> {
    match host {
        Host::Tcp(name) => {
            let local = name == "localhost"
                || name
                    .parse()
                    .is_ok_and(|address: std::net::IpAddr| address.is_loopback());
            (!local).then_some(name)
        }
        Host::Unix(_) => None,
    }
}

async fn drive<S, T>(
    mut connection: Connection<S, T>,
    hint: Arc<Notify>,
) -> Result<(), tokio_postgres::Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
        match message? {
            AsyncMessage::Notification(_) => hint.notify_one(),
            AsyncMessage::Notice(notice) => {
                tracing::debug!(code = notice.code().code(), "notice: {}", notice.message());
            }
            _ => {}
        }
    }
    Ok(())
}

impl Keeper {
    /// A session for claims, settles and heartbeats.
    pub(super) fn work(
        target: Target,
        publish: watch::Sender<Option<Arc<Opened>>>,
        hint: Arc<Notify>,
    ) -> Self {
        // The server gives up when the worker does, so that an abandoned claim is not done after all.
        let setup = format!("set statement_timeout = {}", target.timeout.as_millis());
        Self {
            target,
            setup,
            publish,
            hint,
            name: "work",
        }
    }

    /// A session that only listens, apart from the other so that a slow claim does not delay an announcement.
    pub(super) fn listen(target: Target, hint: Arc<Notify>) -> Self {
        let (publish, _) = watch::channel(None);
        Self {
            target,
            setup: include_str!("../sql/listen.sql").to_owned(),
            publish,
            hint,
            name: "listen",
        }
    }

    /// Runs for the worker's whole life.
    pub(crate) async fn run(self) {
        let mut backoff = Backoff::new();
        let mut waited = Duration::ZERO;
        loop {
            let Ended { why, lived } = match self.session().await {
                Ok(ended) => ended,
                Err(why) => Ended {
                    why,
                    lived: Duration::ZERO,
                },
            };
            // A session that outlived the wait for it shows that the server was up: the next outage begins with short
            // delays again. Sessions that end at once keep doubling theirs.
            if lived > waited {
                backoff.reset();
            }
            waited = backoff.delay();
            let retry_in_ms = waited.as_millis();
            tracing::warn!(
                session = self.name,
                error = why,
                retry_in_ms,
                "no session with the database"
            );
            tokio::time::sleep(waited).await;
        }
    }

    /// Opens a session, publishes it and stays until it ends.
    ///
    /// # Errors
    /// Why no session could be opened.
    async fn session(&self) -> Result<Ended, String> {
        let limit = tokio::time::Instant::now() + self.target.timeout;
        let connect = tokio::time::timeout_at(limit, self.target.connect(Arc::clone(&self.hint)));
        let (client, driver) = connect
            .await
            .map_err(|_| "connecting timed out".to_owned())?
            .map_err(|error| describe(&error))?;
        let mut driver = pin!(driver);
        tokio::select! {
            ended = &mut driver => return Err(reason(ended)),
            ready = tokio::time::timeout_at(limit, client.batch_execute(&self.setup)) => {
                ready.map_err(|_| "setting up the session timed out".to_owned())?.map_err(|error| describe(&error))?;
            }
        }
        let opened = Instant::now();
        let session = Arc::new(Opened {
            client,
            useless: Notify::new(),
        });
        self.publish.send_replace(Some(Arc::clone(&session)));
        tracing::info!(session = self.name, "connected to the database");
        self.hint.notify_one();
        let why = tokio::select! {
            ended = &mut driver => reason(ended),
            () = session.useless.notified() => "the session was given up after a failed call".to_owned(),
        };
        self.publish.send_replace(None);
        Ok(Ended {
            why,
            lived: opened.elapsed(),
        })
    }
}

/// A session that was open.
struct Ended {
    why: String,
    /// From ready to the end.
    lived: Duration,
}

fn reason(ended: Result<(), tokio_postgres::Error>) -> String {
    ended.map_or_else(
        |error| describe(&error),
        |()| "the connection was closed".to_owned(),
    )
}

/// What went wrong, with the cause that the library's own text leaves out. Holds no password: neither the library nor
/// the server repeats it.
fn describe(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(refused), _) => format!("{} ({})", refused.message(), refused.code().code()),
        (None, Some(cause)) => format!("{error}: {cause}"),
        (None, None) => error.to_string(),
    }
}
