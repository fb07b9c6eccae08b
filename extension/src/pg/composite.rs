//! Composite types as results: one row of named columns.

use pgrx::callconv::FcInfo;
use pgrx::datum::Datum;
use pgrx::pg_sys;
use std::ptr;

/// Returns a row of the type that the function is declared to return. `None` is NULL.
pub(super) fn return_row<'fcx, const N: usize>(
    fields: [Option<pg_sys::Datum>; N],
    fcinfo: &mut FcInfo<'fcx>,
) -> Datum<'fcx> {
    let mut nulls = fields.map(|field| field.is_none());
    let mut values = fields.map(|field| field.unwrap_or(pg_sys::Datum::null()));
    // SAFETY: the call is in progress, and the row is formed from as many fields as its descriptor has.
    unsafe {
        let mut descriptor = ptr::null_mut();
        let class =
            pg_sys::get_call_result_type(fcinfo.as_mut_ptr(), ptr::null_mut(), &raw mut descriptor);
        assert!(
            class == pg_sys::TypeFuncClass::TYPEFUNC_COMPOSITE && (*descriptor).natts as usize == N,
            "the function is not declared to return a row of {N} columns"
        );
        let tuple = pg_sys::heap_form_tuple(
            pg_sys::BlessTupleDesc(descriptor),
            values.as_mut_ptr(),
            nulls.as_mut_ptr(),
        );
        fcinfo.return_raw_datum(pg_sys::HeapTupleHeaderGetDatum((*tuple).t_data))
    }
}

/// A result of a composite type, made of a value of the core. The type is created in the file with its functions.
macro_rules! composite {
    ($(#[$doc:meta])* $name:ident($value:ident: $core:ty), $sql:literal, [$($field:expr),+ $(,)?]) => {
        $(#[$doc])*
        pub(crate) struct $name(pub(crate) $core);

        // SAFETY: makes a row of the type that the function is declared to return, in the context of the call.
        unsafe impl BoxRet for $name {
            unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
                let $value = self.0;
                return_row([$($field.into_datum()),+], fcinfo)
            }
        }

        // SAFETY: see `BoxRet`.
        unsafe impl SqlTranslatable for $name {
            const TYPE_IDENT: &'static str = pgrx_resolved_type!($name);
            const TYPE_ORIGIN: TypeOrigin = TypeOrigin::ThisExtension;
            const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> =
                Ok(SqlMappingRef::literal($sql));
            const RETURN_SQL: Result<ReturnsRef, ReturnsError> =
                Ok(ReturnsRef::One(SqlMappingRef::literal($sql)));
        }
    };
}

pub(super) use composite;
