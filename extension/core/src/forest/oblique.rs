//! Trees whose nodes split along directions in the space of all columns: extended isolation forests (Hariri, Carrasco
//! Kind and Brunner, "Extended isolation forest", 2021).

mod batch;
mod bytes;
mod grow;
mod nodes;
mod read;
#[cfg(test)]
mod tests;
mod walk;

pub(crate) use batch::BLOCK;
pub(crate) use grow::{Growth, ObliqueSplitter, ScaledRows};
pub(crate) use nodes::ObliqueTrees;

/// Most columns in one direction.
pub(crate) const MAX_DIMENSIONS: u8 = 8;
