//! Mergeable means and covariances of several features.

use super::{MAX_FEATURES, check_row, matrix};
use crate::codec::{Kind, Reader, Writer};
use crate::error::{Error, Result};

/// Means and sums of products of deviations over rows that are complete.
///
/// Rows may come in any order and be split over states that are merged in any order: the results agree but for rounding.
/// Deviations below 1e-150 count as none, as their squares are below the smallest double.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Covariance {
    n: u64,
    means: Vec<f64>,
    /// Packed lower triangle.
    products: Vec<f64>,
}

impl Covariance {
    /// A state without rows.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row. A row with a missing value (NaN) says too little and is skipped, but has to have the right length.
    /// O(features²), Welford's method.
    ///
    /// # Errors
    /// [`Error::RowLength`], [`Error::VectorEmpty`], [`Error::TooManyFeatures`], [`Error::ValueOutOfRange`].
    pub fn push(&mut self, values: &[f64]) -> Result<()> {
        if self.means.is_empty() {
            match values.len() {
                0 => return Err(Error::VectorEmpty),
                1..=MAX_FEATURES => {}
                features => {
                    return Err(Error::TooManyFeatures {
                        features,
                        limit: MAX_FEATURES,
                    });
                }
            }
            self.means = vec![0.0; values.len()];
            self.products = vec![0.0; matrix::cells(values.len())];
        }
        self.check_width(values.len())?;
        check_row(values, self.width())?;
        if values.iter().any(|value| value.is_nan()) {
            return Ok(());
        }
        self.n += 1;
        let n = self.n as f64;
        let mut cells = self.products.iter_mut();
        // Deviations from the old means, and from the new ones.
        let mut deviations = Vec::with_capacity(values.len());
        for (mean, &value) in self.means.iter_mut().zip(values) {
            let deviation = value - *mean;
            *mean += deviation / n;
            deviations.push(deviation);
            let fresh = value - *mean;
            for (old, cell) in deviations.iter().zip(cells.by_ref()) {
                *cell += old * fresh;
            }
        }
        Ok(())
    }

    /// Adds the rows of another state (Chan, Golub and LeVeque, 1983).
    ///
    /// # Errors
    /// [`Error::RowLength`].
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if other.means.is_empty() {
            return Ok(());
        }
        if self.means.is_empty() {
            self.clone_from(other);
            return Ok(());
        }
        self.check_width(other.width())?;
        if other.n == 0 {
            return Ok(());
        }
        let (n, m) = (self.n as f64, other.n as f64);
        let share = m / (n + m);
        let apart: Vec<f64> = (self.means.iter().zip(&other.means))
            .map(|(mean, other)| other - mean)
            .collect();
        let mut cell = 0;
        for (i, row) in apart.iter().enumerate() {
            for column in &apart[..=i] {
                self.products[cell] += other.products[cell] + row * column * n * share;
                cell += 1;
            }
        }
        for (mean, apart) in self.means.iter_mut().zip(&apart) {
            *mean += apart * share;
        }
        self.n = self.n.saturating_add(other.n);
        Ok(())
    }

    /// Number of rows.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Number of features.
    #[must_use]
    pub fn width(&self) -> usize {
        self.means.len()
    }

    /// Mean of each feature; missing without rows.
    pub(super) fn means(&self) -> Vec<f64> {
        self.means.clone()
    }

    /// Sample standard deviation (divisor n - 1) of each feature; 0 for fewer than two rows.
    pub(super) fn deviations(&self) -> Vec<f64> {
        let divisor = self.n.saturating_sub(1).max(1) as f64;
        (0..self.width())
            .map(|i| (self.products[matrix::at(i, i)].max(0.0) / divisor).sqrt())
            .collect()
    }

    /// Correlation of two features, -1 to 1; `None` where one of them does not vary.
    pub(super) fn correlation(&self, i: usize, j: usize) -> Option<f64> {
        let root = |i| self.products[matrix::at(i, i)].max(0.0).sqrt();
        let both = root(i) * root(j);
        (both > 0.0).then(|| (self.products[matrix::at(i, j)] / both).clamp(-1.0, 1.0))
    }

    /// Packed correlations of all features. One that does not vary is uncorrelated with the others.
    pub(super) fn correlations(&self) -> Vec<f64> {
        let pairs = (0..self.width()).flat_map(|i| (0..=i).map(move |j| (i, j)));
        pairs
            .map(|(i, j)| match self.correlation(i, j) {
                _ if i == j => 1.0,
                Some(correlation) => correlation,
                None => 0.0,
            })
            .collect()
    }

    /// The byte form: number of features (`u16`) and rows (`u64`), means, packed sums of products.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let numbers = self.means.len() + self.products.len();
        let mut out = Writer::new(Kind::Covariance, 10 + 8 * numbers);
        out.u16(self.width() as u16);
        out.u64(self.n);
        for &number in self.means.iter().chain(&self.products) {
            out.f64(number);
        }
        out.finish()
    }

    /// Reads the byte form.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for anything that [`Covariance::to_bytes`] cannot have written, [`Error::NewerVersion`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader::open(Kind::Covariance, bytes)?;
        let (width, n) = (usize::from(input.u16()?), input.u64()?);
        if width > MAX_FEATURES || n > i64::MAX as u64 || (width == 0 && n > 0) {
            return Err(input.corrupt("wrong number of features or rows"));
        }
        let means = read_numbers(&mut input, width, crate::vector::MAX_MAGNITUDE)?;
        let products = read_numbers(&mut input, matrix::cells(width), MAX_PRODUCT)?;
        if (0..width).any(|i| products[matrix::at(i, i)] < 0.0) {
            return Err(input.corrupt("negative variance"));
        }
        input.finish()?;
        Ok(Self { n, means, products })
    }

    fn check_width(&self, got: usize) -> Result<()> {
        let expected = self.width();
        if got == expected {
            Ok(())
        } else {
            Err(Error::RowLength { expected, got })
        }
    }
}

/// Largest magnitude of a sum of products that can be read: far above any that values allow, and its product with another
/// is still finite.
const MAX_PRODUCT: f64 = 1e250;

/// Reads doubles.
pub(super) fn read_numbers(input: &mut Reader<'_>, n: usize, limit: f64) -> Result<Vec<f64>> {
    (0..n).map(|_| input.f64_within(limit)).collect()
}
