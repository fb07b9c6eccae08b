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
    /// A value that is not finite, at a 1-based element.
    #[error("element {0} is not a finite number")]
    ValueNotFinite(usize),
    /// A weight that is negative, infinite or no number.
    #[error("weight {0} is not a finite number of at least 0")]
    InvalidWeight(f64),
    /// Training rows with weights and without.
    #[error("rows with and without weights cannot be mixed")]
    MixedWeights,
    /// A position of a categorical feature beyond the vectors.
    #[error("there is no feature {position}: vectors have {n_features} elements")]
    CategoricalPosition {
        /// The position, counted from 1.
        position: usize,
        /// Elements of the vectors.
        n_features: usize,
    },
    /// A model that was trained without a contamination, and so has no threshold.
    #[error("the model has no threshold")]
    NoContamination,
    /// A statistic that does not exist.
    #[error("unknown statistic \"{0}\"")]
    UnknownStatistic(String),
    /// A training option that does not exist.
    #[error("unknown option \"{name}\"")]
    UnknownOption {
        /// What was given.
        name: String,
        /// The options that there are.
        options: &'static [&'static str],
    },
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
    /// Rows with more features than a covariance takes.
    #[error("row has {features} features, more than {limit}")]
    TooManyFeatures {
        /// Features of the row.
        features: usize,
        /// Most features.
        limit: usize,
    },
    /// Fewer complete rows than needed.
    #[error("at least {0} complete rows are needed, got {1}")]
    FewRows(u64, u64),
    /// A number of principal components that the features do not have.
    #[error("{0} components of {1} features is out of range")]
    Components(i32, usize),
    /// A series with more values than its change points are looked for in.
    #[error("series has {values} values, more than {limit}")]
    TooLongForChangePoints {
        /// Values of the series.
        values: usize,
        /// Most values.
        limit: usize,
    },
    /// A penalty of a change point that is not above 0.
    #[error("penalty is out of range")]
    Penalty,
    /// A least length of a segment that is below 2 or above that of any series.
    #[error("minimum length {0} is out of range")]
    SegmentLength(i32),
    /// Two arrays that belong together and have different lengths.
    #[error("arrays differ in length: {0} and {1}")]
    LengthsDiffer(usize, usize),
    /// A count or share that is missing or negative, at a 1-based element.
    #[error("element {0} is no count")]
    Count(usize),
    /// An expected count that is 0, at a 1-based element.
    #[error("expected count {0} is 0")]
    ExpectedCount(usize),
    /// Observed and expected counts of different sums.
    #[error("observed and expected counts differ in their sums")]
    ExpectedSum,
    /// More categories than a comparison keeps.
    #[error("a comparison keeps at most {0} categories")]
    TooManyCategories(usize),
    /// A category with a longer name than a comparison keeps.
    #[error("category has {bytes} bytes, more than {limit}")]
    CategoryTooLong {
        /// Bytes of the name.
        bytes: usize,
        /// Most bytes.
        limit: usize,
    },
    /// A p-value outside 0 to 1, at a 1-based element.
    #[error("element {0} is no probability")]
    Probability(usize),
    /// A share of a sample outside 0 to 1.
    #[error("share is out of range")]
    Share,
    /// Fewer different rows than clusters.
    #[error("{0} clusters need as many different rows, got {1}")]
    FewDistinctRows(usize, usize),
    /// More numbers of centres than a model keeps.
    #[error("{0} centres of {1} features are too many")]
    TooManyCentres(usize, usize),
    /// More rows than are clustered by density.
    #[error("at most {0} rows of this length can be clustered")]
    TooManyRows(usize),
    /// A series that is too short for the model that is to forecast it.
    #[error("this model needs at least {0} values, got {1}")]
    TooFewValues(usize, usize),
    /// A season that multiplies in a series with values that are not above 0.
    #[error("a multiplicative season needs values above 0")]
    NotPositive,
    /// A series that no model describes.
    #[error("no model describes the series")]
    NoForecast,
    /// A contract that names no columns.
    #[error("contract {0}")]
    Contract(&'static str),
    /// A row with more values than its contract has metrics.
    #[error("row has {values} values, its contract {metrics} metrics")]
    RowTooWide {
        /// Values of the row.
        values: usize,
        /// Metrics of the contract.
        metrics: usize,
    },
    /// A time that a file cannot hold.
    #[error("timestamp is out of range")]
    TimeOutOfRange,
    /// A file that would be longer than it may.
    #[error("file is longer than {0} bytes")]
    FileTooLarge(usize),
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
            Self::OutOfMemory(_) | Self::FileTooLarge(_) => ErrorKind::LimitExceeded,
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
            Self::ValueNotFinite(_) => "Values must be finite; use NULL for a missing one.".into(),
            Self::InvalidWeight(_) => {
                "Give each row a weight of at least 0, or NULL to leave it out.".into()
            }
            Self::MixedWeights => "Give every row a weight, or none.".into(),
            Self::CategoricalPosition { .. } => {
                "Name positions in option \"categorical\" that the vectors have, counted from 1.".into()
            }
            Self::NoContamination => {
                "Train with option \"contamination\", the share of anomalies to expect, or compare anomaly_score with a limit of your own.".into()
            }
            Self::UnknownStatistic(_) => format!("Use one of {}.", Statistic::names()),
            Self::UnknownOption { options, .. } => match options {
                [most @ .., last] if !most.is_empty() => {
                    format!("Options are {} and {last}.", most.join(", "))
                }
                few => format!("The only option is {}.", few.concat()),
            },
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
            Self::TooManyFeatures { limit, .. } => {
                format!("Choose at most {limit} features that belong together.")
            }
            Self::FewRows(..) => {
                "Take a longer period; rows with a NULL element do not count.".into()
            }
            Self::Components(..) => {
                "Use from 1 component to as many as there are features, for example a third of them."
                    .into()
            }
            Self::TooLongForChangePoints { .. } => {
                "Aggregate to longer intervals first, for example to means of an hour.".into()
            }
            Self::Penalty => {
                "Use a number above 0; more gives fewer changes. The default is 3 ln(n).".into()
            }
            Self::SegmentLength(_) => "Use at least 2 values; 5 is the default.".into(),
            Self::LengthsDiffer(..) => {
                "Pass arrays with one element for each category, 0 where it has no values.".into()
            }
            Self::Count(_) => "Counts are at least 0; use 0 for a category without values.".into(),
            Self::ExpectedCount(_) => {
                "Expected counts are above 0; merge categories that are not expected.".into()
            }
            Self::ExpectedSum => {
                "Scale the expected counts to the sum of the observed ones.".into()
            }
            Self::TooManyCategories(_) => "Merge rare categories into one.".into(),
            Self::CategoryTooLong { .. } => {
                "Compare a shorter name of the category, for example its hash.".into()
            }
            Self::Probability(_) => {
                "P-values lie between 0 and 1; use NULL for a missing one.".into()
            }
            Self::Share => "Use a share from 0 to 1; 0.5 is the median.".into(),
            Self::FewDistinctRows(..) => {
                "Ask for fewer clusters or take a longer period.".into()
            }
            Self::TooManyCentres(..) => {
                "Ask for fewer clusters or choose the features that matter.".into()
            }
            Self::TooManyRows(_) => {
                "Cluster a random sample of the rows, for example with tablesample.".into()
            }
            Self::TooFewValues(..) => {
                "Pass a longer series, or options with shorter periods or a simpler model such as ses.".into()
            }
            Self::NotPositive => "Use an additive season, or shift the values.".into(),
            Self::NoForecast => "Try another model, for example ses.".into(),
            Self::Contract(_) => {
                "Pass the same object for all rows, such as {\"metrics\": [{\"name\": \"battery_level\"}, {\"name\": \"temperature\"}]}.".into()
            }
            Self::RowTooWide { .. } => {
                "Pass the contract of the profile that the rows belong to, in its newest version."
                    .into()
            }
            Self::TimeOutOfRange => "Parquet has times up to the year 294246.".into(),
            Self::FileTooLarge(_) => {
                "Make several files, for example one for each day or device.".into()
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
