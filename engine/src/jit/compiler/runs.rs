//! Running whole chunks natively on an array of numbers.

use super::JitCompiler;
use crate::chunk::Chunk;
use crate::jit::direct::{self, When};
use crate::jit::plain::{BlockNum, SlotKind};
use crate::jit::subset;
use crate::value::Value;

/// Straight-line chunks.
impl JitCompiler {
    /// Whether [`JitCompiler::try_run_linear`] takes the chunk: straight-line code of the
    /// numeric subset that leaves exactly one value and divides no integers whose quotient is
    /// not certain to be one.
    pub fn is_linear_eligible(&self, chunk: &Chunk) -> bool {
        direct::is_linear_eligible(chunk)
    }

    /// Runs a straight-line chunk natively; compiles it when it has to.
    ///
    /// The slots are integers and only read: a chunk that writes slots works on a copy. The
    /// result is the value that the interpreter would give. `None`: nothing was run, because
    /// the chunk is not eligible or names a slot that is not there.
    pub fn try_run_linear(&self, chunk: &Chunk, slots: &[i64]) -> Option<Value> {
        direct::run_linear(chunk, slots)
    }
}

/// Chunks with control flow. `None` always means that nothing was run and no slot changed.
impl JitCompiler {
    /// Whether every op of the chunk may be in a block of the numeric subset. The entry points
    /// may decline all the same: a chunk with scopes other than one that is opened at its
    /// start, or one that does not verify.
    pub fn is_block_eligible(&self, chunk: &Chunk) -> bool {
        direct::is_block_eligible(chunk)
    }

    /// Whether the chunk, which is in the numeric subset, was compiled as a whole, for
    /// whatever kinds of slots.
    pub fn block_jit_is_compiled(&self, chunk: &Chunk) -> bool {
        direct::is_block_compiled(chunk)
    }

    /// Runs a chunk natively once it has been tried `block_threshold` times. All slots are
    /// integers; a float result is truncated and saturates.
    pub fn try_run_block(&self, chunk: &Chunk, slots: &mut [i64]) -> Option<i64> {
        direct::run_block(chunk, slots, &[], When::Hot).map(to_int)
    }

    /// As [`JitCompiler::try_run_block`], compiling at once.
    pub fn try_run_block_eager(&self, chunk: &Chunk, slots: &mut [i64]) -> Option<i64> {
        direct::run_block(chunk, slots, &[], When::Now).map(to_int)
    }

    /// As [`JitCompiler::try_run_block`] with the kind that each slot is kept as; missing ones
    /// are [`SlotKind::Int`].
    pub fn try_run_block_kinded(
        &self,
        chunk: &Chunk,
        slots: &mut [i64],
        slot_kinds: &[SlotKind],
    ) -> Option<i64> {
        direct::run_block(chunk, slots, slot_kinds, When::Hot).map(to_int)
    }

    /// As [`JitCompiler::try_run_block_kinded`], compiling at once.
    pub fn try_run_block_eager_kinded(
        &self,
        chunk: &Chunk,
        slots: &mut [i64],
        slot_kinds: &[SlotKind],
    ) -> Option<i64> {
        direct::run_block(chunk, slots, slot_kinds, When::Now).map(to_int)
    }

    /// As [`JitCompiler::try_run_block_kinded`]; a float result stays what it is.
    pub fn try_run_block_typed_kinded(
        &self,
        chunk: &Chunk,
        slots: &mut [i64],
        slot_kinds: &[SlotKind],
    ) -> Option<BlockNum> {
        direct::run_block(chunk, slots, slot_kinds, When::Hot)
    }

    /// As [`JitCompiler::try_run_block_typed_kinded`], compiling at once.
    pub fn try_run_block_eager_typed_kinded(
        &self,
        chunk: &Chunk,
        slots: &mut [i64],
        slot_kinds: &[SlotKind],
    ) -> Option<BlockNum> {
        direct::run_block(chunk, slots, slot_kinds, When::Now)
    }

    /// Whether the last block that ran on this thread was ended by an error of an AWK op, a
    /// division by zero: its result was 0. Asking clears the answer, and so does the next run.
    pub fn take_awk_div_trap(&self) -> bool {
        direct::take_awk_div_trap()
    }

    /// The longest run of ops that may be in a block, the first of equals, as start and end;
    /// `None` when it has fewer than 4 ops or one of them jumps out of it.
    pub fn find_jit_region(&self, chunk: &Chunk) -> Option<(usize, usize)> {
        subset::find_jit_region(chunk)
    }

    /// The ops `start..end` as a chunk, with jump targets relative to `start`. The range is
    /// cut to the chunk, a missing line is 0, and a jump out of the range leads to its end.
    pub fn extract_region(&self, chunk: &Chunk, start: usize, end: usize) -> Chunk {
        subset::extract_region(chunk, start, end)
    }
}

fn to_int(result: BlockNum) -> i64 {
    match result {
        BlockNum::Int(n) => n,
        BlockNum::Float(x) => Value::Float(x).to_int(),
    }
}
