//! One file a day, which only grows.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Appends lines, each with its end, to the file of a day, and returns once they are on the disk.
///
/// # Errors
/// What the system says. Some of the lines may have been written; the next call begins on a line of its own.
pub(super) fn append(directory: &Path, day: &str, lines: &str) -> io::Result<()> {
    let path = directory.join(format!("heads-{day}.jsonl"));
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o640)
        .open(path)?;
    let length = file.metadata()?.len();
    // One call: what several workers append to the same file does not mix.
    if length == 0 || ends_a_line(&mut file)? {
        file.write_all(lines.as_bytes())?;
    } else {
        file.write_all(format!("\n{lines}").as_bytes())?;
    }
    file.sync_all()?;
    if length == 0 {
        // A new file is there for good when its directory is on the disk, too.
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

/// Whether the file's last line is whole. A worker that was killed, or a full disk, may have left half of one.
fn ends_a_line(file: &mut File) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_follow_what_is_there_and_half_a_line_stands_alone() {
        let directory =
            std::env::temp_dir().join(format!("vigil-heads-{:016x}", fastrand::u64(..)));
        std::fs::create_dir(&directory).expect("a directory");
        let read =
            |day: &str| std::fs::read_to_string(directory.join(format!("heads-{day}.jsonl")));
        append(&directory, "2026-11-28", "a\nb\n").expect("a new file");
        append(&directory, "2026-11-28", "c\n").expect("an existing file");
        append(&directory, "2026-11-29", "d\n").expect("the next day's");
        assert_eq!(read("2026-11-28").expect("a file"), "a\nb\nc\n");
        assert_eq!(read("2026-11-29").expect("a file"), "d\n");
        std::fs::write(directory.join("heads-2026-11-30.jsonl"), "a\n{\"ten").expect("a file");
        append(&directory, "2026-11-30", "e\n").expect("a file with half a line");
        assert_eq!(read("2026-11-30").expect("a file"), "a\n{\"ten\ne\n");
        std::fs::remove_dir_all(&directory).expect("the directory goes");
    }

    #[test]
    fn a_directory_that_is_not_there_is_an_error() {
        let missing = std::env::temp_dir().join("vigil-heads-missing");
        let error = append(&missing, "2026-11-28", "a\n").expect_err("no directory");
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
