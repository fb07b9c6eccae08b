//! The composite type `ks_result`.

use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::{Datum, IntoDatum};
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::{pg_sys, pgrx_resolved_type};
use std::ptr;
use vigil_core::drift::ks::KsResult;

/// A result of type `ks_result (statistic float8, p_value float8, n_reference bigint, n_current bigint)`.
pub(crate) struct KsRow(pub(crate) KsResult);

// SAFETY: makes a row of the type that the function is declared to return, in the context of the call.
unsafe impl BoxRet for KsRow {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        let count = |n: u64| i64::try_from(n).ok().into_datum();
        let KsResult {
            statistic,
            p_value,
            n_reference,
            n_current,
        } = self.0;
        let fields = [
            statistic.into_datum(),
            p_value.into_datum(),
            count(n_reference),
            count(n_current),
        ];
        let mut nulls = fields.map(|field| field.is_none());
        let mut values = fields.map(|field| field.unwrap_or(pg_sys::Datum::null()));
        // SAFETY: the row is formed from as many fields as its descriptor has.
        unsafe {
            let mut descriptor = ptr::null_mut();
            let class = pg_sys::get_call_result_type(
                fcinfo.as_mut_ptr(),
                ptr::null_mut(),
                &raw mut descriptor,
            );
            assert!(
                class == pg_sys::TypeFuncClass::TYPEFUNC_COMPOSITE
                    && (*descriptor).natts as usize == values.len(),
                "the function is not declared to return ks_result"
            );
            let tuple = pg_sys::heap_form_tuple(
                pg_sys::BlessTupleDesc(descriptor),
                values.as_mut_ptr(),
                nulls.as_mut_ptr(),
            );
            fcinfo.return_raw_datum(pg_sys::HeapTupleHeaderGetDatum((*tuple).t_data))
        }
    }
}

// SAFETY: see `BoxRet`. The type is created in the file with the functions that return it.
unsafe impl SqlTranslatable for KsRow {
    const TYPE_IDENT: &'static str = pgrx_resolved_type!(KsRow);
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::ThisExtension;
    const ARGUMENT_SQL: std::result::Result<SqlMappingRef, ArgumentError> =
        Ok(SqlMappingRef::literal("ks_result"));
    const RETURN_SQL: std::result::Result<ReturnsRef, ReturnsError> =
        Ok(ReturnsRef::One(SqlMappingRef::literal("ks_result")));
}
