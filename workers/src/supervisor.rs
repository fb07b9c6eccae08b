//! Puts the parts together and watches over them.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::config::Config;
use crate::database::Database;
use crate::error::Error;
use crate::heads::HeadExport;
use crate::heartbeat::Heartbeat;
use crate::liveness::Liveness;
use crate::outbox::{Outbox, OutboxSettings};
use crate::reload::Reloader;
use crate::{files, http, telemetry};

/// How often old samples are folded into the histograms' buckets.
const UPKEEP: Duration = Duration::from_secs(5);
/// The claim loop is called stuck after its longest regular turn and this.
const GRACE: Duration = Duration::from_secs(5);

/// Delivers notifications until `shutdown` ends, then finishes deliveries in flight within the shutdown timeout, gives
/// the rest back and reports a last time. Reads its settings file again at SIGHUP. Lost databases and failing receivers are lived through.
///
/// # Errors
/// When the worker cannot start (the listen address, TLS, signals), or a part of it ends by a bug.
pub async fn run(config: Config, shutdown: impl Future<Output = ()>) -> Result<(), Error> {
    let options = config.options.clone();
    let metrics = telemetry::metrics();
    files::raise_limit();
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|source| Error::Listen {
            address: options.listen,
            source,
        })?;
    let address = listener.local_addr().map_err(|source| Error::Listen {
        address: options.listen,
        source,
    })?;
    let instance = options.instance.clone().unwrap_or_else(|| {
        format!(
            "{}:{}",
            gethostname::gethostname().to_string_lossy(),
            address.port()
        )
    });
    let hint = Arc::new(Notify::new());
    let (database, keepers) = Database::new(&config, &hint)?;
    let (reloader, live) = Reloader::new(config)?;
    let (outbox, settler) = Outbox::new(OutboxSettings {
        database,
        live,
        liveness: Liveness::new(options.poll_interval + options.database_timeout + GRACE),
        hint,
        // A new name for each process: a restarted worker must not take its predecessor's claims for its own.
        owner: format!("{instance}/{:016x}", fastrand::u64(..)),
        lease: options.lease,
        poll_interval: options.poll_interval,
        shutdown_timeout: options.shutdown_timeout,
    });
    let outbox = Arc::new(outbox);
    let heartbeat = Arc::new(Heartbeat {
        outbox: Arc::clone(&outbox),
        instance,
        interval: options.heartbeat_interval,
    });
    tracing::info!(%address, owner = outbox.owner, version = env!("CARGO_PKG_VERSION"), "started");

    // Tasks for the worker's whole life; dropping the set ends them.
    let mut background = JoinSet::new();
    let mut spawn = |name, task: BoxFuture<'static, ()>| {
        background.spawn(async move {
            // A panic ends the worker like an early return does: neither may go unnoticed.
            let _ = AssertUnwindSafe(task).catch_unwind().await;
            name
        });
    };
    spawn("work session", Box::pin(keepers.work.run()));
    spawn("listen session", Box::pin(keepers.listen.run()));
    spawn("reload", Box::pin(reloader.run()));
    spawn("heartbeat", Box::pin(Arc::clone(&heartbeat).run()));
    spawn(
        "http",
        Box::pin(http::serve(listener, Arc::clone(&outbox), metrics.clone())),
    );
    spawn("metrics upkeep", Box::pin(keep_up(metrics)));
    match options.audit_dir {
        Some(directory) => {
            let heads = HeadExport {
                database: Arc::clone(&outbox.database),
                directory,
                owner: outbox.owner.clone(),
            };
            spawn("heads", Box::pin(heads.run()));
        }
        None => tracing::warn!(
            "the heads of the audit trail stay in the database; set --audit-dir to a directory outside of it"
        ),
    }

    let ended = tokio::select! {
        ended = outbox.run(settler, shutdown) => ended,
        Some(task) = background.join_next() => Err(Error::TaskStopped(task.unwrap_or("background"))),
    };
    heartbeat.beat("stopped").await;
    tracing::info!("stopped");
    ended
}

async fn keep_up(metrics: metrics_exporter_prometheus::PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        metrics.run_upkeep();
    }
}
