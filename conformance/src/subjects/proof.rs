//! `proof`: what the verifier proves of programs is true.

use super::execute;
use crate::case::Case;
use crate::oracles::proof;
use crate::subject::{Declined, Observed, Subject};
use fusevm::{TierPolicy, TraceJitConfig};

/// The interpreter, with a flaw when a proof about the program, or about one like it, is
/// contradicted by a walk.
#[derive(Debug)]
pub struct Proof;

impl Subject for Proof {
    fn name(&self) -> &'static str {
        "proof"
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let mut observed = execute(case, TierPolicy::NONE, TraceJitConfig::defaults());
        observed.outcome.flaw = proof::check(case);
        Ok(observed)
    }
}
