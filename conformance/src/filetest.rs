//! Case files: a program in text form, with what it must do in leading comments.
//!
//! In: a `.fvm` file. Out: it passed, with the snapshots that its reader wants to review, or
//! everything that is wrong with it. `directives` reads the comments, `table` makes many
//! programs of one, `check` runs them, `print` writes such a file.
//!
//! The manual is `cases/readme.fvm`, which passes. Start with [`check_file`].

mod check;
mod directives;
mod print;
mod table;

pub use check::{Passed, Snapshot};
pub use directives::{DIRECTIVES, Directive, Directives, Expected};
pub use print::file as print_file;

use crate::case::Case;
use crate::panics;
use fusevm::asm;
use std::path::{Path, PathBuf};

/// One program of a case file, ready to run.
#[derive(Debug, Clone)]
pub struct Program {
    /// Which one, when the file has several: `row 2 (line 7)`.
    pub name: Option<String>,
    /// What to run.
    pub case: Case,
    /// What it must do.
    pub expected: Expected,
}

/// A case file that has been read.
#[derive(Debug)]
pub struct FileTest {
    /// What its comments say.
    pub directives: Directives,
    /// Its programs: one, or one per row of a table.
    pub programs: Vec<Program>,
}

/// Reads a case file.
///
/// # Errors
/// The first mistake, with its line; also when it expects nothing.
pub fn parse(text: &str) -> Result<FileTest, String> {
    let directives = directives::parse(text)?;
    directives.complete()?;
    Ok(FileTest {
        programs: programs_of(text, &directives)?,
        directives,
    })
}

/// The programs of a case file, or of any other program with or without directives.
///
/// # Errors
/// The first mistake, with its line.
pub fn programs(text: &str) -> Result<Vec<Program>, String> {
    programs_of(text, &directives::parse(text)?)
}

fn programs_of(text: &str, directives: &Directives) -> Result<Vec<Program>, String> {
    match &directives.each {
        None => Ok(vec![Program {
            name: None,
            case: assemble(text, directives)?,
            expected: directives.expected.clone(),
        }]),
        Some(table) => table.programs(text, directives),
    }
}

/// The case that `text` denotes in the state that the directives describe.
fn assemble(text: &str, directives: &Directives) -> Result<Case, String> {
    let chunk = asm::assemble(text).map_err(|error| format!("line {error}"))?;
    directives.setup.case(chunk)
}

/// Why a case file exists, in the words of its first lines.
///
/// # Errors
/// The first mistake in its header, with its line.
pub fn description(text: &str) -> Result<String, String> {
    directives::parse(text).map(|directives| directives.description)
}

/// Reads and checks a case file, on a new thread, so that files cannot influence each other.
///
/// # Errors
/// Everything that is wrong with it, one finding per paragraph.
pub fn check_file(path: &Path) -> Result<Passed, String> {
    let text = read(path)?;
    let file = parse(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    panics::fresh(|| check::check(&file)).map_err(|failures| {
        let mut report = failures.join("\n\n");
        report.push_str("\nnext         cargo difftest explain ");
        report.push_str(&path.display().to_string());
        report
    })
}

/// The text of a file.
///
/// # Errors
/// Which file could not be read, and why.
pub fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path)
        .map_err(|error| format!("{}: cannot be read: {error}", path.display()))
}

/// Every case file in `dir` and below, in order of their paths.
///
/// # Errors
/// A directory that cannot be read, or without any case file.
pub fn files(dir: &Path) -> Result<Vec<PathBuf>, String> {
    let escaped = glob::Pattern::escape(&dir.display().to_string());
    let found: Result<Vec<_>, _> = glob::glob(&format!("{escaped}/**/*.fvm"))
        .map_err(|error| format!("{}: {error}", dir.display()))?
        .collect();
    found.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
