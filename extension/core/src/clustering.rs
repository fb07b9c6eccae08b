//! Clusters: groups of rows that are alike, by k-means and by density.
//!
//! Distances are Euclidean. By default each feature is divided by its standard deviation, so that its unit does not
//! matter; a feature that never varies is then left out. A missing value (NaN) counts as the mean of its feature.

pub mod dbscan;
pub mod kmeans;
mod scaling;

/// Element operations between two calls of the interrupt check: about a millisecond.
const INTERRUPT_CELLS: usize = 1 << 20;

/// Squared Euclidean distance. Four sums instead of one, which the processor adds up at once; the order is fixed, so that
/// the result is the same on every machine.
fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    let (a_fours, b_fours) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let mut sums = [0.0; 4];
    for (a, b) in a_fours.0.iter().zip(b_fours.0) {
        for lane in 0..4 {
            let difference = a[lane] - b[lane];
            sums[lane] += difference * difference;
        }
    }
    let rest: f64 = a_fours
        .1
        .iter()
        .zip(b_fours.1)
        .map(|(a, b)| (a - b) * (a - b))
        .sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// Calls the interrupt check when enough work was done since the last time.
struct Pace<'a> {
    interrupt: &'a mut dyn FnMut(),
    cells: usize,
}

impl<'a> Pace<'a> {
    fn new(interrupt: &'a mut dyn FnMut()) -> Self {
        Self {
            interrupt,
            cells: 0,
        }
    }

    /// Counts element operations that were done.
    fn did(&mut self, cells: usize) {
        self.cells += cells;
        if self.cells >= INTERRUPT_CELLS {
            self.cells = 0;
            (self.interrupt)();
        }
    }
}
