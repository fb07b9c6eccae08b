//! Parquet files.

use super::assert_refused;
use std::sync::OnceLock;
use vigil_core::ErrorKind;
use vigil_core::archive::{Contract, File, Writer};
use xxhash_rust::xxh3::xxh3_128;

/// Behind this stands the hash.
const MARK: &[u8] = b"vigil.xxh3_128\x18\x20";

/// Digits of the hash.
const DIGITS: usize = 32;

/// Changes to an example, three bytes each: where, and what is to be there. It is opened as it is and under a hash that
/// matches.
pub(crate) fn archive(data: &[u8]) {
    static EXAMPLE: OnceLock<Vec<u8>> = OnceLock::new();
    let mut bytes = EXAMPLE.get_or_init(example).clone();
    for change in data.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % bytes.len();
        bytes[at] = change[2];
    }
    open(data.to_vec());
    open(bytes.clone());
    if let Some(forged) = resealed(bytes) {
        open(forged);
    }
}

fn open(bytes: Vec<u8>) {
    let opened = File::open(bytes).and_then(|file| {
        let _ = file.info();
        let mut rows = file.rows();
        let all = rows.by_ref().take(1_000_000).collect::<Result<Vec<_>, _>>();
        assert!(all.is_ok() || rows.next().is_none());
        all
    });
    if let Err(error) = opened
        && error.kind() != ErrorKind::UnsupportedVersion
    {
        assert_refused(&error, ErrorKind::CorruptData);
    }
}

/// Rows with every kind of column, in two streams.
fn example() -> Vec<u8> {
    let contract = r#"{"metrics": [{"name": "few"}, {"name": "noise"}, {"name": "missing"}]}"#;
    let mut writer = Writer::new(&Contract::from_json(contract).unwrap(), 1 << 20).unwrap();
    for n in 0..400_i32 {
        let values = [f64::from(n % 3), f64::from(n).sin(), f64::NAN];
        let values = &values[..(n % 4) as usize];
        let time = i64::from(n) * 60_000_000;
        writer
            .push(n / 200, &format!("d{}", n / 200), time, values)
            .unwrap();
    }
    writer.finish().unwrap()
}

/// A file with the hash that it should have, if it has a place for one.
pub(crate) fn resealed(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let windows = bytes.windows(MARK.len());
    let start = windows.into_iter().rposition(|window| window == MARK)? + MARK.len();
    bytes.get_mut(start..start + DIGITS)?.fill(b'0');
    let hash = format!("{:032x}", xxh3_128(&bytes));
    bytes[start..start + DIGITS].copy_from_slice(hash.as_bytes());
    Some(bytes)
}
