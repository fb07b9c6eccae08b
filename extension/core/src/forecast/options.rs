//! Options of forecasts.

use super::MAX_VALUES;
use crate::error::{Error, Result};
use crate::options::{members, unknown};
use crate::vector::MAX_MAGNITUDE;
use serde_json::Value;

/// Most seasons.
const MAX_PERIODS: usize = 3;
/// Fewest values that the models without season are learned from.
const MIN_VALUES: usize = 10;

/// A family of models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// [`Model::Mstl`] with periods, [`Model::Ets`] without.
    Auto,
    /// Exponential smoothing without season: the best of level, trend and damped trend.
    Ets,
    /// Decomposition of seasons, with [`Model::Ets`] for the rest.
    Mstl,
    /// Simple exponential smoothing.
    Ses,
    /// Holt's linear trend, damped or not.
    Holt,
    /// Holt-Winters: a trend and one season.
    HoltWinters,
}

/// Options of [`super::forecast`].
#[derive(Debug, Clone, PartialEq)]
pub struct ForecastOptions {
    /// The family of models.
    pub model: Model,
    /// Values in a season, ascending: each at least 2 and at most half of the series.
    pub periods: Vec<usize>,
    /// Share of the values that intervals are to hold, between 0 and 1; 0.95 by default.
    pub level: f64,
    /// Whether the season multiplies (of [`Model::HoltWinters`]); else it adds.
    pub is_multiplicative: bool,
    /// Whether the trend fades (of [`Model::Holt`] and [`Model::HoltWinters`]).
    pub is_damped: bool,
    /// Weight of a new value in the level, 0 to 1; estimated by default, like all weights.
    pub alpha: Option<f64>,
    /// Weight of a new slope in the trend, 0 to 1.
    pub beta: Option<f64>,
    /// Weight of a new value in the season, 0 to 1.
    pub gamma: Option<f64>,
    /// What is left of the trend after a step, above 0 and at most 1.
    pub phi: Option<f64>,
    /// Level before the first value; by default, like all states, judged from the first values.
    pub l0: Option<f64>,
    /// Trend before the first value.
    pub b0: Option<f64>,
    /// Season before the first value, as many numbers as the period.
    pub s0: Option<Vec<f64>>,
}

impl Default for ForecastOptions {
    fn default() -> Self {
        Self {
            model: Model::Auto,
            periods: Vec::new(),
            level: 0.95,
            is_multiplicative: false,
            is_damped: false,
            alpha: None,
            beta: None,
            gamma: None,
            phi: None,
            l0: None,
            b0: None,
            s0: None,
        }
    }
}

const NAMES: &[&str] = &[
    "model", "periods", "level", "seasonal", "damped", "alpha", "beta", "gamma", "phi", "l0", "b0",
    "s0",
];

impl ForecastOptions {
    /// Reads options from an object; absent and null members keep their defaults, a null object has only defaults.
    ///
    /// # Errors
    /// [`Error::OptionsNotAnObject`], [`Error::UnknownOption`], [`Error::InvalidOption`].
    pub fn from_json(options: &Value) -> Result<Self> {
        let mut parsed = Self::default();
        for (name, value) in members(options)? {
            match name {
                "model" => parsed.model = model(value)?,
                "periods" => parsed.periods = periods(value)?,
                "level" => parsed.level = within("level", value, |x| x > 0.0 && x < 1.0)?,
                "seasonal" => {
                    parsed.is_multiplicative = match value.as_str() {
                        Some("additive") => false,
                        Some("multiplicative") => true,
                        _ => return Err(invalid("seasonal", "additive or multiplicative")),
                    }
                }
                "damped" => {
                    let value = value.as_bool();
                    parsed.is_damped = value.ok_or_else(|| invalid("damped", "true or false"))?;
                }
                "alpha" => parsed.alpha = Some(within("alpha", value, is_weight)?),
                "beta" => parsed.beta = Some(within("beta", value, is_weight)?),
                "gamma" => parsed.gamma = Some(within("gamma", value, is_weight)?),
                "phi" => parsed.phi = Some(within("phi", value, |x| x > 0.0 && x <= 1.0)?),
                "l0" => parsed.l0 = Some(within("l0", value, is_state)?),
                "b0" => parsed.b0 = Some(within("b0", value, is_state)?),
                "s0" => {
                    let numbers = value.as_array().ok_or_else(|| no_season("s0"))?;
                    let numbers = numbers.iter().map(|value| within("s0", value, is_state));
                    parsed.s0 = Some(numbers.collect::<Result<_>>()?);
                }
                _ => return Err(unknown(name, NAMES)),
            }
        }
        Ok(parsed)
    }

    /// Whether a state is given, so that even a constant need not go on as it is.
    pub(super) fn has_states(&self) -> bool {
        self.l0.is_some() || self.b0.is_some() || self.s0.is_some()
    }

    /// Values in the season of Holt-Winters; 1 of other models.
    pub(super) fn season(&self) -> usize {
        match (self.model, self.periods.first()) {
            (Model::HoltWinters, Some(&period)) => period,
            _ => 1,
        }
    }

    /// Checks that the model can be learned from a series of `n` values.
    pub(super) fn check(&self, n: usize) -> Result<()> {
        let needs_period = matches!(self.model, Model::Mstl | Model::HoltWinters);
        if needs_period && self.periods.is_empty() {
            return Err(invalid("periods", "an array with the values in a season"));
        }
        if let (Model::HoltWinters, Some(season)) = (self.model, &self.s0)
            && season.len() != self.season()
        {
            return Err(no_season("s0"));
        }
        let needed = match (self.model, self.periods.last()) {
            (Model::Auto | Model::Mstl, Some(&longest)) => (2 * longest).max(MIN_VALUES),
            (Model::Auto | Model::Ets | Model::Mstl, _) => MIN_VALUES,
            (Model::Ses, _) => 3,
            (Model::Holt, _) => 5,
            (Model::HoltWinters, _) => (2 * self.season()).max(5),
        };
        if n < needed {
            return Err(Error::TooFewValues(needed, n));
        }
        Ok(())
    }
}

fn model(value: &Value) -> Result<Model> {
    match value.as_str() {
        Some("auto") => Ok(Model::Auto),
        Some("ets") => Ok(Model::Ets),
        Some("mstl") => Ok(Model::Mstl),
        Some("ses") => Ok(Model::Ses),
        Some("holt") => Ok(Model::Holt),
        Some("holt_winters") => Ok(Model::HoltWinters),
        _ => Err(invalid(
            "model",
            "auto, ets, mstl, ses, holt or holt_winters",
        )),
    }
}

/// The periods in ascending order, each once.
fn periods(value: &Value) -> Result<Vec<usize>> {
    let refused = || {
        let most = MAX_VALUES / 2;
        invalid(
            "periods",
            format!("an array of at most {MAX_PERIODS} integers from 2 to {most}"),
        )
    };
    let numbers = value.as_array().ok_or_else(refused)?;
    let period = |value: &Value| {
        let period = value
            .as_u64()
            .and_then(|period| usize::try_from(period).ok());
        period
            .filter(|period| (2..=MAX_VALUES / 2).contains(period))
            .ok_or_else(refused)
    };
    let mut periods: Vec<usize> = numbers.iter().map(period).collect::<Result<_>>()?;
    periods.sort_unstable();
    periods.dedup();
    if periods.len() > MAX_PERIODS {
        return Err(refused());
    }
    Ok(periods)
}

fn is_weight(value: f64) -> bool {
    (0.0..=1.0).contains(&value)
}

fn is_state(value: f64) -> bool {
    value.abs() <= MAX_MAGNITUDE
}

fn within(name: &'static str, value: &Value, is_valid: impl Fn(f64) -> bool) -> Result<f64> {
    let number = value.as_f64().filter(|&number| is_valid(number));
    number.ok_or_else(|| {
        invalid(
            name,
            match name {
                "l0" | "b0" => "a number with a magnitude of at most 1e100",
                "s0" => return no_season("s0"),
                "level" => "a number between 0 and 1",
                "phi" => "a number above 0 and at most 1",
                _ => "a number from 0 to 1",
            },
        )
    })
}

fn no_season(name: &'static str) -> Error {
    invalid(name, "an array with a number for each value of the season")
}

fn invalid(name: &'static str, expected: impl Into<String>) -> Error {
    Error::InvalidOption {
        name,
        expected: expected.into(),
    }
}
