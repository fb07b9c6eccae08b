//! Growing one tree, whatever its splits are.

use super::random::Random;
use super::sample::Sampler;
use super::shape::{Leaf, Metric, Shape};
use crate::codec::Kind;
use crate::error::Result;
use std::iter;
use std::ops::Range;

/// A node as it is grown and stored. The nodes of a tree come in level order, from left to right, which alone fixes who
/// the children are: the next split's children follow those of the split before.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Record<S> {
    /// Where the rows part.
    Split(S),
    /// The end of a path.
    Leaf(Leaf),
}

/// Rows of a node, parted.
pub(crate) struct Parted<S> {
    pub(crate) split: S,
    /// Number of rows that went left; they come first now.
    pub(crate) left: usize,
    /// Share of the node's range that lies left of the threshold.
    pub(crate) left_range: f64,
}

/// Where the rows of a node part.
pub(crate) trait Splitter {
    /// What a node keeps of it.
    type Split;

    /// Parts rows so that both sides get some. `None` when they do not differ.
    fn split(&mut self, rows: &mut [u32], random: &mut Random) -> Option<Parted<Self::Split>>;
}

/// A node that waits to be split.
struct Waiting {
    rows: Range<usize>,
    /// 0 where only depth counts.
    log_density: f64,
}

/// Smallest share of a range: what lies on a single value has no volume.
const LEAST_SHARE: f64 = 1e-9;

/// Grows a tree on rows, which it reorders. Its nodes come in level order. `interrupt` is called at every node.
pub(crate) fn grow<S: Splitter>(
    splitter: &mut S,
    sample: &mut [u32],
    shape: &Shape,
    random: &mut Random,
    interrupt: &mut dyn FnMut(),
) -> Vec<Record<S::Split>> {
    let mut records = Vec::with_capacity(sample.len());
    let mut level: Vec<Waiting> = iter::once(Waiting {
        rows: 0..sample.len(),
        log_density: 0.0,
    })
    .collect();
    for depth in 0.. {
        let mut below = Vec::new();
        for node in level {
            interrupt();
            let rows = &mut sample[node.rows.clone()];
            let size = rows.len();
            let parted = if depth < shape.max_depth && size > 1 {
                splitter.split(rows, random)
            } else {
                None
            };
            let Some(Parted {
                split,
                left,
                left_range,
            }) = parted
            else {
                records.push(Record::Leaf(Leaf {
                    size: size as u32,
                    log_density: node.log_density as f32,
                }));
                continue;
            };
            records.push(Record::Split(split));
            let middle = node.rows.start + left;
            for (rows, range) in [
                (node.rows.start..middle, left_range),
                (middle..node.rows.end, 1.0 - left_range),
            ] {
                let log_density = match shape.metric {
                    Metric::Depth => 0.0,
                    Metric::Density => {
                        let share = rows.len() as f64 / size as f64;
                        node.log_density + libm::log(share / range.max(LEAST_SHARE))
                    }
                };
                below.push(Waiting { rows, log_density });
            }
        }
        if below.is_empty() {
            break;
        }
        level = below;
    }
    records
}

/// Grows a tree of a sample of its own for each random stream, and hands the records of each to `push`.
///
/// # Errors
/// Those of `push`.
pub(crate) fn grow_trees<S: Splitter>(
    kind: Kind,
    streams: impl Iterator<Item = Random>,
    sampler: &mut Sampler<'_>,
    shape: &Shape,
    splitter: impl Fn() -> S,
    interrupt: &mut dyn FnMut(),
    mut push: impl FnMut(&mut dyn FnMut() -> Result<Record<S::Split>>) -> Result<()>,
) -> Result<()> {
    for mut random in streams {
        let mut sample = sampler.draw(shape.sample_size, &mut random);
        let records = grow(&mut splitter(), &mut sample, shape, &mut random, interrupt);
        let mut records = records.into_iter();
        push(&mut || {
            records
                .next()
                .ok_or_else(|| kind.corrupt("tree without end"))
        })?;
    }
    Ok(())
}

/// Moves the rows that lie at or below the threshold, by their distances from it, to the front and returns their number;
/// the distances move along. Rows of which it is not known (NaN) go to a side drawn with the shares of the others: both
/// branches, in expectation.
pub(crate) fn part(rows: &mut [u32], distances: &mut [f64], random: &mut Random) -> usize {
    let (mut left, mut known) = (0, 0);
    for at in 0..rows.len() {
        let distance = distances[at];
        if distance.is_nan() {
            continue;
        }
        // Those of which nothing is known gather at the end of what was seen.
        rows.swap(known, at);
        distances.swap(known, at);
        if distance <= 0.0 {
            rows.swap(left, known);
            distances.swap(left, known);
            left += 1;
        }
        known += 1;
    }
    let share = left as f64 / known as f64;
    for at in known..rows.len() {
        if random.unit() < share {
            rows.swap(left, at);
            left += 1;
        }
    }
    left
}
