//! The signals that ask the worker to stop.

use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// Starts watching for SIGTERM and SIGINT at once; the future ends at the first of them. A second signal ends the
/// process without waiting for deliveries in flight: their leases run out and they are sent again.
///
/// # Errors
/// When the system refuses a signal handler.
pub fn requested() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::warn!("second signal, leaving without waiting for deliveries in flight");
            std::process::exit(130);
        });
    })
}
