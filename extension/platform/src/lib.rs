//! The Postgres extension `vigil_platform`: what the backend needs of the machine and analytics do not.
//!
//! Its functions have effects outside of the database, so nobody may call them unless a superuser grants it.
//! [`archive`] keeps files in one directory; [`audit`] says what changed in rows; [`dead_man`] runs the command of the second path; [`password`], [`token`],
//! [`sealing`], [`one_time_code`] and [`random`] are what logins need of cryptography, with keys that [`key_file`] reads;
//! [`rate_limit`] counts in shared memory; [`request`] is the part of PostgREST's hook that asks no table; [`pg`] holds all code that touches server memory.
//!
//! `sql/vigil_platform--0.1.0.sql` is generated from the attributes in this crate (`../sql/README.md` says how).

// The only error that pgrx reports with an SQLSTATE and a hint is `ErrorReport`, by value.
#![allow(clippy::result_large_err)]

#[cfg(not(panic = "unwind"))]
compile_error!("build with panic = \"unwind\": an abort would restart the whole server");

mod archive;
mod audit;
mod dead_man;
mod error;
mod key_file;
mod one_time_code;
mod password;
mod pg;
mod random;
mod rate_limit;
mod request;
mod sealing;
mod token;

pgrx::pg_module_magic!();

// Grants and comments, after everything else exists.
pgrx::extension_sql_file!("../sql/finalize.sql", name = "finalize", finalize);
