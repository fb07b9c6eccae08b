//! Byte form of [`ObliqueTrees`]: the nodes of each tree in level order, `u8` terms, then for a leaf (0 terms) the `u32`
//! number of its training rows and, where density counts, the `f32` logarithm of theirs, or the threshold, the reach
//! where it counts, and per term `u16` column and `f32` coefficient.

use super::MAX_DIMENSIONS;
use super::nodes::{Direction, ObliqueTrees, Term};
use crate::codec::{Kind, Reader, Writer};
use crate::error::Result;
use crate::forest::grow::Record;
use crate::forest::shape::{Leaf, Shape};

impl ObliqueTrees {
    pub(crate) fn write(&self, out: &mut Writer) {
        for record in self.records() {
            match record {
                Record::Leaf(leaf) => {
                    out.u8(0);
                    leaf.write(&self.shape, out);
                }
                Record::Split(Direction {
                    terms,
                    threshold,
                    reach,
                }) => {
                    out.u8(terms.len() as u8);
                    out.f64(threshold);
                    if self.penalize {
                        out.f64(reach);
                    }
                    for term in terms {
                        out.u16(term.column);
                        out.u32(term.coefficient.to_bits());
                    }
                }
            }
        }
    }

    /// Reads trees onto `trees`, which has none.
    pub(crate) fn read(
        kind: Kind,
        input: &mut Reader<'_>,
        n_trees: u32,
        mut trees: Self,
    ) -> Result<Self> {
        let (shape, penalize) = (trees.shape, trees.penalize);
        for _ in 0..n_trees {
            trees.push(kind, || read_record(input, &shape, penalize))?;
        }
        Ok(trees)
    }
}

fn read_record(input: &mut Reader<'_>, shape: &Shape, penalize: bool) -> Result<Record<Direction>> {
    let terms = input.u8()?;
    if terms == 0 {
        return Ok(Record::Leaf(Leaf::read(shape, input)?));
    }
    if terms > MAX_DIMENSIONS {
        return Err(input.corrupt("too many terms"));
    }
    let threshold = input.f64_within(f64::MAX)?;
    let reach = if penalize {
        input.f64_within(f64::MAX)?
    } else {
        f64::INFINITY
    };
    let terms = (0..terms)
        .map(|_| {
            Ok(Term {
                column: input.u16()?,
                coefficient: f32::from_bits(input.u32()?),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Record::Split(Direction {
        terms,
        threshold,
        reach,
    }))
}
