//! Seeds and iterations, over coordinates.

use super::nearest;
use crate::clustering::{Pace, squared_distance};
use crate::error::{Error, Result};
use crate::forest::random::Random;

/// Outcome of one start.
pub(super) struct Fit {
    /// Centres, one after the other.
    pub(super) centres: Vec<f64>,
    /// Rows of each cluster, at least 1.
    pub(super) sizes: Vec<u64>,
    pub(super) inertia: f64,
    pub(super) iterations: u32,
    /// Whether the last iteration changed nothing.
    pub(super) converged: bool,
}

/// The seeds of k-means++: each row with a chance that goes with its squared distance from the seeds before.
///
/// # Errors
/// [`Error::FewDistinctRows`].
pub(super) fn seeds(
    rows: &[f64],
    width: usize,
    clusters: usize,
    random: &mut Random,
    pace: &mut Pace<'_>,
) -> Result<Vec<f64>> {
    let n = rows.len() / width;
    let mut centres = Vec::with_capacity(clusters * width);
    let mut squares = vec![f64::INFINITY; n];
    let mut chosen = random.below(n as u64) as usize;
    loop {
        let seed = &rows[chosen * width..][..width];
        centres.extend_from_slice(seed);
        let found = centres.len() / width;
        if found == clusters {
            return Ok(centres);
        }
        let mut total = 0.0;
        for (square, row) in squares.iter_mut().zip(rows.chunks_exact(width)) {
            pace.did(width);
            *square = square.min(squared_distance(row, seed));
            total += *square;
        }
        let mut rest = random.unit() * total;
        // Rounding may leave a rest; the last row that can be chosen takes it.
        let mut candidate = None;
        for (index, &square) in squares.iter().enumerate().filter(|(_, s)| **s > 0.0) {
            candidate = Some(index);
            rest -= square;
            if rest < 0.0 {
                break;
            }
        }
        chosen = candidate.ok_or(Error::FewDistinctRows(clusters, found))?;
    }
}

/// Moves centres to the means of their rows until no row changes its cluster. A cluster that loses all rows starts again
/// at the row that is farthest from its centre.
pub(super) fn run(
    rows: &[f64],
    width: usize,
    mut centres: Vec<f64>,
    max_iterations: u32,
    pace: &mut Pace<'_>,
) -> Fit {
    let (n, clusters) = (rows.len() / width, centres.len() / width);
    let mut assigned = vec![usize::MAX; n];
    let mut squares = vec![0.0; n];
    let mut sizes = vec![0; clusters];
    let mut iterations = 0;
    let converged = loop {
        let mut changed = false;
        sizes.fill(0);
        for ((row, cluster), square) in rows
            .chunks_exact(width)
            .zip(&mut assigned)
            .zip(&mut squares)
        {
            pace.did(clusters * width);
            let (best, distance) = nearest(row, &centres);
            changed |= best != *cluster;
            *cluster = best;
            *square = distance;
            sizes[best] += 1;
        }
        changed |= fill_empty(&mut sizes, &mut assigned, &mut squares);
        if !changed || iterations == max_iterations {
            break !changed;
        }
        iterations += 1;
        move_to_means(rows, width, &mut centres, &assigned, &sizes);
    };
    Fit {
        inertia: squares.iter().sum(),
        centres,
        sizes,
        iterations,
        converged,
    }
}

/// Gives each empty cluster the row that is farthest from its centre; true when there was one.
fn fill_empty(sizes: &mut [u64], assigned: &mut [usize], squares: &mut [f64]) -> bool {
    let mut was_empty = false;
    for empty in 0..sizes.len() {
        if sizes[empty] > 0 {
            continue;
        }
        // Of a cluster with more rows than one, so that it is not emptied in turn.
        let mut farthest: Option<usize> = None;
        for row in 0..assigned.len() {
            if sizes[assigned[row]] > 1 && farthest.is_none_or(|best| squares[row] > squares[best])
            {
                farthest = Some(row);
            }
        }
        let Some(row) = farthest else {
            return was_empty;
        };
        was_empty = true;
        sizes[assigned[row]] -= 1;
        sizes[empty] = 1;
        (assigned[row], squares[row]) = (empty, 0.0);
    }
    was_empty
}

fn move_to_means(
    rows: &[f64],
    width: usize,
    centres: &mut [f64],
    assigned: &[usize],
    sizes: &[u64],
) {
    centres.fill(0.0);
    for (row, &cluster) in rows.chunks_exact(width).zip(assigned) {
        let centre = &mut centres[cluster * width..][..width];
        for (sum, value) in centre.iter_mut().zip(row) {
            *sum += value;
        }
    }
    for (centre, &size) in centres.chunks_exact_mut(width).zip(sizes) {
        for sum in centre {
            *sum /= size as f64;
        }
    }
}
