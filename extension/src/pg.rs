//! Everything that touches server memory, and the only unsafe code of the extension.
//!
//! The types here are the arguments and results of the SQL functions. Each checks what it reads, so that the files with
//! the SQL families stay safe Rust.

#![allow(unsafe_code)]

mod aggregate;
mod array;
mod backtrace;
mod bytes;
mod cache;
mod call;
mod chi2_result;
mod composite;
mod float8s;
mod json;
mod ks_result;
mod load;
mod series_result;
mod state_type;

pub(crate) use aggregate::State;
pub(crate) use array::{Matrix, Positions, Vector};
pub(crate) use cache::{Cached, Model};
pub(crate) use call::{Call, check_interrupts};
pub(crate) use chi2_result::Chi2Row;
pub(crate) use float8s::Float8s;
pub(crate) use json::{Json, JsonText};
pub(crate) use ks_result::KsRow;
pub(crate) use series_result::{BaselineRow, LjungBoxRow, MannKendallRow, TheilSenRow};
pub(crate) use state_type::{
    CovarianceState, DistributionState, SeasonalState, StatsState, TrendState,
};
