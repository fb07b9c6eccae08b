//! Lengths of paths in isolation trees.

#[cfg(test)]
mod tests;

/// Average path length of an unsuccessful search in a binary tree of `n` nodes: the expected depth of what a leaf of `n`
/// rows would still be split into, and the normaliser of scores (equation 1 of Liu, Ting and Zhou).
///
/// The approximation of the paper, as scikit-learn computes it: `2 (ln(n - 1) + γ) - 2 (n - 1) / n`, and 1 for two rows.
#[must_use]
pub(crate) fn average_length(n: u32) -> f64 {
    const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;
    match n {
        0 | 1 => 0.0,
        2 => 1.0,
        n => {
            let below = f64::from(n - 1);
            2.0 * (libm::log(below) + EULER_GAMMA) - 2.0 * below / f64::from(n)
        }
    }
}

/// `ceil(log2(n))`: the height of a balanced tree over `n` rows, beyond which a path says nothing about anomaly.
#[must_use]
pub(crate) const fn height_limit(n: u32) -> u32 {
    if n < 2 { 0 } else { (n - 1).ilog2() + 1 }
}
