//! Drops ranges of ops: halves, quarters, and so on down to single ones.

use super::{Search, edit};

pub(super) fn run(search: &mut Search) {
    let mut width = search.best.chunk.ops.len();
    while width > 0 {
        // From the end: what a loop leaves behind goes before the loop itself.
        let mut end = search.best.chunk.ops.len();
        while end > 0 {
            let start = end.saturating_sub(width);
            drop_range(search, start, end);
            end = start;
        }
        width /= 2;
    }
}

fn drop_range(search: &mut Search, start: usize, end: usize) -> bool {
    search.try_change(|case| {
        let n_ops = case.chunk.ops.len();
        let keep: Vec<bool> = (0..n_ops).map(|at| at < start || at >= end).collect();
        case.chunk = edit::retain(&case.chunk, &keep);
    })
}
