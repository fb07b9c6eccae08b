//! Arrays of doubles as results, written in one piece.

use super::array::{ALIGN, sql_array};
use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::{Datum, IntoDatum};
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::{pg_sys, pgrx_resolved_type, varlena};

/// A `float8[]` result, with NULL for NaN.
pub(crate) struct Float8s(pub(crate) Vec<f64>);

impl Float8s {
    /// The array in the current memory context.
    fn into_array(self) -> pg_sys::Datum {
        let values = self.0;
        let present = values.iter().filter(|value| !value.is_nan()).count();
        let fixed = size_of::<pg_sys::ArrayType>() + 2 * size_of::<i32>();
        let offset = if present == values.len() {
            fixed
        } else {
            fixed + values.len().div_ceil(8)
        };
        let offset = offset.next_multiple_of(ALIGN);
        let size = offset + size_of::<f64>() * present;
        // SAFETY: all writes are inside the `size` bytes, which palloc aligns to 8.
        unsafe {
            if values.is_empty() {
                return pg_sys::Datum::from(pg_sys::construct_empty_array(pg_sys::FLOAT8OID));
            }
            let array = pg_sys::palloc0(size).cast::<pg_sys::ArrayType>();
            varlena::set_varsize_4b(
                array.cast(),
                i32::try_from(size).expect("palloc allows at most 1 GB"),
            );
            (*array).ndim = 1;
            (*array).elemtype = pg_sys::FLOAT8OID;
            let bounds = array.add(1).cast::<i32>();
            bounds.write(i32::try_from(values.len()).expect("an array this long is above 1 GB"));
            bounds.add(1).write(1);
            let data = array.byte_add(offset).cast::<f64>();
            if present == values.len() {
                data.copy_from_nonoverlapping(values.as_ptr(), present);
            } else {
                (*array).dataoffset = i32::try_from(offset).expect("offsets are below the size");
                let bitmap = bounds.add(2).cast::<u8>();
                for (slot, (index, &value)) in values
                    .iter()
                    .enumerate()
                    .filter(|(_, value)| !value.is_nan())
                    .enumerate()
                {
                    data.add(slot).write(value);
                    *bitmap.add(index / 8) |= 1 << (index % 8);
                }
            }
            pg_sys::Datum::from(array)
        }
    }
}

// SAFETY: makes a valid array in the context of the call.
unsafe impl BoxRet for Float8s {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        // SAFETY: as above.
        unsafe { fcinfo.return_raw_datum(self.into_array()) }
    }
}

// In a row of a table, the array is a field.
impl IntoDatum for Float8s {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        Some(self.into_array())
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::FLOAT8ARRAYOID
    }
}

sql_array!(Float8s, "double precision[]");
