//! Writes a file so that it is there as a whole or not at all, whatever happens.

use super::directory::{Directory, sync};
use super::path::FilePath;
use super::{BLOCK, hexadecimal};
use crate::error::{Result, failed, invalid};
use crate::pg::check_interrupts;
use cap_std::fs::{Dir, File, OpenOptions, OpenOptionsExt};
use sha2::{Digest, Sha256};
use std::io::{self, ErrorKind, Write};

/// A file that is removed unless it was given its name.
struct Temporary<'a> {
    folder: &'a Dir,
    name: String,
}

impl Temporary<'_> {
    /// Makes an empty file under a name that nobody else has.
    fn create<'a>(folder: &'a Dir, path: &FilePath<'_>) -> io::Result<(Temporary<'a>, File)> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let mut attempt = 0;
        loop {
            let name = path.temporary_name(attempt);
            match folder.open_with(&name, &options) {
                // What a process of this number left when it was killed.
                Err(cause) if cause.kind() == ErrorKind::AlreadyExists && attempt < 1000 => {
                    attempt += 1;
                }
                opened => return Ok((Temporary { folder, name }, opened?)),
            }
        }
    }

    fn rename(mut self, name: &str) -> io::Result<()> {
        self.folder.rename(&self.name, self.folder, name)?;
        self.name.clear();
        Ok(())
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.name.is_empty() {
            // Nothing more can be done; archive_files lists it.
            let _ = self.folder.remove_file(&self.name);
        }
    }
}

/// Writes a file, and gives the SHA-256 of its content in hexadecimal digits.
///
/// # Errors
/// 22023 for a temporary name, and as [`failed`]. No file is left of what could not be written.
pub(super) fn write(directory: &Directory, path: &FilePath<'_>, content: &[u8]) -> Result<String> {
    if path.is_temporary() {
        return Err(invalid(
            "archive path ends in .tmp",
            "Files with such names are in the making; choose another ending.",
        ));
    }
    let write = || {
        let folder = directory.make_folder_of(path)?;
        let (temporary, mut file) = Temporary::create(&folder, path)?;
        let mut hash = Sha256::new();
        for block in content.chunks(BLOCK) {
            check_interrupts();
            file.write_all(block)?;
            hash.update(block);
        }
        file.sync_all()?;
        check_interrupts();
        temporary.rename(path.name)?;
        sync(&folder)?;
        Ok(hexadecimal(hash))
    };
    write().map_err(|cause: io::Error| failed(&format!("write archive file {path}"), &cause))
}
