//! `fused`: another program of the same meaning, made by the engine's fusing of ops.

use super::{Auto, execute};
use crate::case::Case;
use crate::oracles::metamorphic;
use crate::subject::{Declined, Observed, Subject, tier_mut};
use fusevm::jit::{OpSet, TierName};
use fusevm::{TierPolicy, TraceJitConfig};

/// The case with superinstructions taken apart and fused again, run as `auto` does: the first
/// runs in the interpreter, the later ones natively.
#[derive(Debug)]
pub struct Fused;

impl Subject for Fused {
    fn name(&self) -> &'static str {
        "fused"
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let decline = |reason: &str, detail: &str| Declined {
            reason: reason.to_owned(),
            detail: detail.to_owned(),
            observed: None,
        };
        let rewritten = metamorphic::fused(case).ok_or_else(|| {
            decline(
                "nothing to fuse",
                "no ops of the chunk are fused, or handlers see their places",
            )
        })?;
        let original = execute(case, TierPolicy::NONE, TraceJitConfig::defaults()).outcome;
        if metamorphic::ended_at_limit(&original) {
            return Err(decline("limit", "other ops meet a limit at another place"));
        }
        // What is fused need not be worth compiling.
        let mut observed = match Auto.run(&rewritten.case) {
            Ok(observed) => observed,
            Err(Declined { observed, .. }) => match observed {
                Some(observed) => *observed,
                None => return Err(decline("not run", "no run was observed")),
            },
        };
        rewritten.translate(&mut observed.outcome, original.fuel);
        // They are ops of another program than the case's.
        for tier in TierName::ALL {
            let stats = tier_mut(&mut observed.tiers, tier);
            stats.ops = OpSet::default();
            stats.guard_exits.clear();
        }
        Ok(observed)
    }
}
