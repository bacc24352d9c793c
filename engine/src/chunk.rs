//! [`Chunk`]: ops and the pools they refer to.
//!
//! A chunk is plain data with public fields; nothing here runs it. Building is in
//! `chunk/builder.rs`, basic blocks in `chunk/cfg.rs`, and what can be proved of a chunk
//! before it runs in `chunk/verify.rs`; ops become superinstructions in `chunk/fuse.rs`.

mod builder;
pub(crate) mod cfg;
mod fuse;
mod hash;
mod verify;

pub use builder::ChunkBuilder;
pub use fuse::{FuseReport, Fused, Unfused, UnfusedReason};
#[cfg(feature = "jit")]
pub(crate) use hash::StableHasher;
#[cfg(feature = "jit")]
pub(crate) use verify::stack_effect;
pub use verify::{Verified, VerifyError, VerifyErrorKind};

use crate::op::Op;
use crate::value::Value;
use serde::{Deserialize, Serialize};

/// A program: instructions, pools and tables.
///
/// All fields are public, so nothing about them can be relied on without checking:
/// [`Chunk::verify`] says what holds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Chunk {
    /// Instructions.
    pub ops: Vec<Op>,
    /// Constant pool.
    pub constants: Vec<Value>,
    /// Name pool; its length is the initial number of globals.
    pub names: Vec<String>,
    /// Source line per op, never read by the VM.
    pub lines: Vec<u32>,
    /// Callable subs: (name index, entry ip).
    pub sub_entries: Vec<(u16, usize)>,
    /// Blocks of the higher-order ops: (start ip, end ip).
    pub block_ranges: Vec<(usize, usize)>,
    /// Bodies of command substitutions and traps.
    pub sub_chunks: Vec<Chunk>,
    /// Source file name, never read by the VM.
    pub source: String,
    /// Hash of ops and constants, set by [`ChunkBuilder::build`], 0 otherwise. It
    /// identifies nothing: the chunk may have been edited since.
    #[serde(skip)]
    pub op_hash: u64,
}

impl Chunk {
    /// An empty chunk.
    pub fn new() -> Chunk {
        Chunk::default()
    }

    /// The entry ip of the first sub whose name has this index.
    pub fn find_sub(&self, name_idx: u16) -> Option<usize> {
        self.sub_entries
            .iter()
            .find(|(name, _)| *name == name_idx)
            .map(|(_, entry)| *entry)
    }

    /// The range of a block, when the index exists and `start <= end <= ops.len()`.
    pub fn valid_block(&self, block: u16) -> Option<(usize, usize)> {
        let (start, end) = *self.block_ranges.get(usize::from(block))?;
        (start <= end && end <= self.ops.len()).then_some((start, end))
    }

    /// The hash of ops and constants that [`ChunkBuilder::build`] stores in `op_hash`.
    pub fn compute_op_hash(&self) -> u64 {
        hash::op_hash(&self.ops, &self.constants)
    }
}
