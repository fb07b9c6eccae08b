//! Trees whose nodes split on one column each: the isolation forest as it was published.

mod blocks;
mod bytes;
mod grow;
mod nodes;
mod ranked;
mod walk;

pub(crate) use grow::{AxisSplitter, FilledRows};
pub(crate) use nodes::{AxisTrees, LEAST_KEY, key};
pub(crate) use ranked::{BLOCK, RankedOnDemand};
pub(crate) use walk::{ROWS, SLOTS};
