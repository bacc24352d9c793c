//! Loops that a run has traced are traces too, if they are in the numeric subset.

use super::super::Judge;
use super::super::draw::Draw;
use super::looped::Loop;
use crate::case::Case;
use crate::subjects::{eager, forget};
use fusevm::{JitCompiler, Op, TierPolicy, VM, Value};

const TRACE: TierPolicy = TierPolicy {
    trace: true,
    ..TierPolicy::NONE
};

/// Runs the loop on a VM that traces at once, as it is and with something in it that callers
/// with numbers know nothing of.
pub(super) fn ask(judge: &mut Judge, draw: &mut Draw, looped: &Loop) {
    let sum = draw.pick(&[7_i64, 0, i64::MAX]);
    let is_float = draw.chance(40);
    let number = match is_float {
        true => Value::Float(sum as f64),
        false => Value::Int(sum),
    };
    ask_run(judge, looped, &looped.chunk.ops, number.clone());
    ask_run(judge, looped, &looped.chunk.ops, Value::str("7"));
    let mut ops = looped.chunk.ops.clone();
    if let Some(pop) = ops.iter().position(|op| matches!(op, Op::SetSlot(_))) {
        ops[pop] = Op::SetVar(0);
        ask_run(judge, looped, &ops, number);
    }
}

fn ask_run(judge: &mut Judge, looped: &Loop, ops: &[Op], sum: Value) {
    forget(&Case::default(), eager());
    let jit = JitCompiler::new();
    let kind = looped.kind_of_sum(&sum);
    let is_number = matches!(sum, Value::Int(_) | Value::Float(_));
    let chunk = fusevm::Chunk {
        ops: ops.to_vec(),
        ..looped.chunk.clone()
    };
    let mut vm = VM::new(chunk.clone());
    vm.set_tier_policy(TRACE);
    vm.frames[0].slots = looped.values(sum);
    vm.run();
    let about = || format!("{ops:?} that a VM has run");
    let reasons = jit.decline_reasons();
    for decline in &vm.tier_report().declines {
        let is_known = reasons.contains(&decline.reason);
        judge.says("whether a reason to decline is known", true, is_known, &about);
    }
    let is_in_subset = is_number && ops == looped.chunk.ops;
    let exported = jit.trace_export_all(&chunk);
    let found = jit.trace_is_compiled(&chunk, looped.header());
    judge.same("traces exported", &usize::from(found), &exported.len(), &about);
    let expected = is_in_subset && looped.is_recorded();
    judge.says("trace_is_compiled of a loop that has run", expected, found, &about);
    for trace in exported {
        let hash = chunk.compute_op_hash();
        judge.same("chunk_op_hash", &hash, &trace.chunk_op_hash, &about);
        let found = trace.slot_kinds_at_anchor.get(looped.sum);
        judge.same("kind of the sum", &Some(&kind), &found, &about);
    }
}
