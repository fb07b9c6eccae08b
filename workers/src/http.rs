//! `/metrics` and `/healthz`.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;

use crate::outbox::{Outbox, record_gauges};

/// Longest wait for the database in a health check; probes commonly give up after a few seconds.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Clone)]
struct Served {
    outbox: Arc<Outbox>,
    metrics: PrometheusHandle,
}

/// Serves on `listener` for as long as it runs.
pub(crate) async fn serve(listener: TcpListener, outbox: Arc<Outbox>, metrics: PrometheusHandle) {
    let router = Router::new()
        .route("/metrics", get(render_metrics))
        .route("/healthz", get(check_health))
        .with_state(Served { outbox, metrics });
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(%error, "metrics and health checks are no longer served");
    }
}

async fn render_metrics(State(served): State<Served>) -> impl IntoResponse {
    record_gauges(&served.outbox.liveness);
    (
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        served.metrics.render(),
    )
}

/// 200 only while notifications can be delivered: the database answers, the last claim worked, the loop turns.
async fn check_health(State(served): State<Served>) -> (StatusCode, String) {
    let liveness = &served.outbox.liveness;
    let problem = if liveness.draining() {
        Some("shutting down")
    } else if liveness.stalled() {
        Some("the claim loop is stuck")
    } else if !served.outbox.database.answers(PATIENCE).await {
        Some("the database cannot be reached")
    } else if liveness.claim_failing() {
        Some("the last claim failed, or none has been made yet")
    } else {
        None
    };
    match problem {
        None => (StatusCode::OK, "ok\n".to_owned()),
        Some(problem) => (StatusCode::SERVICE_UNAVAILABLE, format!("{problem}\n")),
    }
}
