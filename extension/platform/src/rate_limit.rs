//! Rate limits: token buckets in shared memory.
//!
//! A bucket works in read-only transactions, on standbys, takes no lock and no transaction id, and what was taken stays
//! taken after a rollback. It is of one server, and full again after a restart.

mod gcra;
mod table;

use crate::error::{Result, error};
use crate::pg::{Row, now, shared};
pub(crate) use gcra::{Limit, Taken};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::{PgSqlErrorCode, pg_extern};
use rustix::time::{ClockId, clock_gettime};
pub(crate) use table::Table;

/// Takes tokens out of a bucket, if it has as many.
#[pg_extern(sql = r#"
CREATE FUNCTION "take_token"(
	"bucket" TEXT,
	"burst" double precision,
	"per_second" double precision,
	"cost" double precision DEFAULT 1,
	OUT "allowed" bool,
	OUT "remaining" double precision,
	OUT "retry_after" double precision,
	OUT "reset_after" double precision
)
VOLATILE PARALLEL RESTRICTED
LANGUAGE c
AS 'MODULE_PATHNAME', 'take_token_wrapper';
"#)]
fn take_token(
    bucket: Option<&str>,
    burst: Option<f64>,
    per_second: Option<f64>,
    cost: Option<f64>,
) -> Result<Row> {
    let (Some(bucket), Some(burst), Some(per_second), Some(cost)) =
        (bucket, burst, per_second, cost)
    else {
        // A limit that answers NULL would be taken for none.
        return Err(error(
            PgSqlErrorCode::ERRCODE_NULL_VALUE_NOT_ALLOWED,
            "a rate limit has no null arguments",
            "Name the bucket, its burst, its rate and the cost.",
        ));
    };
    let taken = take(bucket, &Limit::usable(burst, per_second, cost)?);
    Ok(Row {
        allowed: taken.allowed,
        numbers: [
            Some(taken.remaining),
            taken.retry_after,
            Some(taken.reset_after),
        ],
    })
}

/// Takes what a limit says out of a bucket.
pub(crate) fn take(bucket: &str, limit: &Limit) -> Taken {
    shared().rates.take(bucket, limit, monotonic(), now)
}

/// When tokens were last taken out of a bucket.
#[pg_extern(strict, volatile, parallel_restricted)]
fn bucket_used_at(bucket: &str) -> Option<TimestampWithTimeZone> {
    let used_at = shared().rates.used_at(bucket)?;
    TimestampWithTimeZone::try_from(used_at).ok()
}

/// How many buckets are not full.
#[pg_extern(strict, volatile, parallel_restricted)]
fn buckets() -> i64 {
    shared().rates.live(monotonic())
}

/// How many buckets have lost their place, and with it their debt, to others.
#[pg_extern(strict, volatile, parallel_restricted)]
fn displaced_buckets() -> i64 {
    shared().rates.displaced().cast_signed()
}

/// Nanoseconds on a clock that all sessions share and that nobody sets.
pub(crate) fn monotonic() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec.cast_unsigned() * 1_000_000_000 + now.tv_nsec.cast_unsigned()
}
