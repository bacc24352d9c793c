//! [`ChunkBuilder`]: how a frontend makes a chunk.

use super::Chunk;
use crate::op::Op;
use crate::value::Value;
use std::collections::HashMap;

/// Collects ops and pool entries and makes a [`Chunk`] of them.
#[derive(Debug, Clone, Default)]
pub struct ChunkBuilder {
    chunk: Chunk,
    name_index: HashMap<String, u16>,
}

/// The index of the next entry of a pool that has `len` entries.
fn next_index(len: usize, pool: &str) -> u16 {
    u16::try_from(len).unwrap_or_else(|_| panic!("{pool} full"))
}

impl ChunkBuilder {
    /// A builder of an empty chunk.
    pub fn new() -> ChunkBuilder {
        ChunkBuilder::default()
    }

    /// Appends an op of source line `line` and returns its index.
    pub fn emit(&mut self, op: Op, line: u32) -> usize {
        self.chunk.ops.push(op);
        self.chunk.lines.push(line);
        self.chunk.ops.len() - 1
    }

    /// Appends a constant and returns its index; equal constants are not merged.
    ///
    /// # Panics
    /// `constant pool full` after 65536 entries.
    pub fn add_constant(&mut self, val: Value) -> u16 {
        let index = next_index(self.chunk.constants.len(), "constant pool");
        self.chunk.constants.push(val);
        index
    }

    /// The index of `name` in the name pool, appending it when it is new.
    ///
    /// # Panics
    /// `name pool full` after 65536 entries.
    pub fn add_name(&mut self, name: &str) -> u16 {
        if let Some(index) = self.name_index.get(name) {
            return *index;
        }
        let index = next_index(self.chunk.names.len(), "name pool");
        self.chunk.names.push(name.to_owned());
        self.name_index.insert(name.to_owned(), index);
        index
    }

    /// Number of ops so far: the index of the next one.
    pub fn current_pos(&self) -> usize {
        self.chunk.ops.len()
    }

    /// Sets the target of the unfused jump at `op_idx`.
    ///
    /// # Panics
    /// When there is no op at `op_idx`, or it is not one of the five unfused jumps.
    pub fn patch_jump(&mut self, op_idx: usize, target: usize) {
        match &mut self.chunk.ops[op_idx] {
            Op::Jump(t)
            | Op::JumpIfTrue(t)
            | Op::JumpIfFalse(t)
            | Op::JumpIfTrueKeep(t)
            | Op::JumpIfFalseKeep(t) => *t = target,
            _ => panic!("patch_jump on non-jump op at {op_idx}"),
        }
    }

    /// Declares the code at `ip` as the sub with this name; the first declaration wins.
    pub fn add_sub_entry(&mut self, name_idx: u16, ip: usize) {
        self.chunk.sub_entries.push((name_idx, ip));
    }

    /// Appends a block of the higher-order ops and returns its index; nothing is validated.
    ///
    /// # Panics
    /// `block table full` after 65536 entries.
    pub fn add_block_range(&mut self, start: usize, end: usize) -> u16 {
        let index = next_index(self.chunk.block_ranges.len(), "block table");
        self.chunk.block_ranges.push((start, end));
        index
    }

    /// Appends a sub-chunk and returns its index.
    ///
    /// # Panics
    /// `sub-chunk table full` after 65536 entries.
    pub fn add_sub_chunk(&mut self, sub: Chunk) -> u16 {
        let index = next_index(self.chunk.sub_chunks.len(), "sub-chunk table");
        self.chunk.sub_chunks.push(sub);
        index
    }

    /// Sets the source file name.
    pub fn set_source(&mut self, source: impl Into<String>) {
        self.chunk.source = source.into();
    }

    /// The finished chunk, with its `op_hash`.
    pub fn build(mut self) -> Chunk {
        self.chunk.op_hash = self.chunk.compute_op_hash();
        self.chunk
    }
}
