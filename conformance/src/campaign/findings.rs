//! From divergences to a short list: each one reduced, and those that look like the same
//! defect put together.

use super::{Finding, Tally};
use crate::case::Case;
use crate::filetest;
use crate::oracles::agreement::{self, Divergence, Signature};
use crate::panics;
use crate::reduce;
use crate::subject::Subject;
use crate::subjects::{REFERENCE, by_name};
use fusevm::Op;
use std::time::{Duration, Instant};

/// Processor time that a candidate may need, far more than any generated case.
const PATIENCE: Duration = Duration::from_secs(1);
/// Candidates that did not end, after which a case counts as reduced.
const MOST_LEFT_BEHIND: usize = 4;

/// Divergences that may use up all of their time.
const REDUCED_IN_FULL: u32 = 6;

/// What a campaign found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Divergences that look like different defects.
    pub groups: Vec<Group>,
    /// Cases that did not end.
    pub endless: Vec<u64>,
    /// Divergences that there was no time to reduce and group.
    pub left_out: usize,
}

/// Divergences that look like the same defect.
#[derive(Debug)]
pub struct Group {
    /// The first of them, as it was found.
    pub first: Finding,
    /// The subjects that show it, and how often each differed in this field.
    pub subjects: Vec<(Signature, u64)>,
    /// Numbers of cases that show it.
    pub cases: Vec<u64>,
    /// The smallest case that shows it.
    pub reduction: Reduction,
    /// The names of its ops.
    ops: Vec<&'static str>,
}

/// A case made smaller.
#[derive(Debug, Clone)]
pub struct Reduction {
    /// The smallest case that still differs in the same kind of field.
    pub case: Case,
    /// How it differs.
    pub divergence: Divergence,
    /// How long it took.
    pub took: Duration,
}

impl Reduction {
    /// In a sentence, what the case shows.
    pub fn why(&self) -> String {
        let Divergence {
            left_subject,
            right_subject,
            difference,
            ..
        } = &self.divergence;
        format!(
            "{right_subject} differed from {left_subject} in {}.",
            difference.field
        )
    }

    /// The text of a case file that shows the divergence until it is mended.
    pub fn text(&self, why: &str) -> String {
        let outcome = panics::fresh(|| panics::catch(|| REFERENCE.run(&self.case)))
            .ok()
            .and_then(Result::ok)
            .map(|observed| observed.outcome);
        filetest::print_file(why, &self.case, outcome.as_ref())
    }
}

/// Makes a case smaller as long as `subject` differs from the reference in the same kind of
/// field.
pub fn reduce_finding(case: &Case, divergence: &Divergence, budget: Duration) -> Reduction {
    let started = Instant::now();
    let subjects: Vec<&'static dyn Subject> =
        by_name(divergence.right_subject).into_iter().collect();
    let mut smallest = divergence.clone();
    // A wrong tier may make a small program run for ever. Fuel ends it, if the defect is
    // still there with fuel; else the thread has to be left behind, and a few are enough.
    let mut left_behind = 0;
    let mut differs = |candidate: &Case| {
        if left_behind == MOST_LEFT_BEHIND {
            return None;
        }
        let found = agreement::divergence_within(candidate, &subjects, PATIENCE);
        left_behind += usize::from(found.is_none());
        found
            .flatten()
            .filter(|found| found.signature() == divergence.signature())
    };
    let with_fuel = differs(&fuelled(case)).is_some();
    let mut still_fails = |candidate: &Case| {
        let found = match with_fuel {
            true => differs(&fuelled(candidate)),
            false => differs(candidate),
        };
        found.is_some_and(|found| {
            smallest = found;
            true
        })
    };
    let mut case = reduce::reduce(case.clone(), &mut still_fails, budget);
    if with_fuel {
        case = fuelled(&case);
    }
    let divergence = differs(&case).unwrap_or(smallest);
    Reduction {
        case,
        divergence,
        took: started.elapsed(),
    }
}

/// Fuel of a candidate that has none of its own: far more than any generated case uses.
const REDUCTION_FUEL: u64 = 100_000;

/// The case with fuel that no generated case uses up, unless it has some already.
pub fn fuelled(case: &Case) -> Case {
    Case {
        fuel: case.fuel.or(Some(REDUCTION_FUEL)),
        ..case.clone()
    }
}

impl Findings {
    /// Reduces what a campaign found and groups it. Each divergence may take `budget`, and
    /// all together a few times as long.
    pub fn of(tally: &Tally, endless: Vec<u64>, budget: Duration) -> Findings {
        let started = Instant::now();
        let mut findings = Findings {
            endless,
            ..Findings::default()
        };
        for finding in &tally.findings {
            if started.elapsed() > budget * REDUCED_IN_FULL {
                findings.left_out += 1;
                continue;
            }
            let reduction = reduce_finding(&finding.case, &finding.divergence, budget);
            findings.add(tally, finding, reduction);
        }
        findings
    }

    fn add(&mut self, tally: &Tally, finding: &Finding, reduction: Reduction) {
        let signature = finding.divergence.signature();
        let times = tally.signatures.get(&signature).copied().unwrap_or(1);
        let chunk = &reduction.case.chunk;
        let ops: Vec<_> = chunk.ops.iter().map(Op::name).collect();
        let same = |group: &&mut Group| {
            group.first.divergence.difference.kind == signature.field && group.ops == ops
        };
        let Some(group) = self.groups.iter_mut().find(same) else {
            self.groups.push(Group {
                first: finding.clone(),
                subjects: vec![(signature, times)],
                cases: vec![finding.index],
                reduction,
                ops,
            });
            return;
        };
        if !group.cases.contains(&finding.index) {
            group.cases.push(finding.index);
        }
        if !group.subjects.iter().any(|(known, _)| *known == signature) {
            group.subjects.push((signature, times));
        }
    }
}
