//! Ranks among the slopes of all pairs of points, without listing them.

use crate::inversions;
use std::cmp::Ordering;

/// Most slopes that are listed at once, if there are not more points than half of it.
const MIN_LISTED: u64 = 1 << 16;
/// Slopes that are drawn for a first guess.
const DRAWN: u64 = 8192;

/// How a point lies above a line through the origin, as an unevaluated sum of two doubles: with one double, rounding
/// would decide the order of points that lie close to the line.
#[derive(Debug, Clone, Copy)]
struct Residual {
    high: f64,
    low: f64,
    point: usize,
}

impl Residual {
    fn of(point: usize, (x, y): (f64, f64), slope: f64) -> Self {
        let product = slope * x;
        let error = slope.mul_add(x, -product);
        let (sum, lost) = two_sum(y, -product);
        let (high, low) = two_sum(sum, lost - error);
        Self { high, low, point }
    }

    fn is_below(&self, other: &Self) -> bool {
        self.high < other.high || (self.high == other.high && self.low < other.low)
    }

    fn order(&self, other: &Self) -> Ordering {
        let residuals = self.high.total_cmp(&other.high);
        // The points are in order, which decides where they have one residual.
        residuals
            .then(self.low.total_cmp(&other.low))
            .then(self.point.cmp(&other.point))
    }
}

/// The sum, and what rounding took from it (Knuth).
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    (sum + 0.0, (a - (sum - of_b)) + (b - of_b) + 0.0)
}

/// The slopes of all pairs of points with different x, within groups of points. Coordinates are at most 1 in magnitude.
///
/// The k-th smallest is found by counting the slopes below a guess, which are the pairs out of order when points are sorted
/// by their residuals from a line of that slope (Matoušek, "Randomized optimal algorithm for slope selection", 1991).
/// Guesses are drawn, then interpolated, and every third one halves the doubles that are left, so that there are at most
/// some hundred. Once about as many slopes are left as there are points, they are listed. O(n log n) time, O(n) memory.
pub(super) struct Slopes<'a> {
    points: Vec<(f64, f64)>,
    /// Ends of the groups.
    ends: Vec<usize>,
    total: u64,
    residuals: Vec<Residual>,
    buffer: Vec<Residual>,
    /// Slopes of some random pairs, ascending.
    drawn: Vec<f64>,
    /// Slopes listed last, ascending, and how many are below them.
    listed: Vec<f64>,
    below_listed: u64,
    interrupt: &'a mut dyn FnMut(),
}

impl<'a> Slopes<'a> {
    pub(super) fn new(groups: Vec<Vec<(f64, f64)>>, interrupt: &'a mut dyn FnMut()) -> Self {
        let (mut points, mut ends, mut total) = (Vec::new(), Vec::new(), 0);
        for mut group in groups {
            let order =
                |a: &(f64, f64), b: &(f64, f64)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1));
            inversions::sort_by(&mut group, order, interrupt);
            interrupt();
            let pairs = |n: usize| n as u64 * (n as u64).saturating_sub(1) / 2;
            let tied: u64 = group
                .chunk_by(|a, b| a.0 == b.0)
                .map(|same| pairs(same.len()))
                .sum();
            total += pairs(group.len()) - tied;
            points.append(&mut group);
            ends.push(points.len());
        }
        let mut slopes = Self {
            residuals: Vec::with_capacity(points.len()),
            buffer: Vec::with_capacity(points.len()),
            points,
            ends,
            total,
            drawn: Vec::new(),
            listed: Vec::new(),
            below_listed: 0,
            interrupt,
        };
        slopes.draw();
        slopes
    }

    /// Number of slopes.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// The slope of a rank from 1 to the total: to the last bit where slopes are listed, and else the largest double that
    /// is not above it.
    pub(super) fn rank(&mut self, rank: u64) -> f64 {
        if let Some(slope) = self.in_list(rank) {
            return slope;
        }
        let most = MIN_LISTED.max(2 * self.points.len() as u64);
        // The slope of the rank is in low..high.
        let (mut low, mut below_low) = (f64::MIN, 0);
        let (mut high, mut below_high) = (f64::MAX, self.total);
        let mut guesses = self.guesses(rank);
        let mut round = 0_u32;
        while below_high - below_low > most {
            let next = low.next_up();
            if next >= high {
                return low;
            }
            let guess = match guesses.pop() {
                Some(guess) => guess,
                None => {
                    round += 1;
                    let wanted = (rank - below_low) as f64 / (below_high - below_low) as f64;
                    match round % 3 {
                        0 => middle(low, high),
                        1 => low + (high - low) * (wanted - 0.01),
                        _ => low + (high - low) * (wanted + 0.01),
                    }
                }
            };
            // Interpolation may leave the range, and overflows while an end is not a slope yet.
            let guess = if guess.is_finite() {
                guess.clamp(next, high.next_down().max(next))
            } else {
                middle(low, high).clamp(next, high)
            };
            let below = self.count_below(guess);
            if below < rank {
                (low, below_low) = (guess, below);
            } else if guess < high {
                (high, below_high) = (guess, below);
            } else {
                return low;
            }
        }
        self.list(low, high, below_low);
        self.in_list(rank)
            .unwrap_or_else(|| self.listed.last().copied().unwrap_or(low))
    }

    fn in_list(&self, rank: u64) -> Option<f64> {
        let index = rank.checked_sub(self.below_listed + 1)?;
        self.listed.get(usize::try_from(index).ok()?).copied()
    }

    /// First guesses, the best last: the drawn slope of the rank with the double after it, which settles slopes that are
    /// equal, and drawn slopes on either side that the rank hardly lies beyond.
    fn guesses(&self, rank: u64) -> Vec<f64> {
        let Some(last) = self.drawn.len().checked_sub(1) else {
            return Vec::new();
        };
        let at = (rank as f64 / self.total as f64 * last as f64) as usize;
        let reach = 2 * (self.drawn.len() as f64).sqrt() as usize;
        let drawn = |index: usize| self.drawn[index.min(last)];
        vec![
            drawn(at + reach),
            drawn(at.saturating_sub(reach)),
            drawn(at).next_up(),
            drawn(at),
        ]
    }

    /// Slopes below a guess: pairs that are out of order by residual.
    fn count_below(&mut self, slope: f64) -> u64 {
        self.residuals.clear();
        let points = self.points.iter().enumerate();
        self.residuals
            .extend(points.map(|(index, &point)| Residual::of(index, point, slope)));
        (self.interrupt)();
        self.buffer.clone_from(&self.residuals);
        let (mut start, mut below) = (0, 0);
        for &end in &self.ends {
            below += inversions::count(
                &mut self.residuals[start..end],
                &mut self.buffer[start..end],
                Residual::is_below,
                self.interrupt,
            );
            start = end;
        }
        below
    }

    /// Lists the slopes in low..high: the pairs that change their order in between.
    fn list(&mut self, low: f64, high: f64, below_low: u64) {
        self.residuals.clear();
        let points = self.points.iter().enumerate();
        self.residuals
            .extend(points.map(|(index, &point)| Residual::of(index, point, low)));
        self.listed.clear();
        self.below_listed = below_low;
        let mut start = 0;
        for &end in &self.ends {
            let group = &mut self.residuals[start..end];
            inversions::sort_by(group, Residual::order, self.interrupt);
            (self.interrupt)();
            for residual in &mut *group {
                *residual = Residual::of(residual.point, self.points[residual.point], high);
            }
            self.buffer.clear();
            self.buffer.extend_from_slice(group);
            inversions::each(
                group,
                &mut self.buffer,
                Residual::is_below,
                self.interrupt,
                |above, below| {
                    let slopes = above
                        .iter()
                        .map(|above| slope(self.points[above.point], self.points[below.point]));
                    self.listed.extend(slopes);
                },
            );
            start = end;
        }
        inversions::sort_by(&mut self.listed, f64::total_cmp, self.interrupt);
    }

    /// Draws pairs by a multiplicative generator with a fixed seed: the same points give the same guesses, and guesses do
    /// not change results.
    fn draw(&mut self) {
        if self.total <= MIN_LISTED {
            return;
        }
        let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
        let mut below = |n: usize| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            ((u128::from(seed) * n as u128) >> 64) as usize
        };
        for _ in 0..DRAWN {
            let one = below(self.points.len());
            let group = self.ends.partition_point(|&end| end <= one);
            let start = if group == 0 { 0 } else { self.ends[group - 1] };
            let other = start + below(self.ends[group] - start);
            let (a, b) = (self.points[one.min(other)], self.points[one.max(other)]);
            if a.0 < b.0 {
                self.drawn.push(slope(a, b));
            }
        }
        self.drawn.sort_unstable_by(f64::total_cmp);
    }
}

/// Slope of the line through two points with different x; saturates.
fn slope(a: (f64, f64), b: (f64, f64)) -> f64 {
    ((b.1 - a.1) / (b.0 - a.0)).clamp(f64::MIN, f64::MAX)
}

/// The double halfway between two others in the order of doubles, so that halving ends after 64 steps.
fn middle(low: f64, high: f64) -> f64 {
    let ordered = |value: f64| {
        let bits = value.to_bits() as i64;
        bits ^ (((bits >> 63) as u64) >> 1) as i64
    };
    let middle = (i128::from(ordered(low)) + i128::from(ordered(high))).div_euclid(2) as i64;
    f64::from_bits((middle ^ (((middle >> 63) as u64) >> 1) as i64) as u64)
}
