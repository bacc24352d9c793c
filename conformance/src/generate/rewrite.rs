//! A few ops of a finished chunk are changed, so that code appears that no frontend writes:
//! unbalanced stacks, jumps into loops, operands of the wrong kind.
//!
//! What comes out need not end; it is run with fuel.

use super::entropy::Entropy;
use super::raw;
use fusevm::{Chunk, Op};

/// Changes up to four ops of `chunk`.
pub(super) fn rewrite(chunk: &mut Chunk, e: &mut Entropy) {
    for _ in 0..e.range(1, 4) {
        if chunk.ops.is_empty() {
            return;
        }
        let at = e.below(chunk.ops.len());
        let other = e.below(chunk.ops.len());
        match e.below(6) {
            0 => chunk.ops[at] = raw::op(e, chunk.ops.len()),
            1 => chunk.ops.swap(at, other),
            2 => chunk.ops[at] = chunk.ops[at].with_target(other),
            3 => chunk.ops[at] = e.pick(&[Op::Nop, Op::Pop, Op::Dup, Op::LoadUndef]),
            4 => chunk.ops[at] = chunk.ops[other],
            _ => {
                if let Some(entry) = chunk.sub_entries.first_mut() {
                    entry.1 = other;
                } else if let Some(block) = chunk.block_ranges.first_mut() {
                    block.1 = other;
                }
            }
        }
    }
    chunk.op_hash = chunk.compute_op_hash();
}
