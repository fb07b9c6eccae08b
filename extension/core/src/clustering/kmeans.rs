//! k-means: Lloyd's iteration (Lloyd, "Least squares quantization in PCM", 1982) from the seeds of k-means++ (Arthur and
//! Vassilvitskii, "k-means++: the advantages of careful seeding", 2007).

mod bytes;
mod lloyd;
mod options;
mod trainer;

pub use options::KMeansOptions;
pub use trainer::Trainer;

use super::scaling::Scaling;
use super::squared_distance;
use crate::error::{Error, Result};
use crate::vector;
use serde_json::{Value, json};

/// Most clusters.
pub const MAX_CLUSTERS: i32 = 1000;
/// Most numbers of all centres together: 8 MB.
pub const MAX_CENTRE_NUMBERS: usize = 1 << 20;

/// The centres of clusters. The largest cluster is the first; of two that are as large, the one with the smaller first
/// coordinate.
#[derive(Debug, Clone, PartialEq)]
pub struct KMeans {
    scaling: Scaling,
    /// Coordinates of the centres, one after the other.
    centres: Vec<f64>,
    /// Rows of the sample in each cluster, none of them 0.
    sizes: Vec<u64>,
    seed: u64,
    /// Rows seen; of them, the sizes add up to those in the sample.
    rows: u64,
    iterations: u32,
    converged: bool,
    /// Sum of squared distances of the sample's rows to their centres, in squared coordinates.
    inertia: f64,
}

/// A cluster as its users see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Centre, in the units of the features.
    pub centre: Vec<f64>,
    /// Rows of the sample.
    pub size: u64,
}

impl KMeans {
    /// Length of the vectors.
    #[must_use]
    pub fn n_features(&self) -> usize {
        self.scaling.means.len()
    }

    /// All clusters, the largest first.
    #[must_use]
    pub fn clusters(&self) -> Vec<Cluster> {
        self.centres
            .chunks_exact(self.n_features())
            .zip(&self.sizes)
            .map(|(centre, &size)| Cluster {
                centre: self.scaling.unscale(centre),
                size,
            })
            .collect()
    }

    /// Index of the nearest cluster (of equally near ones the first) and the distance to its centre: in standard
    /// deviations, or in the unit of the values when the model was learned without standardizing. A missing value (NaN)
    /// counts as the mean; `None` when all are missing. O(clusters × features).
    ///
    /// # Errors
    /// [`Error::FeatureCount`], [`Error::ValueOutOfRange`].
    pub fn nearest(&self, row: &[f64]) -> Result<Option<(usize, f64)>> {
        vector::check(row)?;
        let width = self.n_features();
        if row.len() != width {
            return Err(Error::FeatureCount {
                expected: width,
                got: row.len(),
            });
        }
        let mut coordinates = Vec::with_capacity(width);
        if !self.scaling.scale(row, &mut coordinates) {
            return Ok(None);
        }
        let (cluster, square) = nearest(&coordinates, &self.centres);
        Ok(Some((
            cluster,
            square.sqrt() * self.scaling.distance_unit(),
        )))
    }

    /// Facts about the model, as a JSON object.
    #[must_use]
    pub fn info(&self) -> Value {
        let unit = self.scaling.distance_unit();
        let seed = if self.seed > 1 << 53 {
            json!(self.seed.to_string())
        } else {
            json!(self.seed)
        };
        json!({
            "clusters": self.sizes.len(),
            "n_features": self.n_features(),
            "standardize": self.scaling.is_standard,
            "seed": seed,
            "rows": self.rows,
            "sampled_rows": self.sizes.iter().sum::<u64>(),
            "iterations": self.iterations,
            "converged": self.converged,
            "inertia": self.inertia * unit * unit,
        })
    }
}

/// Index of the centre that is nearest to coordinates, and the square of its distance.
fn nearest(coordinates: &[f64], centres: &[f64]) -> (usize, f64) {
    let mut best = (0, f64::INFINITY);
    for (index, centre) in centres.chunks_exact(coordinates.len()).enumerate() {
        let square = squared_distance(coordinates, centre);
        if square < best.1 {
            best = (index, square);
        }
    }
    best
}
