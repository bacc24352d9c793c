//! Properties of files, for `TestFile`. Whatever goes wrong, a file does not have one.

use crate::op::file_test::*;
use std::fs::{self, Metadata};

/// Whether the file at `path` has the property; false for numbers that name none.
pub(super) fn has(path: &str, property: u8) -> bool {
    let test: fn(&Metadata) -> bool = match property {
        IS_FILE => Metadata::is_file,
        IS_DIR => Metadata::is_dir,
        // Whether it can be read or written is not asked: only opening it would tell.
        IS_READABLE | IS_WRITABLE | EXISTS => |_| true,
        IS_EXECUTABLE => special::is_executable,
        IS_NONEMPTY => |metadata| metadata.len() > 0,
        IS_SYMLINK => Metadata::is_symlink,
        IS_SOCKET => special::is_socket,
        IS_FIFO => special::is_fifo,
        IS_BLOCK_DEV => special::is_block_device,
        IS_CHAR_DEV => special::is_char_device,
        _ => return false,
    };
    let metadata = match property {
        IS_SYMLINK | IS_SOCKET | IS_FIFO | IS_BLOCK_DEV | IS_CHAR_DEV => fs::symlink_metadata(path),
        _ => fs::metadata(path),
    };
    metadata.is_ok_and(|metadata| test(&metadata))
}

/// What only Unix knows of files.
#[cfg(unix)]
mod special {
    use std::fs::Metadata;
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};

    pub(super) fn is_executable(metadata: &Metadata) -> bool {
        metadata.permissions().mode() & 0o111 != 0
    }

    pub(super) fn is_socket(metadata: &Metadata) -> bool {
        metadata.file_type().is_socket()
    }

    pub(super) fn is_fifo(metadata: &Metadata) -> bool {
        metadata.file_type().is_fifo()
    }

    pub(super) fn is_block_device(metadata: &Metadata) -> bool {
        metadata.file_type().is_block_device()
    }

    pub(super) fn is_char_device(metadata: &Metadata) -> bool {
        metadata.file_type().is_char_device()
    }
}

/// Elsewhere everything can be executed, and there are no special files.
#[cfg(not(unix))]
mod special {
    use std::fs::Metadata;

    pub(super) fn is_executable(_: &Metadata) -> bool {
        true
    }

    pub(super) fn is_socket(_: &Metadata) -> bool {
        false
    }

    pub(super) fn is_fifo(_: &Metadata) -> bool {
        false
    }

    pub(super) fn is_block_device(_: &Metadata) -> bool {
        false
    }

    pub(super) fn is_char_device(_: &Metadata) -> bool {
        false
    }
}
