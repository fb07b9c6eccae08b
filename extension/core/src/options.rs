//! Options of trainings and forecasts, as members of JSON objects.

use crate::error::{Error, Result};
use serde_json::Value;

/// The members of an object that are not null; none for null.
///
/// # Errors
/// [`Error::OptionsNotAnObject`].
pub(crate) fn members(options: &Value) -> Result<impl Iterator<Item = (&str, &Value)>> {
    let members = match options {
        Value::Null => None,
        Value::Object(members) => Some(members),
        _ => return Err(Error::OptionsNotAnObject),
    };
    Ok(members
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.as_str(), value)))
}

/// The error for a name that is none of the options.
pub(crate) fn unknown(name: &str, options: &'static [&'static str]) -> Error {
    Error::UnknownOption {
        name: name.chars().take(64).collect(),
        options,
    }
}

/// The error for a value that an option does not accept.
pub(crate) fn invalid(name: &'static str, expected: &str) -> Error {
    Error::InvalidOption {
        name,
        expected: expected.to_owned(),
    }
}

/// An integer within bounds.
///
/// # Errors
/// [`Error::InvalidOption`].
pub(crate) fn integer(name: &'static str, value: &Value, least: u32, most: u32) -> Result<u32> {
    let value = value.as_u64().and_then(|value| u32::try_from(value).ok());
    value
        .filter(|value| (least..=most).contains(value))
        .ok_or_else(|| out_of_bounds(name, least, most))
}

/// Checks that an integer is within bounds.
///
/// # Errors
/// [`Error::InvalidOption`].
pub(crate) fn within(name: &'static str, value: u32, least: u32, most: u32) -> Result<()> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(out_of_bounds(name, least, most))
    }
}

fn out_of_bounds(name: &'static str, least: u32, most: u32) -> Error {
    invalid(name, &format!("an integer from {least} to {most}"))
}

/// One of some choices.
///
/// # Errors
/// [`Error::InvalidOption`].
pub(crate) fn choice<T: Copy>(
    name: &'static str,
    value: &Value,
    choices: &[(Value, T)],
) -> Result<T> {
    match choices.iter().find(|(name, _)| name == value) {
        Some((_, choice)) => Ok(*choice),
        None => {
            let names: Vec<String> = choices.iter().map(|(name, _)| name.to_string()).collect();
            Err(invalid(name, &names.join(" or ")))
        }
    }
}

/// A seed, as a number or, because many JSON writers would round it above 2^53, as a string.
///
/// # Errors
/// [`Error::InvalidOption`].
pub(crate) fn seed(value: &Value) -> Result<u64> {
    let seed = match value {
        Value::String(digits) => digits.parse().ok(),
        value => value.as_u64(),
    };
    seed.ok_or_else(|| invalid("seed", &format!("an integer from 0 to {}", u64::MAX)))
}

/// What a contamination may be.
pub(crate) const CONTAMINATION: &str = "a number above 0 and up to 0.5";

/// A contamination, as the share of anomalies among training rows.
///
/// # Errors
/// [`Error::InvalidOption`].
pub(crate) fn contamination(value: &Value) -> Result<f64> {
    let share = value.as_f64().filter(|&share| share > 0.0 && share <= 0.5);
    share.ok_or_else(|| invalid("contamination", CONTAMINATION))
}
