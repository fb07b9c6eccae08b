//! Delivers Vigil's notifications: claims them from the outbox in Postgres, sends each one as its channel's kind wants
//! it, and settles the claim.
//!
//! Delivery is at least once. A notification is settled only after its answer, so a worker that dies in between leaves
//! a claim whose lease runs out and which is sent again, under the same id. What to send, to whom, how long to
//! wait between attempts and when to give up is decided in SQL; this crate decides only what an answer means.

pub mod clock;
pub mod config;
pub mod delivery;
pub mod error;
pub mod notification;
pub mod receiver;
pub mod retry_after;
pub mod secrets;
pub mod shutdown;
pub mod telemetry;
pub mod template;

mod backoff;
mod database;
mod files;
mod heads;
mod heartbeat;
mod http;
mod liveness;
mod outbox;
mod reload;
mod supervisor;
mod tls;

pub use supervisor::run;
