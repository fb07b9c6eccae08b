//! Growing one isolation tree.

#[cfg(test)]
mod tests;

use super::random::Random;
use super::trees::Record;
use std::iter;
use std::ops::Range;

/// Training rows with missing values filled in on access.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) cells: &'a [f64],
    pub(super) n_features: usize,
    pub(super) fills: &'a [f64],
}

impl Rows<'_> {
    pub(super) fn len(&self) -> usize {
        self.cells.len() / self.n_features
    }

    fn get(&self, row: u32, feature: u16) -> f64 {
        let feature = usize::from(feature);
        let value = self.cells[row as usize * self.n_features + feature];
        if value.is_nan() {
            self.fills[feature]
        } else {
            value
        }
    }

    /// Smallest and largest value of a feature in some rows.
    fn extremes(&self, rows: &[u32], feature: u16) -> (f64, f64) {
        rows.iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &row| {
                let value = self.get(row, feature);
                (
                    if value < low { value } else { low },
                    if value > high { value } else { high },
                )
            })
    }
}

/// Buffers that trees share.
#[derive(Debug)]
pub(super) struct Grower<'a> {
    rows: Rows<'a>,
    /// Features that vary.
    features: Vec<u16>,
    sample_size: u32,
    max_depth: u32,
    taken: Vec<bool>,
}

impl<'a> Grower<'a> {
    /// `features` are those that trees may split on.
    pub(super) fn new(
        rows: Rows<'a>,
        features: Vec<u16>,
        sample_size: u32,
        max_depth: u32,
    ) -> Self {
        let taken = vec![false; rows.len()];
        Self {
            rows,
            features,
            sample_size,
            max_depth,
            taken,
        }
    }

    /// Grows a tree on a fresh sample. Its nodes come in level order.
    pub(super) fn grow(&mut self, random: &mut Random) -> Vec<Record> {
        let mut sample = self.sample(random);
        // Its order carries over from node to node, which is harmless: each draw is uniform in any order.
        let mut features = self.features.clone();
        let mut records = Vec::with_capacity(sample.len());
        let mut level: Vec<Range<usize>> = iter::once(0..sample.len()).collect();
        for depth in 0.. {
            let mut below = Vec::new();
            for node in level {
                let rows = &mut sample[node.clone()];
                let split = if depth < self.max_depth && rows.len() > 1 {
                    self.split(rows, &mut features, random)
                } else {
                    None
                };
                let Some((feature, threshold)) = split else {
                    records.push(Record::Leaf {
                        size: node.len() as u32,
                    });
                    continue;
                };
                let middle = node.start + self.partition(rows, feature, threshold);
                records.push(Record::Split { feature, threshold });
                below.extend::<[Range<usize>; 2]>([node.start..middle, middle..node.end]);
            }
            if below.is_empty() {
                break;
            }
            level = below;
        }
        records
    }

    /// Distinct random rows (Floyd's algorithm: Bentley and Floyd, "A sample of brilliance", 1987).
    fn sample(&mut self, random: &mut Random) -> Vec<u32> {
        let n = self.rows.len() as u64;
        let mut sample = Vec::with_capacity(self.sample_size as usize);
        for last in n - u64::from(self.sample_size)..n {
            let drawn = random.below(last + 1) as usize;
            let row = if self.taken[drawn] {
                last as usize
            } else {
                drawn
            };
            self.taken[row] = true;
            sample.push(row as u32);
        }
        for &row in &sample {
            self.taken[row as usize] = false;
        }
        sample
    }

    /// A feature, uniform among those that vary in the rows, and a threshold, uniform from its smallest up to but not
    /// including its largest value, so that both sides get rows. `None` when no feature varies.
    fn split(&self, rows: &[u32], features: &mut [u16], random: &mut Random) -> Option<(u16, f64)> {
        let mut untried = features.len();
        while untried > 0 {
            let drawn = random.below(untried as u64) as usize;
            let feature = features[drawn];
            let (low, high) = self.rows.extremes(rows, feature);
            if low < high {
                let threshold = low + random.unit() * (high - low);
                return Some((feature, if threshold < high { threshold } else { low }));
            }
            untried -= 1;
            features.swap(drawn, untried);
        }
        None
    }

    /// Moves the rows at or below the threshold to the front and returns their number.
    fn partition(&self, rows: &mut [u32], feature: u16, threshold: f64) -> usize {
        let mut left = 0;
        for at in 0..rows.len() {
            if self.rows.get(rows[at], feature) <= threshold {
                rows.swap(left, at);
                left += 1;
            }
        }
        left
    }
}
