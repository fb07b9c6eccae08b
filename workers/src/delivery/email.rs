//! Email by SMTP.

mod compose;
mod stream;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use rustls::pki_types::ServerName;
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::resolver::FilteringResolver;
use super::{Channels, Outcome, failure, settings};
use crate::notification::Notification;
use crate::template::Written;
use compose::{Email, compose};
use stream::SmtpStream;

/// Settings of a channel of this kind.
#[derive(Deserialize)]
struct Settings {
    host: String,
    port: u16,
    tls: Tls,
    from: String,
    username: Option<String>,
    reply_to: Option<String>,
    to: Option<Vec<String>>,
}

/// How a connection is encrypted.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Tls {
    /// After a few words in plain text, or not at all: there is no falling back.
    Starttls,
    /// From the first byte.
    Implicit,
    /// Not, where the channel allows it.
    None,
}

/// Connects to mail servers.
pub(super) struct Mailer {
    tls: TlsConnector,
    resolver: FilteringResolver,
    connect_timeout: Duration,
    /// What this host calls itself to mail servers.
    name: ClientId,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").finish_non_exhaustive()
    }
}

impl Mailer {
    pub(super) fn new(
        tls: rustls::ClientConfig,
        resolver: FilteringResolver,
        connect_timeout: Duration,
    ) -> Self {
        let host = gethostname::gethostname();
        let name = host
            .to_str()
            .filter(|name| !name.is_empty() && name.bytes().all(is_of_name))
            .map_or_else(ClientId::default, |name| ClientId::Domain(name.to_owned()));
        Self {
            tls: Arc::new(tls).into(),
            resolver,
            connect_timeout,
            name,
        }
    }

    /// A connection that is encrypted as the channel wants it and has said hello.
    async fn connect(&self, settings: &Settings) -> Result<AsyncSmtpConnection, Outcome> {
        let host = settings.host.as_str();
        let addresses = self
            .resolver
            .addresses(host)
            .await
            .map_err(|error| failure::lookup(&error))?;
        let tcp = self.reach(&addresses, settings.port).await?;
        let name = || {
            ServerName::try_from(host.to_owned())
                .map_err(|_| Outcome::permanent("the channel's host is not a name"))
        };
        let stream = match settings.tls {
            Tls::None => SmtpStream::plain(tcp),
            Tls::Implicit => {
                let tls = self.tls.connect(name()?, tcp).await;
                SmtpStream::encrypted(tls.map_err(|error| broken(&error))?)
            }
            Tls::Starttls => {
                let tcp = stream::start_tls(tcp, &self.name).await?;
                let tls = self.tls.connect(name()?, tcp).await;
                SmtpStream::upgraded(tls.map_err(|error| broken(&error))?)
            }
        };
        AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.name)
            .await
            .map_err(|error| refused(&error))
    }

    /// The first address that answers. Each was checked, and is connected to as it was checked.
    async fn reach(&self, addresses: &[SocketAddr], port: u16) -> Result<TcpStream, Outcome> {
        let mut problem = Outcome::retry("the connection could not be made");
        for address in addresses {
            let connecting = TcpStream::connect(SocketAddr::new(address.ip(), port));
            match tokio::time::timeout(self.connect_timeout, connecting).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => problem = failure::known(&error).unwrap_or(problem),
                Err(_) => problem = Outcome::retry("connecting timed out"),
            }
        }
        Err(problem)
    }
}

impl Channels {
    /// The secret is the password, needed only with a user name.
    pub(super) async fn send_email(
        &self,
        notification: &Notification,
        written: &Written,
    ) -> Result<Outcome, Outcome> {
        let settings: Settings = settings(notification)?;
        if settings.tls == Tls::None && !notification.allow_http {
            return Err(Outcome::permanent(
                "the channel's tls is none, which it must allow with allow_http",
            ));
        }
        let email = compose(notification, &settings, written)?;
        let password = match settings.username {
            Some(_) => Some(
                self.secrets
                    .text(notification.secret_ref.as_deref())
                    .await?,
            ),
            None => None,
        };
        let mut connection = self.mailer.connect(&settings).await?;
        if let (Some(user), Some(password)) = (settings.username, password) {
            let credentials = Credentials::new(user, password.reveal().to_owned());
            connection
                .auth(DEFAULT_MECHANISMS, &credentials)
                .await
                .map_err(|error| refused(&error))?;
        }
        let outcome = send(&mut connection, &email).await;
        // The server has said what it had to say; it need not be waited for.
        connection.abort().await;
        outcome
    }
}

/// Hands the message over. A recipient that is refused does not keep it from the others.
async fn send(connection: &mut AsyncSmtpConnection, email: &Email) -> Result<Outcome, Outcome> {
    let mut parameters = Vec::new();
    if !email.is_ascii() {
        if !connection
            .server_info()
            .supports_feature(Extension::SmtpUtfEight)
        {
            return Err(Outcome::permanent(
                "the mail server does not take addresses beyond ascii",
            ));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    connection
        .command(Mail::new(Some(email.from.clone()), parameters))
        .await
        .map_err(|error| refused(&error))?;
    let (mut taken, mut problem) = (0, None);
    for recipient in &email.to {
        match connection
            .command(Rcpt::new(recipient.clone(), Vec::new()))
            .await
        {
            Ok(_) => taken += 1,
            Err(error) if error.status().is_some() => {
                // Another attempt is worth it as long as one of them may be taken then.
                if !matches!(problem, Some(Outcome::Retry { .. })) {
                    problem = Some(refused(&error));
                }
            }
            Err(error) => return Err(refused(&error)),
        }
    }
    if let (0, Some(problem)) = (taken, &problem) {
        return Err(problem.clone());
    }
    connection
        .command(Data)
        .await
        .map_err(|error| refused(&error))?;
    let answer = connection
        .message(&email.bytes)
        .await
        .map_err(|error| refused(&error))?;
    let delivered = Outcome::Delivered {
        status: answer.code().into(),
        detail: None,
    };
    Ok(delivered.remarking(problem.map(|problem| {
        let why = problem.detail().unwrap_or_default();
        format!("{taken} of {} recipients: {why}", email.to.len())
    })))
}

/// What a mail server's refusal means: 4yz may pass, 5yz will not. Its words may hold anything and are left out.
fn refused(error: &lettre::transport::smtp::Error) -> Outcome {
    if let Some(code) = error.status() {
        let code = u16::from(code);
        let detail = match code {
            530 | 534 | 535 | 538 => {
                format!("the mail server answered {code}: user name or password are wrong")
            }
            550 | 551 | 553 => format!(
                "the mail server answered {code}: it does not take the recipient or the sender"
            ),
            _ => format!("the mail server answered {code}"),
        };
        return if error.is_transient() {
            Outcome::Retry {
                status: Some(code),
                detail: detail.into(),
                retry_after: None,
            }
        } else {
            Outcome::Permanent {
                status: Some(code),
                detail: detail.into(),
            }
        };
    }
    if error.is_client() {
        return Outcome::permanent("the mail server offers no way to log in that is known here");
    }
    broken(error)
}

/// A connection that broke before the server could answer.
fn broken(error: &(dyn std::error::Error + 'static)) -> Outcome {
    failure::known(error)
        .unwrap_or_else(|| Outcome::retry("the connection ended without a valid smtp answer"))
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')
}

impl Email {
    /// Whether every mail server takes its addresses.
    fn is_ascii(&self) -> bool {
        let ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
        ascii(&self.from) && self.to.iter().all(ascii)
    }
}

/// The message as it is sent.
#[cfg(test)]
pub(super) fn composed(notification: &Notification, written: &Written) -> Result<Vec<u8>, Outcome> {
    Ok(compose(notification, &settings(notification)?, written)?.bytes)
}

#[cfg(test)]
mod tests;
