//! Drops code that nothing leads to: subs that are not called, blocks that are not used.

use super::{Search, edit};
use fusevm::op::Role;
use fusevm::{Chunk, Op};

pub(super) fn run(search: &mut Search) {
    let reached = reached(&search.best.chunk);
    search.try_change(|case| case.chunk = edit::retain(&case.chunk, &reached));
}

/// Whether each op can be reached, by the shape of the program alone.
fn reached(chunk: &Chunk) -> Vec<bool> {
    let mut reached = vec![false; chunk.ops.len()];
    let mut work = vec![0];
    while let Some(at) = work.pop() {
        let Some(seen) = reached.get_mut(at).filter(|seen| !**seen) else {
            continue;
        };
        *seen = true;
        let op = &chunk.ops[at];
        work.extend(op.target());
        work.extend(entered(chunk, op));
        if !matches!(op, Op::Jump(_) | Op::Return | Op::ReturnValue) {
            work.push(at + 1);
        }
    }
    reached
}

/// Where an op enters a sub or a block.
fn entered(chunk: &Chunk, op: &Op) -> Option<usize> {
    let roles = op.info().operands.iter();
    roles.zip(op.operands()).find_map(|(info, operand)| {
        let fusevm::op::Operand::Int(index) = operand else {
            return None;
        };
        let index = u16::try_from(index).ok()?;
        match info.role {
            Role::Sub => chunk.find_sub(index),
            Role::Block => chunk.valid_block(index).map(|(start, _)| start),
            _ => None,
        }
    })
}
