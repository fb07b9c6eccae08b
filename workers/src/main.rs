//! The `vigil-worker` program: reads its settings and runs the library until a signal.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use vigil_worker::config::{Config, Options};
use vigil_worker::error::Error;
use vigil_worker::{shutdown, telemetry};

/// Exit code of a wrong setting, as for a wrong flag.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let options = Options::parse();
    match start(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let code = if matches!(error, Error::Config { .. } | Error::File { .. }) {
                USAGE
            } else {
                1
            };
            // Also without a working log: a wrong setting must be seen.
            let _ = std::io::Write::write_all(
                &mut std::io::stderr(),
                format!("vigil-worker: {error}\n").as_bytes(),
            );
            ExitCode::from(code)
        }
    }
}

fn start(options: Options) -> Result<(), Error> {
    telemetry::log(&options)?;
    let config = Config::try_from(options)?;
    telemetry::set_log(config.options())?;
    let runtime = tokio::runtime::Runtime::new().map_err(Error::System)?;
    let result = runtime.block_on(async {
        vigil_worker::run(config, shutdown::requested().map_err(Error::System)?).await
    });
    // A name lookup that hangs in the system's resolver must not keep the process from ending.
    runtime.shutdown_timeout(Duration::from_millis(500));
    result
}
