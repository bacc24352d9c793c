//! What the VM asks of the file system itself: `TestFile`, and `Glob` without a host.
//!
//! Whatever cannot be found out is false, or not in the list.

use super::state::{Machine, Step};
use fusevm::Value;
use std::fs::{self, FileType, Metadata};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};

impl Machine {
    pub(super) fn test_file(&mut self, kind: u8) -> Step {
        self.room(1, 1)?;
        let path = self.text(0, 1)?;
        self.give(1, Value::Bool(is_of_kind(&path, kind)))
    }
}

/// Whether a path is what a number of 7.1 asks for (Q62).
fn is_of_kind(path: &str, kind: u8) -> bool {
    let followed = |holds: fn(&Metadata) -> bool| fs::metadata(path).is_ok_and(|m| holds(&m));
    let itself = |holds: fn(&FileType) -> bool| {
        fs::symlink_metadata(path).is_ok_and(|m| holds(&m.file_type()))
    };
    match kind {
        0 => followed(Metadata::is_file),
        1 => followed(Metadata::is_dir),
        // Readable, writable and there at all are the same.
        2 | 3 | 5 => followed(|_| true),
        4 => followed(|m| m.permissions().mode() & 0o111 != 0),
        6 => followed(|m| m.len() > 0),
        7 => itself(FileType::is_symlink),
        8 => itself(FileType::is_socket),
        9 => itself(FileType::is_fifo),
        10 => itself(FileType::is_block_device),
        11 => itself(FileType::is_char_device),
        _ => false,
    }
}

/// The paths that match a pattern, as the crate that the specification names finds them.
pub(super) fn paths(pattern: &str) -> Vec<String> {
    let found = glob::glob(pattern).into_iter().flatten();
    found
        .filter_map(Result::ok)
        .map(|path| path.to_string_lossy().into_owned())
        .collect()
}
