//! Takes up changed settings while the worker runs.

use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::config::{Config, Options};
use crate::delivery::{ChannelSettings, Channels};
use crate::error::Error;
use crate::outbox::Live;
use crate::secrets::Secrets;
use crate::telemetry;

/// Reads the settings file again at each SIGHUP.
pub(crate) struct Reloader {
    config: Config,
    publish: watch::Sender<Arc<Live>>,
    signals: Signal,
}

impl Reloader {
    /// The reloader, and the settings that hold until it finds others.
    ///
    /// # Errors
    /// When the http client cannot be set up, or the system refuses a signal handler.
    pub(crate) fn new(config: Config) -> Result<(Self, watch::Receiver<Arc<Live>>), Error> {
        let (publish, live) = watch::channel(Arc::new(live(&config)?));
        let signals = signal(SignalKind::hangup()).map_err(Error::System)?;
        let reloader = Self {
            config,
            publish,
            signals,
        };
        Ok((reloader, live))
    }

    /// Runs for the worker's whole life. Settings that do not fit leave everything as it was.
    pub(crate) async fn run(mut self) {
        while self.signals.recv().await.is_some() {
            if let Err(error) = self.reload() {
                tracing::error!(%error, "the settings stay as they were");
            }
        }
    }

    fn reload(&mut self) -> Result<(), Error> {
        let config = self.config.read_again()?;
        let live = live(&config)?;
        // Deliveries in flight end with the settings that they began with.
        self.publish.send_replace(Arc::new(live));
        self.config = config;
        // While what was logged until now still is.
        tracing::info!("settings read again");
        telemetry::set_log(&self.config.options)
    }
}

fn live(config: &Config) -> Result<Live, Error> {
    let options = &config.options;
    Ok(Live {
        channels: channels(options)?,
        concurrency: options.concurrency,
        batch: options.batch,
        needed: options.deadline + options.database_timeout,
    })
}

fn channels(options: &Options) -> Result<Channels, Error> {
    Channels::new(ChannelSettings {
        secrets: Secrets::new(options.secrets_dir.clone()),
        filter: options.allow_networks.clone(),
        deadline: options.deadline,
        connect_timeout: options.connect_timeout,
        public_url: options.public_url.clone(),
    })
}
