//! Paths inside of the archive.

use crate::error::{Result, invalid};
use std::fmt;

/// Most bytes of a name in a path, so that a temporary name fits behind it in the 255 of a file system.
const MAX_NAME: usize = 200;

/// Most names in a path.
const MAX_DEPTH: usize = 16;

/// End of the names under which files are written.
const TEMPORARY: &str = ".tmp";

/// The path of a file: names of folders, then its own.
pub(super) struct FilePath<'a> {
    pub(super) folders: Vec<&'a str>,
    pub(super) name: &'a str,
}

impl<'a> FilePath<'a> {
    /// # Errors
    /// 22023 for anything but names joined by slashes.
    pub(super) fn parse(path: &'a str) -> Result<Self> {
        check(path.split('/'))?;
        let mut folders = path.split('/').collect::<Vec<_>>();
        let name = folders.pop().unwrap_or_default();
        Ok(Self { folders, name })
    }

    /// Whether this is a name that only a file in the making has.
    pub(super) fn is_temporary(&self) -> bool {
        self.name.ends_with(TEMPORARY)
    }

    /// A name under which the file can be written, one for each process and attempt.
    pub(super) fn temporary_name(&self, attempt: u32) -> String {
        format!("{}.{}.{attempt}{TEMPORARY}", self.name, std::process::id())
    }
}

impl fmt::Display for FilePath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for folder in &self.folders {
            write!(f, "{folder}/")?;
        }
        write!(f, "{}\"", self.name)
    }
}

/// How the paths of some files begin.
pub(super) struct Prefix<'a> {
    /// Folders that the prefix names in full.
    pub(super) folders: Vec<&'a str>,
    /// The whole.
    pub(super) text: &'a str,
}

impl<'a> Prefix<'a> {
    /// # Errors
    /// 22023 for what no path begins with. The empty prefix is that of all.
    pub(super) fn parse(text: &'a str) -> Result<Self> {
        let mut folders = Vec::new();
        if !text.is_empty() {
            folders = text.split('/').collect();
            let begun = folders.pop().unwrap_or_default();
            // Any name may come behind a slash.
            let last = if begun.is_empty() { "0" } else { begun };
            check(folders.iter().copied().chain([last]))?;
        }
        Ok(Self { folders, text })
    }
}

/// Whether a file or folder of this name can be part of a path.
pub(super) fn is_name(name: &str) -> bool {
    let (first, rest) = name.split_at_checked(1).unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    name.len() <= MAX_NAME
        && first.bytes().all(plain)
        && !first.is_empty()
        && rest
            .bytes()
            .all(|byte| plain(byte) || b"._=-".contains(&byte))
}

fn check<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Result<()> {
    if names.clone().count() > MAX_DEPTH || !names.into_iter().all(is_name) {
        return Err(invalid(
            "archive path is malformed",
            "Paths are relative, such as tenant=1/2024-05-01.parquet: up to 16 names of up to 200 lower-case letters, digits and . _ = -, which begin with a letter or digit.",
        ));
    }
    Ok(())
}
