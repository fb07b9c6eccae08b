//! How many deliveries are in flight, and room for those that hang.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use tokio::sync::Notify;

/// A delivery that has taken this long is probably waiting for somebody who will not answer soon.
const PATIENCE: Duration = Duration::from_secs(1);
/// So many times the concurrency may hang beside the deliveries that go on. Fifty receivers that hang with eight
/// deliveries each then leave the other receivers all the room there is.
const PARKED_PER_SLOT: usize = 4;

/// Counts what is in flight.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// Deliveries that take a slot.
    busy: AtomicUsize,
    /// Deliveries that have taken long and gave their slot to another.
    parked: AtomicUsize,
    /// Raised when a slot becomes free.
    freed: Notify,
}

/// One delivery's place; given back on drop.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Arc<Slots>,
    parked: bool,
}

impl Slots {
    /// Takes a slot. The caller has asked whether one is free.
    pub(super) fn take(self: &Arc<Self>) -> Slot {
        self.busy.fetch_add(1, SeqCst);
        Slot {
            slots: Arc::clone(self),
            parked: false,
        }
    }

    /// How many of `concurrency` slots are free.
    pub(super) fn free(&self, concurrency: usize) -> usize {
        concurrency.saturating_sub(self.busy.load(SeqCst))
    }

    /// Waits until a slot has become free.
    pub(super) async fn freed(&self) {
        self.freed.notified().await;
    }
}

impl Slot {
    /// Does the work, and lets another delivery begin in this one's place once it has taken long.
    pub(super) async fn hold<T>(&mut self, concurrency: usize, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            match tokio::time::timeout(PATIENCE, &mut work).await {
                Ok(done) => return done,
                Err(_) => self.park(concurrency * PARKED_PER_SLOT),
            }
        }
    }

    fn park(&mut self, most: usize) {
        let room = |parked| (parked < most).then_some(parked + 1);
        if self.parked
            || self
                .slots
                .parked
                .fetch_update(SeqCst, SeqCst, room)
                .is_err()
        {
            return;
        }
        self.parked = true;
        self.slots.busy.fetch_sub(1, SeqCst);
        self.slots.freed.notify_one();
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let count = if self.parked {
            &self.slots.parked
        } else {
            &self.slots.busy
        };
        count.fetch_sub(1, SeqCst);
        self.slots.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_takes_long_makes_room_for_others_up_to_a_bound() {
        let slots = Arc::new(Slots::default());
        let mut hanging = Vec::new();
        for _ in 0..6 {
            assert_eq!(slots.free(1), 1);
            let mut slot = slots.take();
            assert_eq!(slots.free(1), 0);
            hanging.push(tokio::spawn(async move {
                slot.hold(1, std::future::pending::<()>()).await;
            }));
            tokio::time::sleep(PATIENCE * 2).await;
            if hanging.len() > PARKED_PER_SLOT {
                break;
            }
        }
        assert_eq!(hanging.len(), PARKED_PER_SLOT + 1);
        assert_eq!(slots.free(1), 0, "the fifth found no room to be parked");
        hanging[0].abort();
        tokio::time::sleep(PATIENCE * 2).await;
        assert_eq!(slots.free(1), 1, "until one of the others ended");
        for task in hanging {
            task.abort();
            let _ = task.await;
        }
        assert_eq!((slots.free(7), slots.parked.load(SeqCst)), (7, 0));
    }

    #[tokio::test]
    async fn a_quick_delivery_gives_its_slot_back() {
        let slots = Arc::new(Slots::default());
        let mut slot = slots.take();
        assert_eq!(slot.hold(1, std::future::ready(7)).await, 7);
        drop(slot);
        slots.freed().await;
        assert_eq!(slots.free(1), 1);
    }
}
