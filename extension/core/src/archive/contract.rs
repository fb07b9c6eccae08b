//! The feature contract of a profile, as far as a file needs it.

use crate::error::{Error, Result};
use crate::vector::MAX_ELEMENTS;
use serde_json::Value;
use std::collections::HashSet;

/// Columns that every file has before those of the metrics.
pub(super) const KEY_COLUMNS: [&str; 4] = ["stream_id", "device", "ts", "width"];

/// Most bytes of a contract: 16384 metrics with their units and kinds are below 3 MB.
const MAX_BYTES: usize = 16 << 20;

/// The contract under which vectors were measured: their metrics, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    text: String,
    columns: Vec<String>,
}

impl Contract {
    /// Reads a contract: a JSON object with a list `metrics` of objects with a `name` each. What else it says is kept
    /// as it is.
    ///
    /// # Errors
    /// [`Error::Contract`] for other JSON, and for names that are empty or not unique.
    pub fn from_json(text: &str) -> Result<Self> {
        if text.len() > MAX_BYTES {
            return Err(Error::Contract("is longer than 16 MiB"));
        }
        let contract: Value =
            serde_json::from_str(text).map_err(|_| Error::Contract("is nested too deeply"))?;
        let contract = contract
            .as_object()
            .ok_or(Error::Contract("is no object"))?;
        let metrics = contract
            .get("metrics")
            .and_then(Value::as_array)
            .ok_or(Error::Contract("has no list of metrics"))?;
        if metrics.len() > MAX_ELEMENTS {
            return Err(Error::Contract("has more than 16384 metrics"));
        }
        let names = metrics
            .iter()
            .map(|metric| metric.get("name").and_then(Value::as_str).unwrap_or(""))
            .collect::<Vec<_>>();
        if names.contains(&"") {
            return Err(Error::Contract("has a metric without a name"));
        }
        let unique: HashSet<&str> = names.iter().copied().collect();
        if unique.len() < names.len() {
            return Err(Error::Contract("names a metric twice"));
        }
        let columns = names.iter().map(|name| column(name, &unique)).collect();
        Ok(Self {
            text: text.to_owned(),
            columns,
        })
    }

    /// The contract as it was given.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.text
    }

    /// Names of the columns of the metrics, in order.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }
}

/// The column of a metric: its name; one that is also a key column's, in any case, because some readers do not
/// distinguish cases, gets as many `_` behind it as it takes to be like no other metric.
fn column(name: &str, names: &HashSet<&str>) -> String {
    let mut column = name.to_owned();
    if KEY_COLUMNS.iter().any(|key| key.eq_ignore_ascii_case(name)) {
        while names.contains(column.as_str()) {
            column.push('_');
        }
    }
    column
}
