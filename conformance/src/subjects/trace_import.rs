//! `trace-import`: loops that another thread recorded.

use super::{eager, execute_once, forget, if_native};
use crate::case::Case;
use crate::outcome::{Difference, Field};
use crate::subject::{Declined, Observed, Subject};
use fusevm::jit::{TierName, TraceMetadata};
use fusevm::{JitCompiler, Op, TierPolicy, TraceJitConfig, VM};

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
        let arm = |vm: &mut VM| {
            vm.set_tier_policy(TierPolicy {
                trace: true,
                ..TierPolicy::NONE
            });
        };
        forget(eager());
        let (recorded, tiers) = execute_once(case, &arm);
        let jit = JitCompiler::new();
        let exported = jit.trace_export_all(&case.chunk);
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
        forget(TraceJitConfig {
            trace_threshold: u32::MAX,
            ..eager()
        });
        let imported = jit.trace_import_all(&case.chunk, &sent(&exported));
        let (mut outcome, tiers) = execute_once(case, &arm);
        outcome.flaw = match imported == exported.len() {
            true => recorded.difference(&outcome).map(|other| other.of_run(2)),
            false => Some(Difference::new(
                Field::Form,
                "traces exported, and imported",
                exported.len(),
                imported,
            )),
        };
        if_native(Observed { outcome, tiers }, self.tier())
    }
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
