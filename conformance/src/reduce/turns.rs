//! Lets one loop turn more often, so that the loops around it can go.

use super::{Search, edit};
use crate::case::Case;
use fusevm::Op;
use fusevm::op::{Operand, Role};

/// Turns that make a loop hot for every tier.
const MANY: i64 = 64;
/// Programs of fewer ops are small enough.
const FEW_OPS: usize = 8;

pub(super) fn run(search: &mut Search) {
    let mut at = 0;
    while at < search.best.chunk.ops.len() && search.best.chunk.ops.len() > FEW_OPS {
        if !drop_with_more_turns(search, at) {
            at += 1;
        }
    }
}

/// Raises the number in the op at `at` and drops some ops.
fn drop_with_more_turns(search: &mut Search, at: usize) -> bool {
    let Some(op) = raised(search.best.chunk.ops[at]) else {
        return false;
    };
    let n_ops = search.best.chunk.ops.len();
    let mut width = n_ops / 2;
    while width > 0 {
        let starts = (0..n_ops).step_by(width);
        for start in starts.filter(|start| !(*start..start + width).contains(&at)) {
            if search.try_change(|case| drop_range(case, at, op, start, width)) {
                return true;
            }
        }
        width /= 2;
    }
    false
}

fn drop_range(case: &mut Case, at: usize, op: Op, start: usize, width: usize) {
    case.chunk.ops[at] = op;
    let keep: Vec<bool> = (0..case.chunk.ops.len())
        .map(|ip| ip < start || ip >= start + width)
        .collect();
    case.chunk = edit::retain(&case.chunk, &keep);
}

/// The op with a small limit replaced by a large one.
fn raised(op: Op) -> Option<Op> {
    let small = |n: i64| (1..MANY).contains(&n).then_some(MANY);
    let mut changed = false;
    let raised = op.map_operands(|role, operand| match (role, operand) {
        (Role::Imm | Role::Limit, Operand::Int(n)) => match small(n) {
            Some(many) => {
                changed = true;
                Operand::Int(many)
            }
            None => operand,
        },
        _ => operand,
    });
    raised.ok().filter(|_| changed)
}
