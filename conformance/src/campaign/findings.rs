//! From divergences to a short list: those that look like the same defect put together, each
//! with the smallest case that shows it.

use super::culprit::{self, Cause, Suspect};
use super::{Finding, Plan, Tally};
use crate::case::Case;
use crate::filetest;
use crate::generate::Specimen;
use crate::oracles::agreement::{self, Divergence, Signature};
use crate::panics;
use crate::reduce;
use crate::subject::Subject;
use crate::subjects::REFERENCE;
use crate::values::same_ops;
use std::time::{Duration, Instant};

/// Processor time that a candidate may need, far more than any generated case.
const PATIENCE: Duration = Duration::from_secs(1);
/// Candidates that did not end, after which a case counts as reduced.
const MOST_LEFT_BEHIND: usize = 4;

/// Divergences that may use up all of their time.
const REDUCED_IN_FULL: u32 = 6;
/// Divergences that are reduced at all. More of them that no defect explains are not different
/// defects, but one that cannot be told apart from itself.
const MOST_REDUCED: usize = 40;

/// Groups that have an op in common by more than chance.
const MANY: usize = 3;

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
    /// What they have in common.
    cause: Cause,
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
        filetest::print_file(why, &self.case, outcome.as_ref(), &[])
    }
}

/// Makes a case smaller as long as two subjects differ in the same kind of field: the reference,
/// and the simplest one that shows the divergence. It goes through the tree of the case's
/// program if that is known.
pub fn reduce_finding(
    specimen: Specimen,
    divergence: &Divergence,
    subjects: &[&'static dyn Subject],
    budget: Duration,
) -> Reduction {
    let started = Instant::now();
    let case = &specimen.case;
    let (subjects, divergence) = culprit::simplest(case, divergence, subjects, PATIENCE);
    let signature = divergence.signature();
    let mut smallest = divergence;
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
            .filter(|found| found.signature() == signature)
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
    let mut case = reduce::reduce_specimen(specimen, &mut still_fails, budget);
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
pub(crate) const REDUCTION_FUEL: u64 = 100_000;

/// The case with fuel that no generated case uses up, unless it has some already.
pub fn fuelled(case: &Case) -> Case {
    Case {
        fuel: case.fuel.or(Some(REDUCTION_FUEL)),
        ..case.clone()
    }
}

impl Findings {
    /// Groups what a campaign found, and reduces what no group explains. Each divergence may
    /// take `budget`, and all together a few times as long.
    pub fn of(plan: &Plan, tally: &Tally, endless: Vec<u64>, budget: Duration) -> Findings {
        let started = Instant::now();
        let mut findings = Findings {
            endless,
            ..Findings::default()
        };
        let mut reduced = 0;
        for finding in smallest_first(tally) {
            if findings.explain(plan, tally, finding) {
                continue;
            }
            if reduced == MOST_REDUCED || started.elapsed() > budget * REDUCED_IN_FULL {
                findings.left_out += 1;
                continue;
            }
            reduced += 1;
            let Finding {
                index,
                case,
                divergence,
            } = finding;
            // A case that was changed since it was drawn is not that of the tree.
            let drawn = plan.specimen(*index).1;
            let specimen = match same_ops(&drawn.case.chunk.ops, &case.chunk.ops) {
                true => drawn,
                false => Specimen::from(case.clone()),
            };
            let reduction = reduce_finding(specimen, divergence, &plan.subjects_of(*index), budget);
            findings.add(tally, finding, reduction);
        }
        findings.blame_common_ops();
        findings
    }

    /// Makes one group of those that have an op to blame in common, if they are several: what
    /// else is left in their programs differs, so it is not that.
    fn blame_common_ops(&mut self) {
        while let Some(suspect) = self.common_suspect() {
            let groups = std::mem::take(&mut self.groups);
            let is_meant = |group: &Group| group.cause.suspects().any(|other| other == suspect);
            let (meant, others): (Vec<_>, Vec<_>) = groups.into_iter().partition(is_meant);
            self.groups = others;
            self.groups.extend(meant.into_iter().reduce(Group::merge));
            if let Some(group) = self.groups.last_mut() {
                group.cause.blame(suspect);
            }
        }
    }

    /// The op that most groups blame, if they are enough.
    fn common_suspect(&self) -> Option<Suspect> {
        let suspects = self.groups.iter().flat_map(|group| group.cause.suspects());
        let blamed = |suspect: &Suspect| {
            let groups = self.groups.iter();
            let blames = |group: &&Group| group.cause.suspects().any(|other| other == *suspect);
            groups.filter(blames).count()
        };
        suspects
            .map(|suspect| (blamed(&suspect), suspect))
            .filter(|(n, _)| *n >= MANY)
            .max_by_key(|(n, (_, op))| (*n, std::cmp::Reverse(*op)))
            .map(|(_, suspect)| suspect)
    }

    /// Adds a divergence to the group that explains it, if there is one.
    fn explain(&mut self, plan: &Plan, tally: &Tally, finding: &Finding) -> bool {
        let Finding {
            index,
            case,
            divergence,
        } = finding;
        let explains = |group: &&mut Group| {
            let cause = &group.cause;
            cause.explains(case, divergence, &plan.subjects_of(*index), PATIENCE)
        };
        let group = self.groups.iter_mut().find(explains);
        group.map(|group| group.join(tally, finding)).is_some()
    }

    /// Adds a divergence that was reduced.
    fn add(&mut self, tally: &Tally, finding: &Finding, reduction: Reduction) {
        let cause = Cause::of(&reduction.case, &reduction.divergence);
        let same = |group: &&mut Group| group.cause.is_same(&cause);
        if let Some(group) = self.groups.iter_mut().find(same) {
            group.join(tally, finding);
            if reduction.case.chunk.ops.len() < group.reduction.case.chunk.ops.len() {
                (group.reduction, group.cause) = (reduction, cause);
            }
            return;
        }
        let mut group = Group {
            first: finding.clone(),
            subjects: Vec::new(),
            cases: Vec::new(),
            reduction,
            cause,
        };
        group.join(tally, finding);
        self.groups.push(group);
    }
}

impl Group {
    /// Both groups as one, with the smaller program.
    fn merge(self, other: Group) -> Group {
        let n_ops = |group: &Group| group.reduction.case.chunk.ops.len();
        let (mut small, large) = match n_ops(&self) <= n_ops(&other) {
            true => (self, other),
            false => (other, self),
        };
        small.cases.extend(large.cases);
        small.cases.sort_unstable();
        small.cases.dedup();
        for (signature, times) in large.subjects {
            if !small.subjects.iter().any(|(known, _)| *known == signature) {
                small.subjects.push((signature, times));
            }
        }
        small
    }

    fn join(&mut self, tally: &Tally, finding: &Finding) {
        let signature = finding.divergence.signature();
        if !self.cases.contains(&finding.index) {
            self.cases.push(finding.index);
        }
        if !self.subjects.iter().any(|(known, _)| *known == signature) {
            let times = tally.signatures.get(&signature).copied().unwrap_or(1);
            self.subjects.push((signature, times));
        }
    }
}

/// What was found, small programs first: they are reduced soonest, and explain large ones. What
/// may be a mere consequence comes last.
fn smallest_first(tally: &Tally) -> Vec<&Finding> {
    let mut findings: Vec<_> = tally.findings.iter().collect();
    findings.sort_by_key(|finding| {
        let n_ops = finding.case.chunk.ops.len();
        let follows = culprit::may_follow(finding.divergence.difference.kind);
        let signature = finding.divergence.signature();
        (follows, n_ops, finding.index, signature)
    });
    findings
}

#[cfg(test)]
mod tests;
