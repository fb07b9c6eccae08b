//! Models that are decoded once per query.

use super::bytes::{ToastPointer, Varlena};
use super::call::{Call, datum};
use crate::error::{Result, report};
use pgrx::callconv::{Arg, ArgAbi};
use pgrx::pgrx_resolved_type;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use vigil_core::codec::HEADER_LEN;
use vigil_core::model::{self, Model as Decoded};

/// Most models that one function of one query keeps. Rows of a join alternate between a few; a model of 100 trees is
/// some hundred kilobytes.
const CAPACITY: usize = 8;

/// A `bytea` argument that holds a model. It stays as it is stored until its content is needed: detoasting a model of
/// 1.6 MB for every row takes a hundred times as long as scoring.
#[derive(Clone, Copy)]
pub(crate) struct Model<'fcx>(Varlena<'fcx>);

/// Identity of a model's content.
///
/// It is taken from the datum itself, never from the plan: an argument that is stable within an expression still
/// changes from one evaluation of the expression to the next (a PL/pgSQL variable in a loop).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Toast(ToastPointer),
    /// The header of a model states the hash of its content. The entry in the cache was verified against it. A forged
    /// model with the same header is answered as the true one.
    Header([u8; HEADER_LEN]),
}

impl Model<'_> {
    /// `None` for bytes that do not look like a model.
    fn key(self) -> Option<Key> {
        match self.0.toast_pointer() {
            Some(pointer) => Some(Key::Toast(pointer)),
            None => self
                .0
                .with_prefix(HEADER_LEN, model::digest)
                .map(Key::Header),
        }
    }

    /// Reads the model without looking for it in a cache.
    ///
    /// # Errors
    /// 22P03 for anything but a model, 0A000 for one of a newer format.
    pub(crate) fn decode(self) -> Result<Decoded> {
        self.0.with_content(Decoded::from_bytes).map_err(report)
    }
}

/// A decoded model and room for a row that has to be copied.
pub(crate) struct Cached<'a> {
    pub(crate) model: &'a Decoded,
    pub(crate) scratch: &'a mut Vec<f64>,
}

/// The models of one function in one query, last used first.
#[derive(Default)]
struct Cache {
    entries: Vec<(Option<Key>, Decoded)>,
    scratch: Vec<f64>,
}

impl Call<'_> {
    /// The decoded model, from this query's cache if it is there.
    ///
    /// # Errors
    /// Those of [`Model::decode`].
    pub(crate) fn decoded(&mut self, model: Model<'_>) -> Result<Cached<'_>> {
        // SAFETY: no function that asks for a model keeps anything else or returns a set.
        let Cache { entries, scratch } = unsafe { self.kept() };
        let key = model.key();
        match entries
            .iter()
            .position(|(kept, _)| key.is_some() && *kept == key)
        {
            Some(0) => {}
            Some(found) => entries[..=found].rotate_right(1),
            None => {
                let decoded = model.decode()?;
                entries.truncate(CAPACITY - 1);
                entries.insert(0, (key, decoded));
            }
        }
        Ok(Cached {
            model: &entries[0].1,
            scratch,
        })
    }
}

// SAFETY: `bytea` has variable length, and arguments are valid for `'fcx`.
unsafe impl<'fcx> ArgAbi<'fcx> for Model<'fcx> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        // SAFETY: as above.
        Self(unsafe { Varlena::from_datum(datum(arg)) })
    }
}

// SAFETY: see `ArgAbi`.
unsafe impl SqlTranslatable for Model<'_> {
    const TYPE_IDENT: &'static str = pgrx_resolved_type!(Model<'_>);
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: std::result::Result<SqlMappingRef, ArgumentError> =
        Ok(SqlMappingRef::literal("bytea"));
    const RETURN_SQL: std::result::Result<ReturnsRef, ReturnsError> = Err(ReturnsError::Datum);
}
