//! `trace-import`: loops that another thread recorded. `trace-hostile`: loops that nobody did.

use super::{eager, execute_once, forget, if_native};
use crate::case::Case;
use crate::oracles::metadata;
use crate::outcome::{Difference, Field, Outcome};
use crate::subject::{Declined, Observed, Subject};
use crate::targets::trace_metadata;
use fusevm::jit::{TierName, TraceMetadata};
use fusevm::{JitCompiler, Op, TierPolicy, TierReport, TraceJitConfig};

/// The trace tier without any recording: what one run has recorded is exported, sent
/// through serde, and imported after everything else was forgotten. Both runs must end alike.
/// A trace that is not imported again is a flaw.
#[derive(Debug)]
pub struct TraceImport;

impl Subject for TraceImport {
    fn name(&self) -> &'static str {
        "trace-import"
    }

    fn tier(&self) -> Option<TierName> {
        Some(TierName::Trace)
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let (recorded, tiers, exported) = record_traces(case);
        if exported.is_empty() {
            return Err(Declined {
                reason: "no trace to export".to_owned(),
                detail: "no loop of the numeric subset was recorded".to_owned(),
                observed: Some(Box::new(Observed {
                    outcome: recorded,
                    tiers,
                })),
            });
        }
        let (imported, mut outcome, tiers) = run_imported(case, &sent(&exported));
        if imported != exported.len() {
            let field = "traces exported, and imported";
            let lost = Difference::new(Field::Form, field, exported.len(), imported);
            outcome.flaw = Some(lost);
        } else if outcome.flaw.is_none() {
            outcome.flaw = recorded.difference(&outcome).map(|other| other.of_run(2));
        }
        if_native(Observed { outcome, tiers }, self.tier())
    }
}

/// The trace tier with traces that contradict the chunk or themselves in places: they are
/// rejected, or do no harm.
#[derive(Debug)]
pub struct TraceHostile;

impl Subject for TraceHostile {
    fn name(&self) -> &'static str {
        "trace-hostile"
    }

    fn tier(&self) -> Option<TierName> {
        Some(TierName::Trace)
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let traces = trace_metadata::changed(case, 0);
        let (accepted, outcome, tiers) = run_imported(case, &traces);
        let observed = Observed { outcome, tiers };
        if accepted == 0 {
            return Err(Declined {
                reason: "rejected".to_owned(),
                detail: "no trace that is wrong in places was imported".to_owned(),
                observed: Some(Box::new(observed)),
            });
        }
        if_native(observed, self.tier())
    }
}

const TRACE: TierPolicy = TierPolicy {
    trace: true,
    ..TierPolicy::NONE
};

/// Runs a case with every loop traced at once: what came of it, what the tier did, and the
/// traces as data.
pub(crate) fn record_traces(case: &Case) -> (Outcome, TierReport, Vec<TraceMetadata>) {
    forget(case, eager());
    let (outcome, tiers) = execute_once(case, &|vm| vm.set_tier_policy(TRACE));
    let traces = JitCompiler::new().trace_export_all(&case.chunk);
    (outcome, tiers, traces)
}

/// Runs a case with these traces and no others: how many were accepted, what came of the run,
/// and what the tier did. A trace that had to be rejected is a flaw.
pub(crate) fn run_imported(case: &Case, traces: &[TraceMetadata]) -> (usize, Outcome, TierReport) {
    forget(
        case,
        TraceJitConfig {
            trace_threshold: u32::MAX,
            ..eager()
        },
    );
    let jit = JitCompiler::new();
    let mut accepted = traces.to_vec();
    accepted.retain(|trace| jit.trace_import(&case.chunk, trace));
    let (mut outcome, tiers) = execute_once(case, &|vm| vm.set_tier_policy(TRACE));
    let breach = |trace| metadata::breach(&case.chunk, trace);
    outcome.flaw = accepted
        .iter()
        .find_map(breach)
        .map(|rule| Difference::new(Field::Form, "trace imported", "to be rejected", rule));
    (accepted.len(), outcome, tiers)
}

/// What arrives elsewhere when `traces` are sent: as JSON, or in a binary format if they hold a
/// float that JSON has no number for.
fn sent(traces: &[TraceMetadata]) -> Vec<TraceMetadata> {
    let infinite = |op: &Op| matches!(op, Op::LoadFloat(x) if !x.is_finite());
    if traces.iter().flat_map(|trace| &trace.ops).any(infinite) {
        let bytes = bincode::serialize(traces).expect("metadata are plain data");
        return bincode::deserialize(&bytes).expect("what was written can be read");
    }
    let text = serde_json::to_string(traces).expect("metadata are plain data");
    serde_json::from_str(&text).expect("what was written can be read")
}
