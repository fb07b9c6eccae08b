//! Pearson's chi-squared tests of counts.

use super::counts;
use crate::error::{Error, Result};
use statrs::function::gamma::gamma_ur;

/// Smallest expected count with which the distribution of the statistic is near enough to chi-squared for a p-value
/// (Cochran, "Some methods for strengthening the common χ² tests", 1954).
pub const MIN_EXPECTED: f64 = 1.0;

/// Outcome of a test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChiSquared {
    /// Sum of `(observed - expected)² / expected`.
    pub statistic: f64,
    /// Probability of a statistic at least as large under the null hypothesis. `None` without degrees of freedom and
    /// where an expected count is below [`MIN_EXPECTED`].
    pub p_value: Option<f64>,
    /// Degrees of freedom.
    pub degrees_of_freedom: u64,
    /// Effect size, which does not grow with the counts: Cohen's w of a goodness of fit, Cramér's V (0 to 1) of a table.
    /// About 0.1 is small, 0.3 medium, 0.5 large (Cohen, "Statistical Power Analysis", 1988). `None` without degrees of
    /// freedom.
    pub effect_size: Option<f64>,
    /// Smallest expected count. From 5 on the p-value is good to all purposes.
    pub min_expected: f64,
    /// Sum of the counts.
    pub n: f64,
}

/// Whether observed counts come from a distribution given by expected counts; without those, from the uniform one. O(n).
///
/// # Errors
/// [`Error::LengthsDiffer`], [`Error::Count`], [`Error::ExpectedCount`] for an expected count that is not above 0,
/// [`Error::ExpectedSum`] where the sums differ by more than rounding, [`Error::EmptySample`] for a sum of 0,
/// [`Error::VectorEmpty`], [`Error::ValueOutOfRange`], [`Error::VectorTooLong`].
pub fn goodness_of_fit(observed: &[f64], expected: Option<&[f64]>) -> Result<ChiSquared> {
    let n = counts::total(observed)?;
    if n == 0.0 {
        return Err(Error::EmptySample("observed"));
    }
    let uniform;
    let expected = match expected {
        Some(expected) if expected.len() != observed.len() => {
            return Err(Error::LengthsDiffer(observed.len(), expected.len()));
        }
        Some(expected) => {
            let sum = counts::total(expected)?;
            if let Some(index) = expected.iter().position(|&count| count == 0.0) {
                return Err(Error::ExpectedCount(index + 1));
            }
            if (sum - n).abs() > 1e-8 * sum.min(n) {
                return Err(Error::ExpectedSum);
            }
            expected
        }
        None => {
            uniform = vec![n / observed.len() as f64; observed.len()];
            &uniform
        }
    };
    let cells = observed.iter().copied().zip(expected.iter().copied());
    Ok(outcome(cells, observed.len() as u64 - 1, n, 1.0))
}

/// Whether the rows of a table have one distribution over its columns: the test of independence. `cells` has one row after
/// the other. Rows and columns of zeros only say nothing and are left out. O(cells).
///
/// With `yates`, a table with one degree of freedom is corrected for continuity (Yates, 1934).
///
/// # Errors
/// [`Error::Count`], [`Error::EmptySample`] for a sum of 0, [`Error::VectorEmpty`], [`Error::ValueOutOfRange`],
/// [`Error::VectorTooLong`] for more than 16384 cells, [`Error::LengthsDiffer`] for a last row that is not full.
pub fn contingency(cells: &[f64], columns: usize, yates: bool) -> Result<ChiSquared> {
    let n = counts::total(cells)?;
    if columns == 0 || !cells.len().is_multiple_of(columns) {
        return Err(Error::LengthsDiffer(cells.len(), columns));
    }
    if n == 0.0 {
        return Err(Error::EmptySample("observed"));
    }
    let row_sums: Vec<f64> = cells.chunks(columns).map(|row| row.iter().sum()).collect();
    let column_sums: Vec<f64> = (0..columns)
        .map(|column| cells.iter().skip(column).step_by(columns).sum())
        .collect();
    let used = |sums: &[f64]| sums.iter().filter(|&&sum| sum > 0.0).count() as u64;
    let (rows, used_columns) = (used(&row_sums), used(&column_sums));
    let degrees = (rows - 1) * (used_columns - 1);
    let correction = if yates && degrees == 1 { 0.5 } else { 0.0 };
    let expected = row_sums
        .iter()
        .flat_map(|row| column_sums.iter().map(move |column| row * (column / n)));
    let cells = cells
        .iter()
        .copied()
        .zip(expected)
        .map(|(count, expected)| {
            let apart = expected - count;
            let moved = f64::min(correction, apart.abs());
            (count + moved.copysign(apart), expected)
        });
    let dimension = rows.min(used_columns).saturating_sub(1) as f64;
    Ok(outcome(cells, degrees, n, dimension))
}

/// Whether two samples have one distribution over categories, from their counts: [`contingency`] of a table of two rows.
///
/// # Errors
/// As [`contingency`], [`Error::LengthsDiffer`], and [`Error::EmptySample`] for a side that sums to 0.
pub fn homogeneity(reference: &[f64], current: &[f64]) -> Result<ChiSquared> {
    if reference.len() != current.len() {
        return Err(Error::LengthsDiffer(reference.len(), current.len()));
    }
    for (side, values) in [("reference", reference), ("current", current)] {
        if counts::total(values)? == 0.0 {
            return Err(Error::EmptySample(side));
        }
    }
    contingency(&[reference, current].concat(), reference.len(), false)
}

/// The test of pairs of an observed and an expected count. `dimension` is the largest possible `statistic / n` of a table.
fn outcome(
    cells: impl Iterator<Item = (f64, f64)>,
    degrees_of_freedom: u64,
    n: f64,
    dimension: f64,
) -> ChiSquared {
    let (mut statistic, mut min_expected) = (0.0, f64::INFINITY);
    // An expected count of 0 belongs to a row or column of zeros.
    for (observed, expected) in cells.filter(|&(_, expected)| expected > 0.0) {
        let apart = observed - expected;
        statistic += apart / expected * apart;
        min_expected = f64::min(min_expected, expected);
    }
    if min_expected == f64::INFINITY {
        min_expected = 0.0;
    }
    let has_freedom = degrees_of_freedom > 0;
    ChiSquared {
        statistic,
        p_value: (has_freedom && min_expected >= MIN_EXPECTED)
            .then(|| survival(statistic, degrees_of_freedom)),
        degrees_of_freedom,
        effect_size: has_freedom.then(|| (statistic / n / dimension).sqrt()),
        min_expected,
        n,
    }
}

/// Probability that a chi-squared variable is at least `statistic`: the regularised upper incomplete gamma function.
fn survival(statistic: f64, degrees_of_freedom: u64) -> f64 {
    if statistic <= 0.0 {
        return 1.0;
    }
    gamma_ur(degrees_of_freedom as f64 / 2.0, statistic / 2.0).clamp(0.0, 1.0)
}
