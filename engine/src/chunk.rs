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
use crate::value::{Value, bounded};
use serde::{Deserialize, Serialize};

/// How deep chunks may be nested where they are read or written as data or text.
pub(crate) const MAX_NESTED_CHUNKS: usize = 256;

/// A program: instructions, pools and tables.
///
/// All fields are public, so nothing about them can be relied on without checking:
/// [`Chunk::verify`] says what holds.
#[derive(Debug, Default, Serialize, Deserialize)]
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
    #[serde(with = "bounded::chunks")]
    pub sub_chunks: Vec<Chunk>,
    /// Source file name, never read by the VM.
    pub source: String,
    /// Hash of ops and constants, set by [`ChunkBuilder::build`], 0 otherwise. It
    /// identifies nothing: the chunk may have been edited since.
    #[serde(skip)]
    pub op_hash: u64,
}

/// Without recursion: sub-chunks may be nested deeper than the native stack.
impl Clone for Chunk {
    fn clone(&self) -> Chunk {
        let mut open = vec![(self, self.clone_without_sub_chunks())];
        loop {
            let (from, to) = open.last().expect("the outermost chunk is returned below");
            if let Some(sub_chunk) = from.sub_chunks.get(to.sub_chunks.len()) {
                open.push((sub_chunk, sub_chunk.clone_without_sub_chunks()));
                continue;
            }
            let (_, done) = open.pop().expect("it is the one just looked at");
            match open.last_mut() {
                Some((_, parent)) => parent.sub_chunks.push(done),
                None => return done,
            }
        }
    }
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

    /// A copy with room for the sub-chunks.
    fn clone_without_sub_chunks(&self) -> Chunk {
        Chunk {
            ops: self.ops.clone(),
            constants: self.constants.clone(),
            names: self.names.clone(),
            lines: self.lines.clone(),
            sub_entries: self.sub_entries.clone(),
            block_ranges: self.block_ranges.clone(),
            sub_chunks: Vec::with_capacity(self.sub_chunks.len()),
            source: self.source.clone(),
            op_hash: self.op_hash,
        }
    }

    /// The hash of ops and constants that [`ChunkBuilder::build`] stores in `op_hash`.
    pub fn compute_op_hash(&self) -> u64 {
        hash::op_hash(&self.ops, &self.constants)
    }
}
