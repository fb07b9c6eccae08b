//! What time it is by the database.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The database's clock, as it was at a moment and goes on by the time that has passed here since. The clock of the
/// worker's own machine may be wrong by a day: receivers would refuse what it signs.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    read: SystemTime,
    at: Instant,
}

impl Clock {
    /// A clock that shows `seconds` since 1970 now.
    pub fn showing(seconds: f64) -> Self {
        let since = Duration::try_from_secs_f64(seconds).unwrap_or_default();
        Self {
            read: UNIX_EPOCH + since,
            at: Instant::now(),
        }
    }

    /// The clock of this machine, for what has no claim behind it.
    pub fn of_this_machine() -> Self {
        Self {
            read: SystemTime::now(),
            at: Instant::now(),
        }
    }

    /// What it shows now.
    pub fn now(&self) -> SystemTime {
        self.read + self.at.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_from_what_it_was_set_to() {
        let clock = Clock::showing(1_000.5);
        std::thread::sleep(Duration::from_millis(20));
        let shown = clock.now().duration_since(UNIX_EPOCH).expect("after 1970");
        assert!(shown >= Duration::from_millis(1_000_520), "{shown:?}");
        assert!(shown < Duration::from_secs(1_060), "{shown:?}");
        // What no clock shows is taken for its beginning.
        assert!(Clock::showing(f64::NAN).now() < UNIX_EPOCH + Duration::from_secs(60));
    }
}
