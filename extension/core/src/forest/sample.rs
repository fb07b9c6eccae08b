//! The rows that a tree is grown on.

#[cfg(test)]
mod tests;

use super::random::Random;

/// Draws distinct rows.
#[derive(Debug)]
pub(crate) struct Sampler<'a> {
    n_rows: usize,
    /// How much more often a row is drawn than others; all alike where there are none.
    weights: Option<&'a [f64]>,
    taken: Vec<bool>,
}

impl<'a> Sampler<'a> {
    pub(crate) fn new(n_rows: usize, weights: Option<&'a [f64]>) -> Self {
        Self {
            n_rows,
            weights,
            taken: vec![false; n_rows],
        }
    }

    /// `size` distinct random rows of at least as many.
    pub(crate) fn draw(&mut self, size: u32, random: &mut Random) -> Vec<u32> {
        match self.weights {
            None => self.uniform(size, random),
            Some(weights) => weighted(weights, size as usize, random),
        }
    }

    /// Floyd's algorithm: Bentley and Floyd, "A sample of brilliance", 1987.
    fn uniform(&mut self, size: u32, random: &mut Random) -> Vec<u32> {
        let n = self.n_rows as u64;
        let mut sample = Vec::with_capacity(size as usize);
        for last in n - u64::from(size)..n {
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
}

/// The rows with the largest `u^(1/weight)`: Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006.
fn weighted(weights: &[f64], size: usize, random: &mut Random) -> Vec<u32> {
    let mut keyed: Vec<(f64, u32)> = weights
        .iter()
        .zip(0..)
        // 1 - unit() is in (0, 1], where the logarithm is finite.
        .map(|(weight, row)| (-libm::log(1.0 - random.unit()) / weight, row))
        .collect();
    if size < keyed.len() {
        keyed.select_nth_unstable_by(size, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        keyed.truncate(size);
    }
    keyed.into_iter().map(|(_, row)| row).collect()
}
