//! The types `stats`, `trend`, `seasonal`, `distribution` and `covariance`: stored states of aggregates.
//!
//! In the database they are bytes (input and output functions are those of `bytea`), so that a stored state can hold
//! anything. It is decoded, and thereby validated, whenever a function takes it as an argument.

use super::bytes::Varlena;
use super::call::datum;
use crate::error::report;
use pgrx::PgLogLevel;
use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::pgrx_resolved_type;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use vigil_core::baseline::seasonal::Seasonal;
use vigil_core::drift::distribution::Distribution;
use vigil_core::multivariate::covariance::Covariance;
use vigil_core::stats::Stats;
use vigil_core::trend::Trend;

macro_rules! state_type {
    ($(#[$doc:meta])* $name:ident, $core:ty, $sql:literal) => {
        $(#[$doc])*
        pub(crate) struct $name(pub(crate) $core);

        // SAFETY: the type has variable length. Raising the error unwinds to the function manager's guard.
        unsafe impl<'fcx> ArgAbi<'fcx> for $name {
            unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
                // SAFETY: as above.
                let stored = unsafe { Varlena::from_datum(datum(arg)) };
                match stored.with_content(<$core>::from_bytes) {
                    Ok(state) => Self(state),
                    Err(error) => {
                        report(error).report(PgLogLevel::ERROR);
                        unreachable!("an error report does not return")
                    }
                }
            }
        }

        // SAFETY: makes a value of variable length in the context of the call.
        unsafe impl BoxRet for $name {
            unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
                // SAFETY: the same layout as `bytea`.
                unsafe { self.0.to_bytes().box_into(fcinfo) }
            }
        }

        // SAFETY: see above. The type is created in the file with its aggregate.
        unsafe impl SqlTranslatable for $name {
            const TYPE_IDENT: &'static str = pgrx_resolved_type!($name);
            const TYPE_ORIGIN: TypeOrigin = TypeOrigin::ThisExtension;
            const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> = Ok(SqlMappingRef::literal($sql));
            const RETURN_SQL: Result<ReturnsRef, ReturnsError> = Ok(ReturnsRef::One(SqlMappingRef::literal($sql)));
        }
    };
}

state_type! {
    /// A value of type `stats`.
    StatsState, Stats, "stats"
}
state_type! {
    /// A value of type `distribution`.
    DistributionState, Distribution, "distribution"
}
state_type! {
    /// A value of type `covariance`.
    CovarianceState, Covariance, "covariance"
}
state_type! {
    /// A value of type `trend`.
    TrendState, Trend, "trend"
}
state_type! {
    /// A value of type `seasonal`.
    SeasonalState, Seasonal, "seasonal"
}
