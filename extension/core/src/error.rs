//! Every way in which a call of this crate can fail, with the advice that goes with it.

use crate::stats::Statistic;
use crate::vector::{MAX_ELEMENTS, MAX_MAGNITUDE};

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Class of an [`Error`]: the caller maps each to one SQLSTATE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// An argument that the caller can correct (22023).
    InvalidParameter,
    /// A number that cannot be represented (22003).
    NumericOutOfRange,
    /// Bytes that this crate did not write, or that were damaged (22P03).
    CorruptData,
    /// Bytes written by a newer version of this crate (0A000).
    UnsupportedVersion,
    /// A limit of the program or the machine (54000).
    LimitExceeded,
}

/// A failed call. The message is lower case without a full stop; [`Error::hint`] says what to do.
///
/// Messages name positions, sizes and limits. They never repeat data of a device.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A 1-based position below 1.
    #[error("position {0} is out of range")]
    Position(i32),
    /// A vector with more than [`MAX_ELEMENTS`] elements.
    #[error("vector has {0} elements, more than {MAX_ELEMENTS}")]
    VectorTooLong(usize),
    /// A vector without elements where at least one is needed.
    #[error("vector has no elements")]
    VectorEmpty,
    /// An infinite value or one beyond [`MAX_MAGNITUDE`], at a 1-based element.
    #[error("element {0} is out of range")]
    ValueOutOfRange(usize),
    /// A statistic that does not exist.
    #[error("unknown statistic \"{0}\"")]
    UnknownStatistic(String),
    /// A training option that does not exist.
    #[error("unknown option \"{0}\"")]
    UnknownOption(String),
    /// A training option that detectors do not have.
    #[error("unknown option \"{0}\"")]
    UnknownDetectorOption(String),
    /// A training option of the wrong type or out of its range.
    #[error("option \"{name}\" must be {expected}")]
    InvalidOption {
        /// The option.
        name: &'static str,
        /// What it accepts, as in "an integer from 1 to 10000".
        expected: String,
    },
    /// Training options that are no JSON object.
    #[error("options must be a json object")]
    OptionsNotAnObject,
    /// Training rows of different lengths.
    #[error("rows differ in length: {expected} and {got}")]
    RowLength {
        /// Elements of the first row.
        expected: usize,
        /// Elements of this row.
        got: usize,
    },
    /// Fewer training rows than one tree needs.
    #[error("training needs at least sample_size ({sample_size}) rows, got {rows}")]
    TooFewRows {
        /// Rows that each tree is grown on.
        sample_size: usize,
        /// Rows that were given.
        rows: u64,
    },
    /// Training rows that are all the same.
    #[error("no feature varies in the training rows")]
    NothingVaries,
    /// A training sample that cannot be held in the reservoir's memory.
    #[error(
        "sample_size ({sample_size}) rows of {n_features} features do not fit into the reservoir"
    )]
    ReservoirTooSmall {
        /// Rows that each tree is grown on.
        sample_size: usize,
        /// Elements of a row.
        n_features: usize,
    },
    /// A vector whose length is not the one the model was trained on.
    #[error("model expects {expected} features, got {got}")]
    FeatureCount {
        /// Features of the model.
        expected: usize,
        /// Elements of the vector.
        got: usize,
    },
    /// A two-sample comparison with nothing on one side.
    #[error("the {0} sample has no values")]
    EmptySample(&'static str),
    /// A number of bins outside 2 to 1000.
    #[error("{0} bins is out of range")]
    Bins(i32),
    /// More values than a comparison keeps.
    #[error("a comparison keeps at most {0} values")]
    TooManyValues(usize),
    /// An argument of the wrong size or kind.
    #[error("{name} must be {expected}")]
    Argument {
        /// The argument.
        name: &'static str,
        /// What it accepts, as in "a number from 0 to 1".
        expected: &'static str,
    },
    /// Two arrays that belong together and differ in length.
    #[error("arrays differ in length: {0} and {1}")]
    LengthMismatch(usize, usize),
    /// More values than a series, a chart or a frame keeps.
    #[error("a series has at most {0} values")]
    SeriesTooLong(usize),
    /// Seasonal states of different time zones.
    #[error("time zones differ")]
    TimeZones,
    /// Bytes that are not what they should be.
    #[error("{what} is damaged: {reason}")]
    Corrupt {
        /// What the bytes should have been, as in "forest model".
        what: &'static str,
        /// The first rule that was broken.
        reason: &'static str,
    },
    /// Intact bytes of a format that is newer than this crate.
    #[error("{what} has format version {version}, newer than {supported}")]
    NewerVersion {
        /// What the bytes are.
        what: &'static str,
        /// Version in the bytes.
        version: u16,
        /// Newest version that can be read.
        supported: u16,
    },
    /// The machine has not enough memory.
    #[error("out of memory for {0} bytes")]
    OutOfMemory(usize),
}

impl Error {
    /// The class of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Corrupt { .. } => ErrorKind::CorruptData,
            Self::NewerVersion { .. } => ErrorKind::UnsupportedVersion,
            Self::OutOfMemory(_) => ErrorKind::LimitExceeded,
            _ => ErrorKind::InvalidParameter,
        }
    }

    /// What the caller can do about it: one sentence.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Position(_) => "Positions count from 1.".into(),
            Self::VectorTooLong(_) => {
                format!("Split the metrics into profiles of at most {MAX_ELEMENTS} elements.")
            }
            Self::VectorEmpty => "Pass an array with at least one element.".into(),
            Self::ValueOutOfRange(_) => {
                format!(
                    "Values must be finite with a magnitude of at most {MAX_MAGNITUDE:e}; use NULL for a missing one."
                )
            }
            Self::UnknownStatistic(_) => format!("Use one of {}.", Statistic::names()),
            Self::UnknownOption(_) => {
                "Options are n_trees, sample_size, max_depth, seed and reservoir.".into()
            }
            Self::UnknownDetectorOption(_) => {
                "Options are n_trees, sample_size, reservoir and seed.".into()
            }
            Self::InvalidOption { name, .. } => {
                format!("Correct \"{name}\" or leave it out to use its default.")
            }
            Self::OptionsNotAnObject => {
                "Pass an object such as {\"n_trees\": 100, \"sample_size\": 256}.".into()
            }
            Self::RowLength { .. } => {
                "Train on rows of one profile version; pad older rows with NULL.".into()
            }
            Self::TooFewRows { .. } => "Train on more rows or set a smaller sample_size.".into(),
            Self::NothingVaries => {
                "Train on a longer period, or choose features that are not constant.".into()
            }
            Self::ReservoirTooSmall { .. } => {
                "Set a smaller sample_size or train on fewer features.".into()
            }
            Self::FeatureCount { .. } => {
                "Score with the feature set that the model was trained on.".into()
            }
            Self::EmptySample(_) => "Each side needs at least one value that is not NULL.".into(),
            Self::Bins(_) => "Use 2 to 1000 bins; 10 is usual.".into(),
            Self::TooManyValues(_) => {
                "Compare a random sample of the rows, for example with tablesample.".into()
            }
            Self::Argument { name, expected } => {
                format!("Pass {expected} as {name}, or leave it out where it has a default.")
            }
            Self::LengthMismatch(..) => {
                "Pass as many x as y, with NULL where one is missing.".into()
            }
            Self::SeriesTooLong(_) => {
                "Aggregate the readings first, for example to one value an hour.".into()
            }
            Self::TimeZones => {
                "Merge seasonal states of one time zone; build one for each zone.".into()
            }
            Self::Corrupt { what, .. } => format!(
                "Use the bytes of a {what} exactly as they were returned; restore them from a copy or make them again."
            ),
            Self::NewerVersion { .. } => {
                "Update the extension to the version that wrote the bytes, or newer.".into()
            }
            Self::OutOfMemory(_) => {
                "Use fewer rows, trees or features, or give the server more memory.".into()
            }
        }
    }
}
