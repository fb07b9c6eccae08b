//! What a row was and is, as the trail has it.

use super::shown::{object, shown};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The columns of a row by their names, each value as JSON text.
pub(super) type Row<'a> = BTreeMap<String, &'a RawValue>;

/// What an entry says of a row. The objects are JSON texts.
pub(super) struct Difference {
    /// Nothing for a row of no tenant.
    pub(super) tenant_id: Option<i32>,
    /// The columns that name the row.
    pub(super) key: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// A row from its JSON text.
///
/// # Panics
/// When it is none.
pub(super) fn row(text: &str) -> Row<'_> {
    serde_json::from_str(text).expect("the server writes a row as an object")
}

/// What an update changed, if anything that counts.
pub(super) fn change(
    former: &Row<'_>,
    present: &Row<'_>,
    key: &[String],
    masked: &[String],
    unnoted: &[String],
) -> Option<Difference> {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (name, value) in present {
        let was = former.get(name).copied().unwrap_or(RawValue::NULL);
        // Both are written by the same functions, so that equal values are equal texts.
        if was.get() != value.get() && !has(unnoted, name) {
            let is_masked = has(masked, name);
            before.push((name.as_str(), shown(was, is_masked)));
            after.push((name.as_str(), shown(value, is_masked)));
        }
    }
    (!after.is_empty()).then(|| Difference {
        tenant_id: tenant_of(present),
        key: key_of(former, key),
        before: Some(object(&before)),
        after: Some(object(&after)),
    })
}

/// What a row holds that came or went: its columns but those that name it and those that are null.
pub(super) fn content(row: &Row<'_>, key: &[String], masked: &[String], came: bool) -> Difference {
    let members: Vec<_> = row
        .iter()
        .filter(|(name, value)| *name != "tenant_id" && value.get() != "null" && !has(key, name))
        .map(|(name, value)| (name.as_str(), shown(value, has(masked, name))))
        .collect();
    let shown = (!members.is_empty()).then(|| object(&members));
    let (before, after) = if came { (None, shown) } else { (shown, None) };
    Difference {
        tenant_id: tenant_of(row),
        key: key_of(row, key),
        before,
        after,
    }
}

fn has(names: &[String], name: &str) -> bool {
    names.iter().any(|one| one == name)
}

fn tenant_of(row: &Row<'_>) -> Option<i32> {
    row.get("tenant_id")?.get().parse().ok()
}

fn key_of(row: &Row<'_>, key: &[String]) -> String {
    let members: Vec<_> = key
        .iter()
        .map(|name| {
            let value = row.get(name.as_str()).map_or("null", |value| value.get());
            (name.as_str(), Cow::Borrowed(value))
        })
        .collect();
    object(&members)
}
