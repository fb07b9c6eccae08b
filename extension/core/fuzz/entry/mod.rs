//! What fuzzing calls, by cargo-fuzz (`../targets`) and by the tests (`tests/suite/fuzz.rs`): each entry reads arguments
//! out of arbitrary bytes, and panics where the crate does or where an answer cannot be true.

pub(crate) mod archive;
pub(crate) mod forms;
mod models;
mod numbers;
mod rows;
mod samples;
mod series;
mod training;

pub(crate) use models::{clusters, forecasts};
pub(crate) use rows::rows;
pub(crate) use samples::samples;
pub(crate) use series::series;
pub(crate) use training::forests;

use std::sync::OnceLock;
use vigil_core::{Error, ErrorKind};

/// A function of any bytes that only panics.
type Entry = fn(&[u8]);

/// All entries by name.
pub(crate) const ENTRIES: [(&str, Entry); 8] = [
    ("archive", archive::archive),
    ("clusters", clusters),
    ("decode", decode),
    ("forecasts", forecasts),
    ("forests", forests),
    ("rows", rows),
    ("samples", samples),
    ("series", series),
];

/// Bytes to decode. The first says as which form; by the second, the rest is a payload of its own or changes to that of
/// the example, three bytes each: where, and what is to be there. They are decoded as they are and under right sums.
pub(crate) fn decode(data: &[u8]) {
    let &[form, is_payload, ref rest @ ..] = data else {
        return;
    };
    static FORMS: OnceLock<Vec<forms::Form>> = OnceLock::new();
    let forms = FORMS.get_or_init(|| forms::forms().to_vec());
    let (kind, example, decode) = &forms[usize::from(form) % forms.len()];
    let mut payload = rest.to_vec();
    if is_payload.is_multiple_of(2) {
        payload = forms::payload(example).to_vec();
        for change in rest.chunks_exact(3) {
            let at = usize::from(u16::from_le_bytes([change[0], change[1]]));
            let end = payload.len();
            payload[at % end] = change[2];
        }
    }
    for bytes in [forms::sealed(*kind, &payload), payload] {
        match decode(&bytes) {
            Ok(again) => assert_eq!(decode(&again).as_ref(), Ok(&again), "{kind:?}"),
            Err(error) => assert_refused(&error, ErrorKind::CorruptData),
        }
    }
}

/// Whether the error is one that the caller is to blame for, with something to say.
fn assert_refused(error: &Error, kind: ErrorKind) {
    assert_eq!(error.kind(), kind, "{error}");
    assert!(!error.to_string().is_empty() && !error.hint().is_empty());
}

/// What a call gave, unless it refused its arguments.
fn answer<T>(result: Result<T, Error>) -> Option<T> {
    result
        .inspect_err(|error| assert_refused(error, ErrorKind::InvalidParameter))
        .ok()
}

/// Whether a probability is one, if there is one.
fn assert_probability(p: impl Into<Option<f64>>) {
    let p = p.into();
    assert!(p.is_none_or(|p| (0.0..=1.0).contains(&p)), "{p:?}");
}
