//! How long to wait between attempts to reach the database.

use std::time::Duration;

/// Doubling delays with jitter, so that many workers do not return to a restarted server in the same instant.
#[derive(Debug)]
pub(crate) struct Backoff {
    /// Upper bound of the next delay.
    next: Duration,
}

impl Backoff {
    /// Short, because a restart of Postgres takes about a second and every delay adds to the outage.
    const FIRST: Duration = Duration::from_millis(100);
    /// Two attempts every few seconds burden no server, and an alert waits no longer than this after an outage. With a
    /// cap of 10 s, workers came back up to 6 s after a server that had recovered from a crash in 4 s.
    const CAP: Duration = Duration::from_secs(3);

    pub(crate) fn new() -> Self {
        Self { next: Self::FIRST }
    }

    /// The next delay: between half of the current bound and the bound, which then doubles up to three seconds.
    pub(crate) fn delay(&mut self) -> Duration {
        let bound = self.next;
        self.next = (bound * 2).min(Self::CAP);
        bound.mul_f64(0.5 + fastrand::f64() / 2.0)
    }

    /// Starts again from the shortest delay.
    pub(crate) fn reset(&mut self) {
        self.next = Self::FIRST;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_cap_and_start_again_after_a_reset() {
        let mut backoff = Backoff::new();
        for bound_ms in [100, 200, 400, 800, 1_600, 3_000, 3_000] {
            let bound = Duration::from_millis(bound_ms);
            let delay = backoff.delay();
            assert!(
                delay >= bound / 2 && delay <= bound,
                "{delay:?} against a bound of {bound:?}"
            );
        }
        backoff.reset();
        assert!(backoff.delay() <= Backoff::FIRST);
    }
}
