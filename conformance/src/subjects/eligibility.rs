//! `eligibility`: what the tiers say of themselves.

use super::execute;
use crate::case::Case;
use crate::oracles::eligibility;
use crate::subject::{Declined, Observed, Subject};
use fusevm::{TierPolicy, TraceJitConfig};

/// The interpreter, with a flaw when an answer about the ops of the case is wrong.
#[derive(Debug)]
pub struct Eligibility;

impl Subject for Eligibility {
    fn name(&self) -> &'static str {
        "eligibility"
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let flaw = eligibility::check(case);
        let mut observed = execute(case, TierPolicy::NONE, TraceJitConfig::defaults());
        observed.outcome.flaw = flaw;
        Ok(observed)
    }
}
