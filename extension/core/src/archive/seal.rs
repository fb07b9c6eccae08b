//! A hash of the whole file, itself counted as zeros, in the file's metadata.
//!
//! Parquet's own checksums are of pages and optional; a flipped bit in the footer, or in a value that is not
//! compressed, would go unnoticed. The hash finds accidents, not forgers.

use super::limits;
use std::ops::Range;
use xxhash_rust::xxh3::Xxh3;

/// Key of the hash in the metadata.
pub(super) const KEY: &str = "vigil.xxh3_128";

/// What stands in the place of the hash while it is computed: as many digits.
pub(super) const EMPTY: &str = "00000000000000000000000000000000";

/// Writes the hash of a finished file into it.
pub(super) fn set(file: &mut [u8]) {
    let place = place(file).expect("a finished file has a place for its hash");
    let hash = hash(file, &place);
    file[place].copy_from_slice(hash.as_bytes());
}

/// Whether a file is as it was made.
pub(super) fn holds(file: &[u8]) -> bool {
    place(file).is_some_and(|place| file[place.clone()] == *hash(file, &place).as_bytes())
}

/// Where the hash stands: behind the last place that looks like its key, because the metadata end the file.
fn place(file: &[u8]) -> Option<Range<usize>> {
    let footer = limits::footer(file)?;
    // The key, then the header of a field of the next number with a string, then the length of that string.
    let mark = [KEY.as_bytes(), &[0x18, EMPTY.len() as u8]].concat();
    let found = file[footer.clone()]
        .windows(mark.len())
        .rposition(|window| window == mark)?;
    let start = footer.start + found + mark.len();
    let end = start + EMPTY.len();
    (end <= footer.end).then_some(start..end)
}

fn hash(file: &[u8], place: &Range<usize>) -> String {
    let mut hash = Xxh3::new();
    hash.update(&file[..place.start]);
    hash.update(EMPTY.as_bytes());
    hash.update(&file[place.end..]);
    format!("{:032x}", hash.digest128())
}
