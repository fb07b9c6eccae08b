//! What stops the worker. A failed delivery or a lost database never does; see [`crate::delivery::Outcome`].

use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the worker could not start, or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting is wrong. `hint` says what to do.
    #[error("{message}\n  hint: {hint}")]
    Config {
        /// What is wrong, naming the setting and never a secret value.
        message: String,
        /// A sentence saying what to do.
        hint: String,
    },
    /// The address for metrics and health checks could not be bound.
    #[error(
        "cannot listen on {address}: {source}\n  hint: Set --listen (VIGIL_WORKER_LISTEN) to a free address, for example 127.0.0.1:9465."
    )]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file named in the settings could not be read.
    #[error("cannot read {path}: {source}\n  hint: Check the path and its permissions.")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The system refused threads or signal handlers.
    #[error("cannot start: {0}")]
    System(#[source] std::io::Error),
    /// The http client could not be built.
    #[error("cannot set up the http client: {0}")]
    HttpClient(#[source] reqwest::Error),
    /// The TLS library refused its settings.
    #[error("cannot set up tls: {0}")]
    Tls(#[from] rustls::Error),
    /// A built-in template cannot be parsed, which is a bug.
    #[error("a built-in template is broken: {0}")]
    Template(#[source] minijinja::Error),
    /// A part of the worker that runs for its whole life ended by itself, which is a bug.
    #[error("the {0} task stopped unexpectedly")]
    TaskStopped(&'static str),
}

impl Error {
    /// A wrong setting and the sentence that says what to do about it.
    pub(crate) fn config(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Config {
            message: message.into(),
            hint: hint.into(),
        }
    }
}
