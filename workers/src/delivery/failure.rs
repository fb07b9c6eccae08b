//! Turns errors of connections into outcomes whose text is safe to store.

use std::error::Error;
use std::io::{self, ErrorKind};

use super::Outcome;
use super::resolver::LookupError;

/// Says what happened in words of our own: the client's messages hold the URL, which may hold secrets.
pub(super) fn outcome(error: &reqwest::Error) -> Outcome {
    known(error).unwrap_or_else(|| {
        Outcome::retry(match (error.is_connect(), error.is_timeout()) {
            (true, true) => "connecting timed out",
            (true, false) => "the connection could not be made",
            (false, _) => "the connection ended without a valid http answer",
        })
    })
}

/// What is known by the causes of an error: a lookup, the certificate, the system's refusal.
pub(super) fn known(error: &(dyn Error + 'static)) -> Option<Outcome> {
    causes(error).find_map(|cause| {
        if let Some(error) = cause.downcast_ref::<LookupError>() {
            Some(lookup(error))
        } else if let Some(error) = cause.downcast_ref::<rustls::Error>() {
            Some(tls(error))
        } else {
            let kind = cause.downcast_ref::<io::Error>()?.kind();
            io_detail(kind).map(Outcome::retry)
        }
    })
}

/// A name that gave no address.
pub(super) fn lookup(error: &LookupError) -> Outcome {
    match error {
        LookupError::Refused(why) => refused(why),
        LookupError::Empty | LookupError::Failed(_) => {
            Outcome::retry("the host name could not be looked up")
        }
    }
}

fn tls(error: &rustls::Error) -> Outcome {
    Outcome::retry(match error {
        rustls::Error::InvalidCertificate(_) => {
            "the receiver's certificate is not trusted or not valid for its name"
        }
        _ => "the tls handshake failed",
    })
}

/// A destination that the filter refuses.
pub(super) fn refused(why: &super::Refusal) -> Outcome {
    Outcome::permanent(format!(
        "the channel leads to {why}, which is not allowed; see --allow-networks"
    ))
}

fn io_detail(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::ConnectionRefused => "the connection was refused",
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
            "the connection was reset"
        }
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "the host cannot be reached",
        ErrorKind::TimedOut => "connecting timed out",
        _ => return None,
    })
}

/// The error and what caused it, from the outside in. An I/O error made from another error skips that error in its
/// `source()`, so the way leads through `get_ref()`.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        match error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    })
}
