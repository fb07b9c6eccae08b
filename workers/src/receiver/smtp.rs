//! A mail server that takes everything, for as long as it is asked politely.

use std::io;
use std::sync::Arc;

use mail_parser::{HeaderValue, MessageParser};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{Entry, Fault, HANG, Mail, Receiving};

/// Longest line and largest message taken.
const LONGEST_LINE: u64 = 4096;
const LARGEST: usize = 1024 * 1024;

pub(super) async fn serve(listener: TcpListener, receiving: Arc<Receiving>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let receiving = Arc::clone(&receiving);
                tokio::spawn(async move { converse(stream, &receiving).await });
            }
            Err(error) => tracing::warn!(%error, "no connection"),
        }
    }
}

/// One connection, up to its end or the first line that is too long.
async fn converse(stream: TcpStream, receiving: &Receiving) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 vigil-receiver\r\n").await?;
    let mut mail = Mail::default();
    loop {
        let line = line(&mut stream).await?;
        let command = line.to_ascii_uppercase();
        let reply = match command.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => {
                "250-vigil-receiver\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN".to_owned()
            }
            "HELO" | "NOOP" => "250 ok".to_owned(),
            "AUTH" => "235 welcome".to_owned(),
            "RSET" => {
                mail = Mail::default();
                "250 ok".to_owned()
            }
            "MAIL" => {
                mail = Mail::default();
                mail.from = address(&line);
                "250 ok".to_owned()
            }
            "RCPT" => {
                mail.to.push(address(&line));
                "250 ok".to_owned()
            }
            "DATA" if mail.to.is_empty() => "503 nobody to deliver to".to_owned(),
            "DATA" => {
                stream.write_all(b"354 go ahead\r\n").await?;
                let message = message(&mut stream).await?;
                take(&message, std::mem::take(&mut mail), receiving).await
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "500 not understood".to_owned(),
        };
        stream.write_all(reply.as_bytes()).await?;
        stream.write_all(b"\r\n").await?;
    }
}

async fn line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = Vec::new();
    stream
        .take(LONGEST_LINE)
        .read_until(b'\n', &mut line)
        .await?;
    if !line.ends_with(b"\n") {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

/// The message up to its lone dot, without the dots that were added to its lines.
async fn message(stream: &mut BufReader<TcpStream>) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        let mut line = Vec::new();
        stream
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)
            .await?;
        if !line.ends_with(b"\n") || message.len() + line.len() > LARGEST {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(message);
        }
        message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

/// Writes the message down and says what becomes of it.
async fn take(message: &[u8], envelope: Mail, receiving: &Receiving) -> String {
    let fault = receiving.faults.draw();
    let status = match fault {
        Fault::None | Fault::Slow => 250,
        Fault::Error | Fault::Hang => 451,
        Fault::Throttle => 452,
    };
    if let Err(error) = receiving.journal.write(&entry(message, envelope, status)) {
        tracing::error!(%error, "the delivery could not be written down");
        return "451 not written down".to_owned();
    }
    match fault {
        Fault::Hang => tokio::time::sleep(HANG).await,
        Fault::Slow => tokio::time::sleep(receiving.faults.slow_delay).await,
        Fault::None | Fault::Error | Fault::Throttle => {}
    }
    format!("{status} done")
}

fn entry(message: &[u8], envelope: Mail, status: u16) -> Entry {
    let parsed = MessageParser::default().parse(message).unwrap_or_default();
    Entry {
        kind: "email".to_owned(),
        message_id: parsed.message_id().unwrap_or_default().to_owned(),
        timestamp: String::new(),
        verified: true,
        status,
        body: String::from_utf8_lossy(message).into_owned(),
        mail: Some(Mail {
            subject: parsed.subject().unwrap_or_default().to_owned(),
            references: match parsed.references() {
                HeaderValue::Text(one) => one.to_string(),
                HeaderValue::TextList(several) => several.join(" "),
                _ => String::new(),
            },
            text: parsed.body_text(0).unwrap_or_default().into_owned(),
            html: parsed.body_html(0).unwrap_or_default().into_owned(),
            ..envelope
        }),
    }
}

/// What stands between `<` and `>`.
fn address(line: &str) -> String {
    line.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(address, _)| address.to_owned())
        .unwrap_or_default()
}
