//! Simple exponential smoothing (Brown), Holt's linear trend (1957) and Holt-Winters (1960), by weights and first states
//! that are given or found.

use super::options::{ForecastOptions, Model};
use super::{Step, search, unit_of};
use crate::error::{Error, Result};
use crate::forest::random::Random;
use crate::{normal, quantile};

/// Paths that stand for the future where no formula gives the interval.
const PATHS: usize = 1000;

/// How much of what is new goes into a state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Level, 0 to 1.
    pub alpha: f64,
    /// Trend, 0 to 1: share of the change of the level.
    pub beta: f64,
    /// Season, 0 to 1.
    pub gamma: f64,
    /// What is left of the trend after a step: 1 unless it is damped.
    pub phi: f64,
}

/// Where a series is: what comes next but for noise.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Level.
    pub level: f64,
    /// Change of the level with each step; 0 without a trend.
    pub trend: f64,
    /// Season, in the order in which its values come next; one number without effect for none.
    pub season: Vec<f64>,
    /// Whether the season multiplies; else it adds.
    pub is_multiplicative: bool,
    /// Place in the season.
    at: usize,
    /// What the place before had been until the last value changed it.
    replaced: Option<f64>,
}

impl State {
    /// A state before the first value.
    #[must_use]
    pub fn new(level: f64, trend: f64, season: Vec<f64>, is_multiplicative: bool) -> Self {
        let none = if is_multiplicative { 1.0 } else { 0.0 };
        Self {
            level,
            trend,
            season: if season.is_empty() {
                vec![none]
            } else {
                season
            },
            is_multiplicative,
            at: 0,
            replaced: None,
        }
    }

    /// What the next value is expected to be.
    fn expected(&self, weights: &Weights) -> f64 {
        let base = self.level + weights.phi * self.trend;
        if self.is_multiplicative {
            base * self.season[self.at]
        } else {
            base + self.season[self.at]
        }
    }

    /// Takes in a value.
    fn push(&mut self, value: f64, weights: &Weights) {
        let Weights {
            alpha,
            beta,
            gamma,
            phi,
        } = *weights;
        let base = self.level + phi * self.trend;
        let season = self.season[self.at];
        let (level, seen) = if self.is_multiplicative {
            (value / season, value / base)
        } else {
            (value - season, value - base)
        };
        let next = alpha * level + (1.0 - alpha) * base;
        self.trend = beta * (next - self.level) + (1.0 - beta) * phi * self.trend;
        self.season[self.at] = gamma * seen + (1.0 - gamma) * season;
        self.replaced = Some(season);
        self.level = next;
        self.at = (self.at + 1) % self.season.len();
    }

    /// The state that forecasts start from. The last value changes level and trend but not the season: that is how
    /// statsmodels forecasts, which the results agree with; it matters at every last step of a cycle, by `gamma` times the
    /// last error.
    #[must_use]
    pub fn settled(mut self) -> Self {
        let period = self.season.len();
        if let Some(replaced) = self.replaced.take() {
            self.season[(self.at + period - 1) % period] = replaced;
        }
        self
    }

    /// What the next values are expected to be.
    #[must_use]
    pub fn forecast(&self, weights: &Weights, horizon: usize) -> Vec<f64> {
        let (mut damping, mut reach) = (1.0, 0.0);
        (0..horizon)
            .map(|ahead| {
                damping *= weights.phi;
                reach += damping;
                let base = self.level + reach * self.trend;
                let season = self.season[(self.at + ahead) % self.season.len()];
                if self.is_multiplicative {
                    base * season
                } else {
                    base + season
                }
            })
            .collect()
    }
}

/// Goes through a series: the state after it, and what was expected before each value.
#[must_use]
pub fn run(series: &[f64], mut state: State, weights: &Weights) -> (State, Vec<f64>) {
    let fitted = series
        .iter()
        .map(|&value| {
            let expected = state.expected(weights);
            state.push(value, weights);
            expected
        })
        .collect();
    (state, fitted)
}

/// Sum of squared errors of what is expected before each value.
fn squared_errors(series: &[f64], state: &State, weights: &Weights) -> f64 {
    let mut state = state.clone();
    let mut sum = 0.0;
    for &value in series {
        let error = value - state.expected(weights);
        sum += error * error;
        state.push(value, weights);
    }
    sum
}

/// The steps after a series.
pub(super) fn forecast(
    series: &[f64],
    horizon: usize,
    options: &ForecastOptions,
    interrupt: &mut dyn FnMut(),
) -> Result<Vec<Step>> {
    if options.is_multiplicative && series.iter().any(|&value| value <= 0.0) {
        return Err(Error::NotPositive);
    }
    let unit = unit_of(series);
    let series: Vec<f64> = series.iter().map(|value| value / unit).collect();
    let start = first_state(&series, options, unit);
    let (weights, found) = weights(&series, &start, options, interrupt);
    let errors = squared_errors(&series, &start, &weights);
    let given = [
        options.l0.is_some(),
        options.b0.is_some(),
        options.s0.is_some(),
    ];
    let states = match options.model {
        Model::Ses => 1,
        Model::Holt => 2,
        _ => 3,
    };
    let judged = given[..states].iter().filter(|&&given| !given).count();
    let freedom = series.len().saturating_sub(found + judged).max(1);
    let sigma = (errors / freedom as f64).sqrt();
    let (state, _) = run(&series, start, &weights);
    let state = state.settled();
    let values = state.forecast(&weights, horizon);
    let bounds = if state.is_multiplicative {
        simulated(&state, &weights, sigma, horizon, options.level, interrupt)
    } else {
        let width = normal::two_sided_quantile(1.0 - options.level) * sigma;
        spreads(&state, &weights, horizon)
            .zip(&values)
            .map(|(spread, value)| (value - width * spread, value + width * spread))
            .collect()
    };
    Ok(values
        .into_iter()
        .zip(bounds)
        .map(|(value, (lower, upper))| Step {
            value: value * unit,
            lower: lower * unit,
            upper: upper * unit,
        })
        .collect())
}

/// Standard deviation of each step in those of one: with additive errors each future error goes on into the level, the
/// trend and its place in the season (Hyndman and others, 2008, table 6.1).
fn spreads<'a>(
    state: &'a State,
    weights: &'a Weights,
    horizon: usize,
) -> impl Iterator<Item = f64> + 'a {
    let (mut variance, mut damping, mut reach) = (1.0_f64, 1.0, 0.0);
    (1..=horizon).map(move |ahead| {
        let spread = variance.sqrt();
        damping *= weights.phi;
        reach += damping;
        let mut left = weights.alpha * (1.0 + weights.beta * reach);
        if ahead % state.season.len() == 0 {
            left += weights.gamma;
        }
        variance += left * left;
        spread
    })
}

/// Bounds of paths with normal errors. The same on every machine.
fn simulated(
    state: &State,
    weights: &Weights,
    sigma: f64,
    horizon: usize,
    level: f64,
    interrupt: &mut dyn FnMut(),
) -> Vec<(f64, f64)> {
    let mut random = Random::new(0, 0);
    let mut values = vec![vec![0.0; PATHS]; horizon];
    for path in 0..PATHS {
        if path % 16 == 0 {
            interrupt();
        }
        let mut state = state.clone();
        for step in &mut values {
            let value = state.expected(weights) + sigma * random.normal();
            step[path] = value;
            state.push(value, weights);
        }
    }
    let bound = |step: &mut Vec<f64>, q| quantile::select(step, q).unwrap_or(f64::NAN);
    values
        .iter_mut()
        .map(|step| {
            (
                bound(step, 0.5 - level / 2.0),
                bound(step, 0.5 + level / 2.0),
            )
        })
        .collect()
}

/// Weights that are given, and for the others those with the least squared errors; and how many those are.
fn weights(
    series: &[f64],
    start: &State,
    options: &ForecastOptions,
    interrupt: &mut dyn FnMut(),
) -> (Weights, usize) {
    const WEIGHT: (f64, f64) = (1e-4, 0.9999);
    // Below 0.8 a trend is over so soon that it cannot be told from none, above 0.98 it cannot be told from an undamped one.
    const DAMPING: (f64, f64) = (0.8, 0.98);
    let has_trend = options.model != Model::Ses;
    let has_season = options.model == Model::HoltWinters;
    let is_damped = has_trend && options.is_damped;
    // Each with its value where it is given or not part of the model, and else where to look for it.
    let sought = [
        (options.alpha, true, WEIGHT, 0.3),
        (options.beta, has_trend, WEIGHT, 0.1),
        (options.gamma, has_season, WEIGHT, 0.1),
        (options.phi, is_damped, DAMPING, 0.9),
    ];
    let fixed: [Option<f64>; 4] = std::array::from_fn(|i| match sought[i] {
        (_, false, ..) if i == 3 => options.phi.filter(|_| has_trend).or(Some(1.0)),
        (_, false, ..) => Some(0.0),
        (given, true, ..) => given,
    });
    let open: Vec<usize> = (0..4).filter(|&i| fixed[i].is_none()).collect();
    let assemble = |found: &[f64]| {
        let mut found = found.iter();
        let [alpha, beta, gamma, phi] =
            fixed.map(|fixed| fixed.or_else(|| found.next().copied()).unwrap_or_default());
        Weights {
            alpha,
            beta,
            gamma,
            phi,
        }
    };
    let starts: Vec<f64> = open.iter().map(|&i| sought[i].3).collect();
    let bounds: Vec<(f64, f64)> = open.iter().map(|&i| sought[i].2).collect();
    let best = search::minimum(&starts, &bounds, |point| {
        interrupt();
        squared_errors(series, start, &assemble(point))
    });
    (assemble(&best), open.len())
}

/// The state before the first value, in units of `unit`: what is given, and else judged from the first values: the line
/// through the first ten, or with a season the means of the first two cycles.
fn first_state(series: &[f64], options: &ForecastOptions, unit: f64) -> State {
    let period = options.season();
    let has_season = options.model == Model::HoltWinters;
    let (level, trend) = match options.model {
        Model::Ses => (series[0], 0.0),
        Model::HoltWinters => {
            let (first, second) = (mean(&series[..period]), mean(&series[period..2 * period]));
            let trend = (second - first) / period as f64;
            // Half a cycle, and a step, before the middle of the first.
            (first - trend * (period as f64 + 1.0) / 2.0, trend)
        }
        _ => line(&series[..series.len().min(10)]),
    };
    let scaled = |given: Option<f64>| given.map(|number| number / unit);
    let level = scaled(options.l0).unwrap_or(level);
    let trend = match options.model {
        Model::Ses => 0.0,
        _ => scaled(options.b0).unwrap_or(trend),
    };
    let season = match &options.s0 {
        _ if !has_season => Vec::new(),
        Some(given) if options.is_multiplicative => given.clone(),
        Some(given) => given.iter().map(|number| number / unit).collect(),
        None => first_season(series, period, options.is_multiplicative),
    };
    let is_multiplicative = has_season && options.is_multiplicative;
    State::new(level, trend, season, is_multiplicative)
}

/// Deviations from the line through the means of the first two cycles, averaged over both.
fn first_season(series: &[f64], period: usize, is_multiplicative: bool) -> Vec<f64> {
    let (first, second) = (mean(&series[..period]), mean(&series[period..2 * period]));
    let trend = (second - first) / period as f64;
    let middle = (period as f64 - 1.0) / 2.0;
    let deviation = |index: usize| {
        let base = first + trend * (index as f64 - middle);
        if is_multiplicative {
            // A line that falls below 0 says nothing of values above it.
            if base > 0.0 {
                series[index] / base
            } else {
                1.0
            }
        } else {
            series[index] - base
        }
    };
    (0..period)
        .map(|index| (deviation(index) + deviation(index + period)) / 2.0)
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Level one step before the first value, and slope, of the least-squares line through at least two values.
fn line(values: &[f64]) -> (f64, f64) {
    let middle = (values.len() as f64 - 1.0) / 2.0;
    let centre = mean(values);
    let (mut products, mut squares) = (0.0, 0.0);
    for (index, value) in values.iter().enumerate() {
        let offset = index as f64 - middle;
        products += offset * (value - centre);
        squares += offset * offset;
    }
    let slope = products / squares;
    (centre - slope * (middle + 1.0), slope)
}
