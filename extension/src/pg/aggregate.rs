//! Transition states of aggregates.

use super::call::{Call, datum};
use crate::error::Result;
use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::{PgMemoryContexts, pg_sys, pgrx_resolved_type};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

/// A transition state of type `internal`: a `T` on the Rust heap, dropped with the memory context that owns it.
///
/// SQL cannot make a value of type `internal`, and only superusers can define aggregates over one, so that a pointer
/// that arrives here was made here.
pub(crate) struct State<'fcx, T> {
    value: NonNull<T>,
    lifetime: PhantomData<&'fcx mut T>,
}

impl<'fcx, T> State<'fcx, T> {
    /// The given state, or on the first row a new one that lives as long as the aggregate needs it.
    ///
    /// Only the first row pays for asking which aggregate is calling.
    ///
    /// # Errors
    /// Those of `make`, and 0A000 outside an aggregate.
    pub(crate) fn or_new(
        state: Option<Self>,
        call: &Call<'fcx>,
        make: impl FnOnce() -> Result<T>,
    ) -> Result<Self> {
        match state {
            Some(state) => Ok(state),
            None => Ok(Self::new_in(&mut call.aggregate_context()?, make()?)),
        }
    }

    /// A state in the current context, for results that are combined into another state at once.
    pub(crate) fn passing(value: T) -> Self {
        Self::new_in(&mut PgMemoryContexts::CurrentMemoryContext, value)
    }

    fn new_in(context: &mut PgMemoryContexts, value: T) -> Self {
        let value =
            NonNull::new(context.leak_and_drop_on_delete(value)).expect("boxes are not null");
        Self {
            value,
            lifetime: PhantomData,
        }
    }
}

impl<T> Deref for State<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: points to a live `T` (see the type), and calls of one aggregate never overlap.
        unsafe { self.value.as_ref() }
    }
}

impl<T> DerefMut for State<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above; the two states of a combine function are different.
        unsafe { self.value.as_mut() }
    }
}

// SAFETY: the datum was made by `BoxRet` below, for the same aggregate.
unsafe impl<'fcx, T> ArgAbi<'fcx> for State<'fcx, T> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        let value = NonNull::new(datum(arg).cast_mut_ptr()).expect("states are not null");
        Self {
            value,
            lifetime: PhantomData,
        }
    }
}

// SAFETY: a pointer is what `internal` stands for.
unsafe impl<T> BoxRet for State<'_, T> {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        // SAFETY: the state outlives the call; its memory context owns it.
        unsafe { fcinfo.return_raw_datum(pg_sys::Datum::from(self.value.as_ptr())) }
    }
}

// SAFETY: see the type.
unsafe impl<T> SqlTranslatable for State<'_, T> {
    const TYPE_IDENT: &'static str = pgrx_resolved_type!(State);
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: std::result::Result<SqlMappingRef, ArgumentError> =
        Ok(SqlMappingRef::literal("internal"));
    const RETURN_SQL: std::result::Result<ReturnsRef, ReturnsError> =
        Ok(ReturnsRef::One(SqlMappingRef::literal("internal")));
}
