//! A random sample of the rows, and the best of several starts on it.

use super::lloyd::{self, Fit};
use super::{KMeans, KMeansOptions, MAX_CENTRE_NUMBERS, MAX_CLUSTERS};
use crate::clustering::Pace;
use crate::clustering::scaling::Scaling;
use crate::error::{Error, Result};
use crate::forest::random::Random;
use crate::forest::reservoir::Reservoir;
use crate::vector;

/// Takes in rows in bounded memory and finds clusters in them.
#[derive(Debug, Clone)]
pub struct Trainer {
    clusters: usize,
    options: KMeansOptions,
    /// Made when the first row tells the number of features.
    reservoir: Option<Reservoir>,
}

impl Trainer {
    /// A trainer without rows.
    ///
    /// # Errors
    /// [`Error::Argument`] for other than 1 to [`MAX_CLUSTERS`] clusters.
    pub fn new(clusters: i32, options: KMeansOptions) -> Result<Self> {
        if !(1..=MAX_CLUSTERS).contains(&clusters) {
            return Err(Error::Argument {
                name: "k",
                expected: "an integer from 1 to 1000",
            });
        }
        Ok(Self {
            clusters: clusters as usize,
            options,
            reservoir: None,
        })
    }

    /// Clusters to be found.
    #[must_use]
    pub fn clusters(&self) -> i32 {
        self.clusters as i32
    }

    /// Adds a row; the order of the rows matters for which of them stay in the sample.
    ///
    /// # Errors
    /// [`Error::VectorTooLong`], [`Error::VectorEmpty`], [`Error::ValueOutOfRange`], [`Error::RowLength`],
    /// [`Error::TooManyCentres`], [`Error::OutOfMemory`].
    pub fn push(&mut self, row: &[f64]) -> Result<()> {
        vector::check(row)?;
        let reservoir = match &mut self.reservoir {
            Some(reservoir) => reservoir,
            empty => {
                if self.clusters * row.len() > MAX_CENTRE_NUMBERS {
                    return Err(Error::TooManyCentres(self.clusters, row.len()));
                }
                empty.insert(Reservoir::new(
                    row.len(),
                    self.options.reservoir,
                    self.options.seed,
                )?)
            }
        };
        reservoir.push(row)
    }

    /// Finds the clusters. `interrupt` is called every few milliseconds, so that the caller can cancel by unwinding.
    /// O(starts × iterations × rows of the sample × clusters × features).
    ///
    /// # Errors
    /// [`Error::FewDistinctRows`] for fewer different rows than clusters, [`Error::NothingVaries`],
    /// [`Error::OutOfMemory`].
    pub fn train(&self, interrupt: &mut dyn FnMut()) -> Result<KMeans> {
        let Some(reservoir) = &self.reservoir else {
            return Err(Error::FewDistinctRows(self.clusters, 0));
        };
        let width = reservoir.n_features();
        let mut pace = Pace::new(interrupt);
        let scaling = Scaling::of(
            reservoir.cells(),
            width,
            self.options.standardize,
            &mut pace,
        )?;
        let mut rows = Vec::new();
        rows.try_reserve_exact(reservoir.cells().len())
            .map_err(|_| Error::OutOfMemory(8 * reservoir.cells().len()))?;
        for row in reservoir.cells().chunks_exact(width) {
            pace.did(width);
            scaling.scale(row, &mut rows);
        }
        let mut best: Option<Fit> = None;
        for start in 0..self.options.n_init {
            let mut random = Random::new(self.options.seed, start.into());
            let centres = lloyd::seeds(&rows, width, self.clusters, &mut random, &mut pace)?;
            let fit = lloyd::run(&rows, width, centres, self.options.max_iter, &mut pace);
            if best.as_ref().is_none_or(|best| fit.inertia < best.inertia) {
                best = Some(fit);
            }
        }
        let fit = best.ok_or(Error::FewDistinctRows(self.clusters, 0))?;
        let mut order: Vec<usize> = (0..self.clusters).collect();
        let centre = |index: usize| &fit.centres[index * width..][..width];
        order.sort_by(|&a, &b| {
            let by_size = fit.sizes[b].cmp(&fit.sizes[a]);
            by_size.then_with(|| {
                let mut pairs = centre(a).iter().zip(centre(b));
                let unequal = pairs.find(|(a, b)| a != b);
                unequal.map_or(std::cmp::Ordering::Equal, |(a, b)| a.total_cmp(b))
            })
        });
        Ok(KMeans {
            centres: order.iter().flat_map(|&i| centre(i)).copied().collect(),
            sizes: order.iter().map(|&i| fit.sizes[i]).collect(),
            scaling,
            seed: self.options.seed,
            rows: reservoir.seen(),
            iterations: fit.iterations,
            converged: fit.converged,
            inertia: fit.inertia,
        })
    }
}
