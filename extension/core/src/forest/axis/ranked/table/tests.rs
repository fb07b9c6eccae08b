use super::{PART, Table};
use crate::forest::axis::ranked::blocks::LANES;
use crate::forest::axis::ranked::machine::{self, Machine, Portable, Task};
use crate::forest::random::Random;

/// Ranks of values among thresholds.
struct Ranking<'a> {
    part: &'a [f64],
    values: &'a [f64],
}

impl Task for Ranking<'_> {
    type Output = ();

    fn run(self, machine: impl Machine) {
        let table = Table::new(0, self.part);
        for some in self.values.chunks(LANES) {
            let mut values = [0.0; LANES];
            values[..some.len()].copy_from_slice(some);
            let ranks = table.ranks(&values, machine);
            for (value, rank) in values.into_iter().zip(ranks) {
                assert_eq!(rank, table.rank(value), "{value} among {:?}", self.part);
            }
        }
    }
}

/// Thresholds that lie evenly, that crowd at one end, in one point and around zero, and that are at the ends of what is
/// finite.
fn parts() -> Vec<Vec<f64>> {
    let mut random = Random::new(7, 0);
    let mut drawn = |count: usize, of: &dyn Fn(f64) -> f64| -> Vec<f64> {
        let mut part: Vec<f64> = (0..count).map(|_| of(random.unit())).collect();
        part.sort_by(f64::total_cmp);
        part.dedup();
        part
    };
    vec![
        vec![0.0],
        vec![-1e300],
        vec![f64::MIN, 0.0, f64::MAX],
        vec![-f64::MIN_POSITIVE, 0.0, f64::from_bits(1)],
        drawn(PART, &|unit| unit),
        drawn(100, &|unit| 1e15 + 1e4 * unit),
        drawn(PART, &|unit| unit.powi(30)),
        drawn(PART, &|unit| (unit - 0.5).powi(21) * 1e300),
        drawn(200, &|unit| {
            if unit < 0.5 { unit * 1e-12 } else { 1e9 + unit }
        }),
    ]
}

#[test]
fn ranks_are_those_of_a_search() {
    for part in parts() {
        let mut values: Vec<f64> = part
            .iter()
            .flat_map(|&at| [at, at.next_up(), at.next_down(), 1.5 * at, -at])
            .filter(|value| value.is_finite())
            .collect();
        values.extend([0.0, -0.0, 1.0, f64::MAX, f64::MIN]);
        let ranking = || Ranking {
            part: &part,
            values: &values,
        };
        ranking().run(Portable);
        machine::run(ranking());
        #[cfg(target_arch = "x86_64")]
        if let Some(machine) = pulp::x86::V3::try_new() {
            ranking().run(machine);
        }
    }
}
