//! `jsonb` as text: every number stays as it was written.

use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::datum::{Datum, IntoDatum};
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::{direct_function_call, direct_function_call_as_datum, pg_sys, pgrx_resolved_type};
use std::ffi::{CStr, CString};
use std::marker::PhantomData;

/// A `jsonb` argument.
#[derive(Clone, Copy)]
pub(crate) struct Json<'fcx> {
    datum: pg_sys::Datum,
    lifetime: PhantomData<&'fcx ()>,
}

impl Json<'_> {
    /// The value as text, in the current memory context.
    pub(crate) fn text<'a>(self) -> &'a str
    where
        Self: 'a,
    {
        // SAFETY: the datum is a `jsonb`, and its text a string in the current memory context.
        let text: Option<&CStr> =
            unsafe { direct_function_call(pg_sys::jsonb_out, &[Some(self.datum)]) };
        let text = text.expect("the text of a value is not null");
        text.to_str().expect("the text of a value is UTF-8")
    }
}

// SAFETY: arguments are valid for `'fcx`, and the functions with such arguments are strict.
unsafe impl<'fcx> ArgAbi<'fcx> for Json<'fcx> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        // SAFETY: any argument is a datum.
        let datum: Option<pg_sys::Datum> = unsafe { arg.unbox_arg_using_from_datum() };
        Self {
            datum: datum.expect("the function is strict"),
            lifetime: PhantomData,
        }
    }
}

// SAFETY: read as `jsonb` only.
unsafe impl SqlTranslatable for Json<'_> {
    const TYPE_IDENT: &'static str = pgrx_resolved_type!(Json<'_>);
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: std::result::Result<SqlMappingRef, ArgumentError> =
        Ok(SqlMappingRef::literal("jsonb"));
    const RETURN_SQL: std::result::Result<ReturnsRef, ReturnsError> = Err(ReturnsError::Datum);
}

/// A `jsonb` in a row or as a result, from its text.
pub(crate) struct JsonText(pub(crate) String);

impl IntoDatum for JsonText {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        let text = CString::new(self.0).expect("JSON has no NUL");
        // SAFETY: the argument is a string, and the result does not refer to it.
        unsafe { direct_function_call_as_datum(pg_sys::jsonb_in, &[text.as_c_str().into_datum()]) }
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::JSONBOID
    }
}

// SAFETY: made by the input function of `jsonb`.
unsafe impl BoxRet for JsonText {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        let datum = self.into_datum().expect("the input function gives a value");
        // SAFETY: as above.
        unsafe { fcinfo.return_raw_datum(datum) }
    }
}

// SAFETY: see `IntoDatum`.
unsafe impl SqlTranslatable for JsonText {
    const TYPE_IDENT: &'static str = pgrx_resolved_type!(JsonText);
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: std::result::Result<SqlMappingRef, ArgumentError> =
        Ok(SqlMappingRef::literal("jsonb"));
    const RETURN_SQL: std::result::Result<ReturnsRef, ReturnsError> =
        Ok(ReturnsRef::One(SqlMappingRef::literal("jsonb")));
}
