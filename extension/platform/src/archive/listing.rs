//! Lists files, those in the making included.

use super::directory::Directory;
use super::path::{Prefix, is_name};
use crate::error::{Result, failed};
use crate::pg::check_interrupts;
use cap_fs_ext::DirExt;
use cap_std::fs::{Dir, DirEntry, Metadata};
use pgrx::datum::TimestampWithTimeZone;
use std::io::{self, ErrorKind};
use std::time::UNIX_EPOCH;

/// Microseconds from 1970 to 2000, from where Postgres counts.
const EPOCH: i128 = 946_684_800_000_000;

/// A file of the archive.
pub(super) struct Found {
    pub(super) path: String,
    pub(super) bytes: i64,
    pub(super) modified_at: TimestampWithTimeZone,
}

/// The files whose paths begin with a prefix, by path.
///
/// # Errors
/// As [`failed`].
pub(super) fn list(directory: &Directory, prefix: &Prefix<'_>) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    begin(directory, prefix, &mut found).map_err(|cause| failed("list the archive", &cause))?;
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn begin(directory: &Directory, prefix: &Prefix<'_>, found: &mut Vec<Found>) -> io::Result<()> {
    match directory.folder(&prefix.folders) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(()),
        folder => collect(&folder?, &mut prefix.folders.join("/"), prefix.text, found),
    }
}

fn collect(
    folder: &Dir,
    path: &mut String,
    prefix: &str,
    found: &mut Vec<Found>,
) -> io::Result<()> {
    let length = path.len();
    for entry in folder.entries()? {
        check_interrupts();
        let entry = entry?;
        let name = entry.file_name();
        // No function can reach other names.
        let Some(name) = name.to_str().filter(|name| is_name(name)) else {
            continue;
        };
        path.truncate(length);
        if length > 0 {
            path.push('/');
        }
        path.push_str(name);
        if !path.starts_with(prefix) && !prefix.starts_with(path.as_str()) {
            continue;
        }
        match visit(folder, &entry, path, prefix, found) {
            // Removed, or given its name, since the folder was read.
            Err(cause) if cause.kind() == ErrorKind::NotFound => {}
            visited => visited?,
        }
    }
    path.truncate(length);
    Ok(())
}

/// Notes a file, or looks into a folder.
fn visit(
    folder: &Dir,
    entry: &DirEntry,
    path: &mut String,
    prefix: &str,
    found: &mut Vec<Found>,
) -> io::Result<()> {
    // Of a symbolic link, these are its own.
    let metadata = entry.metadata()?;
    if metadata.is_dir() {
        let inner = folder.open_dir_nofollow(entry.file_name())?;
        collect(&inner, path, prefix, found)?;
    } else if metadata.is_file() && path.starts_with(prefix) {
        found.push(Found {
            path: path.clone(),
            bytes: i64::try_from(metadata.len()).unwrap_or(i64::MAX),
            modified_at: modified_at(&metadata)?,
        });
    }
    Ok(())
}

fn modified_at(metadata: &Metadata) -> io::Result<TimestampWithTimeZone> {
    let time = metadata.modified()?.into_std();
    let since_1970 = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => after.as_micros() as i128,
        Err(before) => -(before.duration().as_micros() as i128),
    };
    i64::try_from(since_1970 - EPOCH)
        .ok()
        .and_then(|ts| TimestampWithTimeZone::try_from(ts).ok())
        .ok_or_else(|| io::Error::other("it has an impossible time"))
}
