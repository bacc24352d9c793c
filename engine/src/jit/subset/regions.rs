//! Parts of a chunk that could be compiled by themselves.

use super::is_block_op;
use crate::chunk::Chunk;

/// The shortest run of ops that is worth mentioning.
const MIN_LEN: usize = 4;

/// The longest run of ops that may be in a block, the first of equals; `None` when it is too
/// short or jumps out of itself.
pub(in crate::jit) fn find_jit_region(chunk: &Chunk) -> Option<(usize, usize)> {
    let mut longest = (0, 0);
    let mut start = 0;
    for (ip, op) in chunk.ops.iter().enumerate() {
        if !is_block_op(op) {
            start = ip + 1;
        } else if ip + 1 - start > longest.1 - longest.0 {
            longest = (start, ip + 1);
        }
    }
    let (start, end) = longest;
    let stays = |target| (start..end).contains(&target);
    let is_closed = chunk.ops[start..end]
        .iter()
        .all(|op| op.target().is_none_or(stays));
    (end - start >= MIN_LEN && is_closed).then_some(longest)
}

/// The ops `start..end` as a chunk of their own, as far as they exist. Jumps out of the range
/// lead to its end.
pub(in crate::jit) fn extract_region(chunk: &Chunk, start: usize, end: usize) -> Chunk {
    let end = end.min(chunk.ops.len());
    let start = start.min(end);
    let moved = |target: usize| match (start..end).contains(&target) {
        true => target - start,
        false => end - start,
    };
    let mut region = Chunk {
        ops: chunk.ops[start..end]
            .iter()
            .map(|op| match op.target() {
                Some(target) => op.with_target(moved(target)),
                None => *op,
            })
            .collect(),
        constants: chunk.constants.clone(),
        names: chunk.names.clone(),
        lines: (start..end)
            .map(|ip| chunk.lines.get(ip).copied().unwrap_or(0))
            .collect(),
        source: chunk.source.clone(),
        ..Chunk::default()
    };
    region.op_hash = region.compute_op_hash();
    region
}
