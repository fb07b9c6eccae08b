//! Passwords: Argon2id (RFC 9106) in the PHC string format.
//!
//! A hash is made slow and large on purpose, so only so many are computed at once in the whole cluster, and one that is
//! computed holds no lock of the database that its transaction does not hold already.

use crate::error::{Result, error, invalid};
use crate::pg::{Turn, argon2_settings};
use crate::random;
use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use pgrx::{PgSqlErrorCode, pg_extern};
use ring::digest;
use std::time::Duration;

/// Hashing a longer password would begin to take time of its own.
const MAX_PASSWORD: usize = 4096;

/// How long one waits for its turn: a person at a form waits longer, but a crowd of them must not fill the connections.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a stored hash may ask for at most: memory in KiB, iterations, lanes.
pub(crate) const MAX_MEMORY: i32 = 1 << 20;
pub(crate) const MAX_ITERATIONS: i32 = 16;
const MAX_LANES: u32 = 16;

/// What OWASP recommends, and the least that the settings allow.
pub(crate) const MIN_MEMORY: i32 = 19_456;
pub(crate) const MIN_ITERATIONS: i32 = 2;

/// A new hash of a password, with a salt of its own.
#[pg_extern(strict, volatile, parallel_restricted)]
fn hash_password(password: &str) -> Result<String> {
    if password.len() > MAX_PASSWORD {
        return Err(invalid(
            format!("password is longer than {MAX_PASSWORD} bytes"),
            "Choose a shorter one.",
        ));
    }
    let mut salt = [0; 16];
    random::fill(&mut salt)?;
    let hash = hashed(password, &salt, current_parameters())?;
    Ok(hash.to_string())
}

/// Whether a password is the one of a hash. Without a hash the work is the same and the answer is no.
#[pg_extern(volatile, parallel_restricted)]
fn verify_password(password: Option<&str>, hash: Option<&str>) -> Result<Option<bool>> {
    let Some(password) = password else {
        return Ok(None);
    };
    let stored = hash.map(Stored::parse).transpose()?;
    let is_known = stored.is_some();
    let stored = stored.unwrap_or_else(Stored::of_nobody);
    // No hash was ever made of a longer one; it takes as long as any other to say so.
    let is_possible = password.len() <= MAX_PASSWORD;
    let password = if is_possible { password } else { "" };
    let computed = hashed(password, &stored.salt, stored.parameters)?;
    let is_same = computed.hash.as_ref() == Some(&stored.output);
    Ok(Some(is_same & is_known & is_possible))
}

/// Whether a hash is weaker than what the settings ask for today.
#[pg_extern(strict, stable, parallel_safe)]
fn password_needs_rehash(hash: &str) -> Result<bool> {
    let stored = Stored::parse(hash)?.parameters;
    let current = current_parameters();
    Ok(stored.m_cost() < current.m_cost()
        || stored.t_cost() < current.t_cost()
        || stored.output_len() < current.output_len())
}

/// What the PHC string of a hash says.
struct Stored {
    parameters: Params,
    salt: Vec<u8>,
    /// Compares in constant time.
    output: Output,
}

impl Stored {
    fn parse(hash: &str) -> Result<Self> {
        let malformed = || {
            invalid(
                "password hash is malformed",
                "It is what hash_password returned: $argon2id$v=19$m=...,t=...,p=...$salt$hash.",
            )
        };
        let hash = PasswordHash::new(hash).map_err(|_| malformed())?;
        let is_ours =
            hash.algorithm == argon2::ARGON2ID_IDENT && hash.version == Some(Version::V0x13.into());
        let parameters = Params::try_from(&hash).map_err(|_| malformed())?;
        let (Some(salt), Some(output), true) = (hash.salt, hash.hash, is_ours) else {
            return Err(malformed());
        };
        if parameters.m_cost() > MAX_MEMORY.cast_unsigned()
            || parameters.t_cost() > MAX_ITERATIONS.cast_unsigned()
            || parameters.p_cost() > MAX_LANES
        {
            return Err(malformed());
        }
        Ok(Self {
            parameters,
            salt: salt.to_vec(),
            output,
        })
    }

    /// Stands for the hash of an account that there is not: as much work as a new hash.
    fn of_nobody() -> Self {
        let output = digest::digest(&digest::SHA256, b"nobody has this password");
        Self {
            parameters: current_parameters(),
            salt: vec![0; 16],
            output: Output::new(output.as_ref()).expect("32 bytes are an output"),
        }
    }
}

/// The parameters of a new hash.
fn current_parameters() -> Params {
    let settings = argon2_settings();
    Params::new(
        settings.memory_kib,
        settings.iterations,
        1,
        Some(Params::DEFAULT_OUTPUT_LEN),
    )
    .expect("the settings are within what Argon2 allows")
}

/// Computes a hash when it is its turn.
fn hashed(password: &str, salt: &[u8], parameters: Params) -> Result<PasswordHash> {
    let turn = Turn::await_for(argon2_settings().concurrency, PATIENCE).ok_or_else(|| {
        error(
            PgSqlErrorCode::ERRCODE_TOO_MANY_CONNECTIONS,
            "too many logins at once",
            "Try again in some seconds. vigil_platform.argon2_concurrency is how many passwords are checked at a time.",
        )
    })?;
    let hash = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_with_salt(password.as_bytes(), salt);
    drop(turn);
    hash.map_err(|_| {
        error(
            PgSqlErrorCode::ERRCODE_OUT_OF_MEMORY,
            "there is no memory to hash a password",
            "Lower vigil_platform.argon2_concurrency or vigil_platform.argon2_memory_kib.",
        )
    })
}
