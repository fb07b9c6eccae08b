//! Ranks for those who score many rows.

use super::Ranked;
use crate::forest::axis::nodes::AxisTrees;
use crate::forest::columns::Columns;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Rows scored by then cost as much as making the ranked form, which has paid for itself after some more.
const WORTHWHILE: usize = 256;

/// The ranked form of a forest, made when enough rows were scored. A copy of it starts from nothing.
#[derive(Debug, Default)]
pub(crate) struct RankedOnDemand {
    /// `None` inside for trees too large for it.
    ranked: OnceLock<Option<Ranked>>,
    rows: AtomicUsize,
}

impl Clone for RankedOnDemand {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl RankedOnDemand {
    /// The ranked form for scoring so many rows, `None` while they are too few. It is of the same trees in every call.
    pub(crate) fn get(&self, rows: usize, trees: &AxisTrees, columns: &Columns) -> Option<&Ranked> {
        if self.ranked.get().is_none() {
            // Counts of several threads need no order; sums beyond the greatest number are not in reach.
            let before = self.rows.fetch_add(rows, Ordering::Relaxed);
            if before + rows < WORTHWHILE {
                return None;
            }
        }
        let ranked = self.ranked.get_or_init(|| Ranked::new(trees, columns));
        ranked.as_ref()
    }
}
