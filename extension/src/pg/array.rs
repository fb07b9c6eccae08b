//! Arrays of doubles and integers: read in place when there is nothing to convert.

use super::bytes::Varlena;
use super::call::datum;
use crate::error::{Result, invalid, report};
use pgrx::callconv::{Arg, ArgAbi};
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::{pg_sys, pgrx_resolved_type};
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::slice;
use vigil_core::vector::{MAX_ELEMENTS, MAX_MAGNITUDE};
use vigil_core::{Error, drift};

/// Alignment of what follows the header of an array (`MAXALIGN`).
pub(super) const ALIGN: usize = 8;

/// An array of `T`, detoasted.
#[derive(Clone, Copy)]
struct Array<'fcx, T> {
    start: NonNull<pg_sys::ArrayType>,
    elements: PhantomData<&'fcx [T]>,
}

impl<'fcx, T: Copy> Array<'fcx, T> {
    /// # Safety
    /// The datum must be an array, valid for `'fcx`, whose elements are passed by value as a `T`.
    unsafe fn from_datum(datum: pg_sys::Datum) -> Self {
        // SAFETY: an array has variable length.
        let start = unsafe { Varlena::from_datum(datum) }.detoasted().cast();
        Self {
            start,
            elements: PhantomData,
        }
    }

    /// A part of the array.
    ///
    /// # Safety
    /// `len` values of type `P` must start at `offset`, and be aligned there.
    unsafe fn part<P>(self, offset: usize, len: usize) -> &'fcx [P] {
        // SAFETY: as above; nobody writes to an argument during the call.
        unsafe { slice::from_raw_parts(self.start.byte_add(offset).cast().as_ptr(), len) }
    }

    fn header(self) -> &'fcx pg_sys::ArrayType {
        // SAFETY: every array starts with this header.
        unsafe { self.start.as_ref() }
    }

    /// Number of dimensions: 0 for an empty array.
    fn n_dimensions(self) -> usize {
        self.header().ndim as usize
    }

    /// Lengths of the dimensions, followed by their lower bounds.
    fn bounds(self) -> &'fcx [i32] {
        // SAFETY: they follow the header.
        unsafe { self.part(size_of::<pg_sys::ArrayType>(), 2 * self.n_dimensions()) }
    }

    fn dimensions(self) -> &'fcx [i32] {
        &self.bounds()[..self.n_dimensions()]
    }

    /// Whether subscripts count from 1, as they do unless someone went out of their way.
    fn starts_at_one(self) -> bool {
        self.bounds()[self.n_dimensions()..]
            .iter()
            .all(|&lower| lower == 1)
    }

    fn len(self) -> usize {
        match self.dimensions() {
            [] => 0,
            lengths => lengths.iter().map(|&length| length as usize).product(),
        }
    }

    /// Where the bitmap, or without one the first element, would start but for alignment.
    fn bounds_end(self) -> usize {
        size_of::<pg_sys::ArrayType>() + size_of_val(self.bounds())
    }

    /// Bits of the elements that are not NULL, lowest first; `None` when no element is NULL.
    fn bitmap(self) -> Option<&'fcx [u8]> {
        // SAFETY: the bitmap follows the bounds.
        (self.header().dataoffset != 0)
            .then(|| unsafe { self.part(self.bounds_end(), self.len().div_ceil(8)) })
    }

    /// The elements that are not NULL.
    fn present(self) -> &'fcx [T] {
        let (offset, len) = match self.bitmap() {
            None => (self.bounds_end().next_multiple_of(ALIGN), self.len()),
            Some(bitmap) => {
                let (whole, rest) = bitmap.split_at(self.len() / 8);
                let used = (1_u8 << (self.len() % 8)) - 1;
                let ones = whole.iter().map(|byte| byte.count_ones()).sum::<u32>()
                    + rest
                        .iter()
                        .map(|byte| (byte & used).count_ones())
                        .sum::<u32>();
                (self.header().dataoffset as usize, ones as usize)
            }
        };
        // SAFETY: the elements start there, and the type's alignment puts them on a multiple of their size.
        unsafe { self.part(offset, len) }
    }

    /// All elements, with `missing` for NULL; a copy in `scratch` unless no element is NULL.
    fn elements<'a>(self, scratch: &'a mut Vec<T>, missing: T) -> &'a [T]
    where
        'fcx: 'a,
    {
        let present = self.present();
        let Some(bitmap) = self.bitmap() else {
            return present;
        };
        let mut present = present.iter();
        scratch.clear();
        scratch.extend((0..self.len()).map(|index| {
            let is_present = bitmap[index / 8] & (1 << (index % 8)) != 0;
            if is_present {
                present.next().copied().unwrap_or(missing)
            } else {
                missing
            }
        }));
        scratch
    }
}

/// What values an array may hold. NaN never: it stands for NULL in the core.
#[derive(Clone, Copy)]
enum Values {
    /// Magnitudes whose sums of squares are finite.
    Measurements,
    /// All that are finite.
    Features,
}

impl Values {
    fn accept(self, value: f64) -> bool {
        let most = match self {
            Self::Measurements => MAX_MAGNITUDE,
            Self::Features => f64::MAX,
        };
        value.abs() <= most
    }

    /// Why an element, counted from 1, is not accepted.
    fn refusal(self, element: usize) -> Error {
        match self {
            Self::Measurements => Error::ValueOutOfRange(element),
            Self::Features => Error::ValueNotFinite(element),
        }
    }
}

impl<'fcx> Array<'fcx, f64> {
    /// All elements, with NaN for NULL.
    ///
    /// # Errors
    /// 22023 for NaN, infinities and magnitudes that these values may not have.
    fn checked<'a>(self, values: Values, scratch: &'a mut Vec<f64>) -> Result<&'a [f64]>
    where
        'fcx: 'a,
    {
        let present = self.present();
        // Without a branch for each element, which would keep the compiler from checking four at once.
        if present
            .iter()
            .fold(true, |valid, &value| valid & values.accept(value))
        {
            return Ok(self.elements(scratch, f64::NAN));
        }
        let elements = self.elements(scratch, 0.0);
        let position = elements
            .iter()
            .position(|&value| !values.accept(value))
            .unwrap_or_default();
        // A NULL was read as 0 here, so that a NaN found is a real one.
        Err(report(values.refusal(position + 1)))
    }
}

/// A `float8[]` argument: one row of measurements, NULL where one is missing.
#[derive(Clone, Copy)]
pub(crate) struct Vector<'fcx>(Array<'fcx, f64>);

impl<'fcx> Vector<'fcx> {
    /// Whether [`Vector::read`] would accept the array, and subscripts count from 1.
    pub(crate) fn is_valid(self) -> bool {
        self.0.n_dimensions() <= 1
            && self.0.starts_at_one()
            && self.0.len() <= MAX_ELEMENTS
            && self.0.present().iter().fold(true, |valid, &value| {
                valid & Values::Measurements.accept(value)
            })
    }

    /// The elements of an array that is to be stored and given back, so that its subscripts count from 1.
    ///
    /// # Errors
    /// As [`Vector::read`], and 22023 for other subscripts.
    pub(crate) fn read_stored<'a>(self, scratch: &'a mut Vec<f64>) -> Result<&'a [f64]>
    where
        'fcx: 'a,
    {
        if !self.0.starts_at_one() {
            return Err(invalid(
                "array does not start at subscript 1",
                "Pass an array with subscripts from 1, as array[…] makes them.",
            ));
        }
        self.read(scratch)
    }

    /// The elements in order, with NaN for NULL; in place unless there are NULLs.
    ///
    /// # Errors
    /// 22023 for more than one dimension, more than 16384 elements, NaN, infinities and magnitudes above 1e100.
    pub(crate) fn read<'a>(self, scratch: &'a mut Vec<f64>) -> Result<&'a [f64]>
    where
        'fcx: 'a,
    {
        self.read_up_to(
            MAX_ELEMENTS,
            Error::VectorTooLong,
            Values::Measurements,
            scratch,
        )
    }

    /// The elements of a row that a model scores or is trained on, which works at every magnitude.
    ///
    /// # Errors
    /// As [`Vector::read`], but none for large magnitudes.
    pub(crate) fn read_features<'a>(self, scratch: &'a mut Vec<f64>) -> Result<&'a [f64]>
    where
        'fcx: 'a,
    {
        self.read_up_to(
            MAX_ELEMENTS,
            Error::VectorTooLong,
            Values::Features,
            scratch,
        )
    }

    /// The elements of an array that is a sample rather than a row, so that it may be much longer.
    ///
    /// # Errors
    /// As [`Vector::read`], but for 5 million elements.
    pub(crate) fn read_sample<'a>(self, scratch: &'a mut Vec<f64>) -> Result<&'a [f64]>
    where
        'fcx: 'a,
    {
        self.read_up_to(
            drift::MAX_VALUES,
            |_| Error::TooManyValues(drift::MAX_VALUES),
            Values::Measurements,
            scratch,
        )
    }

    fn read_up_to<'a>(
        self,
        limit: usize,
        too_long: impl FnOnce(usize) -> Error,
        values: Values,
        scratch: &'a mut Vec<f64>,
    ) -> Result<&'a [f64]>
    where
        'fcx: 'a,
    {
        let (dimensions, len) = (self.0.n_dimensions(), self.0.len());
        if dimensions > 1 {
            return Err(invalid(
                format!("array has {dimensions} dimensions instead of 1"),
                "Pass the values as an array of one dimension.",
            ));
        }
        if len > limit {
            return Err(report(too_long(len)));
        }
        self.0.checked(values, scratch)
    }
}

/// A `float8[][]` argument: rows of measurements.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'fcx>(Array<'fcx, f64>);

impl<'fcx> Matrix<'fcx> {
    /// The rows one after the other, and their length; no rows for an empty array.
    ///
    /// # Errors
    /// 22023 for other than two dimensions, NaN, infinities and magnitudes above 1e100.
    pub(crate) fn read<'a>(self, scratch: &'a mut Vec<f64>) -> Result<(&'a [f64], usize)>
    where
        'fcx: 'a,
    {
        self.read_values(Values::Measurements, scratch)
    }

    /// The rows of a matrix that a model scores.
    ///
    /// # Errors
    /// As [`Matrix::read`], but none for large magnitudes.
    pub(crate) fn read_features<'a>(self, scratch: &'a mut Vec<f64>) -> Result<(&'a [f64], usize)>
    where
        'fcx: 'a,
    {
        self.read_values(Values::Features, scratch)
    }

    fn read_values<'a>(
        self,
        values: Values,
        scratch: &'a mut Vec<f64>,
    ) -> Result<(&'a [f64], usize)>
    where
        'fcx: 'a,
    {
        let width = match *self.0.dimensions() {
            [] => 0,
            [_, width] => width as usize,
            ref lengths => {
                return Err(invalid(
                    format!("array has {} dimensions instead of 2", lengths.len()),
                    "Pass the rows as an array of two dimensions, as array_agg makes of arrays.",
                ));
            }
        };
        Ok((self.0.checked(values, scratch)?, width))
    }
}

/// An `int[]` argument: positions in a vector, counted from 1.
#[derive(Clone, Copy)]
pub(crate) struct Positions<'fcx>(Array<'fcx, i32>);

impl<'fcx> Positions<'fcx> {
    /// The positions. The core refuses those below 1.
    ///
    /// # Errors
    /// 22023 for NULL and more than 16384 positions.
    pub(crate) fn read(self) -> Result<&'fcx [i32]> {
        let (len, present) = (self.0.len(), self.0.present());
        if present.len() < len {
            return Err(invalid("position is null", "Positions count from 1."));
        }
        if len > MAX_ELEMENTS {
            return Err(report(Error::VectorTooLong(len)));
        }
        Ok(present)
    }
}

/// How an array type appears in SQL.
macro_rules! sql_array {
    ($rust:ty, $sql:literal) => {
        // SAFETY: the extension only ever reads and writes it as such an array.
        unsafe impl SqlTranslatable for $rust {
            const TYPE_IDENT: &'static str = pgrx_resolved_type!($rust);
            const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
            const ARGUMENT_SQL: std::result::Result<SqlMappingRef, ArgumentError> =
                Ok(SqlMappingRef::literal($sql));
            const RETURN_SQL: std::result::Result<ReturnsRef, ReturnsError> =
                Ok(ReturnsRef::One(SqlMappingRef::literal($sql)));
        }
    };
}
pub(super) use sql_array;

/// An argument that is an array in SQL.
macro_rules! array_argument {
    ($name:ident of $element:ty, $sql:literal) => {
        sql_array!($name<'_>, $sql);

        // SAFETY: the SQL type of the argument is an array of this element, valid for the call.
        unsafe impl<'fcx> ArgAbi<'fcx> for $name<'fcx> {
            unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
                // SAFETY: as above.
                Self(unsafe { Array::<$element>::from_datum(datum(arg)) })
            }
        }
    };
}

array_argument!(Vector of f64, "double precision[]");
array_argument!(Matrix of f64, "double precision[]");
array_argument!(Positions of i32, "integer[]");

#[cfg(test)]
mod tests;
