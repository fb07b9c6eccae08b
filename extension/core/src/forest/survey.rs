//! What the training rows tell of each feature.

use super::reservoir::Reservoir;
use super::standard::Standard;
use crate::codec::{Reader, Writer};
use crate::error::Result;
use crate::quantile;

/// What is usual for a feature: quantiles of the reservoir's rows (type 7). All NaN for a feature that was always
/// missing. For a category its most frequent code, three times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TypicalRange {
    /// 1st percentile.
    pub low: f64,
    /// Median: it stands in for a missing value.
    pub median: f64,
    /// 99th percentile.
    pub high: f64,
}

impl TypicalRange {
    const UNSEEN: Self = Self {
        low: f64::NAN,
        median: f64::NAN,
        high: f64::NAN,
    };

    /// What a missing value counts as. No tree splits on a feature that was never seen, so any number does.
    pub(crate) fn fill(&self) -> f64 {
        if self.is_seen() { self.median } else { 0.0 }
    }

    /// Whether the feature was ever seen.
    pub(crate) fn is_seen(&self) -> bool {
        !self.median.is_nan()
    }

    /// Writes a tag, 1 or 0 for a feature that was never seen, and for 1 low, median and high.
    pub(crate) fn write(&self, out: &mut Writer) {
        out.u8(u8::from(self.is_seen()));
        if self.is_seen() {
            for value in [self.low, self.median, self.high] {
                out.f64(value);
            }
        }
    }

    /// Reads what [`TypicalRange::write`] wrote.
    pub(crate) fn read(input: &mut Reader<'_>) -> Result<Self> {
        if !input.tag("unknown feature tag")? {
            return Ok(Self::UNSEEN);
        }
        let low = input.f64_within(f64::MAX)?;
        let median = input.f64_within(f64::MAX)?;
        let high = input.f64_within(f64::MAX)?;
        if low <= median && median <= high {
            Ok(Self { low, median, high })
        } else {
            Err(input.corrupt("typical range out of order"))
        }
    }
}

/// What is known of all features.
pub(crate) struct Survey {
    pub(crate) ranges: Vec<TypicalRange>,
    /// Empty where they are not asked for.
    pub(crate) standards: Vec<Standard>,
    /// Features that vary.
    pub(crate) varying: Vec<u16>,
}

impl Survey {
    /// Looks at all rows of a reservoir. `categorical` features, ascending, are codes of categories.
    ///
    /// # Errors
    /// [`crate::Error::OutOfMemory`].
    pub(crate) fn of(
        reservoir: &Reservoir,
        categorical: &[u16],
        with_standards: bool,
        interrupt: &mut dyn FnMut(),
    ) -> Result<Self> {
        let n_features = reservoir.n_features();
        let mut survey = Self {
            ranges: Vec::with_capacity(n_features),
            standards: Vec::with_capacity(n_features),
            varying: Vec::new(),
        };
        let mut features = 0..;
        reservoir.each_feature(|column| {
            interrupt();
            let feature = features.next().unwrap_or_default();
            let column = known(column);
            if column.iter().any(|value| *value != column[0]) {
                survey.varying.push(feature);
            }
            let range = if categorical.binary_search(&feature).is_ok() {
                let code = most_frequent(column).unwrap_or(f64::NAN);
                TypicalRange {
                    low: code,
                    median: code,
                    high: code,
                }
            } else {
                let mut at = |q| quantile::select(column, q).unwrap_or(f64::NAN);
                TypicalRange {
                    low: at(0.01),
                    median: at(0.5),
                    high: at(0.99),
                }
            };
            if with_standards {
                let standard = Standard::new(column, range.median);
                survey.standards.push(standard);
            }
            survey.ranges.push(range);
        })?;
        Ok(survey)
    }
}

/// The values that are there, moved to the front.
fn known(values: &mut [f64]) -> &mut [f64] {
    let mut count = 0;
    for at in 0..values.len() {
        let value = values[at];
        values[count] = value;
        count += usize::from(!value.is_nan());
    }
    &mut values[..count]
}

/// The smallest of the most frequent values, which are sorted for it.
fn most_frequent(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let runs = values.chunk_by(|a, b| a == b);
    runs.rev()
        .max_by_key(|run| run.len())
        .map(|run| run[0] + 0.0)
}
