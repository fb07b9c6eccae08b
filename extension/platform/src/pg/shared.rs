//! Memory that all sessions of the cluster share.
//!
//! A named segment of dynamic shared memory, which the first session that needs it makes: the library need not be
//! preloaded, and a server that restarts after a crash begins anew.

use crate::rate_limit::Table;
use pgrx::{pg_guard, pg_sys};
use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Libraries of different layouts never meet in one segment: the number changes with it.
const NAME: &std::ffi::CStr = c"vigil_platform 1";

/// Valid when it is all zero, but for what [`prepare`] sets.
#[repr(C)]
pub(crate) struct Shared {
    pub(crate) rates: Table,
    /// How many passwords are being hashed.
    pub(super) hashing: AtomicU32,
    /// Where those wait that want to, too.
    pub(super) turns: UnsafeCell<pg_sys::ConditionVariable>,
}

// SAFETY: atomics, and a condition variable that only Postgres' functions touch, which are made for that.
unsafe impl Sync for Shared {}

/// The shared memory.
pub(crate) fn shared() -> &'static Shared {
    static SHARED: OnceLock<&Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        let mut found = false;
        // SAFETY: the segment is as large as asked for, aligned to a page, prepared before anybody else sees it, and
        // stays mapped as long as the process lives.
        unsafe {
            let start = pg_sys::GetNamedDSMSegment(
                NAME.as_ptr(),
                size_of::<Shared>(),
                Some(prepare),
                &raw mut found,
            );
            &*start.cast::<Shared>()
        }
    })
}

/// Makes the memory what it is at the start.
#[pg_guard]
unsafe extern "C-unwind" fn prepare(start: *mut c_void) {
    let shared = start.cast::<Shared>();
    let mut seed = [0_u64; 2];
    // SAFETY: the segment is this session's alone until this returns, and as large as the type. Zero is a valid value
    // of all its fields.
    unsafe {
        shared.write_bytes(0, 1);
        pg_sys::ConditionVariableInit((&raw mut (*shared).turns).cast());
        if !pg_sys::pg_strong_random(seed.as_mut_ptr().cast(), size_of_val(&seed)) {
            pgrx::error!("the operating system gave no random bytes");
        }
        for (place, half) in (*shared).rates.seed.iter().zip(seed) {
            place.store(half, Relaxed);
        }
    }
}
