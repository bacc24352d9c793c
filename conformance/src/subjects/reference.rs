//! `reference`: the evaluator that was written from the specification alone.

use crate::case::Case;
use crate::reference;
use crate::subject::{Declined, Observed, Subject};
use fusevm::TierReport;

/// The independent evaluator. That it agrees with the interpreter says that both read the
/// specification alike; it declines what it does not cover.
#[derive(Debug)]
pub struct Reference;

impl Subject for Reference {
    fn name(&self) -> &'static str {
        "reference"
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        match reference::evaluate(case) {
            Ok(outcome) => Ok(Observed {
                outcome,
                tiers: TierReport::default(),
            }),
            Err(unknown) => Err(Declined {
                reason: unknown.reason.to_owned(),
                detail: unknown.detail,
                observed: None,
            }),
        }
    }
}
