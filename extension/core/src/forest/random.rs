//! Random numbers that are the same on every machine.

#[cfg(test)]
mod tests;

/// xoshiro256++ of Blackman and Vigna ("Scrambled linear pseudorandom number generators", 2021).
#[derive(Debug, Clone)]
pub(crate) struct Random {
    state: [u64; 4],
}

/// Weyl constant of SplitMix64: 2^64 divided by the golden ratio.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Output function of SplitMix64: a bijection under which each bit of the input changes half of the output.
const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// A hash of three numbers.
pub(crate) const fn mixed(a: u64, b: u64, c: u64) -> u64 {
    mix(mix(mix(a.wrapping_add(GOLDEN)) ^ b).wrapping_add(GOLDEN) ^ c)
}

impl Random {
    /// The stream `stream` of `seed`. Both are hashed, so that neighbouring seeds share no stream: with `seed + tree`
    /// as isotree does it, they share all trees but one.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut counter = mix(seed.wrapping_add(GOLDEN)) ^ mix(mix(stream.wrapping_add(GOLDEN)));
        let state = [(); 4].map(|()| {
            counter = counter.wrapping_add(GOLDEN);
            mix(counter)
        });
        Self { state }
    }

    fn next(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }

    /// Uniform in 0..1, on a grid of 2^-53.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 * f64::EPSILON / 2.0
    }

    /// Normal with mean 0 and standard deviation 1 (Box and Muller, 1958).
    pub(crate) fn normal(&mut self) -> f64 {
        // 1 - unit() is in (0, 1], where the logarithm is finite.
        let radius = (-2.0 * libm::log(1.0 - self.unit())).sqrt();
        radius * libm::cos(2.0 * core::f64::consts::PI * self.unit())
    }

    /// Uniform in 0..`n`, without bias (Lemire, "Fast random integer generation in an interval", 2019). 0 for `n` 0.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        let mut product = u128::from(self.next()) * u128::from(n);
        if (product as u64) < n {
            let least = n.wrapping_neg() % n;
            while (product as u64) < least {
                product = u128::from(self.next()) * u128::from(n);
            }
        }
        (product >> 64) as u64
    }
}
