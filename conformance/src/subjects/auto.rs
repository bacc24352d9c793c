//! `auto`: what an embedder gets who only enables the native tiers.

use super::{execute_until, forget, if_native};
use crate::case::Case;
use crate::outcome::Ending;
use crate::subject::{Declined, Observed, Subject, entries};
use fusevm::jit::TierName;
use fusevm::{TierReport, TraceJitConfig, VM};

/// `VM::run` with default dispatch and thresholds, on fresh VMs, often enough to cross every
/// threshold. Every run must end like the first one.
#[derive(Debug)]
pub struct Auto;

/// Runs at least: one below the block threshold, one that compiles, one that does not.
const MIN_RUNS: u32 = 3;

impl Subject for Auto {
    fn name(&self) -> &'static str {
        "auto"
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let config = TraceJitConfig::defaults();
        let min_runs = case.runs.max(MIN_RUNS);
        // A loop that is entered once per run gets hot only over many runs.
        let max_runs = match case.has_loop() {
            true => min_runs.max(config.trace_threshold + 2),
            false => min_runs,
        };
        forget(case, config);
        let observed = execute_until(case, &VM::enable_tracing_jit, |run, outcome, tiers| {
            // What ends at a limit may take long to get there, and does so before long.
            let failed = matches!(outcome.ending, Ending::Error(_));
            run >= min_runs && (run >= max_runs || failed || settled(tiers))
        });
        if_native(observed, None)
    }
}

/// Whether a run went native and compiled nothing new.
fn settled(run: &TierReport) -> bool {
    let compiles: u64 = TierName::ALL
        .iter()
        .map(|tier| run.tier(*tier).compiles)
        .sum();
    entries(run) > 0 && compiles == 0
}
