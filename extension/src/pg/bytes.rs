//! Variable-length values, toasted or not.

use pgrx::{pg_sys, varlena};
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::slice;

/// Content of the TOAST pointer of a value that is stored out of line.
pub(super) type ToastPointer = [u8; size_of::<pg_sys::varatt_external>()];

/// A value of variable length as it is stored: plain, compressed or out of line.
#[derive(Clone, Copy)]
pub(super) struct Varlena<'fcx> {
    start: NonNull<pg_sys::varlena>,
    lifetime: PhantomData<&'fcx pg_sys::varlena>,
}

impl<'fcx> Varlena<'fcx> {
    /// # Safety
    /// The datum must be a valid value of a type of variable length, for `'fcx`.
    pub(super) unsafe fn from_datum(datum: pg_sys::Datum) -> Self {
        let start =
            NonNull::new(datum.cast_mut_ptr()).expect("a value of variable length is not null");
        Self {
            start,
            lifetime: PhantomData,
        }
    }

    /// The TOAST pointer, when the value is stored out of line. It identifies the content for as long as a transaction
    /// can see it: value ids are not used again while any version of the row exists.
    pub(super) fn toast_pointer(self) -> Option<ToastPointer> {
        let start = self.start.as_ptr();
        // SAFETY: the header says what follows it; TOAST pointers are not aligned.
        unsafe {
            let on_disk = varlena::varatt_is_1b_e(start)
                && u32::from(varlena::vartag_external(start))
                    == pg_sys::vartag_external::VARTAG_ONDISK;
            on_disk.then(|| {
                start
                    .byte_add(pg_sys::VARHDRSZ_EXTERNAL)
                    .cast::<ToastPointer>()
                    .read_unaligned()
            })
        }
    }

    /// Calls `read` with at most `count` bytes from the start of the content, without fetching the rest.
    pub(super) fn with_prefix<R>(self, count: usize, read: impl FnOnce(&[u8]) -> R) -> R {
        let count_limit = i32::try_from(count).unwrap_or(i32::MAX);
        // SAFETY: a slice of a valid value is a valid value.
        self.with(
            |start| unsafe { pg_sys::pg_detoast_datum_slice(start, 0, count_limit) },
            |content| read(&content[..content.len().min(count)]),
        )
    }

    /// Calls `read` with the whole content.
    pub(super) fn with_content<R>(self, read: impl FnOnce(&[u8]) -> R) -> R {
        // SAFETY: the value is valid.
        self.with(
            |start| unsafe { pg_sys::pg_detoast_datum_packed(start) },
            read,
        )
    }

    /// Calls `read` with the content, which `fetch` copies unless it is here and plain. The copy is freed at once: the
    /// context of the caller may live until the end of a query.
    fn with<R>(
        self,
        fetch: impl FnOnce(*mut pg_sys::varlena) -> *mut pg_sys::varlena,
        read: impl FnOnce(&[u8]) -> R,
    ) -> R {
        let start = self.start.as_ptr();
        // SAFETY: a value that is plain, or was made so, has its whole content behind its header.
        unsafe {
            let plain = varlena::varatt_is_4b_u(start)
                || (varlena::varatt_is_1b(start) && !varlena::varatt_is_1b_e(start));
            let copy = if plain { start } else { fetch(start) };
            // `varlena_to_byte_slice` of pgrx makes a slice of one byte of an empty value on its way.
            let header = if varlena::varatt_is_1b(copy) {
                pg_sys::VARHDRSZ_SHORT
            } else {
                pg_sys::VARHDRSZ
            };
            let content = copy.cast::<u8>().add(header);
            let result = read(slice::from_raw_parts(
                content,
                varlena::varsize_any_exhdr(copy),
            ));
            if copy != start {
                pg_sys::pfree(copy.cast());
            }
            result
        }
    }

    /// The value with its full header and, for types with that alignment, aligned to 8 bytes: itself, or a copy in the
    /// current memory context.
    pub(super) fn detoasted(self) -> NonNull<pg_sys::varlena> {
        let start = self.start.as_ptr();
        // SAFETY: the value is valid. The check repeats the first one of the function called, whose own price is
        // saved for the usual row.
        unsafe {
            if varlena::varatt_is_4b_u(start) {
                self.start
            } else {
                NonNull::new(pg_sys::pg_detoast_datum(start))
                    .expect("a value of variable length is not null")
            }
        }
    }
}

#[cfg(test)]
mod tests;
