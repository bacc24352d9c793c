//! `difftest promote`: a reduced program becomes a case file among the regressions.

use crate::Verdict;
use clap::Args;
use fusevm_conformance::case::Case;
use fusevm_conformance::filetest;
use fusevm_conformance::panics;
use fusevm_conformance::subjects::{self, REFERENCE, tier_entered};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(crate) struct Options {
    /// A program (`.fvm`), as `reduce` writes it
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Name of the case; that of FILE when absent
    #[arg(long)]
    name: Option<String>,
    /// What went wrong, in a sentence; what FILE says when absent
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    /// The folder of the new case; this project's regressions when absent
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<Verdict, String> {
    let case = only_case(&options.file)?;
    let why = match &options.why {
        Some(why) => why.clone(),
        None => filetest::description(&filetest::read(&options.file)?)?,
    };
    if why.trim().is_empty() {
        return Err("say what went wrong, for who finds the case in a year: --why TEXT".to_owned());
    }
    let name = name(options)?;
    let folder = options.into.clone();
    let folder = folder.unwrap_or_else(|| super::folder("regressions"));
    let target = folder.join(format!("{name}.fvm"));
    if target.exists() {
        return Err(format!(
            "{}: exists already; give another name: --name NAME",
            target.display()
        ));
    }
    super::write(&target, &text(&why, &case)?)?;
    report(&name, &target)
}

/// The case of a file that has one.
fn only_case(file: &Path) -> Result<Case, String> {
    let text = filetest::read(file)?;
    let programs =
        filetest::programs(&text).map_err(|error| format!("{}: {error}", file.display()))?;
    match <[_; 1]>::try_from(programs) {
        Ok([program]) => Ok(program.case),
        Err(programs) => Err(format!(
            "{}: {} programs; `cargo difftest reduce` writes the one that diverges",
            file.display(),
            programs.len()
        )),
    }
}

/// The name of the case: words of small letters and digits, as tests have them.
fn name(options: &Options) -> Result<String, String> {
    let stem = options.file.file_stem().unwrap_or_default();
    let given = options.name.clone();
    let name = given.unwrap_or_else(|| stem.to_string_lossy().replace('-', "_"));
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    match !name.is_empty() && name.chars().all(is_plain) {
        true => Ok(name),
        false => Err(format!(
            "`{name}` is no name for a case: small letters, digits and `_`; give one: --name NAME"
        )),
    }
}

/// The case file: what the interpreter makes of the case, and which tiers must run it natively.
fn text(why: &str, case: &Case) -> Result<String, String> {
    let reference = panics::fresh(|| panics::catch(|| REFERENCE.run(case)));
    let outcome = match reference {
        Ok(Ok(observed)) => observed.outcome,
        Ok(Err(declined)) => return Err(declined.detail),
        Err(panic) => {
            return Err(format!(
                "the interpreter panics ({panic}): write by hand what it should do"
            ));
        }
    };
    let tiers = subjects::all().into_iter();
    let native: Vec<_> = tiers
        .filter(|subject| panics::fresh(|| tier_entered(*subject, case)))
        .collect();
    Ok(filetest::print_file(why, case, Some(&outcome), &native))
}

/// Whether the new case passes, and what to do next.
fn report(name: &str, file: &Path) -> Result<Verdict, String> {
    println!("written      {}", file.display());
    let checked = filetest::check_file(file);
    let verdict = match &checked {
        Ok(_) => {
            println!("passes       the defect is mended, or showed in random programs only");
            Verdict::Agreed
        }
        Err(failure) => {
            let first = failure.lines().next().unwrap_or_default();
            println!("fails        until the defect is mended: {first}");
            Verdict::Diverged
        }
    };
    println!(
        "next         read what it expects, mend the defect, and keep the case:\n             \
         cargo test -p fusevm-conformance --test cases regressions/{name}"
    );
    Ok(verdict)
}
