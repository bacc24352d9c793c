//! Keeps candidates from running much longer than the case that they come from.
//!
//! Dropping the step of a loop makes a program that never ends, and a predicate that runs it
//! on every tier would never come back. So the reference runs a candidate first, with fuel
//! in proportion to what the original case needed.

use crate::case::Case;
use crate::outcome::{Ending, Outcome};
use crate::panics;
use crate::subjects::REFERENCE;

/// Fuel that no reasonable case needs.
const PLENTY: u64 = 10_000_000;

/// How much fuel a candidate may use.
pub(super) struct Bound {
    fuel: u64,
    /// Whether the original case uses up the fuel that it has.
    exhausts: bool,
}

impl Bound {
    /// Twice of what `case` uses, and some more.
    pub(super) fn of(case: &Case) -> Bound {
        let given = case.fuel.unwrap_or(PLENTY);
        let outcome = outcome(case, given);
        let left = outcome
            .as_ref()
            .map_or(0, |outcome| outcome.fuel.unwrap_or(0));
        Bound {
            fuel: given
                .saturating_sub(left)
                .saturating_mul(2)
                .saturating_add(100),
            exhausts: case.fuel.is_some() && outcome.is_some_and(|outcome| ran_out(&outcome)),
        }
    }

    /// Whether `case` ends without more fuel than that, and without using up its own unless
    /// the original case does.
    pub(super) fn allows(&self, case: &Case) -> bool {
        let given = case.fuel.unwrap_or(self.fuel).min(self.fuel);
        if self.exhausts && case.fuel == Some(given) {
            return true;
        }
        // A panic of the reference may be just what is being reduced.
        outcome(case, given).is_none_or(|outcome| !ran_out(&outcome))
    }
}

fn ran_out(outcome: &Outcome) -> bool {
    matches!(&outcome.ending, Ending::Error(text) if text == OUT_OF_FUEL)
}

/// What the reference says when fuel runs out.
const OUT_OF_FUEL: &str = "limit exceeded: fuel";

/// What the reference makes of `case` with so much fuel; `None` when it panics.
fn outcome(case: &Case, fuel: u64) -> Option<Outcome> {
    let case = Case {
        fuel: Some(fuel),
        ..case.clone()
    };
    let observed = panics::catch(|| REFERENCE.run(&case)).ok()?.ok()?;
    Some(observed.outcome)
}
