//! Where the buckets are: a table of fixed size that all sessions change at once.
//!
//! A bucket is found by a hash of its name, keyed by a number of this start of the server so that nobody can choose names
//! that fall together. It is in one of the few places from the one of its hash on. A place is taken by its first bucket
//! for good, until another bucket needs it and it is full: as good as new, and its instant serves the next one as it is.
//!
//! A session that takes from a bucket just as its place goes to another one takes its tokens back and looks again.

use super::gcra::{Limit, Taken};
use siphasher::sip::SipHasher13;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed, Ordering::SeqCst};

/// A power of two.
const PLACES: usize = 1 << 16;
/// Six lines of a processor's cache.
const PROBES: usize = 16;
/// Places are lost to others one after the other only in a table that is all but full.
const TRIES: usize = 8;

/// All zero at the start, but for the seed.
#[repr(C)]
pub(crate) struct Table {
    /// The key of the hash.
    pub(crate) seed: [AtomicU64; 2],
    uncounted: AtomicU64,
    places: [Place; PLACES],
}

#[repr(C)]
struct Place {
    /// The hash of the bucket's name; 0 for a place that never had one.
    key: AtomicU64,
    /// The instant of [`super::gcra`], in nanoseconds of the monotonic clock.
    full_at: AtomicU64,
    /// When it was last taken from, in microseconds of Postgres' time.
    used_at: AtomicI64,
}

impl Table {
    /// Asks a bucket. `now` is on the monotonic clock, `time` gives Postgres'.
    pub(super) fn take(&self, name: &str, limit: &Limit, now: u64, time: fn() -> i64) -> Taken {
        let key = self.key(name);
        if limit.is_look() {
            let full_at = self.find(key).map_or(0, |place| place.full_at.load(SeqCst));
            return limit.ask(full_at, now).0;
        }
        for _ in 0..TRIES {
            let Some(place) = self.find_or_claim(key, now) else {
                break;
            };
            let taken = place.take(limit, now);
            if place.key.load(SeqCst) == key {
                if taken.allowed {
                    place.used_at.store(time(), Relaxed);
                }
                return taken;
            }
            if taken.allowed {
                place.full_at.fetch_sub(limit.cost(), SeqCst);
            }
        }
        self.uncounted.fetch_add(1, Relaxed);
        limit.without_bucket()
    }

    /// When a bucket was last taken from, if it still has a place.
    pub(super) fn used_at(&self, name: &str) -> Option<i64> {
        let used_at = self.find(self.key(name))?.used_at.load(Relaxed);
        (used_at != 0).then_some(used_at)
    }

    /// How many buckets are not full.
    pub(super) fn live(&self, now: u64) -> i64 {
        let live = |place: &&Place| place.full_at.load(Relaxed) > now;
        self.places.iter().filter(live).count() as i64
    }

    pub(super) fn uncounted(&self) -> u64 {
        self.uncounted.load(Relaxed)
    }

    fn key(&self, name: &str) -> u64 {
        let [first, second] = self.seed.each_ref().map(|half| half.load(Relaxed));
        SipHasher13::new_with_keys(first, second)
            .hash(name.as_bytes())
            .max(1)
    }

    /// The places in which a bucket may be.
    fn places(&self, key: u64) -> impl Iterator<Item = &Place> {
        let first = key as usize;
        (0..PROBES).map(move |probe| &self.places[(first + probe) % PLACES])
    }

    fn find(&self, key: u64) -> Option<&Place> {
        self.places(key).find(|place| place.key.load(SeqCst) == key)
    }

    /// The bucket's place: its own, or one that had none, or else the one of a full bucket that was not used for longest.
    fn find_or_claim(&self, key: u64, now: u64) -> Option<&Place> {
        for _ in 0..TRIES {
            let mut full: Option<(&Place, u64, i64)> = None;
            for place in self.places(key) {
                // No bucket of this hash is behind a place that never had one.
                let found = match place.key.compare_exchange(0, key, SeqCst, SeqCst) {
                    Ok(_) => key,
                    Err(found) => found,
                };
                if found == key {
                    return Some(place);
                }
                let used_at = place.used_at.load(Relaxed);
                if place.full_at.load(SeqCst) <= now
                    && full.is_none_or(|(_, _, least)| used_at < least)
                {
                    full = Some((place, found, used_at));
                }
            }
            let (place, found, _) = full?;
            if place
                .key
                .compare_exchange(found, key, SeqCst, SeqCst)
                .is_ok()
            {
                place.used_at.store(0, Relaxed);
                return Some(place);
            }
        }
        None
    }
}

impl Place {
    fn take(&self, limit: &Limit, now: u64) -> Taken {
        let mut full_at = self.full_at.load(SeqCst);
        loop {
            let (taken, after) = limit.ask(full_at, now);
            let Some(after) = after else {
                return taken;
            };
            match self
                .full_at
                .compare_exchange_weak(full_at, after, SeqCst, SeqCst)
            {
                Ok(_) => return taken,
                Err(changed) => full_at = changed,
            }
        }
    }
}
