//! Thrift's compact protocol, as far as it takes to see what a structure claims without building it.

/// Deepest nesting that is followed.
const MAX_DEPTH: usize = 16;

/// Most elements of one list: a reader makes room for all of them before it sees the first.
const MAX_LIST: usize = 1 << 16;

/// Type of a field or an element, as it is written.
pub(super) type Kind = u8;

const TRUE: Kind = 1;
const FALSE: Kind = 2;
const BYTE: Kind = 3;
const I16: Kind = 4;
pub(super) const I32: Kind = 5;
const I64: Kind = 6;
const DOUBLE: Kind = 7;
const BINARY: Kind = 8;
const LIST: Kind = 9;
const SET: Kind = 10;
pub(super) const STRUCT: Kind = 12;

/// A place in bytes. Every step gives `None` where the bytes end or make no sense.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
    /// Elements of lists that may still come.
    elements: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], elements: usize) -> Self {
        Self {
            rest: bytes,
            elements,
        }
    }

    /// Bytes that are left.
    pub(super) fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Calls `each` with the number and the type of every field of a structure. It reads the field, or leaves it to be
    /// skipped with `Some(false)`.
    pub(super) fn fields(
        &mut self,
        mut each: impl FnMut(&mut Self, i16, Kind) -> Option<bool>,
    ) -> Option<()> {
        self.fields_at(0, &mut each)
    }

    fn fields_at(
        &mut self,
        depth: usize,
        each: &mut dyn FnMut(&mut Self, i16, Kind) -> Option<bool>,
    ) -> Option<()> {
        let mut number = 0_i16;
        loop {
            let header = self.byte()?;
            if header == 0 {
                return Some(());
            }
            number = match header >> 4 {
                0 => i16::try_from(self.zigzag()?).ok()?,
                step => number.checked_add(i16::from(step))?,
            };
            let kind = header & 15;
            if !each(self, number, kind)? {
                self.skip(kind, depth + 1)?;
            }
        }
    }

    /// An integer of any size.
    pub(super) fn integer(&mut self) -> Option<i64> {
        self.zigzag()
    }

    /// Leaves out a value.
    pub(super) fn skip(&mut self, kind: Kind, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        match kind {
            // In a field, the type is the value.
            TRUE | FALSE => Some(()),
            BYTE => self.bytes(1),
            I16 | I32 | I64 => self.varint().map(drop),
            DOUBLE => self.bytes(8),
            BINARY => {
                let length = usize::try_from(self.varint()?).ok()?;
                self.bytes(length)
            }
            LIST | SET => self.skip_list(depth),
            STRUCT => self.fields_at(depth, &mut |_, _, _| Some(false)),
            _ => None,
        }
    }

    fn skip_list(&mut self, depth: usize) -> Option<()> {
        let header = self.byte()?;
        let count = match header >> 4 {
            15 => usize::try_from(self.varint()?).ok()?,
            count => usize::from(count),
        };
        self.elements = self.elements.checked_sub(count)?;
        if count > MAX_LIST {
            return None;
        }
        let kind = header & 15;
        for _ in 0..count {
            match kind {
                TRUE | FALSE => self.bytes(1)?,
                kind => self.skip(kind, depth + 1)?,
            }
        }
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn bytes(&mut self, count: usize) -> Option<()> {
        self.rest = self.rest.get(count..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }
}
