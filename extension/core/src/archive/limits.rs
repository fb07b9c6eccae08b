//! What a file may claim: the Parquet reader makes room for what it is told, and would take the server down with a file
//! that tells it enough.

use super::MAX_CHUNKS;
use super::thrift::{Cursor, I32, Kind, STRUCT};
use parquet::basic::Encoding;
use std::ops::Range;

const MAGIC: &[u8] = b"PAR1";

/// The length of the footer and the magic bytes behind it.
const TAIL: usize = 8;

/// Most elements of all lists in a footer: for each chunk of a column itself, three encodings, a part of its path, three
/// statistics of encodings and two of levels; one for each column; and some.
const MAX_ELEMENTS: usize = 12 * MAX_CHUNKS;

/// Most bytes of the pages of a row group when they are not compressed. A writer puts some 4 million values into one,
/// or 1024 rows of 16384 metrics; names of devices are short.
const MAX_GROUP_BYTES: usize = 320 << 20;

/// Most entries of a dictionary, of which a writer makes 4 MiB and then those of a block of values.
const MAX_DICTIONARY: usize = 2 << 20;

/// Where the footer is.
pub(super) fn footer(file: &[u8]) -> Option<Range<usize>> {
    let end = file.len().checked_sub(TAIL)?;
    let (length, magic) = file[end..].split_at(4);
    let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
    let start = end.checked_sub(length)?;
    (start >= MAGIC.len() && file.starts_with(MAGIC) && magic == MAGIC).then_some(start..end)
}

/// Whether the lists of a footer are there, and not too many.
pub(super) fn footer_is_bounded(footer: &[u8]) -> bool {
    Cursor::new(footer, MAX_ELEMENTS).skip(STRUCT, 0).is_some()
}

/// What the pages of a row group claim together.
#[derive(Debug)]
pub(super) struct Budget {
    bytes: usize,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self {
            bytes: MAX_GROUP_BYTES,
        }
    }

    /// Whether the pages of a column make up its whole chunk, hold as many values as there are rows, are in one of the
    /// encodings, and take no more room than the row group has left.
    pub(super) fn allows(&mut self, chunk: &[u8], rows: usize, encodings: &[Encoding]) -> bool {
        self.pages(chunk, encodings) == Some(rows)
    }

    fn pages(&mut self, mut chunk: &[u8], encodings: &[Encoding]) -> Option<usize> {
        let mut values = 0_usize;
        let mut first = true;
        while !chunk.is_empty() {
            let page = Page::read(chunk)?;
            chunk = chunk.get(page.header + page.compressed..)?;
            self.bytes = self.bytes.checked_sub(page.uncompressed)?;
            if page.is_dictionary {
                // One comes first, and each entry of it takes four bytes at least.
                let most = MAX_DICTIONARY.min(page.uncompressed / 4);
                if !first || page.values > most {
                    return None;
                }
            } else {
                if !encodings
                    .iter()
                    .any(|&encoding| encoding as i64 == page.encoding)
                {
                    return None;
                }
                values = values.checked_add(page.values)?;
            }
            first = false;
        }
        Some(values)
    }
}

/// What the header of a page says.
#[derive(Debug, Default)]
struct Page {
    header: usize,
    compressed: usize,
    uncompressed: usize,
    values: usize,
    encoding: i64,
    is_dictionary: bool,
}

impl Page {
    /// Reads the header of a page of data in the first version of the format, or of a dictionary.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes, 0);
        let mut page = Self::default();
        let (mut kind, mut data, mut dictionary) = (-1, false, false);
        let mut sizes = (-1, -1);
        cursor.fields(|cursor, number, field| {
            match (number, field) {
                (1, I32) => kind = cursor.integer()?,
                (2, I32) => sizes.0 = cursor.integer()?,
                (3, I32) => sizes.1 = cursor.integer()?,
                (5, STRUCT) => data = page.content(cursor)?,
                (7, STRUCT) => dictionary = page.content(cursor)?,
                (8, _) => return None,
                _ => return Some(false),
            }
            Some(true)
        })?;
        page.header = bytes.len() - cursor.remaining();
        page.uncompressed = usize::try_from(sizes.0).ok()?;
        page.compressed = usize::try_from(sizes.1).ok()?;
        page.is_dictionary = kind == 2;
        let is_known = match kind {
            0 => data && !dictionary,
            2 => dictionary && !data,
            _ => false,
        };
        is_known.then_some(page)
    }

    /// Reads what both kinds of pages say first: the number of values and their encoding.
    fn content(&mut self, cursor: &mut Cursor<'_>) -> Option<bool> {
        let mut values = -1;
        let mut encoding = -1;
        cursor.fields(|cursor, number, field: Kind| {
            match (number, field) {
                (1, I32) => values = cursor.integer()?,
                (2, I32) => encoding = cursor.integer()?,
                _ => return Some(false),
            }
            Some(true)
        })?;
        self.values = usize::try_from(values).ok()?;
        self.encoding = encoding;
        Some(true)
    }
}

#[cfg(test)]
mod tests;
