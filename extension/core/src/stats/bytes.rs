//! Byte form of [`Stats`].
//!
//! Payload: `u8` 1 when there were rows, then origin, first and last time (`i64`); `u32` number of elements; per element
//! a tag: [`EMPTY`], [`SAME_TIMES`] as the element before that had values, or [`OWN_TIMES`] (count `u64`, mean time, sum
//! of squared times, first and last time `i64`), then mean, cross sum, sum of squares, minimum, maximum, first and last
//! value. Rows without missing elements, the usual case, so cost 56 bytes an element instead of 96.

use super::element::{Element, Sample};
use super::{Span, Stats};
use crate::codec::{Kind, Reader, Writer};
use crate::error::Result;
use crate::moments::Moments;
use crate::vector::{MAX_ELEMENTS, MAX_MAGNITUDE};

const EMPTY: u8 = 0;
const SAME_TIMES: u8 = 1;
const OWN_TIMES: u8 = 2;

impl Stats {
    /// The byte form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new(Kind::Stats, 32 + 57 * self.elements.len());
        out.u8(u8::from(self.span.is_some()));
        if let Some(span) = self.span {
            out.i64(span.origin);
            out.i64(span.first);
            out.i64(span.last);
        }
        out.u32(self.elements.len() as u32);
        let mut before: Option<&Element> = None;
        for element in &self.elements {
            if element.count() == 0 {
                out.u8(EMPTY);
                continue;
            }
            if before.is_some_and(|before| same_times(before, element)) {
                out.u8(SAME_TIMES);
            } else {
                out.u8(OWN_TIMES);
                element.moments.write_times(&mut out);
                out.i64(element.first.ts);
                out.i64(element.last.ts);
            }
            element.moments.write_values(&mut out);
            for value in [
                element.min,
                element.max,
                element.first.value,
                element.last.value,
            ] {
                out.f64(value);
            }
            before = Some(element);
        }
        out.finish()
    }

    /// Reads the byte form.
    ///
    /// # Errors
    /// [`crate::Error::Corrupt`] for anything that [`Stats::to_bytes`] cannot have written, and
    /// [`crate::Error::NewerVersion`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader::open(Kind::Stats, bytes)?;
        let span = read_span(&mut input)?;
        let n_elements = input.u32()? as usize;
        // The second bound keeps the allocation in proportion to the bytes given.
        if n_elements > MAX_ELEMENTS
            || n_elements > input.remaining()
            || (span.is_none() && n_elements > 0)
        {
            return Err(input.corrupt("wrong number of elements"));
        }
        let mut elements: Vec<Element> = Vec::with_capacity(n_elements);
        let mut times: Option<Element> = None;
        for _ in 0..n_elements {
            let tag = input.u8()?;
            let mut element = match (tag, times) {
                (EMPTY, _) => {
                    elements.push(Element::default());
                    continue;
                }
                (SAME_TIMES, Some(times)) => times,
                (OWN_TIMES, _) => read_times(&mut input, span)?,
                _ => return Err(input.corrupt("unknown element tag")),
            };
            times = Some(element);
            read_values(&mut input, &mut element)?;
            elements.push(element);
        }
        input.finish()?;
        Ok(Self { elements, span })
    }
}

fn same_times(a: &Element, b: &Element) -> bool {
    a.moments.same_times(&b.moments) && a.first.ts == b.first.ts && a.last.ts == b.last.ts
}

fn read_span(input: &mut Reader<'_>) -> Result<Option<Span>> {
    match input.u8()? {
        0 => Ok(None),
        1 => {
            let span = Span {
                origin: input.i64()?,
                first: input.i64()?,
                last: input.i64()?,
            };
            // The origin is the time of some row.
            if span.first <= span.origin && span.origin <= span.last {
                Ok(Some(span))
            } else {
                Err(input.corrupt("times out of order"))
            }
        }
        _ => Err(input.corrupt("unknown row tag")),
    }
}

fn read_times(input: &mut Reader<'_>, span: Option<Span>) -> Result<Element> {
    let moments = Moments::read_times(input)?;
    let first = Sample {
        ts: input.i64()?,
        value: 0.0,
    };
    let last = Sample {
        ts: input.i64()?,
        value: 0.0,
    };
    if span
        .is_some_and(|span| span.first <= first.ts && first.ts <= last.ts && last.ts <= span.last)
    {
        Ok(Element {
            moments,
            first,
            last,
            ..Element::default()
        })
    } else {
        Err(input.corrupt("times out of order"))
    }
}

fn read_values(input: &mut Reader<'_>, element: &mut Element) -> Result<()> {
    element.moments.read_values(input)?;
    element.min = input.f64_within(MAX_MAGNITUDE)?;
    element.max = input.f64_within(MAX_MAGNITUDE)?;
    element.first.value = input.f64_within(MAX_MAGNITUDE)?;
    element.last.value = input.f64_within(MAX_MAGNITUDE)?;
    let range = element.min..=element.max;
    if range.contains(&element.first.value) && range.contains(&element.last.value) {
        Ok(())
    } else {
        Err(input.corrupt("first or last value outside of the extremes"))
    }
}
