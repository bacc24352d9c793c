//! Does a tier enter the code that it compiles?
//!
//! Code is compiled for the kinds of the state at hand, so what was compiled last cannot fail
//! to fit. A tier that gets this wrong gives the right results, and compiles for nothing.

use crate::outcome::{Difference, Field};
use fusevm::TierReport;
use fusevm::jit::TierName;

/// Tiers that look for code once in a run, when it starts.
const AT_START: [TierName; 2] = [TierName::Linear, TierName::Block];

/// How the first run of a case, reported in `first`, left more code unused than there was
/// before it, if it did.
pub fn unused(before: &TierReport, first: &TierReport) -> Option<Difference> {
    AT_START.into_iter().find_map(|tier| {
        let known = before.tier(tier).compiles;
        let misses = first.tier(tier).entry_misses;
        let field = format!("{tier}: pieces of code that did not fit the state");
        (misses > known).then(|| {
            let most = format!("at most the {known} from before");
            Difference::new(Field::Entries, field, most, misses)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_older_code_may_not_fit() {
        let report = |compiles, entry_misses| {
            let mut report = TierReport::default();
            report.block.compiles = compiles;
            report.block.entry_misses = entry_misses;
            report
        };
        assert!(unused(&report(2, 0), &report(1, 2)).is_none());
        let flaw = unused(&report(2, 0), &report(1, 3)).expect("a flaw");
        assert_eq!(flaw.kind, Field::Entries);
        assert!(flaw.field.starts_with("block"));
    }
}
