//! The generic cell rate algorithm (ITU-T I.371): a token bucket whose whole state is the instant at which it is full.
//!
//! Taking moves the instant by the time in which as many tokens come back. A bucket that would be full only after it takes
//! to fill an empty one has not that many.

use crate::error::{Result, invalid};

/// A bucket that takes longer to fill is no rate limit; 366 days in nanoseconds.
const MAX_FILL: f64 = 366.0 * 86_400e9;

/// A bucket's size and rate, and how much is asked of it, in nanoseconds.
pub(crate) struct Limit {
    /// Of filling it.
    burst: u64,
    /// Of what is taken.
    cost: u64,
    /// Of one token.
    token: f64,
    /// Tokens that it holds.
    tokens: f64,
}

/// What came of it. Times are in seconds.
pub(crate) struct Taken {
    pub(crate) allowed: bool,
    /// Tokens that are left.
    pub(crate) remaining: f64,
    /// Until there will be enough, if nobody else takes any. Nothing when there never will be.
    pub(crate) retry_after: Option<f64>,
    /// Until the bucket is full.
    pub(crate) reset_after: f64,
}

impl Limit {
    /// # Errors
    /// 22023 for numbers that are no limit.
    pub(crate) fn usable(burst: f64, per_second: f64, cost: f64) -> Result<Self> {
        Self::new(burst, per_second, cost).ok_or_else(|| {
            invalid(
                format!("a rate limit of burst {burst}, {per_second} per second and cost {cost} is not usable"),
                "Burst and rate are above 0, the cost is not below, a bucket fills within 366 days, and a token takes at least a nanosecond.",
            )
        })
    }

    fn new(burst: f64, per_second: f64, cost: f64) -> Option<Self> {
        let token = 1e9 / per_second;
        let is_usable = burst > 0.0
            && token >= 1.0
            && burst * token <= MAX_FILL
            && cost >= 0.0
            && cost.is_finite();
        // Rounded so that a burst of tokens fits.
        is_usable.then(|| Self {
            burst: (burst * token).ceil() as u64,
            cost: (cost * token).min(2.0 * MAX_FILL).floor() as u64,
            token,
            tokens: burst,
        })
    }

    /// Whether nothing is taken: a look.
    pub(super) fn is_look(&self) -> bool {
        self.cost == 0
    }

    pub(super) fn cost(&self) -> u64 {
        self.cost
    }

    /// What asking comes to, of a bucket that is full at an instant; and when it will be full then, if something was taken.
    pub(super) fn ask(&self, full_at: u64, now: u64) -> (Taken, Option<u64>) {
        let full_at = full_at.max(now);
        let after = full_at + self.cost;
        if after - now <= self.burst {
            let taken = self.taken(true, after - now, Some(0.0));
            return (taken, (self.cost > 0).then_some(after));
        }
        let wait = after - now - self.burst;
        let retry_after = (self.cost <= self.burst).then(|| seconds(wait));
        // A look at a bucket that was larger before is allowed as any other.
        (self.taken(self.is_look(), full_at - now, retry_after), None)
    }

    /// What is said without a bucket.
    pub(super) fn without_bucket(&self) -> Taken {
        self.taken(true, self.cost.min(self.burst), Some(0.0))
    }

    fn taken(&self, allowed: bool, until_full: u64, retry_after: Option<f64>) -> Taken {
        Taken {
            allowed,
            remaining: (self.tokens - until_full as f64 / self.token).max(0.0),
            retry_after: if allowed { Some(0.0) } else { retry_after },
            reset_after: seconds(until_full),
        }
    }
}

fn seconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e9
}
