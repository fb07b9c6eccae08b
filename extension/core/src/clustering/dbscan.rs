//! Clusters of any shape where rows are dense: DBSCAN (Ester, Kriegel, Sander and Xu, "A density-based algorithm for
//! discovering clusters in large spatial databases with noise", 1996).

use super::scaling::Scaling;
use super::{Pace, squared_distance};
use crate::error::{Error, Result};
use crate::vector;

/// Most rows.
pub const MAX_ROWS: usize = 50_000;
/// Most numbers of all rows together: 64 MiB.
pub const MAX_CELLS: usize = 1 << 23;
/// Features after which a distance that is too large already is given up.
const PART: usize = 16;

/// Rows of one length, collected in bounded memory.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    width: usize,
    cells: Vec<f64>,
    /// Whether each row was there, in order; the cells hold those that were.
    is_present: Vec<bool>,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// Cluster from 1, in the order of their first dense rows; 0 for noise.
    pub cluster: u32,
    /// Whether the row is dense: it has enough neighbours.
    pub is_core: bool,
}

impl Rows {
    /// No rows.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row, NaN for what is missing of it; `None` and a row of nothing but missing values keep a place.
    ///
    /// # Errors
    /// [`Error::TooManyRows`], [`Error::RowLength`], [`Error::VectorEmpty`], [`Error::VectorTooLong`],
    /// [`Error::ValueOutOfRange`], [`Error::OutOfMemory`].
    pub fn push(&mut self, row: Option<&[f64]>) -> Result<()> {
        if self.is_present.len() >= MAX_ROWS {
            return Err(Error::TooManyRows(MAX_ROWS));
        }
        let row = match row {
            Some([]) => return Err(Error::VectorEmpty),
            Some(row) => row,
            None => &[],
        };
        vector::check(row)?;
        if row.iter().all(|value| value.is_nan()) {
            self.is_present.push(false);
            return Ok(());
        }
        if self.width == 0 {
            self.width = row.len();
        }
        if row.len() != self.width {
            return Err(Error::RowLength {
                expected: self.width,
                got: row.len(),
            });
        }
        if self.cells.len() + row.len() > MAX_CELLS {
            return Err(Error::TooManyRows(MAX_CELLS / self.width));
        }
        self.cells
            .try_reserve(row.len())
            .map_err(|_| Error::OutOfMemory(8 * row.len()))?;
        self.cells.extend_from_slice(row);
        self.is_present.push(true);
        Ok(())
    }
}

/// The labels of rows, in order; `None` for rows that are missing.
///
/// A row is dense when at least `min_points` rows, itself among them, are at most `eps` away: in standard deviations with
/// `standardize`, else in the unit of the values. Dense rows that are near each other make a cluster; a row that is near a
/// dense one but not dense itself belongs to the first such cluster. When no feature varies, all rows are one place.
///
/// O(rows² × features) at worst; only rows that are near in the feature that varies most are compared. `interrupt` is
/// called every few milliseconds.
///
/// # Errors
/// [`Error::Argument`] unless `eps` is above 0 and finite and `min_points` is at least 1, [`Error::OutOfMemory`].
pub fn labels(
    rows: &Rows,
    eps: f64,
    min_points: i32,
    standardize: bool,
    interrupt: &mut dyn FnMut(),
) -> Result<Vec<Option<Label>>> {
    if !(eps > 0.0 && eps <= vector::MAX_MAGNITUDE) {
        return Err(Error::Argument {
            name: "eps",
            expected: "a number above 0 and at most 1e100",
        });
    }
    let Some(min_points) = usize::try_from(min_points).ok().filter(|&count| count >= 1) else {
        return Err(Error::Argument {
            name: "min_points",
            expected: "an integer from 1",
        });
    };
    let found = match Space::of(rows, eps, standardize, interrupt) {
        Ok(space) => space.labels(min_points),
        Err(Error::NothingVaries) => {
            let n = rows.is_present.iter().filter(|&&present| present).count();
            let is_core = n >= min_points;
            let cluster = u32::from(is_core);
            vec![Label { cluster, is_core }; n]
        }
        Err(error) => return Err(error),
    };
    let mut found = found.into_iter();
    let place = |&present: &bool| if present { found.next() } else { None };
    Ok(rows.is_present.iter().map(place).collect())
}

/// Coordinates of the rows, ordered along one of them.
struct Space<'a> {
    width: usize,
    cells: Vec<f64>,
    eps: f64,
    /// Coordinate along which neighbours are looked for, and row, ascending.
    along: Vec<(f64, usize)>,
    axis: usize,
    pace: Pace<'a>,
}

impl<'a> Space<'a> {
    fn of(
        rows: &Rows,
        eps: f64,
        standardize: bool,
        interrupt: &'a mut dyn FnMut(),
    ) -> Result<Self> {
        let width = rows.width;
        if width == 0 {
            return Err(Error::NothingVaries);
        }
        let mut pace = Pace::new(interrupt);
        let scaling = Scaling::of(&rows.cells, width, standardize, &mut pace)?;
        let mut cells = Vec::new();
        cells
            .try_reserve_exact(rows.cells.len())
            .map_err(|_| Error::OutOfMemory(8 * rows.cells.len()))?;
        for row in rows.cells.chunks_exact(width) {
            pace.did(width);
            scaling.scale(row, &mut cells);
        }
        let eps = eps / scaling.distance_unit();
        let axis = widest(&cells, width, &mut pace);
        let coordinates = cells.iter().copied().skip(axis).step_by(width);
        let mut along: Vec<(f64, usize)> = coordinates.zip(0..).collect();
        along.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        Ok(Self {
            width,
            cells,
            eps,
            along,
            axis,
            pace,
        })
    }

    fn labels(mut self, min_points: usize) -> Vec<Label> {
        let n = self.along.len();
        let noise = Label {
            cluster: 0,
            is_core: false,
        };
        let mut labels = vec![noise; n];
        let mut was_asked = vec![false; n];
        let mut clusters = 0;
        let (mut neighbours, mut waiting) = (Vec::new(), Vec::new());
        for first in 0..n {
            if was_asked[first] {
                continue;
            }
            waiting.push(first);
            let mut cluster = 0;
            while let Some(row) = waiting.pop() {
                if was_asked[row] {
                    continue;
                }
                was_asked[row] = true;
                self.neighbours(row, &mut neighbours);
                if neighbours.len() < min_points {
                    continue;
                }
                if cluster == 0 {
                    clusters += 1;
                    cluster = clusters;
                }
                labels[row].is_core = true;
                for &neighbour in &neighbours {
                    if labels[neighbour].cluster == 0 {
                        labels[neighbour].cluster = cluster;
                        if !was_asked[neighbour] {
                            waiting.push(neighbour);
                        }
                    }
                }
            }
        }
        labels
    }

    /// The rows at most `eps` away, the row itself included.
    fn neighbours(&mut self, row: usize, found: &mut Vec<usize>) {
        found.clear();
        let here = &self.cells[row * self.width..][..self.width];
        let at = here[self.axis];
        let start = self.along.partition_point(|&(x, _)| x < at - self.eps);
        let limit = self.eps * self.eps;
        for &(x, other) in &self.along[start..] {
            if x > at + self.eps {
                break;
            }
            self.pace.did(self.width.min(PART));
            let there = &self.cells[other * self.width..][..self.width];
            let mut square = 0.0;
            for (here, there) in here.chunks(PART).zip(there.chunks(PART)) {
                square += squared_distance(here, there);
                if square > limit {
                    break;
                }
            }
            if square <= limit {
                found.push(other);
            }
        }
    }
}

/// The coordinate along which a window holds the fewest of the rows, judged by the range that the middle 80 % take up.
fn widest(cells: &[f64], width: usize, pace: &mut Pace<'_>) -> usize {
    let mut best = (0, -1.0);
    let mut column = Vec::new();
    for axis in 0..width {
        // Selecting takes about as long as so many operations.
        pace.did(8 * cells.len() / width);
        column.clear();
        column.extend(cells.iter().copied().skip(axis).step_by(width));
        let at = |column: &mut Vec<f64>, share| crate::quantile::select(column, share);
        let (low, high) = (at(&mut column, 0.1), at(&mut column, 0.9));
        let range = high.unwrap_or(0.0) - low.unwrap_or(0.0);
        if range > best.1 {
            best = (axis, range);
        }
    }
    best.0
}
