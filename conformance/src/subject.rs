//! [`Subject`]: one way to run a case.

use crate::case::Case;
use crate::outcome::Outcome;
use fusevm::TierReport;
use fusevm::jit::{DeclineCount, TierName, TierStats};
use std::fmt;

/// One way to run a case. The harness knows nothing else about an engine.
pub trait Subject: Sync {
    /// The name in commands, directives and reports.
    fn name(&self) -> &'static str;

    /// The tier that this subject is about, if it is about one.
    fn tier(&self) -> Option<TierName> {
        None
    }

    /// Runs `case` to its end, or says why this subject cannot take it.
    ///
    /// # Errors
    /// The reason why the subject declines. What the case did all the same, in the
    /// interpreter, is in [`Declined::observed`].
    fn run(&self, case: &Case) -> Result<Observed, Declined>;
}

/// Subjects are the same when their names are.
impl PartialEq for dyn Subject {
    fn eq(&self, other: &dyn Subject) -> bool {
        self.name() == other.name()
    }
}

impl fmt::Debug for dyn Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a run made observable, and what really executed it.
#[derive(Debug, Clone)]
pub struct Observed {
    /// Everything a run makes observable. With several runs, that of the last one.
    pub outcome: Outcome,
    /// What the native tiers did, over all runs.
    pub tiers: TierReport,
}

/// Why a subject did not take a case.
#[derive(Debug, Clone)]
pub struct Declined {
    /// The reason's name, the same for all cases that it applies to.
    pub reason: String,
    /// The reason as a sentence about this case.
    pub detail: String,
    /// What the run made observable when the subject had to start it to find out. It is
    /// compared like any other: a tier that declines must leave everything as it was. But
    /// it never counts as agreement of the tier.
    pub observed: Option<Box<Observed>>,
}

/// The counters of one tier, to add to.
pub fn tier_mut(report: &mut TierReport, tier: TierName) -> &mut TierStats {
    match tier {
        TierName::Linear => &mut report.linear,
        TierName::Block => &mut report.block,
        TierName::Trace => &mut report.trace,
    }
}

/// Adds what the tiers did in another run.
pub fn add_report(sum: &mut TierReport, more: &TierReport) {
    for tier in TierName::ALL {
        let from = more.tier(tier);
        let to = tier_mut(sum, tier);
        to.compiles += from.compiles;
        to.entries += from.entries;
        to.guards += from.guards;
        to.side_exits += from.side_exits;
        to.entry_misses += from.entry_misses;
        to.side_traces += from.side_traces;
        to.code_bytes += from.code_bytes;
        to.compile_nanos += from.compile_nanos;
        to.ops.extend(&from.ops);
        if let Some(counts) = &from.counts {
            to.counts.get_or_insert_default().add(counts);
        }
        to.guard_exits.extend(&from.guard_exits);
    }
    sum.guards_met += more.guards_met;
    for decline in &more.declines {
        let same = |d: &&mut DeclineCount| d.tier == decline.tier && d.reason == decline.reason;
        match sum.declines.iter_mut().find(same) {
            Some(known) => known.count += decline.count,
            None => sum.declines.push(decline.clone()),
        }
    }
}

/// Native code entered, in all tiers.
pub fn entries(report: &TierReport) -> u64 {
    TierName::ALL
        .iter()
        .map(|tier| report.tier(*tier).entries)
        .sum()
}

/// The counters of a tier that are the same in every run of a case, by their names.
pub fn counters(stats: &TierStats) -> [(&'static str, u64); 7] {
    [
        ("compiles", stats.compiles),
        ("entries", stats.entries),
        ("guards", stats.guards),
        ("side_exits", stats.side_exits),
        ("entry_misses", stats.entry_misses),
        ("side_traces", stats.side_traces),
        ("code_bytes", stats.code_bytes),
    ]
}
