//! JSON arguments.

use super::call::datum;
use crate::error::{Result, invalid, report};
use pgrx::callconv::{Arg, ArgAbi};
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::{direct_function_call, pg_sys, pgrx_resolved_type};
use serde_json::Value;
use std::ffi::CStr;
use std::marker::PhantomData;

/// A `jsonb` argument that is parsed when asked: an aggregate reads its options from the first row only.
#[derive(Clone, Copy)]
pub(crate) struct Json<'fcx> {
    datum: pg_sys::Datum,
    lifetime: PhantomData<&'fcx ()>,
}

impl Json<'_> {
    /// What `from_json` makes of options, of none when they are NULL.
    ///
    /// # Errors
    /// Those of [`Json::parse`] and of `from_json`.
    pub(crate) fn options<T>(
        given: Option<Self>,
        from_json: impl FnOnce(&Value) -> vigil_core::Result<T>,
    ) -> Result<T> {
        let options = match given {
            Some(options) => options.parse()?,
            None => Value::Null,
        };
        from_json(&options).map_err(report)
    }

    /// # Errors
    /// 22023 for what a double cannot hold and for deep nesting.
    pub(crate) fn parse(self) -> Result<Value> {
        // SAFETY: the datum is a `jsonb`, and its text a string in the current memory context.
        let text: Option<&CStr> =
            unsafe { direct_function_call(pg_sys::jsonb_out, &[Some(self.datum)]) };
        let text = text.expect("the text of a value is not null");
        serde_json::from_slice(text.to_bytes()).map_err(|_| {
            invalid(
                "json is nested too deeply or has a number out of range",
                "Pass a flat object of numbers.",
            )
        })
    }
}

// SAFETY: arguments are valid for `'fcx`.
unsafe impl<'fcx> ArgAbi<'fcx> for Json<'fcx> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        Self {
            datum: datum(arg),
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
