//! Scoring by the ranks that values have among the thresholds of a forest.

mod blocks;
mod machine;
mod merge;
mod on_demand;
mod table;
mod tables;
mod walk;

use super::nodes::AxisTrees;
use crate::forest::columns::Columns;
pub(crate) use blocks::{BLOCK, Room};
use blocks::{Block, Blocks};
pub(crate) use on_demand::RankedOnDemand;
use tables::Tables;
use walk::Walk;

/// A forest made for scoring by ranks. Making it takes as long as scoring some hundred rows.
#[derive(Debug, Clone)]
pub(crate) struct Ranked {
    tables: Tables,
    blocks: Blocks,
    /// `None` for trees that one row cannot walk by ranks.
    walk: Option<Walk>,
}

impl Ranked {
    /// `None` for trees too large for it.
    pub(crate) fn new(trees: &AxisTrees, columns: &Columns) -> Option<Self> {
        let settled = settled(trees);
        let nodes = trees.nodes.iter().zip(&settled);
        let splits = nodes.filter(|(_, value)| value.is_none());
        let tables = Tables::new(
            columns.len(),
            splits.map(|(node, _)| (node.column as usize, node.threshold())),
        )?;
        Some(Self {
            blocks: Blocks::new(trees, &settled, &tables)?,
            walk: Walk::new(trees, &settled, &tables),
            tables,
        })
    }

    /// Sum over the trees of what the leaves of a row count, added in the order of the trees. `None` where a row must
    /// walk by its values.
    pub(crate) fn total(&self, row: &[f64], columns: &Columns) -> Option<f64> {
        let walk = self.walk.as_ref()?;
        Some(walk.total(&self.tables, columns, row))
    }

    /// Adds such sums to `totals`, one for each row of at most [`BLOCK`] rows.
    pub(crate) fn totals(
        &self,
        rows: &[f64],
        columns: &Columns,
        room: &mut Room,
        totals: &mut [f64],
    ) {
        machine::run(Block {
            blocks: &self.blocks,
            tables: &self.tables,
            columns,
            rows,
            room,
            totals,
        });
    }

    /// Room to score blocks in.
    pub(crate) fn room(&self) -> Room {
        self.blocks.room(&self.tables)
    }
}

/// What each node counts below which it does not matter where a row goes, as below one with two rows. Such a node is as
/// good as a leaf.
fn settled(trees: &AxisTrees) -> Vec<Option<f64>> {
    let mut settled: Vec<Option<f64>> = vec![None; trees.n_nodes()];
    for (at, node) in trees.nodes.iter().enumerate().rev() {
        settled[at] = if trees.is_leaf(node) {
            Some(node.value())
        } else {
            let left = node.left as usize;
            settled[left].filter(|_| settled[left] == settled[left + 1])
        };
    }
    settled
}

#[cfg(test)]
mod tests;
