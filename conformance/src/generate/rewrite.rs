//! A few ops of a finished chunk are changed, so that code appears that no frontend writes:
//! unbalanced stacks, jumps into loops, operands of the wrong kind.
//!
//! What comes out need not end; it is run with fuel.

use super::entropy::Entropy;
use super::mutate;
use fusevm::Chunk;

/// Changes up to four ops of `chunk`.
pub(super) fn rewrite(chunk: &mut Chunk, e: &mut Entropy) {
    for _ in 0..e.range(1, 4) {
        mutate::chunk::mutate(chunk, e);
    }
}
