//! The composite type `chi2_result`.

use super::composite::{composite, return_row};
use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::{Datum, IntoDatum};
use pgrx::pgrx_resolved_type;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use vigil_core::drift::chi_squared::ChiSquared;

composite! {
    /// A result of type `chi2_result (statistic float8, p_value float8, degrees_of_freedom bigint, effect_size float8,
    /// min_expected float8, n float8)`.
    Chi2Row(result: ChiSquared), "chi2_result", [
        result.statistic,
        result.p_value,
        i64::try_from(result.degrees_of_freedom).ok(),
        result.effect_size,
        result.min_expected,
        result.n,
    ]
}
