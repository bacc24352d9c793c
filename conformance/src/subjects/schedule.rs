//! `schedule`: compiled at odd times.

use super::{execute_once, execute_until, forget, if_native};
use crate::campaign::SplitMix;
use crate::case::Case;
use crate::subject::{Declined, Observed, Subject};
use fusevm::{TierPolicy, TraceJitConfig, VM};
use std::cell::RefCell;

/// When what is compiled is part of the case: thresholds, limits of tracing, the tiers of each
/// run, and a guard that fails are drawn from [`Case::schedule`]. Code that one run leaves is
/// met by the next with other tiers, or without the fuel that it counts. Every run must end
/// like the first one.
#[derive(Debug)]
pub struct Schedule;

/// Most runs of a case.
const MAX_RUNS: u64 = 6;
/// Fuel that no case uses up.
const ENDLESS_FUEL: u64 = 1 << 40;
/// Guards are forced to fail up to this one.
const MAX_GUARD: u64 = 40;

impl Subject for Schedule {
    fn name(&self) -> &'static str {
        "schedule"
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let mut draw = SplitMix::new(u64::from(case.schedule));
        forget(case, config(&mut draw));
        let runs = case.runs.max(2 + draw.below(MAX_RUNS - 1) as u32);
        let fuelled_before = case.fuel.is_none() && draw.below(4) == 0;
        let draw = RefCell::new(draw);
        let arm = |vm: &mut VM| arm(vm, &mut draw.borrow_mut());
        if fuelled_before {
            // Code that counts fuel is not for runs without it.
            let fuelled = Case {
                fuel: Some(ENDLESS_FUEL),
                ..case.clone()
            };
            execute_once(&fuelled, &arm);
        }
        let observed = execute_until(case, &arm, |run, _, _| run >= runs);
        if_native(observed, None)
    }
}

/// When what is compiled.
pub(super) fn config(draw: &mut SplitMix) -> TraceJitConfig {
    let mut pick = |from: &[u32]| from[draw.below(from.len() as u64) as usize];
    TraceJitConfig {
        trace_threshold: pick(&[0, 1, 2, 3, 5, 8, 50]),
        block_threshold: pick(&[0, 0, 1, 2, 3]),
        max_side_exits: pick(&[0, 1, 2, 5, 50]),
        max_inline_recursion: pick(&[0, 1, 4]) as usize,
        max_trace_chain: pick(&[0, 1, 4]) as usize,
        max_trace_len: pick(&[0, 4, 16, 64, 256, 4096]) as usize,
    }
}

/// The tiers of one run, and how it is disturbed.
fn arm(vm: &mut VM, draw: &mut SplitMix) {
    let bits = draw.number();
    vm.set_tier_policy(TierPolicy {
        linear: bits & 1 != 0,
        block: bits & 2 != 0,
        trace: bits & 12 != 0,
    });
    vm.set_checked_dispatch(bits & 0x70 == 0);
    let guard = (bits & 0x80 != 0).then(|| draw.below(MAX_GUARD));
    vm.set_forced_guard(guard);
}
