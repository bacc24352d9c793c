//! Puts one op in the place of several that do the same: the idioms of counting and testing.

use super::{Search, edit};
use fusevm::{Chunk, Op};

pub(super) fn run(search: &mut Search) {
    let mut at = 0;
    while at < search.best.chunk.ops.len() {
        let replaced = fused(&search.best.chunk.ops[at..])
            .is_some_and(|(n, op)| search.try_change(|case| replace(&mut case.chunk, at, n, op)));
        if !replaced && !close_below(search, at) {
            at += 1;
        }
    }
}

/// The op that does what the first ops of a list do, and how many they are.
fn fused(ops: &[Op]) -> Option<(usize, Op)> {
    Some(match *ops {
        [Op::GetSlot(a), Op::LoadInt(1), Op::Add, Op::SetSlot(b), ..]
        | [Op::LoadInt(1), Op::GetSlot(a), Op::Add, Op::SetSlot(b), ..]
            if a == b =>
        {
            (4, Op::PreIncSlotVoid(a))
        }
        [
            Op::GetSlot(a),
            Op::LoadInt(1),
            Op::Sub,
            Op::Dup,
            Op::SetSlot(b),
            ..,
        ] if a == b => (5, Op::PreDecSlot(a)),
        [Op::GetSlot(a), Op::Inc, Op::SetSlot(b), ..] if a == b => (3, Op::PreIncSlotVoid(a)),
        [Op::PreIncSlot(a) | Op::PostIncSlot(a), Op::Pop, ..] => (2, Op::PreIncSlotVoid(a)),
        [
            Op::PreIncSlotVoid(a),
            Op::GetSlot(b),
            Op::LoadInt(n),
            Op::NumLt,
            Op::JumpIfTrue(to),
            ..,
        ] if a == b => (5, Op::SlotIncLtIntJumpBack(a, i32::try_from(n).ok()?, to)),
        [
            Op::GetSlot(a),
            Op::LoadInt(n),
            Op::NumLt,
            Op::JumpIfFalse(to),
            ..,
        ] => (4, Op::SlotLtIntJumpIfFalse(a, i32::try_from(n).ok()?, to)),
        [Op::LogNot, Op::JumpIfFalse(to), ..] => (2, Op::JumpIfTrue(to)),
        [Op::LogNot, Op::JumpIfTrue(to), ..] => (2, Op::JumpIfFalse(to)),
        [Op::JumpIfTrue(over), Op::Jump(to), ..] if over == to => (2, Op::Pop),
        _ => return None,
    })
}

/// Puts `op` in the place of the `n` ops at `at`.
fn replace(chunk: &mut Chunk, at: usize, n: usize, op: Op) {
    let keep: Vec<bool> = (0..chunk.ops.len())
        .map(|ip| ip < at + 1 || ip >= at + n)
        .collect();
    // The target may lie among the ops that go.
    chunk.ops[at] = op;
    *chunk = edit::retain(chunk, &keep);
}

/// Makes a loop that is tested at its top one that the fused branch closes.
fn close_below(search: &mut Search, top: usize) -> bool {
    let ops = &search.best.chunk.ops;
    let Op::SlotLtIntJumpIfFalse(slot, limit, _) = ops[top] else {
        return false;
    };
    let back = |op: &Op| *op == Op::Jump(top);
    let Some(closing) = ops.iter().rposition(back).filter(|closing| *closing > top) else {
        return false;
    };
    let step = closing
        .checked_sub(1)
        .filter(|step| matches!(ops[*step], Op::PreIncSlotVoid(counted) if counted == slot));
    search.try_change(|case| {
        case.chunk.ops[closing] = Op::SlotIncLtIntJumpBack(slot, limit, top);
        let keep: Vec<bool> = (0..case.chunk.ops.len())
            .map(|ip| ip != top && Some(ip) != step)
            .collect();
        case.chunk = edit::retain(&case.chunk, &keep);
    })
}
