//! A receiver for demonstrations and tests: answers as webhooks, Slack, Teams, PagerDuty, Twilio and mail servers do,
//! writes down what arrives, and misbehaves on request.

mod faults;
mod journal;
mod service;
mod smtp;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

pub use faults::{Fault, Faults};
pub use journal::{Entry, Journal, Mail};

use crate::secrets::SigningKeys;
use service::Service;

/// Largest body taken. Payloads are at most 20 KiB.
const LARGEST_BODY: usize = 64 * 1024;
/// A hanging answer comes after this, long past any sender's patience.
const HANG: Duration = Duration::from_secs(600);

/// A receiver that listens.
pub struct Receiver {
    listener: TcpListener,
    mail: Option<TcpListener>,
    state: Arc<Receiving>,
}

/// What every delivery needs.
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
            mail: None,
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

    /// Also takes mail on `address`, in plain text.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn with_mail(mut self, address: SocketAddr) -> io::Result<Self> {
        self.mail = Some(TcpListener::bind(address).await?);
        Ok(self)
    }

    /// Where it takes mail; tells the port when port 0 was asked for. None without [`Receiver::with_mail`].
    pub fn mail_address(&self) -> Option<SocketAddr> {
        self.mail.as_ref()?.local_addr().ok()
    }

    /// Receives until `shutdown` ends and open requests are answered. `/slack`, `/teams`, `/pagerduty` and `/sms` answer
    /// as those services do; every other path takes webhooks.
    ///
    /// # Errors
    /// When listening fails.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let mail = self
            .mail
            .map(|listener| tokio::spawn(smtp::serve(listener, Arc::clone(&self.state))));
        let router = Router::new()
            .fallback(receive)
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .with_state(self.state);
        let served = axum::serve(self.listener, router)
            .with_graceful_shutdown(shutdown)
            .await;
        if let Some(mail) = mail {
            mail.abort();
        }
        served
    }
}

async fn receive(
    State(receiving): State<Arc<Receiving>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let service = Service::at(uri.path());
    let verified = match service {
        Service::Webhook => receiving.keys.verify(&body, &headers).is_ok(),
        _ => service.takes(uri.path(), &headers, &body),
    };
    let fault = if verified {
        receiving.faults.draw()
    } else {
        Fault::None
    };
    let (status, answer) = service.answer(verified, fault, &body);
    let entry = Entry::new(service.name(), &headers, &body, verified, status);
    // Written before the answer, so that whatever the sender was told is in the journal.
    if let Err(error) = receiving.journal.write(&entry) {
        tracing::error!(%error, "the delivery could not be written down");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    match fault {
        Fault::Hang => tokio::time::sleep(HANG).await,
        Fault::Slow => tokio::time::sleep(receiving.faults.slow_delay).await,
        Fault::Throttle => {
            let wait = receiving.faults.retry_after.as_secs().to_string();
            return (status, [(RETRY_AFTER, wait)], answer).into_response();
        }
        Fault::None | Fault::Error => {}
    }
    (status, [(CONTENT_TYPE, service.content_type())], answer).into_response()
}
