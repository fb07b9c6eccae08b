//! The composite types that describe one series of values.

use super::composite::{composite, return_row};
use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::{Datum, IntoDatum};
use pgrx::pgrx_resolved_type;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use vigil_core::autocorrelation::LjungBox;
use vigil_core::baseline::{Baseline, FENCE};
use vigil_core::trend::mann_kendall::MannKendall;
use vigil_core::trend::theil_sen::TheilSen;

composite! {
    /// A result of type `baseline_result`.
    BaselineRow(baseline: Baseline), "baseline_result", [
        i64::try_from(baseline.n).ok(),
        baseline.mean(),
        baseline.stddev(),
        baseline.median(),
        baseline.mad(),
        baseline.sigma(),
        baseline.quartiles().0,
        baseline.quartiles().1,
        baseline.iqr(),
        baseline.fences(FENCE).0,
        baseline.fences(FENCE).1,
    ]
}

composite! {
    /// A result of type `theil_sen_result`.
    TheilSenRow(line: TheilSen), "theil_sen_result", [
        i64::try_from(line.n).ok(),
        line.slope,
        line.intercept,
        line.interval.map(|(low, _)| low),
        line.interval.map(|(_, high)| high),
    ]
}
composite! {
    /// A result of type `mann_kendall_result`.
    MannKendallRow(result: MannKendall), "mann_kendall_result", [
        i64::try_from(result.n).ok(),
        result.s,
        result.variance,
        result.tau_a,
        result.tau_b,
        result.z,
        result.p_value,
        result.slope,
        result.intercept,
    ]
}
composite! {
    /// A result of type `ljung_box_result`.
    LjungBoxRow(result: LjungBox), "ljung_box_result", [
        result.statistic,
        result.p_value,
        i32::try_from(result.lags).ok(),
    ]
}
