//! The call in progress: its memory contexts and its cancellation.

use crate::error::Result;
use pgrx::callconv::{Arg, ArgAbi};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::{FromDatum, PgMemoryContexts, PgSqlErrorCode, pg_sys, pgrx_resolved_type};
use std::marker::PhantomData;
use std::ptr;

/// Stands for the call itself among the arguments of a function; SQL does not see it.
pub(crate) struct Call<'fcx> {
    fcinfo: pg_sys::FunctionCallInfo,
    lifetime: PhantomData<&'fcx mut pg_sys::FunctionCallInfoBaseData>,
}

impl<'fcx> Call<'fcx> {
    /// The context that lives as long as the transition states of the aggregate that makes this call.
    ///
    /// # Errors
    /// 0A000 when no aggregate makes the call.
    pub(super) fn aggregate_context(&self) -> Result<PgMemoryContexts> {
        let mut context = ptr::null_mut();
        // SAFETY: `fcinfo` is the call in progress, and `context` outlives the function called.
        match unsafe { pg_sys::AggCheckCallContext(self.fcinfo, &raw mut context) } {
            0 => Err(ErrorReport::new(
                PgSqlErrorCode::ERRCODE_FEATURE_NOT_SUPPORTED,
                "this function can only be called by an aggregate",
                "vigil",
            )
            .set_hint("Call the aggregate that it belongs to.")),
            _ => Ok(PgMemoryContexts::For(context)),
        }
    }

    /// What this function keeps between the rows of one query: made on the first row, dropped with the query.
    ///
    /// It lives in `fn_extra` and so dies with the statement, or the transaction for expressions in PL/pgSQL. A cache
    /// of the backend would outlive it, and answer the next tenant of a pooled connection without asking row security.
    ///
    /// # Safety
    /// All calls from one SQL function must ask for the same `T`, and it must not return a set (such a function has
    /// other uses for `fn_extra`).
    pub(super) unsafe fn kept<T: Default>(&mut self) -> &mut T {
        // SAFETY: the manager entry and its memory context outlive the call. `fn_extra` is null at first and belongs to
        // this function, which only ever puts a `T` there; `&mut self` makes the reference unique during the call.
        unsafe {
            let manager = (*self.fcinfo)
                .flinfo
                .as_mut()
                .expect("functions are called through the function manager");
            if manager.fn_extra.is_null() {
                manager.fn_extra = PgMemoryContexts::For(manager.fn_mcxt)
                    .leak_and_drop_on_delete(T::default())
                    .cast();
            }
            &mut *manager.fn_extra.cast()
        }
    }
}

// SAFETY: the call is valid for `'fcx`, and `Call` does not hand out the pointer.
unsafe impl<'fcx> ArgAbi<'fcx> for Call<'fcx> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        // SAFETY: any argument can be asked for its call.
        let fcinfo = unsafe { pg_sys::FunctionCallInfo::unbox_arg_unchecked(arg) };
        Self {
            fcinfo,
            lifetime: PhantomData,
        }
    }

    fn is_virtual_arg() -> bool {
        true
    }
}

// SAFETY: not part of the SQL signature.
unsafe impl SqlTranslatable for Call<'_> {
    const TYPE_IDENT: &'static str = pgrx_resolved_type!(Call<'_>);
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: std::result::Result<SqlMappingRef, ArgumentError> = Ok(SqlMappingRef::Skip);
    const RETURN_SQL: std::result::Result<ReturnsRef, ReturnsError> = Err(ReturnsError::Datum);
}

/// A datum as it came: not copied, not detoasted.
struct Raw(pg_sys::Datum);

impl FromDatum for Raw {
    unsafe fn from_polymorphic_datum(
        datum: pg_sys::Datum,
        is_null: bool,
        _: pg_sys::Oid,
    ) -> Option<Self> {
        (!is_null).then_some(Self(datum))
    }
}

/// The datum of an argument that is not NULL.
pub(super) fn datum(arg: Arg<'_, '_>) -> pg_sys::Datum {
    // SAFETY: every datum is a `Raw`.
    let raw: Option<Raw> = unsafe { arg.unbox_arg_using_from_datum() };
    raw.expect("functions that take a value are strict or take an Option")
        .0
}

/// Lets `statement_timeout` and cancel requests end a long computation.
pub(crate) fn check_interrupts() {
    pgrx::check_for_interrupts!();
}
