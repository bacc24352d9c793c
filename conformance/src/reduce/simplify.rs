//! Puts a simpler op in the place of an op: a literal for what loads, `Pop` for what folds or
//! stores, the plain op for the fused one.

use super::{Search, edit};
use fusevm::{Op, Value};

pub(super) fn run(search: &mut Search) {
    let mut at = search.best.chunk.ops.len();
    while at > 0 {
        at -= 1;
        if at >= search.best.chunk.ops.len() {
            continue;
        }
        let candidates = simpler(search, at);
        for candidate in candidates {
            let replaced = search.try_change(|case| {
                case.chunk = edit::splice(&case.chunk, at, &[candidate]);
            });
            if replaced {
                break;
            }
        }
    }
}

/// Ops to try in place of the op at `at`, the best first.
fn simpler(search: &Search, at: usize) -> Vec<Op> {
    let chunk = &search.best.chunk;
    let op = chunk.ops[at];
    let mut candidates = of_kind(op);
    if let Op::LoadConst(index) = op {
        match chunk.constants.get(usize::from(index)) {
            Some(Value::Int(n)) => candidates.push(Op::LoadInt(*n)),
            Some(Value::Float(x)) => candidates.push(Op::LoadFloat(*x)),
            _ => {}
        }
    }
    let (pops, pushes) = op.stack_effect();
    candidates.extend(match (pops.fixed(), pushes.fixed()) {
        (Some(0), Some(1)) => vec![
            Op::LoadInt(0),
            Op::LoadInt(1),
            Op::LoadFloat(0.0),
            Op::LoadTrue,
            Op::LoadUndef,
        ],
        (Some(2), Some(1)) => vec![Op::Pop, Op::Add, Op::NumEq],
        (Some(1), Some(0)) => vec![Op::Pop],
        (Some(1), Some(1)) => vec![Op::Inc],
        (Some(0), Some(0)) => vec![Op::Nop],
        _ => Vec::new(),
    });
    candidates
}

/// What is simpler than an op because of what it does.
fn of_kind(op: Op) -> Vec<Op> {
    match op {
        Op::JumpIfTrue(to) | Op::JumpIfFalse(to) => vec![Op::Pop, Op::Jump(to)],
        Op::JumpIfTrueKeep(to) => vec![Op::Jump(to), Op::JumpIfTrue(to)],
        Op::JumpIfFalseKeep(to) => vec![Op::Jump(to), Op::JumpIfFalse(to)],
        Op::SlotLtIntJumpIfFalse(_, _, to) => vec![Op::Jump(to)],
        Op::SlotIncLtIntJumpBack(slot, _, to) => vec![Op::Jump(to), Op::PreIncSlotVoid(slot)],
        Op::AccumSumLoop(_, i, _) | Op::ConcatConstLoop(_, _, i, _) => {
            vec![Op::PreIncSlotVoid(i)]
        }
        Op::PushIntRangeLoop(name, i, _) => vec![Op::DeclareArray(name), Op::PreIncSlotVoid(i)],
        Op::AddAssignSlotVoid(a, _) => vec![Op::PreIncSlotVoid(a)],
        Op::PreIncSlot(slot) | Op::PreDecSlot(slot) => vec![Op::GetSlot(slot)],
        Op::PostIncSlot(slot) | Op::PostDecSlot(slot) => {
            vec![Op::GetSlot(slot), Op::PreIncSlot(slot)]
        }
        Op::ReturnValue => vec![Op::Pop, Op::Return],
        Op::Call(_, 0) => vec![Op::LoadInt(0)],
        Op::Call(_, 2) => vec![Op::Pop, Op::Add],
        Op::CallBuiltin(_, 0) => vec![Op::LoadInt(0)],
        Op::CallBuiltin(_, 2) => vec![Op::Pop],
        Op::Dup2 => vec![Op::Dup],
        Op::Rot => vec![Op::Swap],
        _ => Vec::new(),
    }
}
