//! Counts of categories in a reference and a current sample.

use super::chi_squared::{self, ChiSquared};
use crate::codec::{Kind, Reader, Writer};
use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// Most categories of one comparison.
pub const MAX_CATEGORIES: usize = 8192;

/// Longest name of a category in bytes.
pub const MAX_NAME: usize = 1024;

/// How often each category occurs on both sides, collected row by row and in any order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Categories {
    /// Reference and current count by name.
    counts: BTreeMap<String, [u64; 2]>,
}

impl Categories {
    /// No counts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts a value.
    ///
    /// # Errors
    /// [`Error::TooManyCategories`], [`Error::CategoryTooLong`].
    pub fn push(&mut self, category: &str, is_current: bool) -> Result<()> {
        let added = if is_current { [0, 1] } else { [1, 0] };
        self.add(category, added)
    }

    /// Adds the counts of another state.
    ///
    /// # Errors
    /// [`Error::TooManyCategories`].
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        other
            .counts
            .iter()
            .try_for_each(|(category, &added)| self.add(category, added))
    }

    /// Whether both sides have one distribution over the categories.
    ///
    /// # Errors
    /// [`Error::EmptySample`] naming the side.
    pub fn test(&self) -> Result<ChiSquared> {
        let side = |side: usize| -> Vec<f64> {
            self.counts
                .values()
                .map(|counts| counts[side] as f64)
                .collect()
        };
        if self.counts.is_empty() {
            return Err(Error::EmptySample("reference"));
        }
        chi_squared::homogeneity(&side(0), &side(1))
    }

    /// The byte form: number of categories, then for each the length of its name, the name and both counts, ascending by
    /// name.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new(Kind::Categories, 8 + 32 * self.counts.len());
        out.varint(self.counts.len() as u64);
        for (name, counts) in &self.counts {
            out.varint(name.len() as u64);
            out.raw(name.as_bytes());
            counts.iter().for_each(|&count| out.varint(count));
        }
        out.finish()
    }

    /// Reads the byte form.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for anything that [`Categories::to_bytes`] cannot have written, [`Error::NewerVersion`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader::open(Kind::Categories, bytes)?;
        let n = input.varint()?;
        if n > MAX_CATEGORIES as u64 {
            return Err(input.corrupt("too many categories"));
        }
        let mut counts: BTreeMap<String, [u64; 2]> = BTreeMap::new();
        for _ in 0..n {
            let length = input.varint()?;
            if length > MAX_NAME as u64 {
                return Err(input.corrupt("name too long"));
            }
            let name = input.raw(length as usize)?.to_vec();
            let name =
                String::from_utf8(name).map_err(|_| input.corrupt("name is no valid text"))?;
            if counts
                .last_key_value()
                .is_some_and(|(last, _)| *last >= name)
            {
                return Err(input.corrupt("categories out of order"));
            }
            let both = [input.varint()?, input.varint()?];
            if both == [0, 0] {
                return Err(input.corrupt("category without values"));
            }
            counts.insert(name, both);
        }
        input.finish()?;
        Ok(Self { counts })
    }

    fn add(&mut self, category: &str, added: [u64; 2]) -> Result<()> {
        if let Some(counts) = self.counts.get_mut(category) {
            for (count, added) in counts.iter_mut().zip(added) {
                *count = count.saturating_add(added);
            }
            return Ok(());
        }
        if category.len() > MAX_NAME {
            return Err(Error::CategoryTooLong {
                bytes: category.len(),
                limit: MAX_NAME,
            });
        }
        if self.counts.len() >= MAX_CATEGORIES {
            return Err(Error::TooManyCategories(MAX_CATEGORIES));
        }
        self.counts.insert(category.to_owned(), added);
        Ok(())
    }
}
