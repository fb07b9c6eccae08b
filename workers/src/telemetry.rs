//! Logs and metrics.

use std::io::IsTerminal;
use std::sync::OnceLock;

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, reload};

use crate::config::{LogFormat, Options};
use crate::error::Error;

/// What is logged, so that it can be changed.
static FILTER: OnceLock<reload::Handle<EnvFilter, Registry>> = OnceLock::new();

/// Logs to standard error in the form asked for, and panics as log lines.
///
/// # Errors
/// When the log setting cannot be understood, or logging has been set up before.
pub fn log(options: &Options) -> Result<(), Error> {
    let (filter, handle) = reload::Layer::new(filter(options)?);
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let registry = tracing_subscriber::registry().with(filter);
    match options.log_format {
        LogFormat::Text => registry.with(layer).try_init(),
        LogFormat::Json => registry.with(layer.json().flatten_event(true)).try_init(),
    }
    .map_err(|error| {
        Error::config(
            format!("cannot set up logging: {error}"),
            "Set up logging once in a process.",
        )
    })?;
    // Fails only where the line above has failed.
    let _ = FILTER.set(handle);
    // The message of a panic may quote values, so only its place is logged.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(place, "panic");
    }));
    Ok(())
}

/// Changes what is logged from now on.
///
/// # Errors
/// When the log setting cannot be understood.
pub fn set_log(options: &Options) -> Result<(), Error> {
    let filter = filter(options)?;
    // A program around the library that logs in its own way has no such handle, and keeps its way.
    if let Some(handle) = FILTER.get() {
        let _ = handle.reload(filter);
    }
    Ok(())
}

fn filter(options: &Options) -> Result<EnvFilter, Error> {
    EnvFilter::try_new(&options.log).map_err(|error| {
        Error::config(
            format!("cannot set up logging: {error}"),
            "Set --log (VIGIL_WORKER_LOG) to error, warn, info, debug or trace.",
        )
    })
}

/// The recorder of this process's metrics; made at the first call, since a process can have only one.
pub(crate) fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            // Deliveries take milliseconds to the deadline; a queue may be seconds to hours old.
            let durations = [
                0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0,
            ];
            let ages = [
                0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0,
            ];
            let calls = [
                0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
            ];
            let name = |name: &str| Matcher::Full(name.to_owned());
            let recorder = PrometheusBuilder::new()
                .set_buckets_for_metric(name("vigil_worker_delivery_duration_seconds"), &durations)
                .and_then(|builder| {
                    builder.set_buckets_for_metric(name("vigil_worker_queue_age_seconds"), &ages)
                })
                .and_then(|builder| {
                    builder.set_buckets_for_metric(
                        name("vigil_worker_database_duration_seconds"),
                        &calls,
                    )
                })
                .map(PrometheusBuilder::build_recorder)
                .unwrap_or_else(|_| PrometheusBuilder::new().build_recorder());
            let handle = recorder.handle();
            // Fails only when the program around this library has a recorder; then its metrics go there.
            let _ = metrics::set_global_recorder(recorder);
            describe();
            handle
        })
        .clone()
}

/// Says what each metric means and starts every counter at zero, so that its first increase is seen as one.
fn describe() {
    describe_counter!(
        "vigil_worker_claimed_total",
        "Claims taken from the outbox."
    );
    describe_counter!(
        "vigil_worker_deliveries_total",
        "Attempts by outcome: delivered, retry, permanent, gone."
    );
    describe_counter!(
        "vigil_worker_stale_settles_total",
        "Answers refused because another attempt had taken over."
    );
    describe_counter!(
        "vigil_worker_expired_claims_total",
        "Claims not begun because their lease had nearly run out."
    );
    describe_counter!("vigil_worker_panics_total", "Deliveries that panicked.");
    describe_counter!(
        "vigil_worker_database_errors_total",
        "Database calls that failed, by operation."
    );
    describe_counter!(
        "vigil_worker_audit_heads_total",
        "Signed heads of the audit trail that were written to files."
    );
    describe_counter!(
        "vigil_worker_audit_failures_total",
        "Times that heads could not be written or settled."
    );
    describe_gauge!("vigil_worker_in_flight", "Claims being sent or settled.");
    describe_gauge!(
        "vigil_worker_unsettled",
        "Answers waiting for the database to come back."
    );
    describe_gauge!(
        "vigil_worker_loop_lag_seconds",
        Unit::Seconds,
        "Time since the claim loop last turned."
    );
    describe_histogram!(
        "vigil_worker_delivery_duration_seconds",
        Unit::Seconds,
        "Time of one attempt, by outcome."
    );
    describe_histogram!(
        "vigil_worker_database_duration_seconds",
        Unit::Seconds,
        "Time of one database call, by operation."
    );
    describe_histogram!(
        "vigil_worker_queue_age_seconds",
        Unit::Seconds,
        "Age of a notification at its first attempt."
    );
    for name in [
        "vigil_worker_claimed_total",
        "vigil_worker_stale_settles_total",
        "vigil_worker_expired_claims_total",
        "vigil_worker_panics_total",
        "vigil_worker_audit_heads_total",
        "vigil_worker_audit_failures_total",
    ] {
        counter!(name).increment(0);
    }
    for outcome in ["delivered", "retry", "permanent", "gone"] {
        counter!("vigil_worker_deliveries_total", "outcome" => outcome).increment(0);
    }
    for operation in [
        "claim",
        "settle",
        "release",
        "heartbeat",
        "claim heads",
        "settle heads",
    ] {
        counter!("vigil_worker_database_errors_total", "operation" => operation).increment(0);
    }
}
