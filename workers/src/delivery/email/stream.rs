//! The connection that SMTP is spoken over.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use lettre::transport::smtp::extension::ClientId;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::broken;
use crate::delivery::Outcome;

/// Most bytes a server may say in one connection. A line without end would otherwise be kept until the deadline.
const MOST_HEARD: usize = 64 * 1024;
/// Most bytes a server may say before its connection is encrypted.
const MOST_PLAIN: usize = 8 * 1024;

/// Plain or encrypted, with an ear of limited length.
#[derive(Debug)]
pub(super) struct SmtpStream {
    transport: Transport,
    /// Said before anything that is read: the answer to STARTTLS stands in for the greeting, which has been.
    said: &'static [u8],
    left: usize,
}

#[derive(Debug)]
enum Transport {
    Plain(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

impl SmtpStream {
    pub(super) fn plain(stream: TcpStream) -> Self {
        Self::new(Transport::Plain(stream), b"")
    }

    pub(super) fn encrypted(stream: TlsStream<TcpStream>) -> Self {
        Self::new(Transport::Encrypted(Box::new(stream)), b"")
    }

    /// Encrypted after [`start_tls`].
    pub(super) fn upgraded(stream: TlsStream<TcpStream>) -> Self {
        Self::new(Transport::Encrypted(Box::new(stream)), b"220 ready\r\n")
    }

    fn new(transport: Transport, said: &'static [u8]) -> Self {
        Self {
            transport,
            said,
            left: MOST_HEARD,
        }
    }
}

impl AsyncTokioStream for SmtpStream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        match &self.transport {
            Transport::Plain(stream) => stream.peer_addr(),
            Transport::Encrypted(stream) => stream.get_ref().0.peer_addr(),
        }
    }
}

impl tokio::io::AsyncRead for SmtpStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.said.is_empty() {
            let now = self.said.len().min(buffer.remaining());
            buffer.put_slice(&self.said[..now]);
            self.said = &self.said[now..];
            return Poll::Ready(Ok(()));
        }
        if self.left == 0 {
            return Poll::Ready(Err(io::Error::other("the server says too much")));
        }
        let before = buffer.filled().len();
        let read = match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Transport::Encrypted(stream) => Pin::new(stream).poll_read(context, buffer),
        };
        self.left = self.left.saturating_sub(buffer.filled().len() - before);
        read
    }
}

impl tokio::io::AsyncWrite for SmtpStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Transport::Encrypted(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_flush(context),
            Transport::Encrypted(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Transport::Encrypted(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

/// Greets the server and asks it to encrypt; the stream is ready for the handshake then. What a server, or somebody in
/// between, says beyond its last answer would be taken for said under encryption later, and ends the attempt.
pub(super) async fn start_tls(
    mut stream: TcpStream,
    name: &ClientId,
) -> Result<TcpStream, Outcome> {
    let mut heard = Vec::new();
    expect(&mut stream, &mut heard, "220").await?;
    say(&mut stream, &format!("EHLO {name}\r\n")).await?;
    let offers = expect(&mut stream, &mut heard, "250").await?;
    let offered = offers
        .lines()
        .filter_map(|line| line.get(4..))
        .any(|offer| offer.trim().eq_ignore_ascii_case("STARTTLS"));
    if !offered {
        return Err(Outcome::permanent(
            "the mail server does not offer starttls",
        ));
    }
    say(&mut stream, "STARTTLS\r\n").await?;
    expect(&mut stream, &mut heard, "220").await?;
    if heard.is_empty() {
        Ok(stream)
    } else {
        Err(Outcome::retry(
            "the mail server said more than its answer to starttls",
        ))
    }
}

async fn say(stream: &mut TcpStream, line: &str) -> Result<(), Outcome> {
    stream
        .write_all(line.as_bytes())
        .await
        .map_err(|error| broken(&error))
}

/// Reads one answer, takes it out of `heard` and returns it if it has the code.
async fn expect(
    stream: &mut TcpStream,
    heard: &mut Vec<u8>,
    code: &str,
) -> Result<String, Outcome> {
    let length = loop {
        if let Some(length) = answer_length(heard) {
            break length;
        }
        if heard.len() > MOST_PLAIN {
            return Err(Outcome::retry("the mail server says too much"));
        }
        let read = stream
            .read_buf(heard)
            .await
            .map_err(|error| broken(&error))?;
        if read == 0 {
            return Err(Outcome::retry(
                "the connection ended without a valid smtp answer",
            ));
        }
    };
    let answer: Vec<u8> = heard.drain(..length).collect();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    if answer.starts_with(code) {
        return Ok(answer);
    }
    let status = answer.get(..3).and_then(|code| code.parse().ok());
    Err(match status {
        Some(status @ 500..=599) => Outcome::Permanent {
            status: Some(status),
            detail: format!("the mail server answered {status}").into(),
        },
        Some(status @ 100..=499) => Outcome::Retry {
            status: Some(status),
            detail: format!("the mail server answered {status}").into(),
            retry_after: None,
        },
        _ => Outcome::retry("the connection ended without a valid smtp answer"),
    })
}

/// Length of the answer at the beginning: lines of `250-` up to one that has no hyphen. None while it is not whole.
fn answer_length(heard: &[u8]) -> Option<usize> {
    let mut length = 0;
    for line in heard.split_inclusive(|byte| *byte == b'\n') {
        if !line.ends_with(b"\n") {
            return None;
        }
        length += line.len();
        if line.get(3) != Some(&b'-') {
            return Some(length);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_with_its_last_line() {
        for (heard, expected) in [
            ("", None),
            ("220", None),
            ("220 hello", None),
            ("220 hello\r\n", Some(11)),
            ("250-a\r\n", None),
            ("250-a\r\n250 b\r\n", Some(14)),
            ("220 ready\r\n250 smuggled\r\n", Some(11)),
            ("\n", Some(1)),
        ] {
            assert_eq!(answer_length(heard.as_bytes()), expected, "{heard:?}");
        }
    }
}
