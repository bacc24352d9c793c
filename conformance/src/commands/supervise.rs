//! A campaign in a process of its own, so that a case that kills it is found and reduced.

use super::isolated::{self, Fate, Isolation};
use crate::Verdict;
use fusevm_conformance::campaign::Plan;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

/// The variable that tells a campaign where to note its cases; set, it is the child.
const NOTES: &str = "DIFFTEST_NOTES";

/// The file for notes, when this process is the child.
pub(super) fn notes() -> Option<File> {
    let path = std::env::var_os(NOTES)?;
    File::options().write(true).open(path).ok()
}

/// Whether this process is the child.
pub(super) fn is_child() -> bool {
    std::env::var_os(NOTES).is_some()
}

/// Runs the campaign of this process's arguments in a child.
pub(super) fn run(plan: &Plan, out: &Path, budget: Duration) -> Result<Verdict, String> {
    let path = std::env::temp_dir().join(format!("difftest-{}.notes", std::process::id()));
    std::fs::write(&path, []).map_err(|error| format!("{}: {error}", path.display()))?;
    let status = isolated::program()?
        .args(std::env::args_os().skip(1))
        .args(["--seed", &plan.seed.to_string()])
        .env(NOTES, &path)
        .status();
    let noted = std::fs::read(&path).unwrap_or_default();
    let _ = std::fs::remove_file(&path);
    let status = status.map_err(|error| format!("no process for the campaign: {error}"))?;
    match (Fate::of(status), status.code()) {
        (Fate::Ended, Some(0)) => Ok(Verdict::Agreed),
        (Fate::Ended, Some(1)) => Ok(Verdict::Diverged),
        (Fate::Ended, Some(crate::READER_GONE)) => std::process::exit(crate::READER_GONE),
        (Fate::Ended, code) => Err(match code {
            Some(130) => "interrupted twice: no report".to_owned(),
            _ => "the campaign could not run".to_owned(),
        }),
        (fate, _) => {
            println!("the campaign {}", fate.words());
            let (cases, _) = noted.as_chunks::<8>();
            let cases: Vec<u64> = cases
                .iter()
                .map(|bytes| u64::from_le_bytes(*bytes))
                .collect();
            find_killer(plan, &cases, out, budget)
        }
    }
}

/// Cases before those that were running that may have killed the process.
const MOST_BEFORE: u64 = 100;

/// Which of the cases that were running killed the process, and the smallest one that does.
fn find_killer(
    plan: &Plan,
    cases: &[u64],
    out: &Path,
    budget: Duration,
) -> Result<Verdict, String> {
    let isolation = Isolation::new(plan.patience);
    // Memory that a case spoils may kill one of those behind it.
    let last = cases.iter().copied().max().unwrap_or(0);
    let before = (last.saturating_sub(MOST_BEFORE)..last).rev();
    let before = before.filter(|index| !cases.contains(index));
    for index in cases.iter().copied().chain(before) {
        let case = plan.case(index).1;
        if let Some(culprit) = isolation.culprit(&case, &plan.subjects_of(index))? {
            let file = out.join(format!("seed-{}-case-{index}.fvm", plan.seed));
            let name = format!("case {index} of seed {}", plan.seed);
            isolation.show(&name, case, culprit, budget, &file)?;
            return Ok(Verdict::Diverged);
        }
    }
    println!(
        "none of the cases that were running does so alone, nor any of the {MOST_BEFORE} before \
         them: {cases:?} of seed {}",
        plan.seed
    );
    Ok(Verdict::Diverged)
}
