//! Another program of the same meaning, one subject per way to make it.

use super::{eager, execute, execute_until, forget};
use crate::case::Case;
use crate::oracles::metamorphic::{Transformation, ended_at_limit};
use crate::subject::{Declined, Observed, Subject, tier_mut};
use fusevm::jit::{OpSet, TierName};
use fusevm::{TierPolicy, TraceJitConfig, VM};
use std::cell::Cell;

/// The case rewritten by a [`Transformation`], run in the interpreter and, if it has other ops,
/// once more with every tier on and eager. Both runs must end alike, and like the interpreter
/// with the case itself.
#[derive(Debug)]
pub struct Metamorphic(pub &'static Transformation);

impl Subject for Metamorphic {
    fn name(&self) -> &'static str {
        self.0.name
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let decline = |reason: &str, detail: &str| Declined {
            reason: reason.to_owned(),
            detail: detail.to_owned(),
            observed: None,
        };
        let rewritten = self
            .0
            .apply(case)
            .map_err(|why| decline(why, self.0.about))?;
        let original = rewritten
            .has_own_costs()
            .then(|| execute(case, TierPolicy::NONE, TraceJitConfig::defaults()).outcome);
        if original.as_ref().is_some_and(ended_at_limit) {
            return Err(decline("limit", "other ops meet a limit at another place"));
        }
        let runs = if rewritten.has_other_ops(case) { 2 } else { 1 };
        let mut observed = run_both_ways(&rewritten.case, runs);
        rewritten.translate(&mut observed.outcome, original.as_ref());
        // They are ops of another program than the case's.
        for tier in TierName::ALL {
            let stats = tier_mut(&mut observed.tiers, tier);
            stats.ops = OpSet::default();
            stats.guard_exits.clear();
        }
        Ok(observed)
    }
}

/// Runs a case in the interpreter, and of two `runs` the second one natively wherever that is
/// possible.
fn run_both_ways(case: &Case, runs: u32) -> Observed {
    forget(case, eager());
    let run = Cell::new(0);
    let arm = |vm: &mut VM| {
        run.set(run.get() + 1);
        let native = run.get() > 1;
        vm.set_tier_policy(TierPolicy {
            linear: native,
            block: native,
            trace: native,
        });
    };
    execute_until(case, &arm, |run, _, _| run >= runs)
}
