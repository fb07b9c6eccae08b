//! Settings: each one a flag and an environment variable `VIGIL_WORKER_*`. Some may also be in a file that is read again
//! while the worker runs.

mod file;

use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use url::Url;

use crate::delivery::AddressFilter;
use crate::error::Error;

/// Sends Vigil's notifications by email, Slack, Teams, PagerDuty, SMS and signed webhooks.
#[derive(Clone, Debug, Parser)]
#[command(name = "vigil-worker", version, about, max_term_width = 100)]
pub struct Options {
    /// How to reach Postgres: a postgres:// URL or key=value pairs; host=/path uses a unix socket
    #[arg(long, env = "VIGIL_WORKER_DATABASE_URL", hide_env_values = true)]
    pub database_url: Undisclosed,

    /// File that holds the database password, so that the URL need not
    #[arg(long, env = "VIGIL_WORKER_DATABASE_PASSWORD_FILE")]
    pub database_password_file: Option<PathBuf>,

    /// PEM file of certificates to trust for sslmode=require, beside the system's
    #[arg(long, env = "VIGIL_WORKER_DATABASE_CA_FILE")]
    pub database_ca_file: Option<PathBuf>,

    /// Directory of secrets: secret_ref file:PATH is a file below it
    #[arg(long, env = "VIGIL_WORKER_SECRETS_DIR")]
    pub secrets_dir: PathBuf,

    /// Directory that gets the signed heads of the audit trail, a file a day; not where the database's data is
    #[arg(long, env = "VIGIL_WORKER_AUDIT_DIR")]
    pub audit_dir: Option<PathBuf>,

    /// Address of /metrics and /healthz
    #[arg(long, env = "VIGIL_WORKER_LISTEN", default_value = "127.0.0.1:9464")]
    pub listen: SocketAddr,

    /// Name in heartbeats and claims [default: host name and port of --listen]
    #[arg(long, env = "VIGIL_WORKER_INSTANCE")]
    pub instance: Option<String>,

    /// Networks that may be sent to although they are not public, for example 127.0.0.0/8,10.1.0.0/16
    #[arg(long, env = "VIGIL_WORKER_ALLOW_NETWORKS", default_value = "")]
    pub allow_networks: AddressFilter,

    /// Where people reach the API, for links in messages: https://vigil.example.com
    #[arg(long, env = "VIGIL_WORKER_PUBLIC_URL")]
    pub public_url: Option<Url>,

    /// File of settings that are read again at SIGHUP; what is in it wins over flags and environment
    #[arg(long, env = "VIGIL_WORKER_SETTINGS")]
    pub settings: Option<PathBuf>,

    /// How many deliveries may be in flight; four times as many more may hang
    #[arg(long, env = "VIGIL_WORKER_CONCURRENCY", default_value_t = 512)]
    pub concurrency: usize,

    /// How many notifications one claim may take
    #[arg(long, env = "VIGIL_WORKER_BATCH", default_value_t = 256)]
    pub batch: usize,

    /// Longest time of one delivery, from name lookup to the end of the answer
    #[arg(long, env = "VIGIL_WORKER_DEADLINE", value_parser = humantime::parse_duration, default_value = "15s")]
    pub deadline: Duration,

    /// Longest time to connect to a receiver
    #[arg(long, env = "VIGIL_WORKER_CONNECT_TIMEOUT", value_parser = humantime::parse_duration, default_value = "5s")]
    pub connect_timeout: Duration,

    /// How long a claim is ours; after that another worker may send it again
    #[arg(long, env = "VIGIL_WORKER_LEASE", value_parser = humantime::parse_duration, default_value = "60s")]
    pub lease: Duration,

    /// How often to look for due notifications when the database has not called
    #[arg(long, env = "VIGIL_WORKER_POLL_INTERVAL", value_parser = humantime::parse_duration, default_value = "2s")]
    pub poll_interval: Duration,

    /// Longest time of one database call, connecting included
    #[arg(long, env = "VIGIL_WORKER_DATABASE_TIMEOUT", value_parser = humantime::parse_duration, default_value = "10s")]
    pub database_timeout: Duration,

    /// How often to report to ops.heartbeat
    #[arg(long, env = "VIGIL_WORKER_HEARTBEAT_INTERVAL", value_parser = humantime::parse_duration, default_value = "10s")]
    pub heartbeat_interval: Duration,

    /// How long a shutdown waits for deliveries in flight
    #[arg(long, env = "VIGIL_WORKER_SHUTDOWN_TIMEOUT", value_parser = humantime::parse_duration, default_value = "20s")]
    pub shutdown_timeout: Duration,

    /// Form of the log on standard error
    #[arg(long, env = "VIGIL_WORKER_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,

    /// What to log: a level, or directives such as info,vigil_worker=debug
    #[arg(long, env = "VIGIL_WORKER_LOG", default_value = "info")]
    pub log: String,
}

/// Form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One line for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Text that may hold a password: parsed without being checked, so that no error message can repeat it.
#[derive(Clone)]
pub struct Undisclosed(String);

impl FromStr for Undisclosed {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Undisclosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[undisclosed]")
    }
}

/// Settings that fit together; the only way to get one is [`Config::try_from`].
#[derive(Clone, Debug)]
pub struct Config {
    /// Connection parameters; their debug form leaves the password out.
    pub(crate) database: tokio_postgres::Config,
    /// The settings that hold; checked against each other.
    pub(crate) options: Options,
    /// The settings as given, without the file's.
    given: Options,
}

impl Config {
    /// The same settings with what their file says now.
    ///
    /// # Errors
    /// When there is no such file, or its settings do not fit.
    pub(crate) fn read_again(&self) -> Result<Self, Error> {
        if self.given.settings.is_none() {
            return Err(Error::config(
                "there is no settings file to read again",
                "Start the worker with --settings (VIGIL_WORKER_SETTINGS).",
            ));
        }
        self.given.clone().try_into()
    }

    /// The settings that hold.
    pub fn options(&self) -> &Options {
        &self.options
    }
}

impl TryFrom<Options> for Config {
    type Error = Error;

    /// Reads the settings file and the password file, and checks the settings against each other.
    fn try_from(given: Options) -> Result<Self, Error> {
        let options = match &given.settings {
            Some(path) => file::overlay(given.clone(), path)?,
            None => given.clone(),
        };
        let mut database = parse_database_url(&options.database_url)?;
        if let Some(path) = &options.database_password_file {
            let password = std::fs::read_to_string(path).map_err(|source| Error::File {
                path: path.clone(),
                source,
            })?;
            database.password(password.trim_end_matches(['\r', '\n']));
        }
        database
            .application_name("vigil-worker")
            .connect_timeout(options.database_timeout)
            .keepalives_idle(Duration::from_secs(15))
            .keepalives_interval(Duration::from_secs(5))
            .keepalives_retries(3);
        check(&options)?;
        Ok(Self {
            database,
            options,
            given,
        })
    }
}

fn parse_database_url(url: &Undisclosed) -> Result<tokio_postgres::Config, Error> {
    let hint = "Set --database-url (VIGIL_WORKER_DATABASE_URL) to a form like \
                postgres://vigil_worker@127.0.0.1:5433/vigil or \"host=/run/postgresql user=vigil_worker dbname=vigil\".";
    // The library's message names a parameter or a position. It is left out all the same: a password with an
    // unescaped character could end up as the name of a parameter.
    let database: tokio_postgres::Config = url
        .0
        .parse()
        .map_err(|_| Error::config("the database url cannot be understood", hint))?;
    if database.get_hosts().is_empty() {
        return Err(Error::config("the database url names no host", hint));
    }
    if database.get_dbname().is_none() {
        return Err(Error::config("the database url names no database", hint));
    }
    Ok(database)
}

fn check(options: &Options) -> Result<(), Error> {
    if !options.secrets_dir.is_dir() {
        return Err(Error::config(
            format!(
                "the secrets directory {} does not exist or is not a directory",
                options.secrets_dir.display()
            ),
            "Create it, or set --secrets-dir (VIGIL_WORKER_SECRETS_DIR) to a directory with one file for each secret_ref.",
        ));
    }
    if let Some(directory) = &options.audit_dir
        && (!directory.is_dir()
            || rustix::fs::access(directory, rustix::fs::Access::WRITE_OK).is_err())
    {
        return Err(Error::config(
            format!(
                "the audit directory {} does not exist or cannot be written to",
                directory.display()
            ),
            "Create it for the worker's user, or set --audit-dir (VIGIL_WORKER_AUDIT_DIR) to another.",
        ));
    }
    if let Some(url) = &options.public_url
        && (!matches!(url.scheme(), "http" | "https")
            || url.query().is_some()
            || url.fragment().is_some())
    {
        return Err(Error::config(
            "the public url is not one that links can begin with",
            "Set --public-url (VIGIL_WORKER_PUBLIC_URL) to a form like https://vigil.example.com or https://example.com/vigil.",
        ));
    }
    let counts = [
        ("concurrency", options.concurrency),
        ("batch", options.batch),
    ];
    for (name, value) in counts {
        if !(1..=1000).contains(&value) {
            return Err(Error::config(
                format!("{name} is {value}"),
                format!("Set --{name} to a number from 1 to 1000."),
            ));
        }
    }
    let (shortest, longest) = (Duration::from_millis(50), Duration::from_secs(600));
    let durations = [
        ("deadline", options.deadline, shortest),
        ("connect-timeout", options.connect_timeout, shortest),
        ("poll-interval", options.poll_interval, shortest),
        ("database-timeout", options.database_timeout, shortest),
        ("heartbeat-interval", options.heartbeat_interval, shortest),
        // The bounds that alerting.claim_notifications sets.
        ("lease", options.lease, Duration::from_secs(5)),
    ];
    for (name, value, shortest) in durations {
        if value < shortest || value > longest {
            return Err(Error::config(
                format!("{name} is {}", humantime::format_duration(value)),
                format!(
                    "Set --{name} to a time from {} to 10m.",
                    humantime::format_duration(shortest)
                ),
            ));
        }
    }
    // The lease starts by the database's clock while the answer to the claim is still on its way; then the delivery may
    // take its deadline, and the settle another database call.
    let needed = options.deadline + 2 * options.database_timeout;
    if options.lease < needed {
        return Err(Error::config(
            format!(
                "lease is {}, but a delivery and its two database calls may take {}",
                humantime::format_duration(options.lease),
                humantime::format_duration(needed)
            ),
            "Set --lease to at least --deadline plus twice --database-timeout, or lower those.",
        ));
    }
    tracing_subscriber::EnvFilter::try_new(&options.log).map_err(|error| {
        Error::config(
            format!("cannot understand the log setting: {error}"),
            "Set --log (VIGIL_WORKER_LOG) to error, warn, info, debug or trace, or to directives such as info,vigil_worker=debug.",
        )
    })?;
    Ok(())
}

#[cfg(test)]
mod tests;
