//! The composite type `ks_result`.

use super::composite::{composite, return_row};
use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::{Datum, IntoDatum};
use pgrx::pgrx_resolved_type;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use vigil_core::drift::ks::KsResult;

composite! {
    /// A result of type `ks_result (statistic float8, p_value float8, n_reference bigint, n_current bigint)`.
    KsRow(result: KsResult), "ks_result", [
        result.statistic,
        result.p_value,
        i64::try_from(result.n_reference).ok(),
        i64::try_from(result.n_current).ok(),
    ]
}
