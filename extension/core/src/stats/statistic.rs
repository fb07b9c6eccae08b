//! Names of the statistics.

use crate::error::Error;
use std::str::FromStr;

/// A statistic of one element of a vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistic {
    /// Value at the last time.
    Last,
    /// Value at the first time.
    First,
    /// Arithmetic mean.
    Mean,
    /// Sample standard deviation (divisor n - 1); undefined for fewer than two values.
    StdDev,
    /// Smallest value.
    Min,
    /// Largest value.
    Max,
    /// Least-squares slope on time, per second; undefined unless there are two different times.
    Slope,
    /// Last value minus first value.
    Delta,
    /// Number of values that are not missing: 0 rather than undefined when there are none.
    Count,
}

impl Statistic {
    /// All statistics, in the order in which hints list them.
    pub const ALL: [Self; 9] = [
        Self::Last,
        Self::First,
        Self::Mean,
        Self::StdDev,
        Self::Min,
        Self::Max,
        Self::Slope,
        Self::Delta,
        Self::Count,
    ];

    /// The name, lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Last => "last",
            Self::First => "first",
            Self::Mean => "mean",
            Self::StdDev => "stddev",
            Self::Min => "min",
            Self::Max => "max",
            Self::Slope => "slope",
            Self::Delta => "delta",
            Self::Count => "count",
        }
    }

    /// Whether the statistic describes how values differ over the time they span, rather than where they lie.
    #[must_use]
    pub const fn is_change(self) -> bool {
        matches!(self, Self::StdDev | Self::Slope | Self::Delta)
    }

    pub(crate) fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

impl FromStr for Statistic {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|statistic| statistic.name() == name)
            .ok_or_else(|| Error::UnknownStatistic(name.chars().take(64).collect()))
    }
}
