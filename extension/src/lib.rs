//! The Postgres extension `vigil`: SQL functions and aggregates over the algorithms of [`vigil_core`].
//!
//! This crate converts datums, maps errors and caches decoded models; it computes nothing. All functions are pure: no
//! tables, no settings, no clock, no queries. One file holds one family of SQL functions; [`pg`] holds all code that
//! touches server memory.
//!
//! `sql/vigil--0.1.0.sql` is generated from the attributes in this crate (`sql/README.md` says how).

// The only error that pgrx reports with an SQLSTATE and a hint is `ErrorReport`, by value.
#![allow(clippy::result_large_err)]

#[cfg(not(panic = "unwind"))]
compile_error!("build with panic = \"unwind\": an abort would restart the whole server");

mod archive;
mod baseline;
mod categories;
mod changepoint;
mod clustering;
mod control;
mod detector;
mod distribution;
mod drift;
mod error;
mod forecast;
mod forest;
mod multivariate;
mod pg;
mod robust_trend;
mod scalar;
mod seasonal;
mod stats;
mod trend;
mod vectors;

pgrx::pg_module_magic!();

// Grants and comments, after everything else exists.
pgrx::extension_sql_file!("../sql/finalize.sql", name = "finalize", finalize);
