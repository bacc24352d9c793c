//! `linear`, `block` and `trace`: one native tier alone, as eager as it can be.

use super::{eager, execute, if_native};
use crate::case::Case;
use crate::subject::{Declined, Observed, Subject};
use fusevm::TierPolicy;
use fusevm::jit::TierName;

/// The linear tier, compiled on the first run.
#[derive(Debug)]
pub struct Linear;

impl Subject for Linear {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn tier(&self) -> Option<TierName> {
        Some(TierName::Linear)
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let policy = TierPolicy {
            linear: true,
            ..TierPolicy::NONE
        };
        if_native(execute(case, policy, eager()), self.tier())
    }
}

/// The block tier, compiled on the first run.
#[derive(Debug)]
pub struct Block;

impl Subject for Block {
    fn name(&self) -> &'static str {
        "block"
    }

    fn tier(&self) -> Option<TierName> {
        Some(TierName::Block)
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let policy = TierPolicy {
            block: true,
            ..TierPolicy::NONE
        };
        if_native(execute(case, policy, eager()), self.tier())
    }
}

/// The trace tier: a loop is recorded in its first iteration, and side exits grow side
/// traces.
#[derive(Debug)]
pub struct Trace;

impl Subject for Trace {
    fn name(&self) -> &'static str {
        "trace"
    }

    fn tier(&self) -> Option<TierName> {
        Some(TierName::Trace)
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        if !case.has_loop() {
            return Err(Declined {
                reason: "no loop".to_owned(),
                detail: "no op of the chunk jumps backward".to_owned(),
                observed: None,
            });
        }
        let policy = TierPolicy {
            trace: true,
            ..TierPolicy::NONE
        };
        if_native(execute(case, policy, eager()), self.tier())
    }
}
