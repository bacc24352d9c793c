//! `deopt` and `deopt-every`: guards fail, one after the other.

use super::{eager, execute_until, forget, if_native, schedule};
use crate::campaign::SplitMix;
use crate::case::Case;
use crate::subject::{Declined, Observed, Subject, add_report};
use fusevm::{TierPolicy, TraceJitConfig, VM};
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
        force_in_turn(
            case,
            &[eagerly(BLOCK, MOST_GUARDS), eagerly(TRACE, MOST_GUARDS)],
        )
    }
}

/// As [`Deopt`], but no guard is left out, and a third time with all tiers, compiling when the
/// case's schedule says so: too slow for every case of a campaign.
#[derive(Debug)]
pub struct DeoptEvery;

/// Guards of a case that [`DeoptEvery`] forces to fail: nearly all cases have fewer.
const EVERY_GUARD: u64 = 200;
/// Runs after which what a schedule compiles has been compiled.
const WARM_UP: u32 = 6;

impl Subject for DeoptEvery {
    fn name(&self) -> &'static str {
        "deopt-every"
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let scheduled = Forcing {
            policy: TierPolicy {
                linear: true,
                block: true,
                trace: true,
            },
            config: schedule::config(&mut SplitMix::new(case.schedule.into())),
            warm_up: WARM_UP,
            most: EVERY_GUARD,
        };
        let eager = |policy| eagerly(policy, EVERY_GUARD);
        force_in_turn(case, &[eager(BLOCK), eager(TRACE), scheduled])
    }
}

const BLOCK: TierPolicy = TierPolicy {
    block: true,
    ..TierPolicy::NONE
};
const TRACE: TierPolicy = TierPolicy {
    trace: true,
    ..TierPolicy::NONE
};

/// How guards are forced to fail.
#[derive(Clone, Copy)]
struct Forcing {
    policy: TierPolicy,
    config: TraceJitConfig,
    /// Runs before the first guard is forced, at least one.
    warm_up: u32,
    /// Guards that are forced; of more, these many evenly spread.
    most: u64,
}

fn eagerly(policy: TierPolicy, most: u64) -> Forcing {
    Forcing {
        policy,
        config: eager(),
        warm_up: 1,
        most,
    }
}

/// Runs a case in each way until one goes wrong; declines unless native code went through a
/// guard.
fn force_in_turn(case: &Case, ways: &[Forcing]) -> Result<Observed, Declined> {
    let mut all: Option<Observed> = None;
    for forcing in ways {
        // Without a loop there is nothing to trace.
        if forcing.policy == TRACE && !case.has_loop() {
            continue;
        }
        let mut observed = force_each(case, *forcing);
        if let Some(before) = &all {
            add_report(&mut observed.tiers, &before.tiers);
        }
        let flawed = observed.outcome.flaw.is_some();
        all = Some(observed);
        if flawed {
            break;
        }
    }
    let observed = all.expect("one way needs no loop");
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

/// Runs a case with no guard forced, and then with one after the other.
fn force_each(case: &Case, forcing: Forcing) -> Observed {
    forget(case, forcing.config);
    let forced = Cell::new(u64::MAX);
    let n_guards = Cell::new(None);
    let arm = |vm: &mut VM| {
        vm.set_tier_policy(forcing.policy);
        vm.set_forced_guard(Some(forced.get()));
        vm.set_op_counts(true);
    };
    execute_until(case, &arm, |run, _, tiers| {
        let Some(next) = run.checked_sub(forcing.warm_up) else {
            return false;
        };
        let (next, most) = (u64::from(next), forcing.most);
        let n = n_guards.get().unwrap_or(tiers.guards_met);
        n_guards.set(Some(n));
        // Spread evenly: the same number as before is no new guard.
        forced.set(match n <= most {
            true => next,
            false => next * n / most,
        });
        next >= n.min(most)
    })
}
