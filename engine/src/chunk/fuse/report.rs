//! What [`crate::Chunk::fuse`] did, and what it left alone.

use super::Moved;
use crate::op::Op;
use crate::value::Kind;
use std::fmt;
use std::ops::Range;

/// What [`crate::Chunk::fuse`] did to a chunk.
#[derive(Debug, Clone)]
pub struct FuseReport {
    /// The ops that replaced others, in order.
    pub fused: Vec<Fused>,
    /// What looks like a superinstruction but was not proved to be one, in order.
    pub unfused: Vec<Unfused>,
    moved: Moved,
}

/// An op that replaced others.
#[derive(Debug, Clone, PartialEq)]
pub struct Fused {
    /// Its index now.
    pub ip: usize,
    /// The op.
    pub op: Op,
    /// The indices of the ops that it replaced, in the chunk as it was.
    pub from: Range<usize>,
}

/// Ops that look like a superinstruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfused {
    /// The index of the first of them, in the chunk as it is now.
    pub ip: usize,
    /// The name of the superinstruction.
    pub op: &'static str,
    /// Why they were left alone.
    pub reason: UnfusedReason,
}

/// Why ops were left alone. Indices are those of the chunk as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnfusedReason {
    /// A jump, the entry of a sub or an end of a block refers to the op at this index, in the
    /// middle of them.
    JumpInto(usize),
    /// The value on top of the stack when the op at this index runs may not be an `Int`.
    OperandKind(usize),
    /// A slot may hold another kind of value than this one.
    SlotKind(u16, Kind),
    /// A global may be something other than an `Array`.
    GlobalKind(u16),
    /// Two slots would have to be different ones.
    SameSlot(u16),
    /// A number does not fit into the operand of the superinstruction.
    OperandRange(i64),
}

impl FuseReport {
    /// The report on `ops`, which stand for those of the original chunk.
    pub(super) fn new(ops: &[Op], from: &[Range<usize>], unfused: Vec<Unfused>) -> FuseReport {
        let pieces = ops.iter().zip(from).enumerate();
        let fused = pieces.filter(|(_, (_, from))| from.len() > 1);
        FuseReport {
            fused: fused
                .map(|(ip, (op, from))| Fused {
                    ip,
                    op: *op,
                    from: from.clone(),
                })
                .collect(),
            unfused,
            moved: Moved::new(from.iter().map(Range::len)),
        }
    }

    /// Where the op that had the index `old` is now, itself or as a part of another one. An
    /// index beyond the ops stays as far beyond them.
    pub fn moved(&self, old: usize) -> usize {
        self.moved.of(old)
    }
}

impl fmt::Display for UnfusedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnfusedReason::JumpInto(ip) => {
                write!(f, "something refers to op {ip}, in the middle of it")
            }
            UnfusedReason::OperandKind(ip) => {
                write!(f, "the operand of op {ip} is not known to be an Int")
            }
            UnfusedReason::SlotKind(slot, kind) => {
                write!(
                    f,
                    "slot {slot} is not known to hold a value of kind {kind:?}"
                )
            }
            UnfusedReason::GlobalKind(name) => {
                write!(f, "global {name} is not known to be an Array")
            }
            UnfusedReason::SameSlot(slot) => write!(f, "it uses slot {slot} for two things"),
            UnfusedReason::OperandRange(n) => write!(f, "{n} does not fit into its operand"),
        }
    }
}

impl fmt::Display for Unfused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "op {}: no {}: {}", self.ip, self.op, self.reason)
    }
}

/// One line per op that was fused or left alone.
impl fmt::Display for FuseReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Fused { ip, op, from } in &self.fused {
            writeln!(
                f,
                "op {ip}: {op:?} for ops {} to {}",
                from.start,
                from.end - 1
            )?;
        }
        self.unfused
            .iter()
            .try_for_each(|unfused| writeln!(f, "{unfused}"))
    }
}
