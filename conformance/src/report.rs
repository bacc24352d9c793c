//! What a campaign came to, for machines and for people.
//!
//! [`Report`] is written as JSON; everything in it except `timing` is the same for the same
//! seed and number of cases. [`text`] is the same as tables on a terminal.

mod text;

pub use text::{matrix_table, ops_table, text};

use crate::campaign::{Findings, Group, OpTally, Plan, SubjectTally, Tally};
use crate::coverage::matrix::{Cells, Column, required};
use crate::generate::single::plain_ops;
use crate::oracles::agreement::POISONED;
use fusevm::Op;
use fusevm::jit::TierName;
use fusevm::op::TABLE;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// A campaign and what it came to.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Changes when a field of the report changes its meaning.
    pub format: u32,
    /// The seed of the campaign.
    pub seed: u64,
    /// The bound on its cases.
    pub case_bound: Option<u64>,
    /// Raw chunks in 1000 cases.
    pub raw_per_mille: u32,
    /// Single ops in 1000 cases.
    pub single_per_mille: u32,
    /// How it ended.
    pub end: End,
    /// Cases that were run.
    pub cases: u64,
    /// Those of them that were raw chunks.
    pub raw_cases: u64,
    /// Those of them that were single ops.
    pub single_cases: u64,
    /// Those that were changed programs.
    pub mutated_cases: u64,
    /// Cases that a subject ran which compiles.
    pub offered_cases: u64,
    /// Cases that at least one subject ran natively.
    pub native_cases: u64,
    /// Cases in which at least one subject diverged.
    pub diverged_cases: u64,
    /// Each subject besides the reference.
    pub subjects: Vec<SubjectReport>,
    /// Each op.
    pub ops: Vec<OpReport>,
    /// Error texts that are not compared, and why.
    pub poisoned: Vec<(&'static str, &'static str)>,
    /// Divergences, grouped.
    pub divergences: Vec<GroupReport>,
    /// Divergences that there was no time to reduce and group.
    #[serde(skip)]
    pub left_out: usize,
    /// Numbers of cases that did not end.
    pub endless_cases: Vec<u64>,
    /// Counts of native code that are not those of the ledger, in words; nothing when it was
    /// not compared.
    pub ledger: Vec<String>,
    /// What differs from run to run.
    pub timing: Timing,
}

/// Why a campaign ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// All cases were run.
    Cases,
    /// The time was over.
    Time,
    /// It was interrupted.
    Interrupted,
    /// A case did not end.
    Endless,
    /// As many cases diverged as it was to find.
    Diverged,
}

/// What one subject made of the cases.
#[derive(Debug, Serialize)]
pub struct SubjectReport {
    /// Its name.
    pub name: &'static str,
    /// Cases that it was given.
    pub cases: u64,
    /// Cases with the outcome of the reference, reached by native code.
    pub agreed: u64,
    /// Cases that it did not take.
    pub declined: u64,
    /// Cases whose outcome is not compared.
    pub poisoned: u64,
    /// Cases with another outcome.
    pub diverged: u64,
    /// What the native tiers did for it.
    pub tiers: BTreeMap<&'static str, TierReport>,
    /// Why it declined, the most frequent reason first.
    pub declines: Vec<DeclineReport>,
}

/// What one tier did for one subject.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the counters of `TierStats`")]
pub struct TierReport {
    pub compiles: u64,
    pub entries: u64,
    pub guards: u64,
    pub side_exits: u64,
    pub entry_misses: u64,
    pub side_traces: u64,
    pub code_bytes: u64,
}

/// How often a subject declined for one reason.
#[derive(Debug, Serialize)]
pub struct DeclineReport {
    /// The reason.
    pub reason: String,
    /// How often.
    pub count: u64,
    /// The first case, in words.
    pub example: String,
}

/// How often one op was met.
#[derive(Debug, Serialize)]
pub struct OpReport {
    /// Its name.
    pub op: &'static str,
    /// Its section of the instruction set.
    pub section: String,
    /// Cases that contain it.
    pub cases: u64,
    /// Times it was generated.
    pub generated: u64,
    /// Times the interpreter executed it.
    pub executed: u64,
    /// Pairs of kinds of operands that it met.
    pub kind_pairs: u32,
    /// Cases in which native code of each tier contained it and was entered.
    pub native: BTreeMap<&'static str, u64>,
    /// Times each tier finished it natively, in the runs of `deopt`.
    pub finished: BTreeMap<&'static str, u64>,
    /// Times it was given back to the interpreter because a guard failed, likewise.
    pub guards_failed: BTreeMap<&'static str, u64>,
    /// Its part of the matrix, by tier and column.
    pub matrix: BTreeMap<&'static str, BTreeMap<&'static str, CellsReport>>,
}

/// Cells of the matrix that differ in the kinds of operands only.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct CellsReport {
    /// Cells that were reached, of those that must be.
    pub reached: u32,
    /// Cells that must be reached.
    pub required: u32,
}

/// Divergences that look like the same defect.
#[derive(Debug, Serialize)]
pub struct GroupReport {
    /// The subjects that show it, and how often each differed in the fields that show it.
    pub subjects: Vec<(&'static str, u64)>,
    /// The first differing field of the smallest case.
    pub field: String,
    /// What the reference has there.
    pub left: String,
    /// What the subject has there.
    pub right: String,
    /// Numbers of cases that show it.
    pub cases: Vec<u64>,
    /// Ops of the smallest program.
    pub n_ops: usize,
    /// The smallest program, as a case file.
    pub program: String,
    /// Where that file was written.
    pub file: Option<String>,
    /// The campaign's words about it.
    #[serde(skip)]
    pub words: String,
    /// Seconds that making it small took.
    #[serde(skip)]
    pub seconds: f64,
}

/// What differs from run to run.
#[derive(Debug, Serialize)]
pub struct Timing {
    /// Worker threads.
    pub jobs: usize,
    /// Seconds from start to end.
    pub seconds: f64,
    /// Cases per second.
    pub cases_per_second: f64,
    /// Seconds spent compiling, over all workers, by subject.
    pub compile_seconds: BTreeMap<&'static str, f64>,
    /// Seconds until a case had diverged.
    pub first_divergence: Option<f64>,
    /// Seconds that making each divergence small took.
    pub reduce_seconds: Vec<f64>,
}

impl Report {
    /// The report of a campaign.
    pub fn new(
        plan: &Plan,
        tally: &Tally,
        findings: &Findings,
        end: End,
        elapsed: Duration,
    ) -> Report {
        let seconds = elapsed.as_secs_f64();
        let subject_reports = plan.all_subjects().filter_map(|subject| {
            let tally = tally.subjects.get(subject.name())?;
            Some(SubjectReport::new(subject.name(), tally))
        });
        let compile_seconds = tally.subjects.iter().map(|(name, subject)| {
            let nanos: u64 = subject.tiers.iter().map(|tier| tier.compile_nanos).sum();
            (*name, nanos as f64 / 1e9)
        });
        Report {
            format: 1,
            seed: plan.seed,
            case_bound: plan.cases,
            raw_per_mille: plan.raw_per_mille,
            single_per_mille: plan.single_per_mille,
            end,
            cases: tally.cases,
            raw_cases: tally.raw,
            single_cases: tally.single,
            mutated_cases: tally.mutated,
            offered_cases: tally.offered,
            native_cases: tally.native,
            diverged_cases: tally.diverged,
            subjects: subject_reports.collect(),
            ops: op_reports(&tally.ops),
            poisoned: POISONED.to_vec(),
            divergences: findings.groups.iter().map(GroupReport::new).collect(),
            left_out: findings.left_out,
            endless_cases: findings.endless.clone(),
            ledger: Vec::new(),
            timing: Timing {
                jobs: plan.jobs,
                seconds,
                cases_per_second: tally.cases as f64 / seconds.max(1e-9),
                compile_seconds: compile_seconds.collect(),
                first_divergence: None,
                reduce_seconds: findings
                    .groups
                    .iter()
                    .map(|group| group.reduction.took.as_secs_f64())
                    .collect(),
            },
        }
    }

    /// Subjects that agreed on nothing, because they never ran natively: a campaign that
    /// proves nothing about them. A handful of cases is not enough to say so.
    pub fn never_native(&self) -> Vec<&'static str> {
        const ENOUGH: u64 = 200;
        let idle = |s: &&SubjectReport| s.cases >= ENOUGH && s.agreed == 0 && s.diverged == 0;
        self.subjects.iter().filter(idle).map(|s| s.name).collect()
    }

    /// Whether nothing was found.
    pub fn agreed(&self) -> bool {
        self.divergences.is_empty()
            && self.diverged_cases == 0
            && self.endless_cases.is_empty()
            && self.ledger.is_empty()
    }
}

impl SubjectReport {
    fn new(name: &'static str, tally: &SubjectTally) -> SubjectReport {
        let mut declines: Vec<_> = tally
            .declines
            .iter()
            .map(|(reason, (count, example))| DeclineReport {
                reason: reason.clone(),
                count: *count,
                example: example.clone(),
            })
            .collect();
        declines.sort_by_key(|decline| std::cmp::Reverse(decline.count));
        let tiers = TierName::ALL.into_iter().zip(&tally.tiers);
        SubjectReport {
            name,
            cases: tally.cases(),
            agreed: tally.agreed,
            declined: tally.declined,
            poisoned: tally.poisoned,
            diverged: tally.diverged,
            tiers: tiers
                .map(|(tier, tally)| {
                    let report = TierReport {
                        compiles: tally.compiles,
                        entries: tally.entries,
                        guards: tally.guards,
                        side_exits: tally.side_exits,
                        entry_misses: tally.entry_misses,
                        side_traces: tally.side_traces,
                        code_bytes: tally.code_bytes,
                    };
                    (tier.as_str(), report)
                })
                .collect(),
            declines,
        }
    }
}

fn op_reports(ops: &[OpTally]) -> Vec<OpReport> {
    let plain = plain_ops();
    TABLE
        .iter()
        .enumerate()
        .map(|(i, info)| {
            let tally = ops.get(i).copied().unwrap_or_default();
            let by_tier = |counts: [u64; TierName::ALL.len()]| {
                let tiers = TierName::ALL.into_iter().map(TierName::as_str);
                tiers.zip(counts).collect()
            };
            OpReport {
                op: info.name,
                section: format!("{:?}", info.section),
                cases: tally.cases,
                generated: tally.generated,
                executed: tally.executed,
                kind_pairs: tally.kinds.len(),
                native: by_tier(tally.native),
                finished: by_tier(tally.finished),
                guards_failed: by_tier(tally.guards_failed),
                matrix: matrix_report(&plain[i], &tally.cells),
            }
        })
        .collect()
}

fn matrix_report(
    op: &Op,
    cells: &Cells,
) -> BTreeMap<&'static str, BTreeMap<&'static str, CellsReport>> {
    let of = |tier| {
        let columns = Column::ALL.into_iter().map(|column| {
            let required = required(op, tier, column);
            let report = CellsReport {
                reached: required.reached(cells.get(tier, column)),
                required: required.count(),
            };
            (column.as_str(), report)
        });
        (tier.as_str(), columns.collect())
    };
    TierName::ALL.into_iter().map(of).collect()
}

fn sorted(cases: &[u64]) -> Vec<u64> {
    let mut cases = cases.to_vec();
    cases.sort_unstable();
    cases
}

impl GroupReport {
    fn new(group: &Group) -> GroupReport {
        let reduction = &group.reduction;
        let difference = &reduction.divergence.difference;
        let mut times: BTreeMap<_, u64> = BTreeMap::new();
        for (signature, n) in &group.subjects {
            *times.entry(signature.subject).or_default() += n;
        }
        GroupReport {
            subjects: times.into_iter().collect(),
            field: difference.field.clone(),
            left: difference.left.clone(),
            right: difference.right.clone(),
            cases: sorted(&group.cases),
            n_ops: reduction.case.chunk.ops.len(),
            program: reduction.text(&reduction.why()),
            file: None,
            words: reduction.divergence.to_string(),
            seconds: reduction.took.as_secs_f64(),
        }
    }
}
