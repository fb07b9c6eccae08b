//! Control charts: functions of a series in order that return one row per value.

use crate::error::{Result, report};
use crate::pg::Vector;
use crate::scalar::known;
use pgrx::iter::TableIterator;
use pgrx::{default, name, pg_extern};
use vigil_core::control::rules::Rules;
use vigil_core::control::{cusum, ewma, individuals, rules};

/// NaN, which the core refuses, for NULL.
fn number(argument: Option<f64>) -> f64 {
    argument.unwrap_or(f64::NAN)
}

/// The series, as the iterators of the core own it.
fn series(values: Vector<'_>) -> Result<Vec<f64>> {
    let mut scratch = Vec::new();
    values.read_sample(&mut scratch).map(<[f64]>::to_vec)
}

/// Exponentially weighted moving average chart. Not strict: target and sigma may be NULL.
#[pg_extern(immutable, parallel_safe, cost = 1000)]
#[allow(clippy::type_complexity)]
fn ewma_chart(
    values: Option<Vector<'_>>,
    target: default!(Option<f64>, "null"),
    sigma: default!(Option<f64>, "null"),
    lambda: default!(Option<f64>, 0.2),
    width: default!(Option<f64>, 2.7),
) -> Result<
    TableIterator<
        'static,
        (
            name!(index, i32),
            name!(value, Option<f64>),
            name!(centre, Option<f64>),
            name!(lower, Option<f64>),
            name!(upper, Option<f64>),
            name!(statistic, Option<f64>),
            name!(signal, Option<bool>),
        ),
    >,
> {
    let values = values.map_or(Ok(Vec::new()), series)?;
    let points =
        ewma::chart(values, target, sigma, number(lambda), number(width)).map_err(report)?;
    Ok(TableIterator::new((1..).zip(points).map(
        |(index, point)| {
            (
                index,
                known(point.value),
                known(point.centre),
                known(point.lower),
                known(point.upper),
                known(point.statistic),
                point.signal,
            )
        },
    )))
}

/// Tabular cumulative sum chart. Not strict: target and sigma may be NULL.
#[pg_extern(immutable, parallel_safe, cost = 1000)]
#[allow(clippy::type_complexity)]
fn cusum_chart(
    values: Option<Vector<'_>>,
    target: default!(Option<f64>, "null"),
    sigma: default!(Option<f64>, "null"),
    k: default!(Option<f64>, 0.5),
    h: default!(Option<f64>, 5),
) -> Result<
    TableIterator<
        'static,
        (
            name!(index, i32),
            name!(value, Option<f64>),
            name!(centre, Option<f64>),
            name!(decision, Option<f64>),
            name!(upper_sum, Option<f64>),
            name!(lower_sum, Option<f64>),
            name!(signal, Option<bool>),
        ),
    >,
> {
    let values = values.map_or(Ok(Vec::new()), series)?;
    let points = cusum::chart(values, target, sigma, number(k), number(h)).map_err(report)?;
    Ok(TableIterator::new((1..).zip(points).map(
        |(index, point)| {
            (
                index,
                known(point.value),
                known(point.centre),
                known(point.decision),
                known(point.upper_sum),
                known(point.lower_sum),
                point.signal,
            )
        },
    )))
}

/// Individuals and moving range chart. Not strict: target and sigma may be NULL.
#[pg_extern(immutable, parallel_safe, cost = 1000)]
#[allow(clippy::type_complexity)]
fn individuals_chart(
    values: Option<Vector<'_>>,
    target: default!(Option<f64>, "null"),
    sigma: default!(Option<f64>, "null"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(index, i32),
            name!(value, Option<f64>),
            name!(centre, Option<f64>),
            name!(lower, Option<f64>),
            name!(upper, Option<f64>),
            name!(signal, Option<bool>),
            name!(moving_range, Option<f64>),
            name!(range_centre, Option<f64>),
            name!(range_upper, Option<f64>),
            name!(range_signal, Option<bool>),
        ),
    >,
> {
    let values = values.map_or(Ok(Vec::new()), series)?;
    let points = individuals::chart(values, target, sigma).map_err(report)?;
    Ok(TableIterator::new((1..).zip(points).map(
        |(index, point)| {
            (
                index,
                known(point.value),
                known(point.centre),
                known(point.lower),
                known(point.upper),
                point.signal,
                known(point.range),
                known(point.range_centre),
                known(point.range_upper),
                point.range_signal,
            )
        },
    )))
}

/// Rows of the two functions of runs rules, which have to spell them out for the SQL.
#[allow(clippy::type_complexity)]
type RuleRows = TableIterator<
    'static,
    (
        name!(index, i32),
        name!(value, Option<f64>),
        name!(centre, Option<f64>),
        name!(lower, Option<f64>),
        name!(upper, Option<f64>),
        name!(statistic, Option<f64>),
        name!(rules, Option<Vec<i32>>),
    ),
>;

fn rule_rows(
    values: Option<Vector<'_>>,
    target: Option<f64>,
    sigma: Option<f64>,
    set: Rules,
) -> Result<RuleRows> {
    let values = values.map_or(Ok(Vec::new()), series)?;
    let points = rules::chart(values, target, sigma, set).map_err(report)?;
    Ok(TableIterator::new((1..).zip(points).map(
        |(index, point)| {
            (
                index,
                known(point.value),
                known(point.centre),
                known(point.lower),
                known(point.upper),
                known(point.statistic),
                point.rules,
            )
        },
    )))
}

/// Runs rules of Western Electric. Not strict: target and sigma may be NULL.
#[pg_extern(immutable, parallel_safe, cost = 1000)]
#[allow(clippy::type_complexity)]
fn western_electric_rules(
    values: Option<Vector<'_>>,
    target: default!(Option<f64>, "null"),
    sigma: default!(Option<f64>, "null"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(index, i32),
            name!(value, Option<f64>),
            name!(centre, Option<f64>),
            name!(lower, Option<f64>),
            name!(upper, Option<f64>),
            name!(statistic, Option<f64>),
            name!(rules, Option<Vec<i32>>),
        ),
    >,
> {
    rule_rows(values, target, sigma, Rules::WesternElectric)
}

/// Runs rules of Nelson. Not strict: target and sigma may be NULL.
#[pg_extern(immutable, parallel_safe, cost = 1000)]
#[allow(clippy::type_complexity)]
fn nelson_rules(
    values: Option<Vector<'_>>,
    target: default!(Option<f64>, "null"),
    sigma: default!(Option<f64>, "null"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(index, i32),
            name!(value, Option<f64>),
            name!(centre, Option<f64>),
            name!(lower, Option<f64>),
            name!(upper, Option<f64>),
            name!(statistic, Option<f64>),
            name!(rules, Option<Vec<i32>>),
        ),
    >,
> {
    rule_rows(values, target, sigma, Rules::Nelson)
}
