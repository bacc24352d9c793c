//! `difftest replay`: stored inputs once more.

use crate::Verdict;
use clap::Args;
use fusevm_conformance::campaign::{Shape, case_from};
use fusevm_conformance::filetest;
use fusevm_conformance::oracles::agreement;
use fusevm_conformance::subjects;
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

/// A case file is checked; anything else is entropy.
fn replay(file: &Path) -> Result<(), String> {
    if file.extension().is_some_and(|extension| extension == "fvm") {
        return filetest::check_file(file).map(|_| ());
    }
    let bytes = std::fs::read(file).map_err(|error| format!("cannot be read: {error}"))?;
    let is_raw = file.components().any(|part| part.as_os_str() == "diff_raw");
    let shape = if is_raw {
        Shape::Raw
    } else {
        Shape::Structured
    };
    match agreement::divergence(&case_from(shape, &bytes), subjects::all()) {
        None => Ok(()),
        Some(divergence) => Err(format!(
            "{divergence}\nnext         cargo difftest reduce {}{}",
            if is_raw { "--raw " } else { "" },
            file.display()
        )),
    }
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
