//! Servers that misbehave below HTTP, and count what reaches them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server on a port of its own; stops when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    accepted: Arc<AtomicUsize>,
    written: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

/// What a server does with one connection once the request has arrived.
#[derive(Clone)]
pub(crate) enum Answer {
    /// Writes these bytes and closes.
    Bytes(String),
    /// Writes a head and then bytes that are no text, and closes.
    Raw(String, Arc<[u8]>),
    /// Writes the first part at once and the second over and over, after each pause in milliseconds.
    Trickle(String, String, u64),
    /// Writes the first part and then the second as fast as the other side takes it.
    Flood(String, String),
    /// Says nothing.
    Silence,
    /// Resets the connection.
    Reset,
    /// Closes the connection.
    Close,
}

impl Server {
    pub(crate) async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the port");
        let (accepted, written) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let counters = (Arc::clone(&accepted), Arc::clone(&written));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counters.0.fetch_add(1, SeqCst);
                tokio::spawn(serve(stream, answer.clone(), Arc::clone(&counters.1)));
            }
        });
        Self {
            address,
            accepted,
            written,
            task,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Connections made to this server.
    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(SeqCst)
    }

    /// Bytes the other side's system has taken.
    pub(crate) fn written(&self) -> usize {
        self.written.load(SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An answer with a status and no body.
pub(crate) fn status(status: u16, headers: &str) -> Answer {
    Answer::Bytes(format!(
        "HTTP/1.1 {status} Canary-reason\r\n{headers}content-length: 0\r\nconnection: close\r\n\r\n"
    ))
}

async fn serve(mut stream: TcpStream, answer: Answer, written: Arc<AtomicUsize>) {
    let mut request = vec![0; 64 * 1024];
    let mut filled = 0;
    // Requests of these tests fit one buffer; the body is read when the head says it is there.
    loop {
        match stream.read(&mut request[filled..]).await {
            Ok(0) | Err(_) => return,
            Ok(read) => filled += read,
        }
        if complete(&request[..filled]) {
            break;
        }
    }
    let mut write = async |bytes: &[u8]| {
        let result = stream.write_all(bytes).await;
        written.fetch_add(bytes.len(), SeqCst);
        result
    };
    let _ = match answer {
        Answer::Raw(head, bytes) => {
            async {
                write(head.as_bytes()).await?;
                write(&bytes).await
            }
            .await
        }
        Answer::Bytes(bytes) => write(bytes.as_bytes()).await,
        Answer::Trickle(first, again, pause) => {
            async {
                write(first.as_bytes()).await?;
                loop {
                    tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
                    write(again.as_bytes()).await?;
                }
            }
            .await
        }
        Answer::Flood(first, again) => {
            async {
                write(first.as_bytes()).await?;
                loop {
                    write(again.as_bytes()).await?;
                }
            }
            .await
        }
        Answer::Silence => std::future::pending().await,
        Answer::Reset => stream.set_zero_linger(),
        Answer::Close => Ok(()),
    };
}

fn complete(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        line.to_lowercase()
            .strip_prefix("content-length: ")?
            .parse()
            .ok()
    });
    body.len() >= length.unwrap_or(0)
}

/// A TLS server side for the name `localhost`, and its certificate in PEM.
pub(crate) fn self_signed() -> (tokio_rustls::TlsAcceptor, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
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
    (Arc::new(config).into(), made.cert.pem())
}
