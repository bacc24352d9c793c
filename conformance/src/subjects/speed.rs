//! `speed`: is native code slower than the interpreter?

use crate::case::Case;
use crate::oracles::speed;
use crate::subject::{Declined, Observed, Subject};
use fusevm::TierReport;

/// The interpreter, with a flaw when native code takes many times as long. One case in this
/// many is measured; it is no part of `all`, because it needs a clock.
#[derive(Debug)]
pub struct Speed(pub u64);

impl Subject for Speed {
    fn name(&self) -> &'static str {
        "speed"
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let decline = |reason: &str| Declined {
            reason: reason.to_owned(),
            detail: "no time was measured".to_owned(),
            observed: None,
        };
        if !speed::is_drawn(case, self.0) {
            return Err(decline("not drawn"));
        }
        let (mut outcome, flaw) = speed::check(case).map_err(decline)?;
        outcome.flaw = flaw;
        Ok(Observed {
            outcome,
            tiers: TierReport::default(),
        })
    }
}
