//! What must not change an outcome: another program of the same meaning.
//!
//! The other program of a case is made in two steps. Every superinstruction is replaced by the
//! ops that it is defined as; the list of those is written here once more, from the definition
//! of the ops, and shares nothing with the engine's. Then the engine fuses what it finds
//! ([`Chunk::fuse`]): the superinstructions that were there, and others.
//!
//! The outcome must be the same but for fuel, and for the places of ops, which
//! [`Rewritten::translate`] takes back. What is not compared: runs that end at a limit, since
//! other ops meet it elsewhere, and programs with handlers that skip ops or log their places.

use crate::case::Case;
use crate::outcome::{Ending, Outcome};
use fusevm::op::Section;
use fusevm::{Chunk, Frame, Op};

/// A case with another program of the same meaning.
#[derive(Debug)]
pub struct Rewritten {
    /// The case.
    pub case: Case,
    /// Where each op of the first program went, its end included.
    forward: Vec<usize>,
    /// Ops of the other program.
    n_ops: usize,
}

/// Values that a definition has on the stack besides those of its superinstruction.
const MORE_STACK: usize = 8;

/// The farthest place that can move further and back.
const FARTHEST: usize = usize::MAX / 2;

/// The case with superinstructions taken apart and fused again; `None` when nothing is fused or
/// its outcome could not be compared.
pub fn fused(case: &Case) -> Option<Rewritten> {
    let calls_handlers =
        |op: &Op| matches!(op.info().section, Section::Builtins | Section::Extension);
    if case.handlers && case.chunk.ops.iter().any(calls_handlers) {
        return None;
    }
    if places(&case.chunk).any(|place| place > FARTHEST) {
        return None;
    }
    let (mut chunk, starts) = taken_apart(&case.chunk);
    let report = chunk.fuse();
    if report.fused.is_empty() {
        return None;
    }
    let mut case = case.clone();
    case.limits.value_stack = case.limits.value_stack.saturating_add(MORE_STACK);
    // Only to end what does not end by itself any more.
    case.fuel = case
        .fuel
        .map(|fuel| fuel.saturating_mul(4).saturating_add(10_000));
    Some(Rewritten {
        n_ops: chunk.ops.len(),
        forward: starts.into_iter().map(|ip| report.moved(ip)).collect(),
        case: Case { chunk, ..case },
    })
}

/// Whether a run ended where a program of the same meaning need not end.
pub fn ended_at_limit(outcome: &Outcome) -> bool {
    matches!(&outcome.ending, Ending::Error(text) if text.starts_with("limit exceeded"))
}

impl Rewritten {
    /// Makes an outcome of the other program comparable with one of the first program that
    /// left so much fuel.
    pub fn translate(&self, outcome: &mut Outcome, fuel: Option<u64>) {
        outcome.fuel = fuel;
        outcome.ip = self.back(outcome.ip);
        for frame in &mut outcome.frames {
            if frame.return_ip != Frame::SCOPE {
                frame.return_ip = self.back(frame.return_ip);
            }
        }
    }

    /// The place in the first program of a place in the other one.
    fn back(&self, ip: usize) -> usize {
        if ip > self.n_ops {
            return ip - self.n_ops + self.forward.len() - 1;
        }
        self.forward.iter().position(|new| *new == ip).unwrap_or(ip)
    }
}

/// The places that a chunk refers to.
fn places(chunk: &Chunk) -> impl Iterator<Item = usize> {
    let targets = chunk.ops.iter().filter_map(Op::target);
    let entries = chunk.sub_entries.iter().map(|(_, entry)| *entry);
    let blocks = chunk.block_ranges.iter();
    targets
        .chain(entries)
        .chain(blocks.flat_map(|(start, end)| [*start, *end]))
}

/// The chunk with definitions in the place of superinstructions, and where each op starts then,
/// the end included.
fn taken_apart(chunk: &Chunk) -> (Chunk, Vec<usize>) {
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
    let mut apart = Chunk {
        ops: ops.collect(),
        lines: Vec::new(),
        ..chunk.clone()
    };
    for (_, entry) in &mut apart.sub_entries {
        *entry = place(*entry);
    }
    for (start, end) in &mut apart.block_ranges {
        (*start, *end) = (place(*start), place(*end));
    }
    apart.op_hash = apart.compute_op_hash();
    (apart, starts)
}

/// The ops that an op is defined as, when they stand at `here`, and its target is `target`.
/// `PushIntRangeLoop` depends on a condition that no op tests.
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
        _ if op.target().is_some() => vec![op.with_target(target)],
        _ => vec![op],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subject::{Declined, Observed, Subject};
    use crate::subjects::{Fused, REFERENCE};
    use fusevm::asm::assemble;

    fn case(text: &str) -> Case {
        Case::new(assemble(text).expect("a program"))
    }

    fn outcome(run: Result<Observed, Declined>) -> Outcome {
        run.unwrap_or_else(|declined| panic!("{}", declined.detail))
            .outcome
    }

    #[test]
    fn what_is_taken_apart_runs_the_same() {
        for text in [
            "loop: PreIncSlot 0\nPop\nSlotIncLtIntJumpBack 1 40 loop\nGetSlot 0",
            "LoadFloat 2.5\nSetSlot 1\nAccumSumLoop 1 0 9\nGetSlot 1",
            "AccumSumLoop 0 0 9\nGetSlot 0",
            "LoadConst 7\nSetSlot 1\nConcatConstLoop #1 1 0 3\nGetSlot 1",
            "PostIncSlot 3\nPostDecSlot 3\nPreDecSlot 3\nMakeArray 3",
            "LoadConst \"4\"\nSetSlot 0\nAddAssignSlotVoid 0 0\nSlotLtIntJumpIfFalse 0 8 900\nNop",
        ] {
            let case = case(text);
            let (apart, starts) = taken_apart(&case.chunk);
            assert!(apart.ops.len() > case.chunk.ops.len(), "{text}");
            assert_eq!(starts.len(), case.chunk.ops.len() + 1);
            let mut expected = outcome(REFERENCE.run(&case));
            let found = outcome(REFERENCE.run(&Case::new(apart)));
            expected.ip = found.ip;
            assert_eq!(expected.difference(&found), None, "{text}");
        }
    }

    #[test]
    fn places_are_taken_back() {
        let case = case(
            "Jump main\nsub f: PreIncSlotVoid 0\nPushFrame\nJump 900\n\
             main: GetSlot 1\nInc\nSetSlot 1\nCall f 0\nNop",
        );
        let expected = outcome(REFERENCE.run(&case));
        assert_eq!((expected.ip, expected.frames[1].return_ip), (900, 8));
        let rewritten = fused(&case).expect("there is something to fuse");
        let other = outcome(REFERENCE.run(&rewritten.case));
        assert_eq!((other.ip, other.frames[1].return_ip), (898, 6));
        let found = outcome(Fused.run(&case));
        assert_eq!(expected.difference(&found), None);
    }

    #[test]
    fn what_cannot_be_compared_is_declined() {
        let declined = |case: &Case| Fused.run(case).map(|_| ()).map_err(|it| it.reason);
        let mut plain = case("LoadInt 1");
        assert_eq!(declined(&plain), Err("nothing to fuse".to_owned()));
        plain = case("PreIncSlot 0\nCallBuiltin 10 0\nNop");
        assert_eq!(declined(&plain), Ok(()));
        plain.handlers = true;
        assert_eq!(declined(&plain), Err("nothing to fuse".to_owned()));
        let mut endless = case("loop: PreIncSlotVoid 0\nJump loop");
        endless.fuel = Some(10);
        assert_eq!(declined(&endless), Err("limit".to_owned()));
    }
}
