//! Statistics of a whole measurement vector over time: one mergeable state for all elements at once.

mod bytes;
mod collector;
mod element;
mod statistic;

pub use collector::Collector;
pub use statistic::Statistic;

use crate::error::Result;
use crate::moments::{MICROSECONDS, offset};
use crate::vector;
use element::Element;

/// Count, mean, variance, extremes, first and last value and the regression on time of each element of a vector.
///
/// Rows may come in any order and be split over states that are merged in any order. Count, minimum, maximum, first and
/// last are then identical; mean, standard deviation and slope agree but for rounding. Of rows with equal times, the
/// largest value is both first and last, so that order does not matter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stats {
    elements: Vec<Element>,
    span: Option<Span>,
}

/// Times of the rows seen.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Span {
    /// Zero of the times inside the moments.
    origin: i64,
    first: i64,
    last: i64,
}

impl Stats {
    /// An empty state.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row: `ts` in microseconds since 2000-01-01 UTC, NaN for missing elements. A row longer than the ones
    /// before grows the state; the elements it lacks are missing.
    ///
    /// # Errors
    /// [`crate::Error::VectorTooLong`] and [`crate::Error::ValueOutOfRange`]; the state is then unchanged.
    pub fn push(&mut self, ts: i64, values: &[f64]) -> Result<()> {
        vector::check(values)?;
        let span = self.span.get_or_insert(Span {
            origin: ts,
            first: ts,
            last: ts,
        });
        span.first = span.first.min(ts);
        span.last = span.last.max(ts);
        let time = offset(ts, span.origin);
        if values.len() > self.elements.len() {
            self.elements.resize(values.len(), Element::default());
        }
        for (element, &value) in self.elements.iter_mut().zip(values) {
            if !value.is_nan() {
                element.push(ts, time, value);
            }
        }
        Ok(())
    }

    /// Adds the rows of another state.
    pub fn merge(&mut self, other: &Self) {
        let Some(theirs) = other.span else { return };
        let span = self.span.get_or_insert(theirs);
        span.first = span.first.min(theirs.first);
        span.last = span.last.max(theirs.last);
        let shift = offset(theirs.origin, span.origin);
        if other.elements.len() > self.elements.len() {
            self.elements
                .resize(other.elements.len(), Element::default());
        }
        for (element, theirs) in self.elements.iter_mut().zip(&other.elements) {
            element.merge(theirs, shift);
        }
    }

    /// Elements of the longest row.
    #[must_use]
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    /// Whether no row had an element.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// Values of each element that were not missing.
    #[must_use]
    pub fn counts(&self) -> Vec<u64> {
        self.elements.iter().map(Element::count).collect()
    }

    /// Times of the first and the last row; `None` without rows.
    #[must_use]
    pub fn time_range(&self) -> Option<(i64, i64)> {
        self.span.map(|span| (span.first, span.last))
    }

    /// One statistic of all elements; NaN where it is undefined.
    #[must_use]
    pub fn statistic(&self, statistic: Statistic) -> Vec<f64> {
        self.elements
            .iter()
            .map(|element| evaluate(element, statistic))
            .collect()
    }

    /// One statistic of one element (0-based); NaN where it is undefined and past the end. A spread or a change
    /// ([`Statistic::is_change`]) is undefined, too, over less than `min_span` microseconds from the element's first
    /// value to its last: two values a minute apart say nothing of the hour around them.
    #[must_use]
    pub fn feature(&self, statistic: Statistic, element: usize, min_span: i64) -> f64 {
        match self.elements.get(element) {
            Some(element) if !(statistic.is_change() && element.span() < min_span) => {
                evaluate(element, statistic)
            }
            _ => f64::NAN,
        }
    }
}

fn evaluate(element: &Element, statistic: Statistic) -> f64 {
    if statistic == Statistic::Count {
        return element.count() as f64;
    }
    if element.count() == 0 {
        return f64::NAN;
    }
    match statistic {
        Statistic::Last => element.last.value,
        Statistic::First => element.first.value,
        Statistic::Mean => element.mean(),
        Statistic::StdDev => element.moments.stddev().unwrap_or(f64::NAN),
        Statistic::Min => element.min,
        Statistic::Max => element.max,
        Statistic::Slope => element
            .moments
            .slope()
            .map_or(f64::NAN, |slope| slope * MICROSECONDS),
        Statistic::Delta => element.last.value - element.first.value,
        Statistic::Count => element.count() as f64,
    }
}
