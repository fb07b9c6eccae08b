//! Files in the archive directory: write, read, hash, remove, list.
//!
//! A file appears under its name when all of it is on the disk, and nothing outside of the directory is touched.

mod directory;
mod listing;
mod path;
mod writing;

use crate::error::{Result, error, failed};
use crate::pg::check_interrupts;
use directory::Directory;
use path::{FilePath, Prefix};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::iter::TableIterator;
use pgrx::{PgSqlErrorCode, name, pg_extern};
use sha2::{Digest, Sha256};
use std::io::Read;

/// Bytes that are read or written between two looks at a cancel request: some milliseconds.
const BLOCK: usize = 1 << 20;

/// Most bytes of a `bytea`: the server allocates 1 GiB less one byte, of which four are the length.
const MAX_CONTENT: u64 = (1 << 30) - 1 - 4;

/// Writes a file as a whole, and gives the SHA-256 of its content.
#[pg_extern(strict)]
fn archive_write(path: &str, content: &[u8]) -> Result<String> {
    let path = FilePath::parse(path)?;
    writing::write(&Directory::open()?, &path, content)
}

/// The content of a file.
#[pg_extern(strict)]
fn archive_read(path: &str) -> Result<Vec<u8>> {
    let path = FilePath::parse(path)?;
    let what = format!("read archive file {path}");
    let (mut file, bytes) = Directory::open()?.open_file(&path, &what)?;
    let too_long = || {
        error(
            PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
            format!("archive file {path} is longer than a bytea can be"),
            "archive_hash reads files of any length.",
        )
    };
    if bytes > MAX_CONTENT {
        return Err(too_long());
    }
    let mut content = Vec::new();
    let room = content.try_reserve_exact(bytes as usize);
    room.map_err(|_| failed(&what, &std::io::ErrorKind::OutOfMemory.into()))?;
    loop {
        check_interrupts();
        let read = file
            .by_ref()
            .take(BLOCK as u64)
            .read_to_end(&mut content)
            .map_err(|cause| failed(&what, &cause))?;
        if content.len() as u64 > MAX_CONTENT {
            return Err(too_long());
        }
        if read == 0 {
            return Ok(content);
        }
    }
}

/// SHA-256 and length of a file.
#[pg_extern(strict)]
fn archive_hash(
    path: &str,
) -> Result<TableIterator<'static, (name!(sha256, String), name!(bytes, i64))>> {
    let path = FilePath::parse(path)?;
    let what = format!("read archive file {path}");
    let (mut file, _) = Directory::open()?.open_file(&path, &what)?;
    let mut hash = Sha256::new();
    let mut bytes = 0_i64;
    let mut block = vec![0; BLOCK];
    loop {
        check_interrupts();
        match file.read(&mut block) {
            Ok(0) => break,
            Ok(read) => {
                hash.update(&block[..read]);
                bytes += read as i64;
            }
            Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(failed(&what, &cause)),
        }
    }
    Ok(TableIterator::once((hexadecimal(hash), bytes)))
}

/// Removes a file. False when it was not there.
#[pg_extern(strict)]
fn archive_remove(path: &str) -> Result<bool> {
    let path = FilePath::parse(path)?;
    Directory::open()?.remove(&path)
}

/// The files whose paths begin with a prefix.
#[pg_extern(strict)]
#[allow(clippy::type_complexity)]
fn archive_files(
    prefix: &str,
) -> Result<
    TableIterator<
        'static,
        (
            name!(path, String),
            name!(bytes, i64),
            name!(modified_at, TimestampWithTimeZone),
        ),
    >,
> {
    let prefix = Prefix::parse(prefix)?;
    let files = listing::list(&Directory::open()?, &prefix)?;
    Ok(TableIterator::new(
        files
            .into_iter()
            .map(|file| (file.path, file.bytes, file.modified_at)),
    ))
}

/// Whether there is an archive that can be written to, and how many bytes are free where it is. Never an error.
#[pg_extern(strict)]
#[allow(clippy::type_complexity)]
fn archive_status() -> TableIterator<
    'static,
    (
        name!(configured, bool),
        name!(writable, bool),
        name!(free_bytes, Option<i64>),
    ),
> {
    let configured = crate::pg::archive_directory().is_some();
    let (writable, free) = match Directory::open() {
        Ok(directory) => (directory.is_writable(), directory.free_bytes()),
        Err(_) => (false, None),
    };
    TableIterator::once((configured, writable, free))
}

/// A finished hash as Postgres writes it, too.
fn hexadecimal(hash: Sha256) -> String {
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
