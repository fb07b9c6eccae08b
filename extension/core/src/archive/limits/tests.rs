use super::*;

fn varint(value: u64) -> Vec<u8> {
    let mut rest = value;
    let mut bytes = Vec::new();
    while rest > 0x7f {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes
}

/// A field of an integer, of the number after the last one.
fn integer(value: u64) -> Vec<u8> {
    [vec![0x15], varint(2 * value)].concat()
}

/// A page whose header claims this, with content of the length that it claims.
fn page(kind: u64, uncompressed: u64, compressed: usize, values: u64, encoding: u64) -> Vec<u8> {
    // Field 5 describes a page of data, field 7 a dictionary.
    let content = if kind == 2 { 0x4c } else { 0x2c };
    let sizes = [integer(uncompressed), integer(compressed as u64)].concat();
    let inner = [integer(values), integer(encoding)].concat();
    let header = [integer(kind), sizes, vec![content], inner, vec![0, 0]].concat();
    [header, vec![0; compressed]].concat()
}

const ALLOWED: &[Encoding] = &[Encoding::PLAIN, Encoding::RLE_DICTIONARY];

fn allows(chunk: &[u8], rows: usize) -> bool {
    Budget::new().allows(chunk, rows, ALLOWED)
}

#[test]
fn pages_hold_the_rows() {
    let data = page(0, 80, 5, 10, 0);
    let dictionary = page(2, 80, 5, 10, 0);
    assert!(allows(&data, 10));
    assert!(!allows(&data, 11));
    assert!(allows(
        &[dictionary.clone(), data.clone(), data.clone()].concat(),
        20
    ));
    assert!(!allows(&[data.clone(), dictionary.clone()].concat(), 10));
    assert!(!allows(&[dictionary.clone(), dictionary].concat(), 0));
    assert!(
        !allows(&page(0, 80, 5, 10, 7), 10),
        "an encoding that is not written"
    );
    assert!(
        !allows(&page(3, 80, 5, 10, 0), 10),
        "a page of the second version"
    );
    for end in 0..data.len() {
        assert!(!allows(&data[..end], 10));
    }
}

#[test]
fn claims_are_bounded() {
    let huge = MAX_GROUP_BYTES as u64;
    assert!(allows(&page(0, huge, 5, 10, 0), 10));
    assert!(!allows(&page(0, huge + 1, 5, 10, 0), 10));
    assert!(!allows(&page(2, huge, 5, MAX_DICTIONARY as u64 + 1, 0), 0));
    assert!(!allows(&page(2, 80, 5, 21, 0), 0), "entries without bytes");
    let mut budget = Budget::new();
    let half = page(0, huge / 2 + 1, 5, 10, 0);
    assert!(budget.allows(&half, 10, ALLOWED));
    assert!(
        !budget.allows(&half, 10, ALLOWED),
        "columns share one budget"
    );
}

#[test]
fn footers_are_bounded() {
    // Field 1, a list of structures.
    let list =
        |count: u64, content: &[u8]| [&[0x19, 0xfc][..], &varint(count), content, &[0]].concat();
    assert!(footer_is_bounded(&list(3, &[0, 0, 0])));
    assert!(!footer_is_bounded(&list(3, &[])));
    assert!(!footer_is_bounded(&list(u64::from(u32::MAX), &[])));
    assert!(!footer_is_bounded(&list(1 << 17, &vec![0; 1 << 17])));
    assert!(!footer_is_bounded(&[0x1c; 1000]), "nested without end");
    assert!(
        !footer_is_bounded(&[0x18, 0xff, 0xff, 0xff, 0xff, 0x0f]),
        "a string without bytes"
    );
    assert!(!footer_is_bounded(&[]));
}

#[test]
fn a_footer_lies_within_the_file() {
    let file =
        |length: u32, content: &[u8]| [b"PAR1", content, &length.to_le_bytes(), b"PAR1"].concat();
    assert_eq!(footer(&file(3, b"abc")), Some(4..7));
    assert_eq!(footer(&file(2, b"abc")), Some(5..7));
    assert_eq!(footer(&file(4, b"abc")), None);
    assert_eq!(footer(&file(u32::MAX, b"abc")), None);
    assert_eq!(footer(b"PAR1"), None);
    assert_eq!(footer(b"PAR1PAR1"), None);
}
