//! Runs rules: patterns of points that chance alone makes seldom.

use super::Process;
use crate::error::Result;

/// A set of rules, numbered as in its source. A point carries the rules whose pattern it completes, and it is itself part
/// of the pattern: of two of three points beyond a limit, it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    /// Western Electric, "Statistical Quality Control Handbook" (1956):
    /// 1. a point beyond 3 sigmas;
    /// 2. two of three points beyond 2 sigmas on one side;
    /// 3. four of five beyond 1 sigma on one side;
    /// 4. eight in a row on one side of the centre.
    WesternElectric,
    /// Nelson, "The Shewhart Control Chart: Tests for Special Causes" (1984):
    /// 1. a point beyond 3 sigmas;
    /// 2. nine in a row on one side of the centre;
    /// 3. six in a row, each above the one before, or each below;
    /// 4. fourteen in a row that go up and down in turn;
    /// 5. two of three beyond 2 sigmas on one side;
    /// 6. four of five beyond 1 sigma on one side;
    /// 7. fifteen in a row within 1 sigma of the centre;
    /// 8. eight in a row beyond 1 sigma on either side.
    Nelson,
}

/// A point under a set of rules; NaN where undefined or missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// The value.
    pub value: f64,
    /// Centre line.
    pub centre: f64,
    /// Three sigmas below the centre.
    pub lower: f64,
    /// Three sigmas above the centre.
    pub upper: f64,
    /// Sigmas from the centre to the value.
    pub statistic: f64,
    /// Numbers of the rules that the point breaks, ascending; `None` where sigma is undefined or the value missing.
    pub rules: Option<Vec<i32>>,
}

/// The points of a series under a set of rules.
///
/// # Errors
/// Those of [`Process::of`].
pub fn chart(
    values: Vec<f64>,
    target: Option<f64>,
    sigma: Option<f64>,
    rules: Rules,
) -> Result<impl Iterator<Item = Point>> {
    let process = Process::of(&values, target, sigma)?;
    let mut past = Past::default();
    Ok(values.into_iter().map(move |value| {
        let undefined = value.is_nan() || process.sigma.is_nan();
        let reach = 3.0 * process.sigma;
        let line = |line: f64| if value.is_nan() { f64::NAN } else { line };
        Point {
            value,
            centre: line(process.centre),
            lower: line(process.centre - reach),
            upper: line(process.centre + reach),
            statistic: if undefined {
                f64::NAN
            } else {
                process.standardised(value)
            },
            rules: (!undefined).then(|| {
                past.take(value, process);
                past.broken(rules)
            }),
        }
    }))
}

/// Points of a run, counted up to the current one, and its sign.
#[derive(Debug, Clone, Copy, Default)]
struct Run {
    sign: i8,
    len: u32,
}

impl Run {
    /// Goes on with a sign; 0 belongs to no run.
    fn take(&mut self, sign: i8) {
        self.len = match sign {
            0 => 0,
            sign if sign == self.sign => self.len.saturating_add(1),
            _ => 1,
        };
        self.sign = sign;
    }
}

/// One side of the centre: the last points beyond a limit as bits, the current one lowest.
#[derive(Debug, Clone, Copy, Default)]
struct Side {
    beyond_two: u8,
    beyond_one: u8,
}

impl Side {
    fn take(&mut self, deviation: f64, sigma: f64) {
        self.beyond_two = self.beyond_two << 1 | u8::from(deviation > 2.0 * sigma);
        self.beyond_one = self.beyond_one << 1 | u8::from(deviation > sigma);
    }

    fn two_of_three(self) -> bool {
        self.beyond_two & 1 == 1 && (self.beyond_two & 0b111).count_ones() >= 2
    }

    fn four_of_five(self) -> bool {
        self.beyond_one & 1 == 1 && (self.beyond_one & 0b1_1111).count_ones() >= 4
    }
}

/// What the rules have to know of the points so far.
#[derive(Debug, Clone, Copy, Default)]
struct Past {
    before: Option<f64>,
    beyond_three: bool,
    side: Run,
    /// Steps in one direction.
    trend: Run,
    /// Steps each in the other direction than the one before.
    turns: u32,
    within_one: Run,
    beyond_one: Run,
    above: Side,
    below: Side,
}

impl Past {
    fn take(&mut self, value: f64, Process { centre, sigma }: Process) {
        let deviation = value - centre;
        self.beyond_three = deviation.abs() > 3.0 * sigma;
        self.side.take(sign(deviation));
        self.within_one.take((deviation.abs() < sigma).into());
        self.beyond_one.take((deviation.abs() > sigma).into());
        self.above.take(deviation, sigma);
        self.below.take(-deviation, sigma);
        let step = self.before.map_or(0, |before| sign(value - before));
        self.turns = match step {
            0 => 0,
            step if step == -self.trend.sign => self.turns.saturating_add(1),
            _ => 1,
        };
        self.trend.take(step);
        self.before = Some(value);
    }

    fn broken(&self, rules: Rules) -> Vec<i32> {
        let two_of_three = self.above.two_of_three() || self.below.two_of_three();
        let four_of_five = self.above.four_of_five() || self.below.four_of_five();
        let numbered = |broken: &[bool]| {
            (1..)
                .zip(broken)
                .filter_map(|(number, &broken)| broken.then_some(number))
                .collect()
        };
        match rules {
            Rules::WesternElectric => numbered(&[
                self.beyond_three,
                two_of_three,
                four_of_five,
                self.side.len >= 8,
            ]),
            // Six points are five steps, fourteen are thirteen.
            Rules::Nelson => numbered(&[
                self.beyond_three,
                self.side.len >= 9,
                self.trend.len >= 5,
                self.turns >= 13,
                two_of_three,
                four_of_five,
                self.within_one.len >= 15,
                self.beyond_one.len >= 8,
            ]),
        }
    }
}

/// -1, 0 or 1.
fn sign(value: f64) -> i8 {
    i8::from(value > 0.0) - i8::from(value < 0.0)
}
