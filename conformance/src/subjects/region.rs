//! `region`: a part of the chunk run by itself, through the entry points for callers that have
//! numbers instead of a VM.

use super::execute;
use crate::case::Case;
use crate::oracles::region;
use crate::subject::{Declined, Observed, Subject};
use fusevm::{TierPolicy, TraceJitConfig};

/// The interpreter, with a flaw when the region of the case gives other numbers natively.
#[derive(Debug)]
pub struct Region;

impl Subject for Region {
    fn name(&self) -> &'static str {
        "region"
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let decline = |reason: &str, detail: &str| Declined {
            reason: reason.to_owned(),
            detail: detail.to_owned(),
            observed: None,
        };
        let flaw = region::check(case).map_err(|why| decline(why, "nothing was run by itself"))?;
        let mut observed = execute(case, TierPolicy::NONE, TraceJitConfig::defaults());
        observed.outcome.flaw = flaw;
        Ok(observed)
    }
}
