//! The entries of fuzzing for a fixed number of inputs that come out the same on every run, and every input that once
//! failed. `../../fuzz` runs the same entries for as long as one likes, guided by coverage.

use crate::data::figure;
use crate::entry::ENTRIES;
use std::path::PathBuf;

/// Inputs of one entry: some seconds for all entries together, without optimisation.
const EXECUTIONS: usize = 300;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// Changes bytes, cuts, repeats and lengthens, a few times over.
fn mutate(input: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(4) {
        let at = random.below(input.len());
        match random.below(6) {
            0 => input.truncate(at),
            1 => input.insert(at.min(input.len()), random.next() as u8),
            2 => input.extend_from_within(at..),
            3 => input.extend((0..random.below(16)).map(|_| random.next() as u8)),
            kind => {
                if let Some(byte) = input.get_mut(at) {
                    let awkward = [0, 1, 0x7F, 0x80, 0xF0, 0xFF];
                    *byte = match kind {
                        4 => *byte ^ (1 << random.below(8)),
                        _ => awkward[random.below(awkward.len())],
                    };
                }
            }
        }
    }
    input.truncate(512);
}

#[test]
fn entries_survive_mutated_inputs() {
    let mut random = Random(20_240_301);
    let mut executions = 0;
    for (name, entry) in ENTRIES {
        let mut inputs: Vec<Vec<u8>> = (0..8)
            .map(|length| (0..length * 40).map(|_| random.next() as u8).collect())
            .collect();
        inputs.push(br#"{"n_trees": 5, "sample_size": 8, "seed": "1"}"#.to_vec());
        for _ in 0..EXECUTIONS {
            let mut input = inputs[random.below(inputs.len())].clone();
            mutate(&mut input, &mut random);
            if let Err(panic) = std::panic::catch_unwind(|| entry(&input)) {
                println!("{name} fails with {input:02x?}");
                std::panic::resume_unwind(panic);
            }
            executions += 1;
        }
    }
    figure(&format!(
        "fuzzing: {executions} executions of {} entries",
        ENTRIES.len()
    ));
}

#[test]
fn inputs_that_once_failed() {
    let found = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/found"));
    let mut inputs = 0;
    for (name, entry) in ENTRIES {
        for file in std::fs::read_dir(found.join(name)).into_iter().flatten() {
            entry(&std::fs::read(file.unwrap().path()).unwrap());
            inputs += 1;
        }
    }
    println!("{inputs} inputs");
}
