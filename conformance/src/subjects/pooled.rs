//! `pooled`: a VM that somebody else has used before.

use super::{Shared, eager, fill, forget, if_native};
use crate::case::Case;
use crate::oracles::resources;
use crate::outcome::Outcome;
use crate::scripted;
use crate::subject::{Declined, Observed, Subject, add_report};
use fusevm::{Chunk, TierPolicy, VMPool, asm};
use std::sync::OnceLock;

/// A VM from a pool, with every tier on, that has just run something that leaves all it can
/// behind: values, slots, frames, globals, a status, a seed, a signal, a halt, a recording,
/// compiled code. A case whose schedule has an even number is then run once more, on what it
/// has left behind itself, and must end alike. Afterwards nothing may be left: in the VM when it is
/// reset, and of native code when that is dropped. Now and then a VM that holds much is run
/// under limits of memory.
#[derive(Debug)]
pub struct Pooled;

/// What the VM has run before. Its loop is hot when it is left, with a scope still open.
const BEFORE: &str = r#"
names a b c
      LoadInt 7
      LoadConst "left behind"
      SetSlot 2
      LoadFloat 1.5
      SetSlot 40
      LoadTrue
      SetVar b
      LoadInt 3
      SetStatus
      LoadInt 99
      AwkSrand 1
      SetVar c
      LoadConst "kept"
      PushFrame
      LoadInt 0
      SetSlot 0
turn: PreIncSlotVoid 0
      GetSlot 0
      LoadInt 5
      NumLt
      JumpIfTrue turn
      GetSlot 0
      AwkSignal 3
"#;

/// Of so many schedules, one asks for the limit of memory: that copies much.
const MEMORY_IN: u32 = 5;

fn before() -> Chunk {
    static CHUNK: OnceLock<Chunk> = OnceLock::new();
    let chunk = CHUNK.get_or_init(|| asm::assemble(BEFORE).expect("the program is well formed"));
    chunk.clone()
}

impl Subject for Pooled {
    fn name(&self) -> &'static str {
        "pooled"
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        forget(case, eager());
        let mut pool = VMPool::new();
        // Hosts, handlers and limits stay with a VM, so its users have the same.
        let earlier = Case {
            chunk: before(),
            hosts: case.hosts,
            handlers: case.handlers,
            limits: case.limits,
            ..Case::default()
        };
        run_on_used(&mut pool, &earlier);
        let mut observed = run_on_used(&mut pool, case);
        let unsteady = case.schedule.is_multiple_of(2).then(|| {
            let again = run_on_used(&mut pool, case);
            add_report(&mut observed.tiers, &again.tiers);
            observed.outcome.difference(&again.outcome)
        });
        let left = pool.with(Chunk::new(), |vm| resources::left_in(vm));
        drop(pool);
        forget(case, eager());
        observed.outcome.flaw = unsteady
            .flatten()
            .map(|difference| difference.of_run(2))
            .or(left)
            .or_else(|| resources::kept(true))
            .or_else(|| match case.schedule.is_multiple_of(MEMORY_IN) {
                true => resources::memory_is_bounded(case.schedule),
                false => None,
            });
        if_native(observed, None)
    }
}

/// Runs a case on the VM of the pool, which is a new one only the first time.
fn run_on_used(pool: &mut VMPool, case: &Case) -> Observed {
    pool.with(case.chunk.clone(), |vm| {
        scripted::start();
        let output = Shared::default();
        fill(vm, case);
        vm.set_tier_policy(TierPolicy {
            linear: true,
            block: true,
            trace: true,
        });
        vm.set_output(Box::new(output.clone()));
        let result = vm.run();
        let tiers = vm.tier_report();
        let outcome = Outcome::capture(vm, result, output.take(), scripted::take_log());
        Observed { outcome, tiers }
    })
}
