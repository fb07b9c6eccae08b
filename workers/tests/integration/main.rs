//! The worker against real sockets and, when `VIGIL_TEST_DATABASE_URL` is set, against a real Postgres.
//!
//! That variable is a superuser's URL of a scratch database with Vigil's schema: the tests add and delete tenants, kill
//! server processes and refuse to run beside notifications that are not theirs. Without it the tests that need a
//! database print one line each that says so.

mod attempts;
mod channels;
mod crashes;
mod delivery;
mod environment;
mod fairness;
mod heads;
mod hostile;
mod outbox;
mod program;
mod receivers;
mod reload;
mod scratch;
mod secrecy;
mod servers;
mod shutdown;
mod worker;

/// Writes a line that `cargo test` shows for passing tests too.
fn report(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{line}");
}
