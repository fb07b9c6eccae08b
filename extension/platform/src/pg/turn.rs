//! How many passwords are hashed at once.

use super::shared::{Shared, shared};
use pgrx::pg_sys;
use std::sync::OnceLock;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

/// The right to hash a password, given back when dropped.
///
/// Between the two nothing of Postgres runs, so the session does not end there but with a crash, and a crash begins the
/// shared memory anew: no right is ever lost.
pub(crate) struct Turn(&'static Shared);

impl Turn {
    /// Waits until fewer than `limit` passwords are hashed; nothing when that takes too long. Can be cancelled.
    pub(crate) fn await_for(limit: u32, patience: Duration) -> Option<Self> {
        let shared = shared();
        if let Some(turn) = Self::try_take(shared, limit) {
            return Some(turn);
        }
        let waiting = Waiting::begin(shared);
        let until = Instant::now() + patience;
        loop {
            if let Some(turn) = Self::try_take(shared, limit) {
                return Some(turn);
            }
            waiting.sleep(until.checked_duration_since(Instant::now())?);
        }
    }

    fn try_take(shared: &'static Shared, limit: u32) -> Option<Self> {
        shared
            .hashing
            .fetch_update(SeqCst, SeqCst, |taken| (taken < limit).then_some(taken + 1))
            .ok()
            .map(|_| Self(shared))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.hashing.fetch_sub(1, SeqCst);
        // SAFETY: the condition variable was prepared with the memory it is in. All are woken, because one alone might
        // be about to give up.
        unsafe { pg_sys::ConditionVariableBroadcast(self.0.turns.get()) };
    }
}

/// A place among those who wait.
struct Waiting(&'static Shared);

impl Waiting {
    fn begin(shared: &'static Shared) -> Self {
        // SAFETY: as in `Turn`; a session waits for one thing at a time.
        unsafe { pg_sys::ConditionVariablePrepareToSleep(shared.turns.get()) };
        Self(shared)
    }

    /// Until somebody's turn ends or the time is over. Raises the error of a cancel request.
    fn sleep(&self, at_most: Duration) {
        let milliseconds = at_most.as_millis().max(1) as std::ffi::c_long;
        // SAFETY: as in `Turn`.
        unsafe {
            pg_sys::ConditionVariableTimedSleep(self.0.turns.get(), milliseconds, wait_event());
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // SAFETY: may be called at any time.
        unsafe { pg_sys::ConditionVariableCancelSleep() };
    }
}

/// How `pg_stat_activity` calls the wait.
fn wait_event() -> u32 {
    static EVENT: OnceLock<u32> = OnceLock::new();
    // SAFETY: a constant string, which Postgres copies.
    *EVENT.get_or_init(|| unsafe { pg_sys::WaitEventExtensionNew(c"VigilPasswordHash".as_ptr()) })
}
