//! Models that are decoded once per query.

use super::bytes::{ToastPointer, Varlena};
use super::call::{Call, datum};
use crate::error::{Result, report};
use pgrx::callconv::{Arg, ArgAbi};
use pgrx::pgrx_resolved_type;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use std::marker::PhantomData;
use vigil_core::clustering::kmeans::KMeans;
use vigil_core::codec::{self, HEADER_LEN, Kind};
use vigil_core::model;
use vigil_core::multivariate::mahalanobis::Mahalanobis;
use vigil_core::multivariate::pca::Pca;

/// Most models that one function of one query keeps. Rows of a join alternate between a few; a model of 100 trees is
/// some hundred kilobytes.
const CAPACITY: usize = 8;

/// What a model decodes to, and how its bytes tell what they are.
pub(crate) trait Decoded: Sized {
    /// Identity of the content, from the first [`HEADER_LEN`] bytes; `None` for bytes that do not look like this model.
    fn digest(prefix: &[u8]) -> Option<[u8; HEADER_LEN]>;

    /// Reads and validates all bytes.
    fn from_bytes(bytes: &[u8]) -> vigil_core::Result<Self>;
}

impl Decoded for model::Model {
    fn digest(prefix: &[u8]) -> Option<[u8; HEADER_LEN]> {
        model::digest(prefix)
    }

    fn from_bytes(bytes: &[u8]) -> vigil_core::Result<Self> {
        Self::from_bytes(bytes)
    }
}

macro_rules! decoded {
    ($($model:ty => $kind:expr,)+) => {$(
        impl Decoded for $model {
            fn digest(prefix: &[u8]) -> Option<[u8; HEADER_LEN]> {
                codec::header($kind, prefix)
            }

            fn from_bytes(bytes: &[u8]) -> vigil_core::Result<Self> {
                Self::from_bytes(bytes)
            }
        }
    )+};
}

decoded! {
    KMeans => Kind::KMeans,
    Mahalanobis => Kind::Mahalanobis,
    Pca => Kind::Pca,
}

/// A `bytea` argument that holds a model of type `T`, by default one that scores vectors. It stays as it is stored until
/// its content is needed: detoasting a model of 1.6 MB for every row takes a hundred times as long as scoring.
#[derive(Clone, Copy)]
pub(crate) struct Model<'fcx, T = model::Model> {
    stored: Varlena<'fcx>,
    decoded: PhantomData<T>,
}

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

impl<T: Decoded> Model<'_, T> {
    /// `None` for bytes that do not look like a model.
    fn key(&self) -> Option<Key> {
        match self.stored.toast_pointer() {
            Some(pointer) => Some(Key::Toast(pointer)),
            None => self
                .stored
                .with_prefix(HEADER_LEN, T::digest)
                .map(Key::Header),
        }
    }

    /// Reads the model without looking for it in a cache.
    ///
    /// # Errors
    /// 22P03 for anything but a model, 0A000 for one of a newer format.
    pub(crate) fn decode(self) -> Result<T> {
        self.stored.with_content(T::from_bytes).map_err(report)
    }
}

/// A decoded model and room for a row that has to be copied.
pub(crate) struct Cached<'a, T> {
    pub(crate) model: &'a T,
    pub(crate) scratch: &'a mut Vec<f64>,
}

/// The models of one function in one query, last used first.
struct Cache<T> {
    entries: Vec<(Option<Key>, T)>,
    scratch: Vec<f64>,
}

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            scratch: Vec::new(),
        }
    }
}

impl Call<'_> {
    /// The decoded model, from this query's cache if it is there.
    ///
    /// # Errors
    /// Those of [`Model::decode`].
    pub(crate) fn decoded<T: Decoded>(&mut self, model: Model<'_, T>) -> Result<Cached<'_, T>> {
        // SAFETY: every function that asks for a model has one such argument, keeps nothing else and returns no set.
        let Cache::<T> { entries, scratch } = unsafe { self.kept() };
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
unsafe impl<'fcx, T> ArgAbi<'fcx> for Model<'fcx, T> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        Self {
            // SAFETY: as above.
            stored: unsafe { Varlena::from_datum(datum(arg)) },
            decoded: PhantomData,
        }
    }
}

// SAFETY: see `ArgAbi`.
unsafe impl<T> SqlTranslatable for Model<'_, T> {
    const TYPE_IDENT: &'static str = pgrx_resolved_type!(Model<'_>);
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: std::result::Result<SqlMappingRef, ArgumentError> =
        Ok(SqlMappingRef::literal("bytea"));
    const RETURN_SQL: std::result::Result<ReturnsRef, ReturnsError> = Err(ReturnsError::Datum);
}
