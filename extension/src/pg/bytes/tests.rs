//! Values as Postgres lays them out, made by hand: what Miri runs (`./dev test miri`), without a server.

use super::Varlena;
use pgrx::pg_sys;

fn varlena<T>(bytes: &[T]) -> Varlena<'_> {
    // SAFETY: these are the bytes of a value.
    unsafe { Varlena::from_datum(pg_sys::Datum::from(bytes.as_ptr().cast_mut())) }
}

/// The content behind a header of one byte, which stands at any address.
fn short(content: &[u8]) -> Vec<u8> {
    [&[(content.len() as u8 + 1) << 1 | 1], content].concat()
}

/// The content behind a header of four bytes, at a multiple of their number.
fn long(content: &[u8]) -> Vec<u32> {
    let chunks = content.chunks(4).map(|chunk| {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        u32::from_ne_bytes(word)
    });
    std::iter::once((content.len() as u32 + 4) * 4)
        .chain(chunks)
        .collect()
}

fn assert_reads(value: Varlena<'_>, content: &[u8]) {
    assert_eq!(value.with_content(<[u8]>::to_vec), content);
    let prefix = &content[..content.len().min(32)];
    assert_eq!(value.with_prefix(32, <[u8]>::to_vec), prefix);
    assert!(value.toast_pointer().is_none());
}

#[test]
fn plain_values_are_read_in_place() {
    for len in [0, 1, 7, 31, 32, 33, 120] {
        let content: Vec<u8> = (0..len).collect();
        assert_reads(varlena(&short(&content)), &content);
        assert_reads(varlena(&long(&content)), &content);
    }
}

#[test]
fn toast_pointers_are_read_at_odd_addresses() {
    let pointer: super::ToastPointer = std::array::from_fn(|index| index as u8);
    for offset in 0..4 {
        let mut bytes = vec![0; offset];
        bytes.extend([1, pg_sys::vartag_external::VARTAG_ONDISK as u8]);
        bytes.extend(pointer);
        let found = varlena(&bytes[offset..]).toast_pointer();
        assert_eq!(found, Some(pointer));
    }
}
