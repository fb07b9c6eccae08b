//! Everything that touches server memory, and the only unsafe code of the extension.

#![allow(unsafe_code)]

#[path = "../../src/pg/backtrace.rs"]
mod backtrace;
mod json;
mod load;
mod row;
mod session;
mod settings;
mod shared;
mod trigger;
mod turn;

pub(crate) use json::{Json, JsonText};
pub(crate) use load::{check_interrupts, now};
pub(crate) use row::Row;
pub(crate) use session::{random_uuid, session_user, set_for_transaction, setting};
pub(crate) use settings::{
    archive_directory, argon2_settings, dead_man_command, sealing_key_file, signing_key_file,
};
pub(crate) use shared::shared;
pub(crate) use trigger::Statement;
pub(crate) use turn::Turn;
