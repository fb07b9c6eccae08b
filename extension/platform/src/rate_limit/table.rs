//! Where the buckets are: a table of fixed size that all sessions change at once.
//!
//! A bucket is found by a hash of its name, keyed by a number of this start of the server so that nobody can choose names
//! that fall together. It is in one of the few places from the one of its hash on, and stays there when it is full, until
//! another bucket needs the place: its instant serves the next one as it is. When none of them is full, the one with the
//! least debt has to go. So whoever makes up names displaces what others made up, and not the bucket that is being emptied.
//!
//! A session that takes from a bucket just as its place goes to another one gives back what it took and looks again.

use super::gcra::{Limit, Taken};
use siphasher::sip::SipHasher13;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed, Ordering::SeqCst};

/// A power of two.
const PLACES: usize = 1 << 16;
/// Six lines of a processor's cache.
const PROBES: usize = 16;
/// Losing a place to others time and again takes as many sessions that do nothing else.
const TRIES: usize = 8;

/// All zero at the start, but for the seed.
#[repr(C)]
pub(crate) struct Table {
    /// The key of the hash.
    pub(crate) seed: [AtomicU64; 2],
    displaced: AtomicU64,
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
                place.give_back(limit.cost());
            }
        }
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

    /// How many buckets have lost their place while they were not full.
    pub(super) fn displaced(&self) -> u64 {
        self.displaced.load(Relaxed)
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

    /// The bucket's place: its own, or one that had none, or one that it takes over.
    fn find_or_claim(&self, key: u64, now: u64) -> Option<&Place> {
        for _ in 0..TRIES {
            let mut best: Option<Candidate<'_>> = None;
            for place in self.places(key) {
                let mut found = place.key.load(SeqCst);
                // No bucket of this hash is behind a place that never had one.
                if found == 0 {
                    let claimed = place.key.compare_exchange(0, key, SeqCst, SeqCst);
                    found = claimed.map_or_else(|found| found, |_| key);
                }
                if found == key {
                    return Some(place);
                }
                let candidate = Candidate::of(place, found, now);
                if best.as_ref().is_none_or(|best| candidate.rank < best.rank) {
                    best = Some(candidate);
                }
            }
            let Candidate {
                place,
                key: before,
                rank,
            } = best?;
            if place
                .key
                .compare_exchange(before, key, SeqCst, SeqCst)
                .is_ok()
            {
                place.used_at.store(0, Relaxed);
                if rank.0 > 0 {
                    place.full_at.fetch_min(now, SeqCst);
                    self.displaced.fetch_add(1, Relaxed);
                }
                return Some(place);
            }
        }
        None
    }
}

/// A place that another bucket has.
struct Candidate<'a> {
    place: &'a Place,
    key: u64,
    /// The least goes first: its debt, and then how long ago it was used.
    rank: (u64, i64),
}

impl<'a> Candidate<'a> {
    fn of(place: &'a Place, key: u64, now: u64) -> Self {
        let debt = place.full_at.load(SeqCst).saturating_sub(now);
        Self {
            place,
            key,
            rank: (debt, place.used_at.load(Relaxed)),
        }
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

    fn give_back(&self, cost: u64) {
        let mut full_at = self.full_at.load(SeqCst);
        while let Err(changed) = self.full_at.compare_exchange_weak(
            full_at,
            full_at.saturating_sub(cost),
            SeqCst,
            SeqCst,
        ) {
            full_at = changed;
        }
    }
}
