//! Mutations of the ops of a chunk, which need no tree and keep no promise: stacks get out of
//! balance, jumps lead into loops, operands have the wrong kind.
//!
//! Where ops are added or taken away, jumps, entries and blocks go on pointing at what they
//! pointed at. What comes out need not end; it is run with fuel.

use super::super::entropy::Entropy;
use super::super::raw;
use super::ops::{alike, perturbed_op, perturbed_value};
use crate::reduce::edit;
use fusevm::{Chunk, Op};

/// Most ops of a chunk that still grows.
const MAX_OPS: usize = 400;
/// Most ops that one mutation adds or takes away.
const MOST: usize = 6;

/// A way to change a chunk; answers whether it did.
type Mutation = fn(&mut Chunk, &mut Entropy) -> bool;

/// Every mutation, and how often it is drawn.
const MUTATIONS: [(u32, Mutation); 10] = [
    (16, replace),
    (10, change),
    (14, insert),
    (12, delete),
    (10, duplicate),
    (10, swap),
    (12, perturb),
    (12, retarget),
    (6, move_entry),
    (4, perturb_pool),
];

/// Changes `chunk` once, unless it is empty.
pub(in crate::generate) fn mutate(chunk: &mut Chunk, e: &mut Entropy) {
    let mutation = e.weighted(&MUTATIONS);
    if !chunk.ops.is_empty() && mutation(chunk, e) {
        chunk.op_hash = chunk.compute_op_hash();
    }
}

/// Puts a few neighbouring ops of `other` somewhere into `chunk`.
pub(super) fn cross(chunk: &mut Chunk, other: &Chunk, e: &mut Entropy) {
    let ops = run_of(other, e).to_vec();
    insert_at(chunk, &ops, e);
    chunk.op_hash = chunk.compute_op_hash();
}

/// A few neighbouring ops.
fn run_of<'c>(chunk: &'c Chunk, e: &mut Entropy) -> &'c [Op] {
    let start = e.below(chunk.ops.len());
    let end = (start + 1 + e.below(MOST)).min(chunk.ops.len());
    chunk.ops.get(start..end).unwrap_or_default()
}

/// Puts `ops` in front of any op.
fn insert_at(chunk: &mut Chunk, ops: &[Op], e: &mut Entropy) -> bool {
    if chunk.ops.len() + ops.len() > MAX_OPS {
        return false;
    }
    let at = e.below(chunk.ops.len());
    match chunk.ops.get(at) {
        Some(op) => *chunk = edit::splice(chunk, at, &[ops, &[*op]].concat()),
        None => chunk.ops.extend(ops),
    }
    !ops.is_empty()
}

fn any_op<'c>(chunk: &'c mut Chunk, e: &mut Entropy) -> &'c mut Op {
    let at = e.below(chunk.ops.len());
    &mut chunk.ops[at]
}

/// Any op, or one of the simplest.
fn replace(chunk: &mut Chunk, e: &mut Entropy) -> bool {
    let op = match e.chance(70) {
        true => raw::op(e, chunk.ops.len()),
        false => e.pick(&[Op::Nop, Op::Pop, Op::Dup, Op::LoadUndef]),
    };
    *any_op(chunk, e) = op;
    true
}

/// An op with the same stack effect.
fn change(chunk: &mut Chunk, e: &mut Entropy) -> bool {
    let op = any_op(chunk, e);
    alike(op, e).map(|other| *op = other).is_some()
}

fn insert(chunk: &mut Chunk, e: &mut Entropy) -> bool {
    let op = raw::op(e, chunk.ops.len());
    insert_at(chunk, &[op], e)
}

fn delete(chunk: &mut Chunk, e: &mut Entropy) -> bool {
    let start = e.below(chunk.ops.len());
    let end = start + 1 + e.below(MOST);
    let keep: Vec<bool> = (0..chunk.ops.len())
        .map(|at| !(start..end).contains(&at))
        .collect();
    *chunk = edit::retain(chunk, &keep);
    true
}

fn duplicate(chunk: &mut Chunk, e: &mut Entropy) -> bool {
    let ops = run_of(chunk, e).to_vec();
    insert_at(chunk, &ops, e)
}

fn swap(chunk: &mut Chunk, e: &mut Entropy) -> bool {
    let (a, b) = (e.below(chunk.ops.len()), e.below(chunk.ops.len()));
    chunk.ops.swap(a, b);
    a != b
}

/// A literal or a limit moves.
fn perturb(chunk: &mut Chunk, e: &mut Entropy) -> bool {
    let op = any_op(chunk, e);
    perturbed_op(op, e).map(|other| *op = other).is_some()
}

/// A jump leads anywhere.
fn retarget(chunk: &mut Chunk, e: &mut Entropy) -> bool {
    let is_jump = |at: &usize| chunk.ops[*at].target().is_some();
    let jumps: Vec<usize> = (0..chunk.ops.len()).filter(is_jump).collect();
    if jumps.is_empty() {
        return false;
    }
    let at = e.pick(&jumps);
    let target = raw::place(e, chunk.ops.len());
    chunk.ops[at] = chunk.ops[at].with_target(target);
    true
}

/// A sub or a block begins or ends anywhere.
fn move_entry(chunk: &mut Chunk, e: &mut Entropy) -> bool {
    let place = raw::place(e, chunk.ops.len());
    let (n_subs, n_blocks) = (chunk.sub_entries.len(), chunk.block_ranges.len());
    match e.below(n_subs + n_blocks) {
        _ if n_subs + n_blocks == 0 => return false,
        at if at < n_subs => chunk.sub_entries[at].1 = place,
        at if e.chance(50) => chunk.block_ranges[at - n_subs].0 = place,
        at => chunk.block_ranges[at - n_subs].1 = place,
    }
    true
}

/// A constant of the pool gets another value.
fn perturb_pool(chunk: &mut Chunk, e: &mut Entropy) -> bool {
    let at = e.below(chunk.constants.len());
    match chunk.constants.get_mut(at) {
        Some(value) => *value = perturbed_value(value, e),
        None => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::tests::with_entropy;
    use super::*;
    use fusevm::Value;

    fn looped() -> Chunk {
        Chunk {
            ops: vec![
                Op::LoadConst(0),
                Op::SetSlot(0),
                Op::PreIncSlotVoid(1),
                Op::SlotIncLtIntJumpBack(0, 9, 2),
            ],
            constants: vec![Value::Int(1)],
            block_ranges: vec![(1, 3)],
            ..Chunk::default()
        }
    }

    #[test]
    fn every_mutation_changes_something_and_keeps_the_rest() {
        let text = |chunk: &Chunk| fusevm::asm::disassemble(chunk);
        for (number, (_, mutation)) in MUTATIONS.iter().enumerate() {
            let mut changed = 0;
            with_entropy(|e| {
                let mut chunk = looped();
                let says_so = mutation(&mut chunk, e);
                assert!(says_so || text(&chunk) == text(&looped()), "{number}");
                changed += usize::from(text(&chunk) != text(&looped()));
                let first = chunk.ops.first();
                let is_near = chunk.ops.len().abs_diff(4) <= MOST;
                assert!(is_near, "{number}: {first:?}");
            });
            assert!(changed > 15, "mutation {number} changed {changed} of 100");
        }
    }

    #[test]
    fn jumps_follow_what_is_inserted_and_deleted() {
        with_entropy(|e| {
            let mut chunk = looped();
            insert_at(&mut chunk, &[Op::Nop, Op::Nop], e);
            let jump = chunk.ops.iter().find_map(Op::target);
            let tick = Op::PreIncSlotVoid(1);
            let at = chunk.ops.iter().position(|op| *op == tick);
            // In front of the op that the jump leads to is where the jump then leads.
            assert!(jump == at || jump.map(|to| to + 2) == at, "{:?}", chunk.ops);
        });
    }

    #[test]
    fn ops_of_another_chunk_are_put_into_one() {
        let other = Chunk {
            ops: vec![Op::LoadFloat(2.5); 3],
            ..Chunk::default()
        };
        with_entropy(|e| {
            for mut chunk in [looped(), Chunk::default()] {
                cross(&mut chunk, &other, e);
                assert!(chunk.ops.contains(&Op::LoadFloat(2.5)));
                assert_eq!(chunk.op_hash, chunk.compute_op_hash());
            }
        });
    }
}
