//! Chi-squared tests of counts of categories, as functions of arrays and as an aggregate.

use crate::error::{Result, report};
use crate::pg::{Call, Chi2Row, Matrix, State, Vector};
use pgrx::datum::Internal;
use pgrx::{default, extension_sql, pg_extern};
use vigil_core::Error;
use vigil_core::drift::categories::Categories;
use vigil_core::drift::chi_squared;
use vigil_core::vector::MAX_ELEMENTS;

extension_sql!(
    r#"
create type chi2_result as (
    statistic float8,
    p_value float8,
    degrees_of_freedom bigint,
    effect_size float8,
    min_expected float8,
    n float8
);
"#,
    name = "chi2_result_type",
    creates = [Type(Chi2Row)],
);

/// Goodness of fit. Not strict: without expected counts the distribution is uniform.
#[pg_extern(immutable, parallel_safe, cost = 100)]
fn chi2_gof(
    observed: Option<Vector<'_>>,
    expected: default!(Option<Vector<'_>>, "null"),
) -> Result<Option<Chi2Row>> {
    let Some(observed) = observed else {
        return Ok(None);
    };
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let expected = expected
        .map(|expected| expected.read(&mut right))
        .transpose()?;
    chi_squared::goodness_of_fit(observed.read(&mut left)?, expected)
        .map(|result| Some(Chi2Row(result)))
        .map_err(report)
}

/// Independence of the rows and columns of a table.
#[pg_extern(immutable, strict, parallel_safe, cost = 100)]
fn chi2_contingency(counts: Matrix<'_>, yates: default!(bool, false)) -> Result<Chi2Row> {
    let mut scratch = Vec::new();
    let (cells, columns) = counts.read(&mut scratch)?;
    if cells.len() > MAX_ELEMENTS {
        return Err(report(Error::VectorTooLong(cells.len())));
    }
    chi_squared::contingency(cells, columns, yates)
        .map(Chi2Row)
        .map_err(report)
}

/// Homogeneity of two samples, from their counts.
#[pg_extern(immutable, strict, parallel_safe, cost = 100, name = "chi2_test")]
fn chi2_test_arrays(reference: Vector<'_>, current: Vector<'_>) -> Result<Chi2Row> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    chi_squared::homogeneity(reference.read(&mut left)?, current.read(&mut right)?)
        .map(Chi2Row)
        .map_err(report)
}

/// Counts a value. Not strict: rows with a NULL are skipped.
#[pg_extern(immutable, parallel_safe)]
fn chi2_test_trans<'fcx>(
    state: Option<State<'fcx, Categories>>,
    category: Option<&str>,
    is_current: Option<bool>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Categories>>> {
    let (Some(category), Some(is_current)) = (category, is_current) else {
        return Ok(state);
    };
    let mut state = State::or_new(state, &call, || Ok(Categories::new()))?;
    state.push(category, is_current).map_err(report)?;
    Ok(Some(state))
}

/// Merges the second state into the first, which may be missing; the second is never kept, it has another owner.
#[pg_extern(immutable, parallel_safe)]
fn chi2_test_combine<'fcx>(
    state: Option<State<'fcx, Categories>>,
    other: Option<State<'fcx, Categories>>,
    call: Call<'fcx>,
) -> Result<Option<State<'fcx, Categories>>> {
    let Some(other) = other else { return Ok(state) };
    let mut state = State::or_new(state, &call, || Ok(Categories::new()))?;
    state.merge(&other).map_err(report)?;
    Ok(Some(state))
}

/// The state as bytes, for another process.
#[pg_extern(immutable, strict, parallel_safe)]
fn chi2_test_serialize(state: State<'_, Categories>) -> Vec<u8> {
    state.to_bytes()
}

/// The state from bytes.
#[pg_extern(immutable, strict, parallel_safe)]
fn chi2_test_deserialize<'fcx>(
    bytes: &'fcx [u8],
    _internal: Internal,
) -> Result<State<'fcx, Categories>> {
    Ok(State::passing(
        Categories::from_bytes(bytes).map_err(report)?,
    ))
}

/// Tests the counts. Not strict: without rows both sides are empty, which is an error.
#[pg_extern(immutable, parallel_safe)]
fn chi2_test_final(state: Option<State<'_, Categories>>) -> Result<Chi2Row> {
    let result = match state {
        Some(categories) => categories.test(),
        None => Categories::new().test(),
    };
    result.map(Chi2Row).map_err(report)
}

extension_sql!(
    r#"
create aggregate chi2_test(category text, is_current boolean) (
    sfunc = chi2_test_trans,
    stype = internal,
    finalfunc = chi2_test_final,
    combinefunc = chi2_test_combine,
    serialfunc = chi2_test_serialize,
    deserialfunc = chi2_test_deserialize,
    parallel = safe
);
"#,
    name = "categories_aggregates",
    requires = [
        chi2_test_trans,
        chi2_test_combine,
        chi2_test_serialize,
        chi2_test_deserialize,
        chi2_test_final
    ],
);
