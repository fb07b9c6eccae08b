//! A webhook receiver for demonstrations and tests: checks signatures as a customer would, writes down what arrives,
//! and misbehaves on request.

mod faults;
mod journal;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

pub use faults::{Fault, Faults};
pub use journal::{Entry, Journal};

use crate::secrets::SigningKeys;

/// Largest body taken. Payloads are at most 20 KiB.
const LARGEST_BODY: usize = 64 * 1024;
/// A hanging answer comes after this, long past any sender's patience.
const HANG: Duration = Duration::from_secs(600);

/// A receiver that listens.
pub struct Receiver {
    listener: TcpListener,
    state: Arc<Receiving>,
}

/// What every request needs.
struct Receiving {
    keys: SigningKeys,
    faults: Faults,
    journal: Journal,
}

impl Receiver {
    /// Starts listening. Deliveries are verified with `keys` and written to `journal`.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn bind(
        address: SocketAddr,
        keys: SigningKeys,
        faults: Faults,
        journal: Journal,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self {
            listener,
            state: Arc::new(Receiving {
                keys,
                faults,
                journal,
            }),
        })
    }

    /// Where it listens; tells the port when port 0 was asked for.
    ///
    /// # Errors
    /// When the system does not know.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Receives until `shutdown` ends and open requests are answered. Every path takes deliveries.
    ///
    /// # Errors
    /// When listening fails.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let router = Router::new()
            .fallback(receive)
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .with_state(self.state);
        axum::serve(self.listener, router)
            .with_graceful_shutdown(shutdown)
            .await
    }
}

async fn receive(
    State(receiving): State<Arc<Receiving>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let verified = receiving.keys.verify(&body, &headers).is_ok();
    let fault = if verified {
        receiving.faults.draw()
    } else {
        Fault::None
    };
    let status = match fault {
        _ if !verified => StatusCode::UNAUTHORIZED,
        Fault::None | Fault::Slow => StatusCode::NO_CONTENT,
        Fault::Error => StatusCode::INTERNAL_SERVER_ERROR,
        Fault::Throttle => StatusCode::TOO_MANY_REQUESTS,
        Fault::Hang => StatusCode::GATEWAY_TIMEOUT,
    };
    // Written before the answer, so that whatever the sender was told is in the journal.
    if let Err(error) = receiving
        .journal
        .write(&Entry::new(&headers, &body, verified, status))
    {
        tracing::error!(%error, "the delivery could not be written down");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    match fault {
        Fault::Hang => tokio::time::sleep(HANG).await,
        Fault::Slow => tokio::time::sleep(receiving.faults.slow_delay).await,
        Fault::Throttle => {
            let wait = receiving.faults.retry_after.as_secs().to_string();
            return (status, [(RETRY_AFTER, wait)]).into_response();
        }
        Fault::None | Fault::Error => {}
    }
    status.into_response()
}
