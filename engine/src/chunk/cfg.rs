//! Where control goes: the edges between ops, for everything that walks code.
//!
//! Nothing here knows stack depths (see `chunk/verify.rs`) or values.

use crate::op::Op;

/// Where control goes after an op, within the current call frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// To the next op. A `Call` is such an op: the callee runs in a frame of its own.
    Next,
    /// To the target.
    Jump(usize),
    /// To the next op or to the target.
    Branch(usize),
    /// Nowhere: the call frame ends, or at the root frame the run.
    Return,
}

impl Flow {
    /// Where control may go from the op at `ip`, the next op first.
    #[cfg(feature = "jit")]
    pub(crate) fn successors(self, ip: usize) -> impl Iterator<Item = usize> {
        let (next, target) = match self {
            Flow::Next => (Some(ip + 1), None),
            Flow::Jump(target) => (None, Some(target)),
            Flow::Branch(target) => (Some(ip + 1), Some(target)),
            Flow::Return => (None, None),
        };
        next.into_iter().chain(target)
    }
}

/// Where control goes after `op`.
#[inline]
pub(crate) fn flow(op: &Op) -> Flow {
    match *op {
        Op::Jump(target) => Flow::Jump(target),
        Op::Return | Op::ReturnValue => Flow::Return,
        _ => match op.target() {
            Some(target) => Flow::Branch(target),
            None => Flow::Next,
        },
    }
}
