//! Lets jumps lead where they end up, and drops jumps to the next op.

use super::{Search, edit};
use fusevm::Op;

pub(super) fn run(search: &mut Search) {
    let mut at = search.best.chunk.ops.len();
    while at > 0 {
        at -= 1;
        let Some(op) = search.best.chunk.ops.get(at).copied() else {
            continue;
        };
        let Some(target) = op.target() else {
            continue;
        };
        if target == at + 1 && matches!(op, Op::Jump(_)) {
            search.try_change(|case| case.chunk = edit::splice(&case.chunk, at, &[]));
            continue;
        }
        // The jump stays as large as it was; what it led through becomes unreachable.
        if let Some(Op::Jump(further)) = search.best.chunk.ops.get(target).copied()
            && further != target
        {
            thread(search, at, target, further);
        }
    }
}

/// Lets the jump at `at` skip the jump at `through`, which is dropped.
fn thread(search: &mut Search, at: usize, through: usize, further: usize) {
    search.try_change(|case| {
        case.chunk.ops[at] = case.chunk.ops[at].with_target(further);
        case.chunk = edit::splice(&case.chunk, through, &[]);
    });
}
