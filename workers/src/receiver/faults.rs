//! How a receiver misbehaves.

use std::sync::Mutex;
use std::time::Duration;

/// What happens to one delivery with a good signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answered 204 at once.
    None,
    /// Answered 500.
    Error,
    /// Answered 429 with `Retry-After`.
    Throttle,
    /// Never answered.
    Hang,
    /// Answered 204 after a while.
    Slow,
}

/// Shares of deliveries that meet each fault.
#[derive(Debug)]
pub struct Faults {
    /// Cumulative shares; what is left over meets no fault.
    thresholds: [(f64, Fault); 4],
    /// `Retry-After` of throttled answers, in whole seconds.
    pub(super) retry_after: Duration,
    /// How long slow answers take.
    pub(super) slow_delay: Duration,
    /// Seeded, so that a run can be repeated.
    random: Mutex<fastrand::Rng>,
}

impl Faults {
    /// No faults at all.
    pub fn none() -> Self {
        Self {
            thresholds: [(0.0, Fault::None); 4],
            retry_after: Duration::ZERO,
            slow_delay: Duration::ZERO,
            random: Mutex::new(fastrand::Rng::with_seed(0)),
        }
    }

    /// `shares` of all deliveries meet their faults. None when a share is not between 0 and 1 or they exceed 1 together.
    pub fn new(
        shares: [(f64, Fault); 4],
        retry_after: Duration,
        slow_delay: Duration,
        seed: u64,
    ) -> Option<Self> {
        let mut total = 0.0;
        let thresholds = shares.map(|(share, fault)| {
            total += share;
            (total, fault)
        });
        let valid =
            shares.iter().all(|(share, _)| (0.0..=1.0).contains(share)) && total <= 1.0 + 1e-9;
        valid.then(|| Self {
            thresholds,
            retry_after,
            slow_delay,
            random: Mutex::new(fastrand::Rng::with_seed(seed)),
        })
    }

    /// Draws the fault of the next delivery.
    pub(super) fn draw(&self) -> Fault {
        let drawn = self.random.lock().map_or(1.0, |mut random| random.f64());
        self.thresholds
            .iter()
            .find(|(threshold, _)| drawn < *threshold)
            .map_or(Fault::None, |(_, fault)| *fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(shares: [f64; 4], seed: u64) -> Option<Faults> {
        let kinds = [Fault::Error, Fault::Throttle, Fault::Hang, Fault::Slow];
        let shares = std::array::from_fn(|at| (shares[at], kinds[at]));
        Faults::new(shares, Duration::ZERO, Duration::ZERO, seed)
    }

    #[test]
    fn shares_are_met_and_repeatable() {
        let draw = |seed| {
            let faults = faults([0.1, 0.2, 0.0, 0.3], seed).expect("valid shares");
            (0..10_000).map(|_| faults.draw()).collect::<Vec<_>>()
        };
        let drawn = draw(1);
        assert_eq!(drawn, draw(1));
        assert_ne!(drawn, draw(2));
        for (fault, share) in [
            (Fault::Error, 0.1),
            (Fault::Throttle, 0.2),
            (Fault::Hang, 0.0),
            (Fault::Slow, 0.3),
            (Fault::None, 0.4),
        ] {
            let met = drawn.iter().filter(|one| **one == fault).count() as f64 / 10_000.0;
            assert!(
                (met - share).abs() < 0.02,
                "{fault:?}: {met} against {share}"
            );
        }
    }

    #[test]
    fn the_extremes_are_exact() {
        let always = faults([0.0, 0.0, 0.0, 1.0], 3).expect("valid shares");
        let never = Faults::none();
        assert!((0..1_000).all(|_| always.draw() == Fault::Slow && never.draw() == Fault::None));
    }

    #[test]
    fn impossible_shares_are_refused() {
        for shares in [
            [0.6, 0.6, 0.0, 0.0],
            [-0.1, 0.0, 0.0, 0.0],
            [1.1, 0.0, 0.0, 0.0],
            [f64::NAN, 0.0, 0.0, 0.0],
        ] {
            assert!(faults(shares, 0).is_none(), "{shares:?}");
        }
    }
}
