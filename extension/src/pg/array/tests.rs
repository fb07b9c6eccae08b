//! Arrays as Postgres lays them out, made by hand: what Miri runs (`./dev test miri`), without a server.

use super::{Array, Matrix, Positions, Vector};
use pgrx::pg_sys;

/// The bytes of an array, at an address that is a multiple of 8.
fn layout<const N: usize>(
    dimensions: &[i32],
    lower: i32,
    elements: &[Option<[u8; N]>],
) -> Vec<u64> {
    let has_nulls = elements.iter().any(Option::is_none);
    let bitmap = if has_nulls {
        elements.len().div_ceil(8)
    } else {
        0
    };
    let data = (size_of::<pg_sys::ArrayType>() + 8 * dimensions.len() + bitmap)
        .next_multiple_of(super::ALIGN);
    let present: Vec<[u8; N]> = elements.iter().copied().flatten().collect();
    let total = data + N * present.len();
    let mut bytes = Vec::new();
    bytes.extend((total as u32 * 4).to_le_bytes()); // a plain value with a header of 4 bytes
    bytes.extend((dimensions.len() as i32).to_le_bytes());
    bytes.extend((if has_nulls { data as i32 } else { 0 }).to_le_bytes());
    bytes.extend(0_u32.to_le_bytes());
    bytes.extend(dimensions.iter().flat_map(|length| length.to_le_bytes()));
    bytes.extend(dimensions.iter().flat_map(|_| lower.to_le_bytes()));
    // Bits beyond the last element are not to be read.
    let mut bits = vec![0xFF_u8; bitmap];
    for (index, _) in elements
        .iter()
        .enumerate()
        .filter(|(_, element)| element.is_none())
    {
        if has_nulls {
            bits[index / 8] &= !(1 << (index % 8));
        }
    }
    bytes.extend(bits);
    bytes.resize(data, 0);
    bytes.extend(present.concat());
    let mut words = vec![0_u64; total.div_ceil(8)];
    for (word, chunk) in words.iter_mut().zip(bytes.chunks(8)) {
        let mut whole = [0; 8];
        whole[..chunk.len()].copy_from_slice(chunk);
        *word = u64::from_le_bytes(whole);
    }
    words
}

fn doubles(dimensions: &[i32], lower: i32, elements: &[Option<f64>]) -> Vec<u64> {
    let elements: Vec<Option<[u8; 8]>> = elements
        .iter()
        .map(|element| element.map(f64::to_le_bytes))
        .collect();
    layout(dimensions, lower, &elements)
}

fn array<T: Copy>(words: &[u64]) -> Array<'_, T> {
    // SAFETY: the words are the layout of an array of `T`.
    unsafe { Array::from_datum(pg_sys::Datum::from(words.as_ptr().cast_mut())) }
}

#[test]
fn every_pattern_of_nulls_is_read() {
    for len in 0..=17_usize {
        for pattern in [0_u32, 1, 0b10, 0x1_5555, 0x1_FFFF, 0xFF, 0x100, 0x1_0000] {
            let elements: Vec<Option<f64>> = (0..len)
                .map(|index| (pattern & (1 << index) == 0).then_some(index as f64))
                .collect();
            let words = doubles(&[len as i32][..len.min(1)], 1, &elements);
            let vector = Vector(array(&words));
            let mut scratch = Vec::new();
            let read = vector.read(&mut scratch).map_err(|_| "refused").unwrap();
            let read: Vec<Option<f64>> = read
                .iter()
                .map(|&value| (!value.is_nan()).then_some(value))
                .collect();
            assert_eq!(read, elements);
            assert!(vector.is_valid());
        }
    }
}

#[test]
fn a_value_out_of_range_is_found_behind_nulls() {
    for bad in [f64::NAN, f64::INFINITY, 1e101] {
        let words = doubles(&[4], 1, &[None, Some(1.0), None, Some(bad)]);
        let vector = Vector(array(&words));
        assert!(!vector.is_valid());
        assert!(vector.read(&mut Vec::new()).is_err());
    }
}

#[test]
fn dimensions_are_read() {
    let six: Vec<Option<f64>> = (0..6).map(|n| Some(f64::from(n))).collect();
    let words = doubles(&[2, 3], 1, &six);
    let mut scratch = Vec::new();
    let (rows, width) = Matrix(array(&words))
        .read(&mut scratch)
        .map_err(|_| "refused")
        .unwrap();
    assert_eq!((rows.len(), width), (6, 3));
    assert!(Vector(array(&words)).read(&mut Vec::new()).is_err());
    let words = doubles(&[1, 2, 3], 1, &six);
    assert!(Matrix(array(&words)).read(&mut Vec::new()).is_err());
    let words = doubles(&[6], 0, &six);
    assert!(!Vector(array(&words)).is_valid());
}

#[test]
fn positions_are_read() {
    for len in 0..=9_i32 {
        let elements: Vec<Option<[u8; 4]>> = (0..len).map(|n| Some(n.to_le_bytes())).collect();
        let words = layout(&[len][..elements.len().min(1)], 1, &elements);
        let read = Positions(array(&words))
            .read()
            .map_err(|_| "refused")
            .unwrap();
        assert_eq!(read, (0..len).collect::<Vec<i32>>());
    }
    let words = layout(&[2], 1, &[Some([1, 0, 0, 0]), None]);
    assert!(Positions(array(&words)).read().is_err());
}
