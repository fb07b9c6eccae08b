//! Symmetric matrices, packed: the lower triangle row by row.

/// Number of packed cells.
pub(super) const fn cells(width: usize) -> usize {
    width * (width + 1) / 2
}

/// Place of a cell; the larger index is the row.
pub(super) fn at(i: usize, j: usize) -> usize {
    let (row, column) = if i >= j { (i, j) } else { (j, i) };
    cells(row) + column
}

/// The lower Cholesky factor, packed alike; `None` unless the matrix is positive definite.
pub(super) fn cholesky(matrix: &[f64], width: usize) -> Option<Vec<f64>> {
    let mut factor = matrix.to_vec();
    for i in 0..width {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| factor[at(i, k)] * factor[at(j, k)]).sum();
            let rest = matrix[at(i, j)] - known;
            if i == j {
                if rest.is_nan() || rest <= 0.0 {
                    return None;
                }
                factor[at(i, i)] = rest.sqrt();
            } else {
                factor[at(i, j)] = rest / factor[at(j, j)];
            }
        }
    }
    Some(factor)
}

/// `xᵀ A⁻¹ x` by the Cholesky factor of `A`: forward substitution.
pub(super) fn inverse_form(factor: &[f64], x: &[f64]) -> f64 {
    let mut solved: Vec<f64> = Vec::with_capacity(x.len());
    for (i, &x) in x.iter().enumerate() {
        let known: f64 = solved
            .iter()
            .enumerate()
            .map(|(k, y)| factor[at(i, k)] * y)
            .sum();
        solved.push((x - known) / factor[at(i, i)]);
    }
    solved.iter().map(|y| y * y).sum()
}

/// Eigenvalues in descending order, each with its unit eigenvector, by cyclic Jacobi rotations (Golub and Van Loan, "Matrix
/// Computations", section 8.5). `interrupt` is called between sweeps' rows.
pub(super) fn eigen(
    matrix: &[f64],
    width: usize,
    interrupt: &mut dyn FnMut(),
) -> Vec<(f64, Vec<f64>)> {
    /// Convergence is quadratic: ten sweeps are many.
    const SWEEPS: usize = 50;
    let mut a: Vec<f64> = (0..width * width)
        .map(|cell| matrix[at(cell / width, cell % width)])
        .collect();
    // Rows are the eigenvectors in the end.
    let mut vectors = vec![0.0; width * width];
    for i in 0..width {
        vectors[i * width + i] = 1.0;
    }
    for _ in 0..SWEEPS {
        let mut rotated = false;
        for p in 0..width {
            interrupt();
            for q in p + 1..width {
                let (app, aqq, apq) = (a[p * width + p], a[q * width + q], a[p * width + q]);
                if apq.abs() <= f64::EPSILON * f64::EPSILON * (app.abs() + aqq.abs()) {
                    continue;
                }
                rotated = true;
                let theta = (aqq - app) / (2.0 * apq);
                let t = 1.0_f64.copysign(theta) / (theta.abs() + theta.hypot(1.0));
                let c = 1.0 / t.hypot(1.0);
                let s = t * c;
                for k in 0..width {
                    let (kp, kq) = (a[k * width + p], a[k * width + q]);
                    a[k * width + p] = c * kp - s * kq;
                    a[k * width + q] = s * kp + c * kq;
                }
                for k in 0..width {
                    let (pk, qk) = (a[p * width + k], a[q * width + k]);
                    a[p * width + k] = c * pk - s * qk;
                    a[q * width + k] = s * pk + c * qk;
                    let (vp, vq) = (vectors[p * width + k], vectors[q * width + k]);
                    vectors[p * width + k] = c * vp - s * vq;
                    vectors[q * width + k] = s * vp + c * vq;
                }
            }
        }
        if !rotated {
            break;
        }
    }
    let mut pairs: Vec<(f64, Vec<f64>)> = (0..width)
        .map(|i| {
            let vector = vectors[i * width..(i + 1) * width].to_vec();
            (a[i * width + i], vector)
        })
        .collect();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    pairs
}
