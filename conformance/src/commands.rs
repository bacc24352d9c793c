//! The sub-commands of `difftest`, one per file, and what they have in common.

pub(crate) mod campaign;
pub(crate) mod coverage;
pub(crate) mod explain;
pub(crate) mod faults;
pub(crate) mod ledger;
pub(crate) mod promote;
pub(crate) mod reduce;
pub(crate) mod replay;
pub(crate) mod run;
pub(crate) mod stats;

mod isolated;
mod source;
mod supervise;

use fusevm_conformance::subject::Subject;
use fusevm_conformance::subjects;
use std::path::{Path, PathBuf};

/// The subjects that a comma-separated list names.
fn subject_list(names: &str) -> Result<Vec<&'static dyn Subject>, String> {
    subjects::by_names(names.split(',').map(str::trim))
}

/// A folder of this crate.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Writes a file, and the folder it is in.
fn write(path: &Path, text: &str) -> Result<(), String> {
    let dir = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(dir)
        .and_then(|()| std::fs::write(path, text))
        .map_err(|error| format!("{}: cannot be written: {error}", path.display()))
}
