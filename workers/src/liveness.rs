//! What the worker knows about itself, for the health check, the heartbeat and the metrics.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Shared by the claim loop, which writes, and the health check and heartbeat, which read.
#[derive(Debug)]
pub(crate) struct Liveness {
    /// Origin of `last_turn`.
    started: Instant,
    /// Milliseconds from `started` to the last turn of the claim loop.
    last_turn: AtomicU64,
    /// A loop that has not turned for this long is stuck.
    stalled_after: Duration,
    /// The last claim failed, or none has succeeded yet.
    claim_failing: AtomicBool,
    /// The worker is shutting down and claims nothing more.
    draining: AtomicBool,
    /// Claims being sent or settled.
    in_flight: AtomicUsize,
    /// Answers that the database has not yet taken because it cannot be reached.
    unsettled: AtomicUsize,
}

impl Liveness {
    pub(crate) fn new(stalled_after: Duration) -> Self {
        Self {
            started: Instant::now(),
            last_turn: AtomicU64::new(0),
            stalled_after,
            claim_failing: AtomicBool::new(true),
            draining: AtomicBool::new(false),
            in_flight: AtomicUsize::new(0),
            unsettled: AtomicUsize::new(0),
        }
    }

    /// The claim loop turned.
    pub(crate) fn turned(&self) {
        let elapsed = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_turn.store(elapsed, Relaxed);
    }

    /// Time since the claim loop last turned.
    pub(crate) fn lag(&self) -> Duration {
        self.started
            .elapsed()
            .saturating_sub(Duration::from_millis(self.last_turn.load(Relaxed)))
    }

    /// The claim loop is stuck. Never while draining, when it is not meant to turn.
    pub(crate) fn stalled(&self) -> bool {
        !self.draining() && self.lag() > self.stalled_after
    }

    pub(crate) fn claim_answered(&self, ok: bool) {
        self.claim_failing.store(!ok, Relaxed);
    }

    pub(crate) fn claim_failing(&self) -> bool {
        self.claim_failing.load(Relaxed)
    }

    pub(crate) fn drain(&self) {
        self.draining.store(true, Relaxed);
    }

    pub(crate) fn draining(&self) -> bool {
        self.draining.load(Relaxed)
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Relaxed)
    }

    pub(crate) fn unsettled(&self) -> usize {
        self.unsettled.load(Relaxed)
    }

    /// Counts a claim as in flight until the guard is dropped, however its task ends.
    pub(crate) fn enter_flight(self: &Arc<Self>) -> InFlight {
        self.in_flight.fetch_add(1, Relaxed);
        InFlight(Arc::clone(self))
    }

    /// Counts answers as unsettled until the guard is dropped.
    pub(crate) fn enter_unsettled(self: &Arc<Self>, count: usize) -> Unsettled {
        self.unsettled.fetch_add(count, Relaxed);
        Unsettled(Arc::clone(self), count)
    }
}

/// One claim in flight; taken back on drop.
#[derive(Debug)]
pub(crate) struct InFlight(Arc<Liveness>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Relaxed);
    }
}

/// Answers that wait for the database; taken back on drop.
#[derive(Debug)]
pub(crate) struct Unsettled(Arc<Liveness>, usize);

impl Drop for Unsettled {
    fn drop(&mut self) {
        self.0.unsettled.fetch_sub(self.1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_that_does_not_turn_is_stalled_unless_draining() {
        let liveness = Liveness::new(Duration::from_millis(20));
        liveness.turned();
        assert!(!liveness.stalled());
        std::thread::sleep(Duration::from_millis(40));
        assert!(liveness.stalled() && liveness.lag() >= Duration::from_millis(20));
        liveness.drain();
        assert!(!liveness.stalled());
    }

    #[test]
    fn counts_end_with_their_guards_even_in_a_panic() {
        let liveness = Arc::new(Liveness::new(Duration::from_secs(1)));
        let first = liveness.enter_flight();
        let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _second = liveness.enter_flight();
            let _answers = liveness.enter_unsettled(3);
            assert_eq!((liveness.in_flight(), liveness.unsettled()), (3, 3));
        }));
        assert!(unwound.is_err());
        assert_eq!((liveness.in_flight(), liveness.unsettled()), (1, 0));
        drop(first);
        assert_eq!(liveness.in_flight(), 0);
    }
}
