//! The minimum of a function of a few numbers between bounds, without derivatives.

/// Most evaluations.
const MAX_EVALUATIONS: usize = 1000;
/// The search ends when the simplex is no larger than this.
const TOLERANCE: f64 = 1e-8;

/// Nelder and Mead, "A simplex method for function minimization" (1965), with points moved into the bounds. Starts at
/// `start`; an infinite cost stands for a point that is not allowed.
pub(super) fn minimum(
    start: &[f64],
    bounds: &[(f64, f64)],
    mut cost: impl FnMut(&[f64]) -> f64,
) -> Vec<f64> {
    let dimensions = start.len();
    if dimensions == 0 {
        return Vec::new();
    }
    let mut evaluate = |mut point: Vec<f64>| {
        for (number, (low, high)) in point.iter_mut().zip(bounds) {
            *number = number.clamp(*low, *high);
        }
        let cost = cost(&point);
        (if cost.is_nan() { f64::INFINITY } else { cost }, point)
    };
    let mut simplex = vec![evaluate(start.to_vec())];
    for dimension in 0..dimensions {
        let (low, high) = bounds[dimension];
        let mut point = start.to_vec();
        let step = 0.2 * (high - low);
        point[dimension] += if point[dimension] + step <= high {
            step
        } else {
            -step
        };
        simplex.push(evaluate(point));
    }
    let mut evaluations = simplex.len();
    while evaluations < MAX_EVALUATIONS {
        simplex.sort_by(|a, b| a.0.total_cmp(&b.0));
        let size = simplex[1..]
            .iter()
            .flat_map(|(_, point)| point.iter().zip(&simplex[0].1))
            .fold(0.0_f64, |size, (a, b)| size.max((a - b).abs()));
        if size <= TOLERANCE {
            break;
        }
        let centre: Vec<f64> = (0..dimensions)
            .map(|i| simplex[..dimensions].iter().map(|(_, p)| p[i]).sum::<f64>())
            .map(|sum| sum / dimensions as f64)
            .collect();
        let worst = &simplex[dimensions];
        let along = |by: f64| -> Vec<f64> {
            let pairs = centre.iter().zip(&worst.1);
            pairs
                .map(|(centre, worst)| centre + by * (centre - worst))
                .collect()
        };
        let reflected = evaluate(along(1.0));
        evaluations += 1;
        let next = if reflected.0 < simplex[0].0 {
            evaluations += 1;
            let expanded = evaluate(along(2.0));
            Some(if expanded.0 < reflected.0 {
                expanded
            } else {
                reflected
            })
        } else if reflected.0 < simplex[dimensions - 1].0 {
            Some(reflected)
        } else {
            evaluations += 1;
            let is_outside = reflected.0 < worst.0;
            let contracted = evaluate(along(if is_outside { 0.5 } else { -0.5 }));
            (contracted.0 < reflected.0.min(worst.0)).then_some(contracted)
        };
        if let Some(next) = next {
            simplex[dimensions] = next;
            continue;
        }
        let best = simplex[0].1.clone();
        for vertex in &mut simplex[1..] {
            let pairs = vertex.1.iter().zip(&best);
            *vertex = evaluate(pairs.map(|(a, b)| 0.5 * (a + b)).collect());
        }
        evaluations += dimensions;
    }
    simplex.sort_by(|a, b| a.0.total_cmp(&b.0));
    simplex.swap_remove(0).1
}
