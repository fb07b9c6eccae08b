//! Keys in files of the server's user: read with care, parsed once, and read anew when the file changes.
//!
//! No error names the path, which only superusers may see, or shows anything of the content.

use crate::error::{Result, error, invalid};
use pgrx::PgSqlErrorCode;
use rustix::fs::{FileType, Mode, OFlags, Stat, fstat, open};
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use zeroize::Zeroizing;

/// No key is longer.
const MAX_BYTES: u64 = 16 * 1024;

/// The last key of a kind that this session has read.
pub(crate) struct KeyCache<T>(RefCell<Option<(Identity, Rc<T>)>>);

impl<T> KeyCache<T> {
    pub(crate) const fn new() -> Self {
        Self(RefCell::new(None))
    }
}

/// A kind of key: `name` is how messages call it, `setting` where its path comes from.
pub(crate) struct KeyFile {
    pub(crate) name: &'static str,
    pub(crate) setting: &'static str,
}

impl KeyFile {
    /// The key in the file of this path. A file that has been replaced or changed since the last call is read again.
    ///
    /// # Errors
    /// 55000 when no file is set, 22023 for a relative path, 58P01 and 42501 for a file that is not there, that the
    /// server may not read or that others may, 42809 for what is no file, 58030 when reading fails, F0000 when `parse`
    /// finds no key.
    pub(crate) fn key<T>(
        &self,
        cache: &KeyCache<T>,
        path: Option<PathBuf>,
        parse: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<Rc<T>> {
        let path = path.ok_or_else(|| {
            error(
                PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("there is no {} file", self.name),
                &format!("As a superuser, set {} with alter system.", self.setting),
            )
        })?;
        if !path.is_absolute() {
            return Err(invalid(
                format!("the path of the {} file is not absolute", self.name),
                &format!(
                    "As a superuser, set {} to a path that begins with a slash.",
                    self.setting
                ),
            ));
        }
        let (file, status) = self.open(&path)?;
        let identity = Identity::of(path, &status);
        if let Some((known, key)) = &*cache.0.borrow()
            && *known == identity
        {
            return Ok(Rc::clone(key));
        }
        let content = read(file).map_err(|cause| self.unreadable(&cause))?;
        let key = (content.len() as u64 <= MAX_BYTES)
            .then(|| parse(&content))
            .flatten()
            .ok_or_else(|| {
                error(
                    PgSqlErrorCode::ERRCODE_CONFIG_FILE_ERROR,
                    format!("the {} file does not hold a {}", self.name, self.name),
                    &format!("Look at the file that {} names; its documentation says what belongs there.", self.setting),
                )
            })?;
        let key = Rc::new(key);
        *cache.0.borrow_mut() = Some((identity, Rc::clone(&key)));
        Ok(key)
    }

    /// The file, which nobody but its owner may use.
    fn open(&self, path: &Path) -> Result<(File, Stat)> {
        // A pipe would wait for its writer.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        let file =
            open(path, flags, Mode::empty()).map_err(|cause| self.unreadable(&cause.into()))?;
        let status = fstat(&file).map_err(|cause| self.unreadable(&cause.into()))?;
        if FileType::from_raw_mode(status.st_mode) != FileType::RegularFile {
            return Err(error(
                PgSqlErrorCode::ERRCODE_WRONG_OBJECT_TYPE,
                format!("the {} file is not a regular file", self.name),
                &format!(
                    "As a superuser, set {} to the path of a file.",
                    self.setting
                ),
            ));
        }
        if status.st_mode & 0o077 != 0 {
            return Err(error(
                PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!(
                    "the {} file can be used by others than its owner",
                    self.name
                ),
                "Take the key for known and make a new one, in a file of the server's user with mode 0600.",
            ));
        }
        Ok((file.into(), status))
    }

    fn unreadable(&self, cause: &io::Error) -> pgrx::pg_sys::panic::ErrorReport {
        let code = match cause.kind() {
            ErrorKind::NotFound => PgSqlErrorCode::ERRCODE_UNDEFINED_FILE,
            ErrorKind::PermissionDenied => PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
            _ => PgSqlErrorCode::ERRCODE_IO_ERROR,
        };
        error(
            code,
            format!("could not read the {} file: {cause}", self.name),
            &format!(
                "{} names a file of the server's user with mode 0600.",
                self.setting
            ),
        )
    }
}

/// What tells one state of a file from another without reading it.
#[derive(PartialEq)]
struct Identity {
    path: PathBuf,
    place: (u64, u64),
    bytes: i64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Identity {
    #[allow(clippy::cast_possible_wrap, clippy::unnecessary_cast)]
    fn of(path: PathBuf, status: &Stat) -> Self {
        Self {
            path,
            place: (status.st_dev as u64, status.st_ino as u64),
            bytes: status.st_size as i64,
            modified: (status.st_mtime as i64, status.st_mtime_nsec as i64),
            changed: (status.st_ctime as i64, status.st_ctime_nsec as i64),
        }
    }
}

/// The content, up to one byte more than a key may have, in memory that is wiped and never moved.
fn read(file: File) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut content = Zeroizing::new(Vec::with_capacity(2 * MAX_BYTES as usize));
    file.take(MAX_BYTES + 1).read_to_end(&mut content)?;
    Ok(content)
}
