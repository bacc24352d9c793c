//! `pooled`: a VM that somebody else has used before.

use super::{Shared, eager, fill, forget, if_native};
use crate::case::Case;
use crate::outcome::Outcome;
use crate::scripted;
use crate::subject::{Declined, Observed, Subject};
use fusevm::{Chunk, TierPolicy, VMPool, asm};
use std::sync::OnceLock;

/// A VM from a pool, with every tier on, that has just run something that leaves all it can
/// behind: values, slots, frames, globals, a status, a seed, a signal, a halt, a recording,
/// compiled code.
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
        forget(eager());
        let mut pool = VMPool::new();
        // Hosts, handlers and limits stay with a VM, so its users have the same.
        let earlier = Case {
            chunk: before(),
            hosts: case.hosts,
            handlers: case.handlers,
            limits: case.limits,
            ..Case::default()
        };
        let policy = TierPolicy {
            linear: true,
            block: true,
            trace: true,
        };
        pool.with(earlier.chunk.clone(), |vm| {
            fill(vm, &earlier);
            vm.set_tier_policy(policy);
            vm.set_output(Box::new(std::io::sink()));
            vm.run();
        });
        scripted::start();
        let output = Shared::default();
        let mut vm = pool.acquire(case.chunk.clone());
        fill(&mut vm, case);
        vm.set_output(Box::new(output.clone()));
        let result = vm.run();
        let tiers = vm.tier_report();
        let outcome = Outcome::capture(vm, result, output.take(), scripted::take_log());
        if_native(Observed { outcome, tiers }, None)
    }
}
