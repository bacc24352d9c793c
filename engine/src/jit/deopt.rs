//! [`DeoptInfo`]: what direct callers of `trace_lookup` learn of the point at which native
//! code was left.
//!
//! The layout is a public ABI. It holds numbers only: no unset slots, no kinds of callee
//! slots, no stack bases. [`crate::VM::run`] does not go through it.

use std::mem::{offset_of, size_of};

/// Most frames of inlined calls that a [`DeoptInfo`] holds.
pub const MAX_DEOPT_FRAMES: usize = 4;
/// Most slots of one frame that a [`DeoptFrame`] holds.
pub const MAX_DEOPT_SLOTS_PER_FRAME: usize = 16;
/// Most operands that a [`DeoptInfo`] holds.
pub const MAX_DEOPT_STACK: usize = 32;
/// The operand is an `Int`.
pub const STACK_KIND_INT: u8 = 0;
/// The operand is a `Float`, given by its bits.
pub const STACK_KIND_FLOAT: u8 = 1;
/// The operand is a `Bool`, 0 or 1.
pub const STACK_KIND_BOOL: u8 = 2;
/// The operand is `Undef`.
pub const STACK_KIND_UNDEF: u8 = 3;

/// An inlined call that was open when native code was left.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct DeoptFrame {
    /// Where the call returns to.
    pub return_ip: usize,
    /// How many of `slots` are set.
    pub slot_count: usize,
    /// The callee's slots.
    pub slots: [i64; MAX_DEOPT_SLOTS_PER_FRAME],
}

/// The state at the point at which native code was left.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct DeoptInfo {
    /// Where the interpreter goes on.
    pub resume_ip: usize,
    /// How many of `frames` are set.
    pub frame_count: usize,
    /// How many operands are set.
    pub stack_count: usize,
    /// Open inlined calls, outermost first.
    pub frames: [DeoptFrame; MAX_DEOPT_FRAMES],
    /// Operands, bottom first.
    pub stack_buf: [i64; MAX_DEOPT_STACK],
    /// What each operand is: [`STACK_KIND_INT`], [`STACK_KIND_FLOAT`], [`STACK_KIND_BOOL`]
    /// or [`STACK_KIND_UNDEF`].
    pub stack_kinds: [u8; MAX_DEOPT_STACK],
}

impl DeoptFrame {
    /// A frame of zeros.
    pub const fn zeroed() -> DeoptFrame {
        DeoptFrame {
            return_ip: 0,
            slot_count: 0,
            slots: [0; MAX_DEOPT_SLOTS_PER_FRAME],
        }
    }
}

impl DeoptInfo {
    /// A state of zeros.
    pub const fn zeroed() -> DeoptInfo {
        DeoptInfo {
            resume_ip: 0,
            frame_count: 0,
            stack_count: 0,
            frames: [DeoptFrame::zeroed(); MAX_DEOPT_FRAMES],
            stack_buf: [0; MAX_DEOPT_STACK],
            stack_kinds: [0; MAX_DEOPT_STACK],
        }
    }
}

#[cfg(target_pointer_width = "64")]
const _: () = {
    assert!(size_of::<DeoptFrame>() == 144);
    assert!(offset_of!(DeoptFrame, return_ip) == 0);
    assert!(offset_of!(DeoptFrame, slot_count) == 8);
    assert!(offset_of!(DeoptFrame, slots) == 16);
    assert!(size_of::<DeoptInfo>() == 888);
    assert!(align_of::<DeoptInfo>() == 8);
    assert!(offset_of!(DeoptInfo, resume_ip) == 0);
    assert!(offset_of!(DeoptInfo, frame_count) == 8);
    assert!(offset_of!(DeoptInfo, stack_count) == 16);
    assert!(offset_of!(DeoptInfo, frames) == 24);
    assert!(offset_of!(DeoptInfo, stack_buf) == 600);
    assert!(offset_of!(DeoptInfo, stack_kinds) == 856);
};
