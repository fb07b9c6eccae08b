//! Everything that touches server memory, and the only unsafe code of the extension.

#![allow(unsafe_code)]

#[path = "../../src/pg/backtrace.rs"]
mod backtrace;
mod load;

pub(crate) use load::{archive_directory, check_interrupts, dead_man_command};
