//! Drops two ops at once: what pushes and what pops, the two ends of a scope.

use super::{Search, edit};

/// Programs of more ops are left to the other passes.
const MAX_OPS: usize = 40;

pub(super) fn run(search: &mut Search) {
    if search.best.chunk.ops.len() > MAX_OPS {
        return;
    }
    let mut first = 0;
    while first + 1 < search.best.chunk.ops.len() {
        let n_ops = search.best.chunk.ops.len();
        let dropped = (first + 1..n_ops).any(|second| {
            search.try_change(|case| {
                let keep: Vec<bool> = (0..n_ops).map(|at| at != first && at != second).collect();
                case.chunk = edit::retain(&case.chunk, &keep);
            })
        });
        if !dropped {
            first += 1;
        }
    }
}
