//! The `vigil-receiver` program: takes what the worker sends, for demonstrations and tests.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use vigil_worker::receiver::{Fault, Faults, Journal, Receiver};
use vigil_worker::secrets::SigningKeys;
use vigil_worker::shutdown;

/// Receives Vigil's messages as webhooks, Slack, Teams, PagerDuty, Twilio and mail servers would, prints them and writes
/// them down. /slack, /teams, /pagerduty and /sms are those services; every other path takes signed webhooks.
#[derive(Parser)]
#[command(name = "vigil-receiver", version, about)]
struct Options {
    /// Address to receive on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:9465")]
    listen: SocketAddr,
    /// Address to take mail on, in plain text (SMTP)
    #[arg(long)]
    smtp: Option<SocketAddr>,
    /// File with the signing secret (whsec_…), the one in the worker's secrets directory
    #[arg(long)]
    secret_file: PathBuf,
    /// File to append deliveries to, one JSON object a line: kind, message_id, timestamp, verified, status, body, mail
    #[arg(long)]
    journal: Option<PathBuf>,
    /// Share of deliveries answered 500
    #[arg(long, default_value_t = 0.0)]
    error_share: f64,
    /// Share of deliveries answered 429 with Retry-After
    #[arg(long, default_value_t = 0.0)]
    throttle_share: f64,
    /// Share of deliveries never answered
    #[arg(long, default_value_t = 0.0)]
    hang_share: f64,
    /// Share of deliveries answered 204 after --slow-delay
    #[arg(long, default_value_t = 0.0)]
    slow_share: f64,
    /// Retry-After of throttled deliveries
    #[arg(long, value_parser = humantime::parse_duration, default_value = "1s")]
    retry_after: Duration,
    /// How long slow answers take
    #[arg(long, value_parser = humantime::parse_duration, default_value = "2s")]
    slow_delay: Duration,
    /// Seed of the draw between answers
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    match receive(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            let _ = writeln!(std::io::stderr(), "vigil-receiver: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn receive(options: Options) -> Result<(), String> {
    let secret = std::fs::read(&options.secret_file)
        .map_err(|error| format!("cannot read {}: {error}", options.secret_file.display()))?;
    let keys = SigningKeys::parse(&secret).ok_or_else(|| {
        format!(
            "{} does not hold a secret of the form whsec_<base64 of 24 to 64 bytes>",
            options.secret_file.display()
        )
    })?;
    let shares = [
        (options.error_share, Fault::Error),
        (options.throttle_share, Fault::Throttle),
        (options.hang_share, Fault::Hang),
        (options.slow_share, Fault::Slow),
    ];
    let faults = Faults::new(
        shares,
        options.retry_after,
        options.slow_delay,
        options.seed,
    )
    .ok_or("the shares must each be between 0 and 1 and together at most 1")?;
    let journal = Journal::open(options.journal.as_deref(), true)
        .map_err(|error| format!("cannot open the journal: {error}"))?;
    let failed = |error| format!("cannot receive on {}: {error}", options.listen);
    let mut receiver = Receiver::bind(options.listen, keys, faults, journal)
        .await
        .map_err(failed)?;
    let address = receiver.address().map_err(failed)?;
    if let Some(smtp) = options.smtp {
        receiver = receiver
            .with_mail(smtp)
            .await
            .map_err(|error| format!("cannot take mail on {smtp}: {error}"))?;
    }
    if let Some(mail) = receiver.mail_address() {
        let _ = writeln!(std::io::stdout(), "taking mail on smtp://{mail}");
    }
    let _ = writeln!(std::io::stdout(), "receiving on http://{address}/");
    receiver
        .run(shutdown::requested().map_err(failed)?)
        .await
        .map_err(failed)
}
