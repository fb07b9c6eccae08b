//! Distribution function of the two-sided statistic, for the part of its range where it is not close to 1.

use super::smirnov::stirling_remainder;
use std::f64::consts::{PI, TAU};

/// Value of `n d²` below which the distribution function is under 1e-12.
pub(super) const NEGLIGIBLE: f64 = 0.04;

/// Probability that the statistic of `n` values is below `t / n`, for ½ < `t` ≤ 1 (Ruben and Gambino, 1982):
/// `n! / nⁿ (2t - 1)ⁿ`.
pub(super) fn ruben_gambino(n: u64, t: f64) -> f64 {
    let size = n as f64;
    factorial_ratio(size) * libm::exp(size * libm::log(2.0 * t - 1.0) - size)
}

/// `n! / nⁿ eⁿ`.
fn factorial_ratio(size: f64) -> f64 {
    (TAU * size).sqrt() * libm::exp(stirling_remainder(size))
}

/// Exact distribution function by Durbin's matrix, as evaluated by Marsaglia, Tsang and Wang, "Evaluating Kolmogorov's
/// distribution" (Journal of Statistical Software 8, 2003). O((n d)³ log n).
pub(super) fn durbin(n: u64, d: f64) -> f64 {
    let size = n as f64;
    let t = size * d;
    let k = t as usize + 1;
    let h = k as f64 - t;
    let power = Matrix::durbin(k, h).power(n);
    let middle = power.cells[(k - 1) * power.size + (k - 1)];
    // The factors e⁻ⁿ and the matrix's power of two are each out of range for large n; together they are not.
    factorial_ratio(size) * middle * libm::exp(power.exponent * std::f64::consts::LN_2 - size)
}

/// A square matrix times a power of two.
struct Matrix {
    size: usize,
    cells: Vec<f64>,
    exponent: f64,
}

impl Matrix {
    fn durbin(k: usize, h: f64) -> Self {
        let size = 2 * k - 1;
        let mut cells = vec![0.0; size * size];
        let mut powers = vec![h; size];
        for i in 1..size {
            powers[i] = powers[i - 1] * h;
        }
        for i in 0..size {
            for j in 0..size.min(i + 2) {
                cells[i * size + j] = 1.0;
            }
        }
        for i in 0..size {
            cells[i * size] -= powers[i];
            cells[(size - 1) * size + i] -= powers[size - 1 - i];
        }
        cells[(size - 1) * size] += libm::pow((2.0 * h - 1.0).max(0.0), size as f64);
        for i in 0..size {
            let mut factorial = 1.0;
            for j in (0..=i).rev() {
                factorial *= (i - j + 1) as f64;
                cells[i * size + j] /= factorial;
            }
        }
        Self {
            size,
            cells,
            exponent: 0.0,
        }
    }

    fn power(self, n: u64) -> Self {
        let mut result = self.clone();
        // Bits below the highest, from the top: square, and multiply where the bit is set.
        for bit in (0..n.ilog2()).rev() {
            result = result.times(&result);
            if n >> bit & 1 == 1 {
                result = result.times(&self);
            }
        }
        result
    }

    fn times(&self, other: &Self) -> Self {
        let size = self.size;
        let mut cells = vec![0.0; size * size];
        for (row, out) in self
            .cells
            .chunks_exact(size)
            .zip(cells.chunks_exact_mut(size))
        {
            for (factor, other) in row.iter().zip(other.cells.chunks_exact(size)) {
                for (out, other) in out.iter_mut().zip(other) {
                    *out += factor * other;
                }
            }
        }
        let mut exponent = self.exponent + other.exponent;
        let middle = cells[(size / 2) * size + size / 2];
        if middle > 1e140 {
            for cell in &mut cells {
                *cell *= SCALE_DOWN;
            }
            exponent += SCALE_BITS;
        }
        Self {
            size,
            cells,
            exponent,
        }
    }

    fn clone(&self) -> Self {
        Self {
            size: self.size,
            cells: self.cells.clone(),
            exponent: self.exponent,
        }
    }
}

const SCALE_BITS: f64 = 465.0;
/// Two to the power of minus [`SCALE_BITS`].
const SCALE_DOWN: f64 = f64::from_bits((1023 - 465) << 52);

/// Asymptotic expansion of Pelz and Good, "Approximating the lower tail-areas of the Kolmogorov-Smirnov one-sample
/// statistic" (1976), with four terms.
pub(super) fn pelz_good(n: u64, d: f64) -> f64 {
    let root = (n as f64).sqrt();
    let z = root * d;
    let z2 = z * z;
    let (z4, z6) = (z2 * z2, z2 * z2 * z2);
    let z8 = z4 * z4;
    let pi2 = PI * PI;
    let mut terms = [0.0; 4];
    // Sums over odd multiples of π/2 and, for the corrections, over multiples of π; e^(-π²k²/2z²) vanishes within a few
    // terms because z is below 1.5 wherever the expansion is used.
    for k in 0..16 {
        let half = f64::from(k) + 0.5;
        let square = pi2 * half * half;
        let weight = libm::exp(-square / (2.0 * z2));
        terms[0] += weight;
        terms[1] += weight * (square - z2);
        terms[2] += weight
            * ((6.0 * z6 + 2.0 * z4)
                + square * (2.0 * z4 - 5.0 * z2)
                + square * square * (1.0 - 2.0 * z2));
        terms[3] += weight
            * (square * square * square * (5.0 - 30.0 * z2)
                + square * square * (-60.0 * z2 + 212.0 * z4)
                + square * (135.0 * z4 - 96.0 * z6)
                - 30.0 * z6
                - 90.0 * z8);
    }
    let (mut second, mut third) = (0.0, 0.0);
    for k in 1..16 {
        let whole = f64::from(k);
        let square = pi2 * whole * whole;
        let weight = libm::exp(-square / (2.0 * z2));
        second += weight * square;
        third += weight * square * (3.0 * z2 - square);
    }
    // Each sum runs over both signs of k, hence the factors of two.
    let scale = 2.0 * (PI / 2.0).sqrt();
    let (z3, z7, z10) = (z2 * z, z6 * z, z8 * z2);
    scale
        * (terms[0] / z
            + terms[1] / (6.0 * z4) / root
            + (terms[2] / (72.0 * z7) - second / (36.0 * z3)) / (root * root)
            + (terms[3] / (6480.0 * z10) + third / (216.0 * z6)) / (root * root * root))
}
