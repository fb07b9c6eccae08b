//! Fourier transform of a real series that is padded with zeros.

use std::f64::consts::TAU;

/// Roots that are computed between two looks at a cancel request.
const ROOTS: usize = 1 << 16;

/// A complex number.
type Complex = (f64, f64);

/// The transform of a series, padded so that no product of a lag wraps around.
pub(super) struct Spectrum(Vec<Complex>);

impl Spectrum {
    pub(super) fn of(values: &[f64], interrupt: &mut dyn FnMut()) -> Self {
        let mut padded: Vec<Complex> = values.iter().map(|&value| (value, 0.0)).collect();
        padded.resize((2 * values.len()).next_power_of_two(), (0.0, 0.0));
        transform(&mut padded, interrupt);
        Self(padded)
    }

    /// Sums of products of values at lags 0 to `lags` - 1: the transform of the squared magnitudes.
    pub(super) fn products(self, lags: usize, interrupt: &mut dyn FnMut()) -> Vec<f64> {
        let mut power: Vec<Complex> = self.0;
        for value in &mut power {
            *value = (value.0 * value.0 + value.1 * value.1, 0.0);
        }
        transform(&mut power, interrupt);
        let n = power.len() as f64;
        power.iter().take(lags).map(|value| value.0 / n).collect()
    }
}

/// The discrete Fourier transform in place, for lengths that are powers of two (Cooley and Tukey, 1965). Real and symmetric
/// input has the same transform either way, so that none is needed for the way back.
fn transform(values: &mut [Complex], interrupt: &mut dyn FnMut()) {
    let n = values.len();
    if n < 2 {
        return;
    }
    let unused = usize::BITS - n.trailing_zeros();
    for index in 0..n {
        let mirrored = index.reverse_bits() >> unused;
        if index < mirrored {
            values.swap(index, mirrored);
        }
    }
    // Each root computed for itself: multiplying them up would add their rounding.
    let roots: Vec<Complex> = (0..n / 2)
        .map(|index| {
            if index % ROOTS == 0 {
                interrupt();
            }
            let angle = -TAU * (index as f64 / n as f64);
            (libm::cos(angle), libm::sin(angle))
        })
        .collect();
    let mut half = 1;
    while half < n {
        interrupt();
        let stride = n / (2 * half);
        for block in values.chunks_mut(2 * half) {
            let (first, second) = block.split_at_mut(half);
            for ((a, b), root) in first
                .iter_mut()
                .zip(second)
                .zip(roots.iter().step_by(stride))
            {
                let turned = (b.0 * root.0 - b.1 * root.1, b.0 * root.1 + b.1 * root.0);
                *b = (a.0 - turned.0, a.1 - turned.1);
                *a = (a.0 + turned.0, a.1 + turned.1);
            }
        }
        half *= 2;
    }
}
