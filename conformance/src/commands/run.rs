//! `difftest run`: one case on every subject.

use super::source::Source;
use crate::Verdict;
use clap::Args;
use fusevm_conformance::case::Case;
use fusevm_conformance::filetest;
use fusevm_conformance::oracles::agreement::{self, Verdict as OfSubject, tiers_in_words};
use fusevm_conformance::panics;
use fusevm_conformance::subject::Subject;
use fusevm_conformance::subjects::REFERENCE;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    source: Source,
    /// Who runs it, separated by commas
    #[arg(long, default_value = "all")]
    subjects: String,
}

impl Options {
    pub(crate) fn of_file(file: PathBuf) -> Options {
        Options {
            source: Source::of_file(file),
            subjects: "all".to_owned(),
        }
    }
}

pub(crate) fn run(options: &Options) -> Result<Verdict, String> {
    let subjects = super::subject_list(&options.subjects)?;
    let mut verdict = Verdict::Agreed;
    for (name, case) in options.source.cases()? {
        println!("{name}");
        if run_case(&case, &subjects) == Verdict::Diverged {
            verdict = Verdict::Diverged;
        }
    }
    if verdict == Verdict::Diverged {
        let arguments = options.source.arguments();
        println!("next         cargo difftest reduce {arguments}");
    }
    // What it says besides agreeing; divergences were shown already.
    if verdict == Verdict::Agreed
        && let Some(file) = options.source.file.as_deref()
        && file.extension().is_some_and(|extension| extension == "fvm")
        && let Err(failure) = filetest::check_file(file)
    {
        println!("\n{failure}");
        verdict = Verdict::Diverged;
    }
    Ok(verdict)
}

fn run_case(case: &Case, subjects: &[&'static dyn Subject]) -> Verdict {
    let checked = panics::fresh(|| agreement::check(case, subjects));
    if let Ok(reference) = &checked.reference {
        println!("  {:<12} {}", REFERENCE.name(), reference.outcome.ending);
    }
    let mut reports = Vec::new();
    if let Err(divergence) = &checked.reference {
        reports.push(divergence.to_string());
    }
    for (name, verdict) in &checked.verdicts {
        let words = match verdict {
            OfSubject::Agreed(observed) => {
                format!("agreed     {}", tiers_in_words(&observed.tiers))
            }
            OfSubject::Declined(declined) => {
                format!("declined   {} ({})", declined.reason, declined.detail)
            }
            OfSubject::Poisoned(reason) => format!("set aside  {reason}"),
            OfSubject::Diverged(divergence) => {
                reports.push(divergence.to_string());
                format!("DIVERGED   in {}", divergence.difference.field)
            }
        };
        println!("  {name:<12} {words}");
    }
    for report in &reports {
        println!("\n{report}");
    }
    match reports.is_empty() {
        true => Verdict::Agreed,
        false => Verdict::Diverged,
    }
}
