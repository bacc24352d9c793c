//! Loops that a run has traced are traces too, if they are in the numeric subset.

use super::super::Judge;
use super::super::draw::Draw;
use super::looped::Loop;
use crate::oracles::eligibility::forget_all;
use fusevm::jit::SlotKind;
use fusevm::{Chunk, JitCompiler, Op, TierPolicy, VM, Value};

const TRACE: TierPolicy = TierPolicy {
    trace: true,
    ..TierPolicy::NONE
};

/// Runs the loop on a VM that traces at once, as it is and with something in it that callers
/// with numbers know nothing of.
pub(super) fn ask(judge: &mut Judge, draw: &mut Draw, looped: &Loop) {
    let n = draw.pick(&[7_i64, 0, i64::MAX]);
    let sum = match draw.chance(40) {
        true => Value::Float(n as f64),
        false => Value::Int(n),
    };
    let run = |op: Op, sum: &Value| Run::new(looped, op, sum.clone());
    for sum in [&sum, &Value::str("7")] {
        run(looped.stores(), sum).ask(judge, looped.kind_of_sum(sum));
    }
    run(Op::Pop, &Value::Int(n)).ask(judge, Some(SlotKind::Int));
    run(Op::Pop, &Value::str("7")).ask(judge, None);
    run(Op::SetVar(0), &sum).ask(judge, None);
}

/// A loop that a VM has run.
struct Run<'l> {
    looped: &'l Loop,
    chunk: Chunk,
    vm: VM,
}

impl<'l> Run<'l> {
    /// Runs the loop with this op where the sum is stored, from this sum.
    fn new(looped: &'l Loop, op: Op, sum: Value) -> Run<'l> {
        forget_all();
        let chunk = looped.chunk_storing(op);
        let mut vm = VM::new(chunk.clone());
        vm.set_tier_policy(TRACE);
        vm.frames[0].slots = looped.values(sum);
        vm.run();
        Run { looped, chunk, vm }
    }

    /// Whether there is a trace, with this kind of the sum; without a kind there is none.
    fn ask(&self, judge: &mut Judge, kind: Option<SlotKind>) {
        if kind.is_none() && self.looped.records_rare_part() {
            // What is not numeric is not in the turn that is recorded.
            return;
        }
        let jit = JitCompiler::new();
        let about = || format!("{:?} that a VM has run", self.chunk.ops);
        let reasons = jit.decline_reasons();
        for decline in &self.vm.tier_report().declines {
            let is_known = reasons.contains(&decline.reason);
            judge.same("whether a reason is known", &true, &is_known, &about);
        }
        let is_recorded = kind.is_some() && self.looped.is_recorded();
        let found = jit.trace_is_compiled(&self.chunk, self.looped.header());
        judge.says("trace_is_compiled", is_recorded, found, &about);
        let exported = jit.trace_export_all(&self.chunk);
        judge.same(
            "traces exported",
            &usize::from(found),
            &exported.len(),
            &about,
        );
        if let Some(is_left) = self.looped.is_left().filter(|_| is_recorded) {
            let n_exits = jit.trace_side_exit_count(&self.chunk, self.looped.header());
            judge.says("trace_side_exit_count", is_left, n_exits > 0, &about);
        }
        for trace in exported {
            let hash = self.chunk.compute_op_hash();
            judge.same("chunk_op_hash", &hash, &trace.chunk_op_hash, &about);
            let found = trace.slot_kinds_at_anchor.get(self.looped.sum).copied();
            judge.same("kind of the sum", &kind, &found, &about);
        }
    }
}
