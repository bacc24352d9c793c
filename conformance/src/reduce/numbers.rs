//! Moves the numbers inside ops towards 0: literals, limits, counts, indices, targets.

use super::Search;
use fusevm::Op;
use fusevm::op::{Operand, Role};

pub(super) fn run(search: &mut Search) {
    for at in 0..search.best.chunk.ops.len() {
        let n_operands = search.best.chunk.ops[at].info().operands.len();
        for which in 0..n_operands {
            while shrink(search, at, which) {}
        }
    }
}

/// Makes one operand of the op at `at` smaller.
fn shrink(search: &mut Search, at: usize, which: usize) -> bool {
    let Some(op) = search.best.chunk.ops.get(at).copied() else {
        return false;
    };
    let n_ops = search.best.chunk.ops.len();
    let (Some(info), Some(operand)) = (
        op.info().operands.get(which),
        op.operands().get(which).copied(),
    ) else {
        return false;
    };
    let smaller = match operand {
        Operand::Float(x) => floats(x).map(Operand::Float).to_vec(),
        Operand::Int(n) if info.role == Role::Target => targets(n, n_ops),
        Operand::Int(n) => ints(n).map(Operand::Int).to_vec(),
    };
    smaller.into_iter().any(|operand| {
        let Some(op) = with_operand(op, which, operand) else {
            return false;
        };
        search.try_change(|case| case.chunk.ops[at] = op)
    })
}

fn with_operand(op: Op, which: usize, operand: Operand) -> Option<Op> {
    let mut operands = op.operands();
    operands[which] = operand;
    Op::from_operands(op.index(), &operands).ok()
}

/// Numbers to try in place of `n`, the best first.
pub(super) fn ints(n: i64) -> [i64; 7] {
    let towards = if n > 0 { n - 1 } else { n.wrapping_add(1) };
    [0, 1, 2, n.wrapping_neg(), n / 2, n / 10 * 9, towards]
}

/// Numbers to try in place of `x`, the best first.
pub(super) fn floats(x: f64) -> [f64; 6] {
    [0.0, 1.0, 0.5, x.abs(), x.trunc(), (x / 2.0).trunc()]
}

/// The end instead of somewhere behind it.
fn targets(target: i64, n_ops: usize) -> Vec<Operand> {
    match usize::try_from(target) {
        Ok(target) if target <= n_ops => Vec::new(),
        _ => vec![Operand::Int(n_ops as i64)],
    }
}
