//! Counting thresholds below a value, by the instructions that a machine has.

/// Thresholds that are compared at once.
pub(super) const ABREAST: usize = 16;

/// Some thresholds, where no vector of them is on two lines of the cache.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Thresholds(pub(super) [f64; ABREAST]);

/// How a machine counts.
pub(super) trait Below: Copy {
    /// How many thresholds are below a value.
    fn below(self, thresholds: &Thresholds, value: f64) -> usize;
}

/// Any machine.
#[derive(Clone, Copy)]
pub(super) struct Portable;

impl Below for Portable {
    #[inline(always)]
    fn below(self, thresholds: &Thresholds, value: f64) -> usize {
        let is_below = |&threshold: &f64| usize::from(threshold < value);
        thresholds.0.iter().map(is_below).sum()
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Below, Thresholds};
    use pulp::x86::{V3, V4};
    use pulp::{cast, f64x4, f64x8, m64x4};

    // Of plain code the compiler makes two to three times as many instructions.

    impl Below for V3 {
        #[inline(always)]
        fn below(self, thresholds: &Thresholds, value: f64) -> usize {
            let [a, b, c, d]: [f64x4; 4] = cast(thresholds.0);
            let value = self.splat_f64x4(value);
            let is_below = |some: f64x4| cast::<m64x4, _>(self.cmp_lt_f64x4(some, value));
            let avx2 = self.avx2;
            // Each answer shrinks from eight bytes to two. Their order changes, which their number does not.
            let answers = avx2._mm256_packs_epi16(
                avx2._mm256_packs_epi32(is_below(a), is_below(b)),
                avx2._mm256_packs_epi32(is_below(c), is_below(d)),
            );
            avx2._mm256_movemask_epi8(answers).count_ones() as usize / 2
        }
    }

    impl Below for V4 {
        #[inline(always)]
        fn below(self, thresholds: &Thresholds, value: f64) -> usize {
            let [a, b]: [f64x8; 2] = cast(thresholds.0);
            let value = self.splat_f64x8(value);
            let is_below = |some: f64x8| u16::from(self.cmp_lt_f64x8(some, value).0);
            (is_below(a) << 8 | is_below(b)).count_ones() as usize
        }
    }
}
