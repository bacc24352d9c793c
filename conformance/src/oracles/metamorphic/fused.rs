//! Superinstructions taken apart, and put in again.
//!
//! Every superinstruction is replaced by the ops that it is defined as; the list of those is
//! written here once more, from the definition of the ops, and shares nothing with the
//! engine's. Then the engine fuses what it finds ([`Chunk::fuse`]): the superinstructions that
//! were there, and others.

use super::{Draw, Places, Rewritten, Transformation, may_move, places};
use crate::case::Case;
use fusevm::{Chunk, Op};

/// Superinstructions replaced by their definition, and then by what the engine fuses.
///
/// Fuel is not compared: a definition may build texts that its superinstruction does not.
pub const FUSED: Transformation = Transformation {
    name: "fused",
    about: "superinstructions taken apart, and put in again by the engine's fusing of ops",
    apply,
};

/// Values that a definition has on the stack besides those of its superinstruction.
const MORE_STACK: usize = 8;
/// Elements that a definition adds to an array besides those of its superinstruction.
const MORE_ELEMENTS: usize = 1;

fn apply(case: &Case, draw: &mut Draw) -> Result<Rewritten, &'static str> {
    may_move(case)?;
    let (mut chunk, mut starts) = taken_apart(&case.chunk);
    // Without being put in again, what was taken apart is another program too.
    if draw.everything || draw.random.below(4) > 0 {
        let report = chunk.fuse();
        for start in &mut starts {
            *start = report.moved(*start);
        }
    }
    if chunk.ops.len() == case.chunk.ops.len() && chunk.op_hash == case.chunk.compute_op_hash() {
        return Err("nothing is fused");
    }
    let mut case = case.clone();
    let limits = &mut case.limits;
    limits.value_stack = limits.value_stack.saturating_add(MORE_STACK);
    limits.collection_size = limits.collection_size.saturating_add(MORE_ELEMENTS);
    // Only to end what does not end by itself any more.
    case.fuel = case
        .fuel
        .map(|fuel| fuel.saturating_mul(4).saturating_add(10_000));
    Ok(Rewritten {
        places: Places::ordered(&starts, chunk.ops.len()),
        case: Case { chunk, ..case },
        keeps_costs: false,
        flaw: None,
    })
}

/// The chunk with definitions in the place of superinstructions, and where each op starts then,
/// the end included.
pub(super) fn taken_apart(chunk: &Chunk) -> (Chunk, Vec<usize>) {
    let mut starts = vec![0];
    for op in &chunk.ops {
        let end = starts[starts.len() - 1];
        starts.push(end + definition(*op, 0, 0).len());
    }
    let (n_old, n_new) = (chunk.ops.len(), starts[chunk.ops.len()]);
    let place = |ip: usize| match starts.get(ip) {
        Some(start) => *start,
        None => ip + n_new - n_old,
    };
    let ops = chunk.ops.iter().zip(&starts);
    let ops = ops.flat_map(|(op, start)| definition(*op, *start, op.target().map_or(0, place)));
    let apart = places::with_ops(chunk, ops.collect(), &place);
    (apart, starts)
}

/// The ops that an op is defined as, when they stand at `here`, and its target is `target`.
fn definition(op: Op, here: usize, target: usize) -> Vec<Op> {
    use Op::*;
    match op {
        PreIncSlot(slot) => vec![GetSlot(slot), Inc, Dup, SetSlot(slot)],
        PreIncSlotVoid(slot) => vec![GetSlot(slot), Inc, SetSlot(slot)],
        PreDecSlot(slot) => vec![GetSlot(slot), Dec, Dup, SetSlot(slot)],
        PostIncSlot(slot) => vec![GetSlot(slot), TruncInt, Dup, Inc, SetSlot(slot)],
        PostDecSlot(slot) => vec![GetSlot(slot), TruncInt, Dup, Dec, SetSlot(slot)],
        AddAssignSlotVoid(a, b) => {
            vec![GetSlot(a), TruncInt, GetSlot(b), TruncInt, Add, SetSlot(a)]
        }
        SlotLtIntJumpIfFalse(slot, limit, _) => {
            let limit = LoadInt(limit.into());
            vec![GetSlot(slot), TruncInt, limit, NumLt, JumpIfFalse(target)]
        }
        SlotIncLtIntJumpBack(slot, limit, _) => {
            let limit = LoadInt(limit.into());
            let counted = [GetSlot(slot), Inc, Dup, SetSlot(slot)];
            [&counted[..], &[limit, NumLt, JumpIfTrue(target)]].concat()
        }
        AccumSumLoop(sum, i, limit) => {
            let start = [GetSlot(sum), TruncInt, GetSlot(i), TruncInt];
            let test = [Dup, LoadInt(limit.into()), NumLt, JumpIfFalse(here + 14)];
            let turn = [Dup, Rot, Add, Swap, Inc, Jump(here + 4)];
            let end = [Swap, SetSlot(sum), SetSlot(i)];
            [&start[..], &test, &turn, &end].concat()
        }
        ConcatConstLoop(konst, s, i, limit) => {
            let start = [GetSlot(s), LoadUndef, Concat, GetSlot(i), TruncInt];
            let test = [Dup, LoadInt(limit.into()), NumLt, JumpIfFalse(here + 15)];
            let turn = [Swap, LoadConst(konst), Concat, Swap, Inc, Jump(here + 5)];
            let end = [Swap, SetSlot(s), SetSlot(i)];
            [&start[..], &test, &turn, &end].concat()
        }
        PushIntRangeLoop(array, i, limit) => {
            // No op asks for a kind. But a value that is pushed stays in an array only.
            let probe = [LoadUndef, ArrayPush(array), ArrayLen(array)];
            let declare = [
                JumpIfFalse(here + 7),
                ArrayPop(array),
                Pop,
                Jump(here + 8),
                DeclareArray(array),
            ];
            let start = [GetSlot(i), TruncInt];
            let test = [Dup, LoadInt(limit.into()), NumLt, JumpIfFalse(here + 18)];
            let turn = [Dup, ArrayPush(array), Inc, Jump(here + 10)];
            let end = [SetSlot(i)];
            [&probe[..], &declare, &start, &test, &turn, &end].concat()
        }
        _ if op.target().is_some() => vec![op.with_target(target)],
        _ => vec![op],
    }
}
