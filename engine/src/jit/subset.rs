//! The numeric subset: what the direct entry points and the predicates of
//! [`super::JitCompiler`] speak about.
//!
//! [`crate::VM::run`] may compile far more. These lists are a contract with callers, not a
//! description of what lowering can do.

#[cfg(feature = "jit")]
mod linear;
#[cfg(feature = "jit")]
mod regions;
#[cfg(feature = "jit")]
mod trace;

#[cfg(feature = "jit")]
pub(super) use linear::is_linear_eligible;
#[cfg(feature = "jit")]
pub(super) use regions::{extract_region, find_jit_region};
#[cfg(feature = "jit")]
pub(super) use trace::{follows_chunk, is_trace_eligible};

#[cfg(feature = "jit")]
use crate::chunk::Chunk;
use crate::op::{Op, Section};

/// A slot operand that the trace predicate allows is below this.
pub(super) const MAX_TRACE_SLOTS: u16 = 64;

/// Whether straight-line code may contain the op.
fn is_linear(op: &Op) -> bool {
    let section = op.info().section;
    matches!(
        section,
        Section::Arithmetic | Section::NumericCompare | Section::Numeric
    ) || matches!(
        op,
        Op::LoadInt(_)
            | Op::LoadFloat(_)
            | Op::LoadConst(_)
            | Op::LoadTrue
            | Op::LoadFalse
            | Op::Pop
            | Op::Dup
            | Op::Swap
            | Op::Rot
            | Op::BitAnd
            | Op::BitOr
            | Op::BitXor
            | Op::BitNot
            | Op::Shl
            | Op::Shr
            | Op::LogNot
            | Op::GetSlot(_)
            | Op::SetSlot(_)
            | Op::PreIncSlot(_)
            | Op::PreIncSlotVoid(_)
            | Op::PreDecSlot(_)
            | Op::PostIncSlot(_)
            | Op::PostDecSlot(_)
            | Op::AddAssignSlotVoid(..)
            | Op::AwkInt
            | Op::AwkMkbool
    )
}

/// Whether a block may contain the op, extensions aside.
fn is_block(op: &Op) -> bool {
    is_linear(op)
        || is_frame_op(op)
        || matches!(
            op,
            Op::Nop
                | Op::Jump(_)
                | Op::JumpIfTrue(_)
                | Op::JumpIfFalse(_)
                | Op::SlotLtIntJumpIfFalse(..)
                | Op::SlotIncLtIntJumpBack(..)
                | Op::AccumSumLoop(..)
                | Op::AwkSin
                | Op::AwkCos
                | Op::AwkExp
                | Op::AwkAtan2
                | Op::AwkAnd(_)
                | Op::AwkOr(_)
                | Op::AwkXor(_)
        )
        || is_unsure_awk(op)
}

/// The AWK ops on numbers that may fail, warn or ask a hook.
pub(super) fn is_unsure_awk(op: &Op) -> bool {
    matches!(
        op,
        Op::AwkDivJit
            | Op::AwkModJit
            | Op::AwkSqrtJit
            | Op::AwkLogJit
            | Op::AwkLshiftJit
            | Op::AwkRshiftJit
            | Op::AwkComplJit
            | Op::AwkGetFieldNum(_)
    )
}

/// Whether the op opens or closes a scope.
pub(super) fn is_frame_op(op: &Op) -> bool {
    matches!(op, Op::PushFrame | Op::PopFrame)
}

/// Whether the op is in the static list of `JitCompiler::is_eligible`, extensions aside.
pub(super) fn is_static(op: &Op) -> bool {
    let in_block = is_block(op)
        && op.info().section != Section::Awk
        && !matches!(
            op,
            Op::PreDecSlot(_) | Op::PostIncSlot(_) | Op::PostDecSlot(_)
        );
    in_block
        || op.info().section == Section::StringCompare
        || matches!(
            op,
            Op::LoadUndef
                | Op::Dup2
                | Op::GetVar(_)
                | Op::SetVar(_)
                | Op::DeclareVar(_)
                | Op::Concat
                | Op::StringRepeat
                | Op::StringLen
                | Op::LogAnd
                | Op::LogOr
                | Op::JumpIfTrueKeep(_)
                | Op::JumpIfFalseKeep(_)
                | Op::Call(..)
                | Op::Return
                | Op::ReturnValue
                | Op::SetStatus
                | Op::GetStatus
        )
}

/// Whether a block may contain the op, as extensions are registered now.
#[cfg(feature = "jit")]
fn is_block_op(op: &Op) -> bool {
    match *op {
        Op::Extended(id, _) => super::extension::is_claimed(id),
        _ => is_block(op),
    }
}

/// Whether every op of the chunk may be in a block.
#[cfg(feature = "jit")]
pub(super) fn is_block_eligible(chunk: &Chunk) -> bool {
    !chunk.ops.is_empty() && chunk.ops.iter().all(is_block_op)
}

/// How many slots an array needs to have all that these ops name.
#[cfg(feature = "jit")]
pub(super) fn slot_room<'a>(ops: impl IntoIterator<Item = &'a Op>) -> usize {
    let named = super::region::named_slots(ops.into_iter());
    named.last().map_or(0, |slot| usize::from(*slot) + 1)
}
