//! A mail server of this process that behaves as a test says.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

use super::super::*;
use crate::delivery::ChannelSettings;
use crate::delivery::address_filter::AddressFilter;
use crate::secrets::Secrets;

/// How a server behaves.
#[derive(Clone, Copy)]
pub(super) struct Script {
    pub(super) tls: Tls,
    /// What EHLO offers.
    pub(super) offers: &'static str,
    /// The answer to a command that begins so; others get 250.
    pub(super) answer: (&'static str, &'static str),
}

pub(super) const PLAIN: Script = Script {
    tls: Tls::None,
    offers: "250-test\r\n250 AUTH PLAIN\r\n",
    answer: ("-", ""),
};

/// What a server heard, one line each; after `DATA` the lines of the message.
pub(super) struct Server {
    pub(super) port: u16,
    heard: mpsc::UnboundedReceiver<String>,
    certificate: rustls::pki_types::CertificateDer<'static>,
}

impl Server {
    pub(super) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("the port").port();
        let made =
            rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let key = rustls::pki_types::PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder
                    .with_no_client_auth()
                    .with_single_cert(vec![made.cert.der().clone()], key)
            })
            .expect("a server configuration");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (tell, heard) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, tell) = (acceptor.clone(), tell.clone());
                tokio::spawn(async move {
                    let _ = serve(stream, script, acceptor, tell).await;
                });
            }
        });
        Self {
            port,
            heard,
            certificate: made.cert.der().clone(),
        }
    }

    /// Senders that trust this server and may connect to it.
    pub(super) fn channels(&self, directory: std::path::PathBuf) -> Channels {
        let filter: AddressFilter = "127.0.0.0/8,::1".parse().expect("networks");
        let mut channels = Channels::new(ChannelSettings {
            secrets: Secrets::new(directory),
            filter: filter.clone(),
            deadline: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(5),
            public_url: None,
        })
        .expect("senders");
        let mut roots = rustls::RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a certificate");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("protocol versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let resolver = FilteringResolver::new(Arc::new(filter));
        channels.mailer = Mailer::new(tls, resolver, Duration::from_secs(5));
        channels
    }

    pub(super) fn heard(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Ok(line) = self.heard.try_recv() {
            lines.push(line);
        }
        lines
    }
}

trait Stream: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send {}
impl<T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send> Stream for T {}

async fn serve(
    stream: TcpStream,
    script: Script,
    acceptor: TlsAcceptor,
    tell: mpsc::UnboundedSender<String>,
) -> std::io::Result<()> {
    let mut stream: BufReader<Box<dyn Stream>> = BufReader::new(match script.tls {
        Tls::Implicit => Box::new(acceptor.accept(stream).await?),
        _ => Box::new(stream),
    });
    stream.write_all(b"220 test\r\n").await?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let _ = tell.send(line.trim_end().to_owned());
        let command = line.to_uppercase();
        if command.contains(script.answer.0) {
            stream.write_all(script.answer.1.as_bytes()).await?;
            if script.answer.1.is_empty() {
                return Ok(());
            }
            continue;
        }
        if command.starts_with("EHLO") {
            stream.write_all(script.offers.as_bytes()).await?;
        } else if command.starts_with("STARTTLS") {
            stream.write_all(b"220 go ahead\r\n").await?;
            stream = BufReader::new(Box::new(acceptor.accept(stream.into_inner()).await?));
            let _ = tell.send("(encrypted)".to_owned());
        } else if command.starts_with("DATA") {
            stream.write_all(b"354 go ahead\r\n").await?;
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).await? == 0 {
                    return Ok(());
                }
                let _ = tell.send(line.trim_end_matches("\r\n").to_owned());
                if line == ".\r\n" {
                    break;
                }
            }
            stream.write_all(b"250 queued\r\n").await?;
        } else if command.starts_with("AUTH") {
            stream.write_all(b"235 welcome\r\n").await?;
        } else {
            stream.write_all(b"250 ok\r\n").await?;
        }
    }
}
