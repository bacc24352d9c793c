//! [`Tally`]: what a series of cases came to.

use super::Shape;
use crate::case::Case;
use crate::coverage::matrix::{Cells, Column};
use crate::coverage::{self, Coverage};
use crate::operands::KindPairs;
use crate::oracles::agreement::{Checked, Divergence, Signature, Verdict};
use crate::{subject, subjects};
use fusevm::TierReport;
use fusevm::jit::{OpSet, TierName};
use fusevm::op::N_OPS;
use std::collections::{BTreeMap, BTreeSet};

/// What a series of cases came to.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Cases that were run.
    pub cases: u64,
    /// Those of them that were raw chunks.
    pub raw: u64,
    /// Those of them that were single ops.
    pub single: u64,
    /// Those that were changed programs.
    pub mutated: u64,
    /// Cases that a subject ran which compiles.
    pub offered: u64,
    /// Cases that at least one subject ran natively.
    pub native: u64,
    /// Cases in which at least one subject diverged.
    pub diverged: u64,
    /// Each subject's part; the reference has none.
    pub subjects: BTreeMap<&'static str, SubjectTally>,
    /// Each op's part, by index.
    pub ops: Vec<OpTally>,
    /// How often each signature diverged.
    pub signatures: BTreeMap<Signature, u64>,
    /// The first few divergences of each signature, in the order of their cases.
    pub findings: Vec<Finding>,
}

/// A case that diverged.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The number of the case.
    pub index: u64,
    /// The case.
    pub case: Case,
    /// How it diverged.
    pub divergence: Divergence,
}

/// Divergences with the same signature that are kept to be reduced.
const KEPT: usize = 3;

/// What one subject made of the cases.
#[derive(Debug, Clone, Default)]
pub struct SubjectTally {
    /// Cases with the outcome of the reference, reached by native code.
    pub agreed: u64,
    /// Cases that it did not take.
    pub declined: u64,
    /// Cases whose outcome is not compared.
    pub poisoned: u64,
    /// Cases with another outcome.
    pub diverged: u64,
    /// What the native tiers did.
    pub tiers: [TierTally; TierName::ALL.len()],
    /// Why it declined: reason, how often, and the first case in words.
    pub declines: BTreeMap<String, (u64, String)>,
}

/// What one tier did for one subject.
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs, reason = "the counters of `TierStats`")]
pub struct TierTally {
    pub compiles: u64,
    pub entries: u64,
    pub guards: u64,
    pub side_exits: u64,
    pub entry_misses: u64,
    pub side_traces: u64,
    pub code_bytes: u64,
    pub compile_nanos: u64,
}

/// How often one op was met.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpTally {
    /// Cases that contain it.
    pub cases: u64,
    /// Times it was generated.
    pub generated: u64,
    /// Times the interpreter executed it.
    pub executed: u64,
    /// Cases in which native code of each tier contained it and was entered.
    pub native: [u64; TierName::ALL.len()],
    /// Times each tier finished it natively, where a subject counted that.
    pub finished: [u64; TierName::ALL.len()],
    /// Times it was given back to the interpreter because a guard failed, likewise.
    pub guards_failed: [u64; TierName::ALL.len()],
    /// The kinds of operands that it met.
    pub kinds: KindPairs,
    /// What happened to it in native code, by the kinds of its operands.
    pub cells: Cells,
}

/// What native code of each tier had part in, over all subjects that agreed on a case.
#[derive(Default)]
struct NativeParts {
    /// The ops that it contained.
    ops: [OpSet; TierName::ALL.len()],
    /// Where it was left because of a guard.
    guard_exits: [BTreeSet<usize>; TierName::ALL.len()],
}

impl NativeParts {
    fn add(&mut self, report: &TierReport) {
        for tier in TierName::ALL {
            let stats = report.tier(tier);
            self.ops[tier as usize].extend(&stats.ops);
            self.guard_exits[tier as usize].extend(&stats.guard_exits);
        }
    }
}

impl SubjectTally {
    /// Cases that it was given.
    pub fn cases(&self) -> u64 {
        self.agreed + self.declined + self.poisoned + self.diverged
    }

    fn add_tiers(&mut self, report: &TierReport) {
        for (tally, tier) in self.tiers.iter_mut().zip(TierName::ALL) {
            let stats = report.tier(tier);
            tally.compiles += stats.compiles;
            tally.entries += stats.entries;
            tally.guards += stats.guards;
            tally.side_exits += stats.side_exits;
            tally.entry_misses += stats.entry_misses;
            tally.side_traces += stats.side_traces;
            tally.code_bytes += stats.code_bytes;
            tally.compile_nanos += stats.compile_nanos;
        }
    }

    fn add(&mut self, later: SubjectTally) {
        self.agreed += later.agreed;
        self.declined += later.declined;
        self.poisoned += later.poisoned;
        self.diverged += later.diverged;
        for (tally, more) in self.tiers.iter_mut().zip(later.tiers) {
            tally.compiles += more.compiles;
            tally.entries += more.entries;
            tally.guards += more.guards;
            tally.side_exits += more.side_exits;
            tally.entry_misses += more.entry_misses;
            tally.side_traces += more.side_traces;
            tally.code_bytes += more.code_bytes;
            tally.compile_nanos += more.compile_nanos;
        }
        for (reason, (count, example)) in later.declines {
            self.declines.entry(reason).or_insert((0, example)).0 += count;
        }
    }
}

impl Tally {
    /// Adds a case that was run.
    pub fn record(&mut self, index: u64, shape: Shape, case: &Case, checked: &Checked) {
        self.cases += 1;
        self.raw += u64::from(shape == Shape::Raw);
        self.single += u64::from(shape == Shape::Single);
        self.mutated += u64::from(shape == Shape::Mutated);
        let mut native = NativeParts::default();
        let mut divergences = 0;
        let mut went_native = false;
        if let Err(divergence) = &checked.reference {
            divergences += 1;
            self.record_divergence(index, case, divergence);
        }
        for (name, verdict) in &checked.verdicts {
            if let Some(observed) = verdict.observed() {
                self.record_counts(&observed.tiers);
            }
            let tally = self.subjects.entry(name).or_default();
            match verdict {
                Verdict::Agreed(observed) => {
                    tally.agreed += 1;
                    went_native |= subject::entries(&observed.tiers) > 0;
                    tally.add_tiers(&observed.tiers);
                    native.add(&observed.tiers);
                }
                Verdict::Declined(declined) => {
                    tally.declined += 1;
                    let first = || (0, declined.detail.clone());
                    let reason = declined.reason.clone();
                    tally.declines.entry(reason).or_insert_with(first).0 += 1;
                    if let Some(observed) = &declined.observed {
                        tally.add_tiers(&observed.tiers);
                    }
                }
                Verdict::Poisoned(_) => tally.poisoned += 1,
                Verdict::Diverged(divergence) => {
                    tally.diverged += 1;
                    divergences += 1;
                    self.record_divergence(index, case, divergence);
                }
            }
        }
        let compiles = |(name, _): &(&str, Verdict)| {
            subjects::by_name(name).is_none_or(|subject| !subjects::is_evaluator(subject))
        };
        self.offered += u64::from(checked.verdicts.iter().any(compiles));
        self.native += u64::from(went_native);
        self.diverged += u64::from(divergences > 0);
        // A reference that panics would panic again.
        if checked.reference.is_ok() {
            self.record_ops(case, &coverage::of(case), &native);
        }
    }

    fn record_divergence(&mut self, index: u64, case: &Case, divergence: &Divergence) {
        let known = self.signatures.entry(divergence.signature()).or_default();
        *known += 1;
        if *known <= KEPT as u64 {
            self.findings.push(Finding {
                index,
                case: case.clone(),
                divergence: divergence.clone(),
            });
        }
    }

    /// Adds how often each op ran natively, where that was counted.
    fn record_counts(&mut self, report: &TierReport) {
        self.ops.resize(N_OPS, OpTally::default());
        for tier in TierName::ALL {
            let Some(counts) = &report.tier(tier).counts else {
                continue;
            };
            for (i, op) in self.ops.iter_mut().enumerate() {
                op.finished[tier as usize] += counts.finished(i);
                op.guards_failed[tier as usize] += counts.guards_failed(i);
            }
        }
    }

    fn record_ops(&mut self, case: &Case, coverage: &Coverage, native: &NativeParts) {
        self.ops.resize(N_OPS, OpTally::default());
        for (i, op) in self.ops.iter_mut().enumerate() {
            op.cases += u64::from(coverage.generated[i] > 0);
            op.generated += coverage.generated[i];
            op.executed += coverage.executed[i];
            op.kinds.extend(coverage.kinds[i]);
            let raised = coverage.raised.filter(|(raised, _)| *raised == i);
            let raised: KindPairs = raised.map(|(_, kinds)| kinds).into_iter().collect();
            for (count, tier) in op.native.iter_mut().zip(TierName::ALL) {
                if !native.ops[tier as usize].contains(i) {
                    continue;
                }
                *count += 1;
                let completed = coverage.kinds[i].without(raised);
                op.cells.extend(tier, Column::Completes, completed);
                op.cells.extend(tier, Column::Errors, raised);
            }
        }
        for tier in TierName::ALL {
            for ip in &native.guard_exits[tier as usize] {
                let Some((op, at)) = case.chunk.ops.get(*ip).zip(coverage.at.get(*ip)) else {
                    continue;
                };
                // Of more pairs nobody knows which one the guard has failed on.
                if at.kinds.len() <= 2 {
                    let cells = &mut self.ops[op.index()].cells;
                    cells.extend(tier, Column::GuardFails, at.kinds);
                }
            }
        }
    }

    /// Adds the cases that follow this tally's.
    pub fn add(&mut self, later: Tally) {
        self.cases += later.cases;
        self.raw += later.raw;
        self.single += later.single;
        self.mutated += later.mutated;
        self.offered += later.offered;
        self.native += later.native;
        self.diverged += later.diverged;
        for (name, subject) in later.subjects {
            self.subjects.entry(name).or_default().add(subject);
        }
        self.ops.resize(N_OPS, OpTally::default());
        for (op, more) in self.ops.iter_mut().zip(later.ops) {
            op.cases += more.cases;
            op.generated += more.generated;
            op.executed += more.executed;
            op.kinds.extend(more.kinds);
            op.cells.add(&more.cells);
            for (counts, more) in [
                (&mut op.native, more.native),
                (&mut op.finished, more.finished),
                (&mut op.guards_failed, more.guards_failed),
            ] {
                counts.iter_mut().zip(more).for_each(|(n, more)| *n += more);
            }
        }
        for finding in later.findings {
            let signature = finding.divergence.signature();
            let kept = self
                .findings
                .iter()
                .filter(|known| known.divergence.signature() == signature);
            if kept.count() < KEPT {
                self.findings.push(finding);
            }
        }
        for (signature, count) in later.signatures {
            *self.signatures.entry(signature).or_default() += count;
        }
    }
}
