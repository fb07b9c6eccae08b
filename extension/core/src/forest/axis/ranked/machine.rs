//! The instructions that a machine has, chosen at run time.

use pulp::{Arch, NullaryFnOnce};

/// Thresholds that are compared at once.
pub(super) const ABREAST: usize = 8;

/// A kind of machine.
pub(super) trait Machine: Copy {
    /// How many thresholds are below a value.
    fn below(self, thresholds: &[f64; ABREAST], value: f64) -> u8;
}

/// What is compiled for each kind of machine. All of it must be inlined, or the compiler does not use the instructions.
pub(super) trait Task {
    type Output;

    fn run(self, machine: impl Machine) -> Self::Output;
}

/// Runs a task with the fastest instructions of this machine.
pub(super) fn run<T: Task>(task: T) -> T::Output {
    match Arch::new() {
        #[cfg(target_arch = "x86_64")]
        Arch::V4(machine) => machine.vectorize(On { machine, task }),
        #[cfg(target_arch = "x86_64")]
        Arch::V3(machine) => machine.vectorize(On { machine, task }),
        other => other.dispatch(On {
            machine: Portable,
            task,
        }),
    }
}

struct On<M, T> {
    machine: M,
    task: T,
}

impl<M: Machine, T: Task> NullaryFnOnce for On<M, T> {
    type Output = T::Output;

    #[inline(always)]
    fn call(self) -> T::Output {
        self.task.run(self.machine)
    }
}

/// Any machine.
#[derive(Clone, Copy)]
pub(super) struct Portable;

impl Machine for Portable {
    #[inline(always)]
    fn below(self, thresholds: &[f64; ABREAST], value: f64) -> u8 {
        let is_below = |&threshold: &f64| u8::from(threshold < value);
        thresholds.iter().map(is_below).sum()
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{ABREAST, Machine};
    use pulp::x86::{V3, V4};
    use pulp::{cast, f64x4, m64x4};

    // Of plain code the compiler makes two to three times as many instructions.

    impl Machine for V3 {
        #[inline(always)]
        fn below(self, thresholds: &[f64; ABREAST], value: f64) -> u8 {
            let [a, b]: [f64x4; 2] = cast(*thresholds);
            let value = self.splat_f64x4(value);
            let is_below = |some: f64x4| cast::<m64x4, _>(self.cmp_lt_f64x4(some, value));
            // Each answer shrinks from eight bytes to four. Their order changes, which their number does not.
            let answers = self.avx2._mm256_packs_epi32(is_below(a), is_below(b));
            let answers = self
                .avx
                ._mm256_movemask_ps(self.avx._mm256_castsi256_ps(answers));
            answers.count_ones() as u8
        }
    }

    impl Machine for V4 {
        #[inline(always)]
        fn below(self, thresholds: &[f64; ABREAST], value: f64) -> u8 {
            let is_below = self.cmp_lt_f64x8(cast(*thresholds), self.splat_f64x8(value));
            is_below.0.count_ones() as u8
        }
    }
}
