//! `difftest replay`: stored inputs once more.

use crate::Verdict;
use clap::Args;
use fusevm_conformance::{filetest, panics, targets};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(crate) struct Options {
    /// Folders of case files and corpora; all of this project's when absent
    #[arg(value_name = "DIR")]
    folders: Vec<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<Verdict, String> {
    let folders = match options.folders.is_empty() {
        true => vec![
            super::folder("cases"),
            super::folder("regressions"),
            super::folder("../fuzz/corpus"),
        ],
        false => options.folders.clone(),
    };
    let mut verdict = Verdict::Agreed;
    for folder in folders {
        let files = files_below(&folder)?;
        if files.is_empty() && !options.folders.is_empty() {
            return Err(format!("{}: no files to replay", folder.display()));
        }
        let mut failed = 0;
        for file in &files {
            if let Err(failure) = replay(file) {
                println!("{}\n{failure}\n", file.display());
                failed += 1;
            }
        }
        println!(
            "{}: {} files, {failed} failed",
            folder.display(),
            files.len()
        );
        if failed > 0 {
            verdict = Verdict::Diverged;
        }
    }
    Ok(verdict)
}

/// A case file is checked; anything else is an input of the fuzz target in whose folder it
/// lies.
fn replay(file: &Path) -> Result<(), String> {
    if file.extension().is_some_and(|extension| extension == "fvm") {
        return filetest::check_file(file).map(|_| ());
    }
    let bytes = std::fs::read(file).map_err(|error| format!("cannot be read: {error}"))?;
    let lies_in = |name: &str| file.components().any(|part| part.as_os_str() == name);
    let target = targets::all()
        .iter()
        .find(|target| lies_in(target.name))
        .ok_or("not a case file, and not in a folder with the name of a fuzz target")?;
    panics::fresh(|| panics::catch(|| target.replay(&bytes)))
}

/// Every file in a folder and below, in order of their paths.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        if !folder.exists() {
            continue;
        }
        let entries = std::fs::read_dir(&folder)
            .map_err(|error| format!("{}: cannot be read: {error}", folder.display()))?;
        for entry in entries.flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path => files.push(path),
            }
        }
    }
    files.sort();
    Ok(files)
}
