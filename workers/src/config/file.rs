//! The settings file: what may change while the worker runs.

use std::path::Path;
use std::time::Duration;

use clap::Parser;
use url::Url;

use super::Options;
use crate::delivery::AddressFilter;
use crate::error::Error;

/// The settings that a file may hold, by the names of their flags.
const NAMES: [&str; 7] = [
    "allow-networks",
    "batch",
    "concurrency",
    "connect-timeout",
    "deadline",
    "log",
    "public-url",
];

/// A file's settings, read as flags are.
#[derive(Debug, Parser)]
#[command(no_binary_name = true, disable_help_flag = true)]
struct Overrides {
    #[arg(long)]
    allow_networks: Option<AddressFilter>,
    #[arg(long)]
    batch: Option<usize>,
    #[arg(long)]
    concurrency: Option<usize>,
    #[arg(long, value_parser = humantime::parse_duration)]
    connect_timeout: Option<Duration>,
    #[arg(long, value_parser = humantime::parse_duration)]
    deadline: Option<Duration>,
    #[arg(long)]
    log: Option<String>,
    #[arg(long)]
    public_url: Option<Url>,
}

/// The settings with those of the file in their place.
///
/// # Errors
/// When the file cannot be read, or holds something else than lines of `name = value`.
pub(super) fn overlay(mut options: Options, path: &Path) -> Result<Options, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::File {
        path: path.to_owned(),
        source,
    })?;
    let wrong = |problem: &str| {
        Error::config(
            format!("{}: {problem}", path.display()),
            format!(
                "Write one setting a line as name = value, each once, of {}.",
                NAMES.join(", ")
            ),
        )
    };
    let mut flags = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        // What is not one of the names is not repeated: it may be a secret in the wrong place.
        let (name, value) = line
            .split_once('=')
            .map(|(name, value)| (name.trim(), value.trim()))
            .filter(|(name, _)| NAMES.contains(name))
            .ok_or_else(|| wrong(&format!("line {number} is no setting that a file may hold")))?;
        flags.push(format!("--{name}={value}"));
    }
    let overrides = Overrides::try_parse_from(flags).map_err(|error| {
        let text = error.to_string();
        wrong(text.lines().next().unwrap_or_default())
    })?;
    fn set<T>(option: &mut T, value: Option<T>) {
        if let Some(value) = value {
            *option = value;
        }
    }
    set(&mut options.allow_networks, overrides.allow_networks);
    set(&mut options.batch, overrides.batch);
    set(&mut options.concurrency, overrides.concurrency);
    set(&mut options.connect_timeout, overrides.connect_timeout);
    set(&mut options.deadline, overrides.deadline);
    set(&mut options.log, overrides.log);
    options.public_url = overrides.public_url.or(options.public_url);
    Ok(options)
}
