//! Byte form of [`AxisTrees`]: the nodes of each tree in level order, `u16` column and `f64` threshold of a split, or
//! [`LEAF`], the `u32` number of training rows of a leaf and, where density counts, the `f32` logarithm of theirs.

use super::nodes::{AxisTrees, Split};
use crate::codec::{Reader, Writer};
use crate::error::Result;
use crate::forest::grow::Record;
use crate::forest::shape::{Leaf, Shape};

/// Stands for the column of a leaf; columns are fewer.
const LEAF: u16 = u16::MAX;

impl AxisTrees {
    pub(crate) fn write(&self, out: &mut Writer) {
        for record in self.records() {
            match record {
                Record::Split(Split { column, threshold }) => {
                    out.u16(column);
                    out.f64(threshold);
                }
                Record::Leaf(leaf) => {
                    out.u16(LEAF);
                    leaf.write(&self.shape, out);
                }
            }
        }
    }

    pub(crate) fn read(input: &mut Reader<'_>, n_trees: u32, shape: Shape) -> Result<Self> {
        let mut trees = Self::new(shape);
        for _ in 0..n_trees {
            trees.push(|| match input.u16()? {
                LEAF => Ok(Record::Leaf(Leaf::read(&shape, input)?)),
                column => Ok(Record::Split(Split {
                    column,
                    threshold: input.f64_within(f64::MAX)?,
                })),
            })?;
        }
        Ok(trees)
    }
}
