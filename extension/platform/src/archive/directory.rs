//! The archive directory, which is the only way to files.

use super::path::FilePath;
use crate::error::{Result, error, failed, invalid};
use crate::pg::archive_directory;
use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, OpenOptions};
use pgrx::PgSqlErrorCode;
use rustix::fs::{Access, AtFlags, accessat, fstatvfs};
use std::io::{self, ErrorKind};

/// The open directory.
pub(super) struct Directory(Dir);

impl Directory {
    /// # Errors
    /// 55000 where none is set, 58P01 where there is none, 42501 where the server may not read it.
    pub(super) fn open() -> Result<Self> {
        let Some(path) = archive_directory() else {
            return Err(error(
                PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                "there is no archive directory",
                "As a superuser, set vigil_platform.archive_directory to an absolute path with alter system or alter database.",
            ));
        };
        if !path.is_absolute() {
            return Err(invalid(
                "the archive directory is no absolute path",
                "As a superuser, set vigil_platform.archive_directory to a path that begins with a slash.",
            ));
        }
        Dir::open_ambient_dir(path, ambient_authority())
            .map(Self)
            .map_err(|cause| failed("open the archive directory", &cause))
    }

    /// The folder of a file.
    pub(super) fn folder_of(&self, path: &FilePath<'_>) -> io::Result<Dir> {
        self.folder(&path.folders)
    }

    /// A folder by the names on the way to it.
    pub(super) fn folder(&self, names: &[&str]) -> io::Result<Dir> {
        let mut folder = self.0.try_clone()?;
        for name in names {
            folder = folder.open_dir_nofollow(name)?;
        }
        Ok(folder)
    }

    /// The folder of a file, made where it is missing.
    pub(super) fn make_folder_of(&self, path: &FilePath<'_>) -> io::Result<Dir> {
        let mut folder = self.0.try_clone()?;
        for name in &path.folders {
            match folder.create_dir(name) {
                Err(cause) if cause.kind() != ErrorKind::AlreadyExists => return Err(cause),
                _ => {}
            }
            // Also where it was there: whoever made it may have been stopped before this.
            sync(&folder)?;
            folder = folder.open_dir_nofollow(name)?;
        }
        Ok(folder)
    }

    /// Opens a file for reading, and says how long it is.
    ///
    /// # Errors
    /// 58P01 where there is none, 58030 for what is no file, and as [`failed`].
    pub(super) fn open_file(&self, path: &FilePath<'_>, what: &str) -> Result<(File, u64)> {
        let open = || {
            let folder = self.folder_of(path)?;
            let mut options = OpenOptions::new();
            // A pipe would be waited for.
            options.read(true).follow(FollowSymlinks::No).nonblock(true);
            let file = folder.open_with(path.name, &options)?;
            let metadata = file.metadata()?;
            if metadata.is_file() {
                Ok((file, metadata.len()))
            } else {
                Err(io::Error::other("it is no regular file"))
            }
        };
        open().map_err(|cause| failed(what, &cause))
    }

    /// Removes a file. False when it was not there.
    ///
    /// # Errors
    /// As [`failed`].
    pub(super) fn remove(&self, path: &FilePath<'_>) -> Result<bool> {
        let remove = || {
            let folder = self.folder_of(path)?;
            folder.remove_file(path.name)?;
            sync(&folder)
        };
        match remove() {
            Ok(()) => Ok(true),
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(false),
            Err(cause) => Err(failed(&format!("remove archive file {path}"), &cause)),
        }
    }

    /// Whether the server may make files here.
    pub(super) fn is_writable(&self) -> bool {
        let access = Access::WRITE_OK | Access::EXEC_OK;
        accessat(&self.0, ".", access, AtFlags::EACCESS).is_ok()
    }

    /// Bytes that the server's user can still write; NULL where the file system does not say.
    pub(super) fn free_bytes(&self) -> Option<i64> {
        let status = fstatvfs(&self.0).ok()?;
        i64::try_from(u128::from(status.f_bavail) * u128::from(status.f_frsize)).ok()
    }
}

/// Brings the entries of a folder to the disk.
pub(super) fn sync(folder: &Dir) -> io::Result<()> {
    // The handle of a folder is a path, which cannot be synced.
    folder.open(".")?.sync_all()
}
