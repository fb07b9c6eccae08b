//! The second path of an alarm: a command that a superuser has chosen, for when the worker that sends messages is dead.

use crate::error::{Result, error, invalid};
use crate::pg::{check_interrupts, dead_man_command};
use pgrx::{PgSqlErrorCode, pg_extern};
use rustix::process::{Pid, Signal, kill_process_group};
use std::io::{self, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A command that takes longer is killed: a job waits for it.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// What the server writes before the command reads: a pipe holds 64 KiB, so that writing never waits.
const MAX_MESSAGE: usize = 8192;

/// Between two looks at the command and at cancel requests.
const PAUSE: Duration = Duration::from_millis(20);

/// What `timeout` of coreutils answers.
const TIMED_OUT: i32 = 124;

/// Runs the command with a message on its standard input, and gives its exit status; nothing when there is no command.
#[pg_extern(strict)]
fn run_dead_man_command(message: &str) -> Result<Option<i32>> {
    if message.len() > MAX_MESSAGE {
        return Err(invalid(
            format!("message is longer than {MAX_MESSAGE} bytes"),
            "Say it in a sentence.",
        ));
    }
    let Some(command) = dead_man_command() else {
        return Ok(None);
    };
    let status = Running::start(&command)
        .and_then(|mut running| {
            running.tell(message);
            running.end()
        })
        .map_err(|cause| {
            error(
                PgSqlErrorCode::ERRCODE_IO_ERROR,
                format!("could not run the dead man command: {cause}"),
                "vigil_platform.dead_man_command is a command of /bin/sh.",
            )
        })?;
    Ok(Some(status.map_or(TIMED_OUT, code)))
}

/// The exit status as a shell gives it: 128 and the signal for a command that was killed.
fn code(status: ExitStatus) -> i32 {
    status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}

/// The command and all that it has started; killed when dropped before its end, as by a cancel request.
struct Running {
    child: Child,
    ended: bool,
}

impl Running {
    fn start(command: &std::ffi::OsStr) -> io::Result<Self> {
        let child = Command::new("/bin/sh")
            .arg("-c")
            .arg(command)
            .env_clear()
            .env(
                "PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            )
            .current_dir("/")
            // A group of its own, so that a pipeline is killed as a whole.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self {
            child,
            ended: false,
        })
    }

    /// Whether the command reads it is its own affair.
    fn tell(&mut self, message: &str) {
        if let Some(mut input) = self.child.stdin.take() {
            let _ = input.write_all(message.as_bytes());
        }
    }

    /// Waits for the end; nothing when it took too long.
    fn end(&mut self) -> io::Result<Option<ExitStatus>> {
        let started = Instant::now();
        while started.elapsed() < TIME_LIMIT {
            if let Some(status) = self.child.try_wait()? {
                self.ended = true;
                return Ok(Some(status));
            }
            std::thread::sleep(PAUSE);
            check_interrupts();
        }
        Ok(None)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        // Not waited for yet, so the number is still the command's.
        if let Some(group) = Pid::from_raw(self.child.id().cast_signed()) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}
