//! The row that `take_token` returns.

use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::{Datum, IntoDatum};
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::{pg_sys, pgrx_resolved_type};
use std::cell::Cell;
use std::ffi::CStr;
use std::ptr;

const COLUMNS: [(&CStr, pg_sys::Oid); 4] = [
    (c"allowed", pg_sys::BOOLOID),
    (c"remaining", pg_sys::FLOAT8OID),
    (c"retry_after", pg_sys::FLOAT8OID),
    (c"reset_after", pg_sys::FLOAT8OID),
];

/// A boolean and three numbers.
pub(crate) struct Row {
    pub(crate) allowed: bool,
    pub(crate) numbers: [Option<f64>; 3],
}

/// The row's type, made once in a session: looking up what the function is declared to return takes longer than its work.
fn descriptor() -> pg_sys::TupleDesc {
    thread_local! {
        static DESCRIPTOR: Cell<pg_sys::TupleDesc> = const { Cell::new(ptr::null_mut()) };
    }
    if DESCRIPTOR.get().is_null() {
        // SAFETY: the descriptor has as many columns as are set, and is in memory that stays as long as the session.
        unsafe {
            let before = pg_sys::MemoryContextSwitchTo(pg_sys::TopMemoryContext);
            let made = pg_sys::CreateTemplateTupleDesc(COLUMNS.len() as i32);
            for (number, (name, kind)) in (1..).zip(COLUMNS) {
                pg_sys::TupleDescInitEntry(made, number, name.as_ptr(), kind, -1, 0);
            }
            pg_sys::MemoryContextSwitchTo(before);
            DESCRIPTOR.set(pg_sys::BlessTupleDesc(made));
        }
    }
    DESCRIPTOR.get()
}

// SAFETY: makes a row of the columns that the function is declared to return, in the context of the call.
unsafe impl BoxRet for Row {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        let [remaining, retry_after, reset_after] = self.numbers.map(IntoDatum::into_datum);
        let fields = [
            self.allowed.into_datum(),
            remaining,
            retry_after,
            reset_after,
        ];
        let mut nulls = fields.map(|field| field.is_none());
        let mut values = fields.map(|field| field.unwrap_or(pg_sys::Datum::null()));
        // SAFETY: there are as many values as columns, of their types.
        unsafe {
            let tuple =
                pg_sys::heap_form_tuple(descriptor(), values.as_mut_ptr(), nulls.as_mut_ptr());
            fcinfo.return_raw_datum(pg_sys::HeapTupleHeaderGetDatum((*tuple).t_data))
        }
    }
}

// SAFETY: see `BoxRet`.
unsafe impl SqlTranslatable for Row {
    const TYPE_IDENT: &'static str = pgrx_resolved_type!(Row);
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> = Ok(SqlMappingRef::literal("record"));
    const RETURN_SQL: Result<ReturnsRef, ReturnsError> =
        Ok(ReturnsRef::One(SqlMappingRef::literal("record")));
}
