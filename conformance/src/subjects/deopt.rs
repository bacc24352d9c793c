//! `deopt`: every guard fails once.

use super::{eager, execute_until, forget, if_native};
use crate::case::Case;
use crate::subject::{Declined, Observed, Subject, add_report};
use fusevm::{TierPolicy, VM};
use std::cell::Cell;

/// The block tier and the trace tier, with one guard of each run forced to fail: whatever a
/// native run has in registers at a guard, the interpreter must be able to go on from there.
/// Every run must end like the first one, in which no guard is forced. Ops are counted on the
/// way: this code is compiled apart from what the other subjects run anyway.
#[derive(Debug)]
pub struct Deopt;

/// Guards of a case that are forced to fail in one tier; of more, these many evenly spread.
const MOST_GUARDS: u64 = 12;

impl Subject for Deopt {
    fn name(&self) -> &'static str {
        "deopt"
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let block = TierPolicy {
            block: true,
            ..TierPolicy::NONE
        };
        let trace = TierPolicy {
            trace: true,
            ..TierPolicy::NONE
        };
        let mut observed = force_each(case, block);
        if observed.outcome.flaw.is_none() && case.has_loop() {
            let tiers = observed.tiers;
            observed = force_each(case, trace);
            add_report(&mut observed.tiers, &tiers);
        }
        let observed = if_native(observed, None)?;
        if observed.tiers.guards_met == 0 {
            return Err(Declined {
                reason: "no guard".to_owned(),
                detail: "native code went through no guard".to_owned(),
                observed: Some(Box::new(observed)),
            });
        }
        Ok(observed)
    }
}

/// Runs a case with no guard forced, and then with one after the other.
fn force_each(case: &Case, policy: TierPolicy) -> Observed {
    forget(eager());
    let forced = Cell::new(u64::MAX);
    let n_guards = Cell::new(None);
    let arm = |vm: &mut VM| {
        vm.set_tier_policy(policy);
        vm.set_forced_guard(Some(forced.get()));
        vm.set_op_counts(true);
    };
    execute_until(case, &arm, |run, _, tiers| {
        let n = n_guards.get().unwrap_or(tiers.guards_met);
        n_guards.set(Some(n));
        let next = u64::from(run - 1);
        // Spread evenly: the same number as before is no new guard.
        forced.set(match n <= MOST_GUARDS {
            true => next,
            false => next * n / MOST_GUARDS,
        });
        next >= n.min(MOST_GUARDS)
    })
}
