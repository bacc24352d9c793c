//! Which part of a chunk is a region, and what it is as a chunk.

use super::lists;
use fusevm::Chunk;

/// Fewest ops of a region.
pub(super) const FEWEST_OPS: usize = 4;

/// The longest part whose ops may all be in a block, unless it is too short or a jump leads out
/// of it.
pub(super) fn region(chunk: &Chunk) -> Option<(usize, usize)> {
    let mut longest = 0..0;
    let mut start = 0;
    while start < chunk.ops.len() {
        let ops = chunk.ops[start..].iter();
        let end = start + ops.take_while(|op| lists::is_of_blocks(op)).count();
        if end - start > longest.len() {
            longest = start..end;
        }
        start = end + 1;
    }
    let mut targets = chunk.ops[longest.clone()]
        .iter()
        .filter_map(|op| op.target());
    let leaves = targets.any(|to| !longest.contains(&to));
    (longest.len() >= FEWEST_OPS && !leaves).then_some((longest.start, longest.end))
}

/// The ops from `start` to `end`, as far as there are any, as a chunk of their own.
pub(super) fn extracted(chunk: &Chunk, start: usize, end: usize) -> Chunk {
    let mut part = Chunk {
        constants: chunk.constants.clone(),
        names: chunk.names.clone(),
        source: chunk.source.clone(),
        ..Chunk::default()
    };
    for ip in start..end.min(chunk.ops.len()) {
        let op = chunk.ops[ip];
        part.ops.push(op);
        part.lines.push(chunk.lines.get(ip).copied().unwrap_or(0));
    }
    let len = part.ops.len();
    for op in &mut part.ops {
        if let Some(to) = op.target() {
            let is_inside = (start..start + len).contains(&to);
            *op = op.with_target(if is_inside { to - start } else { len });
        }
    }
    part.op_hash = part.compute_op_hash();
    part
}
