//! Plain types of the direct entry points: they exist with and without native tiers.

use crate::op::Op;
use serde::{Deserialize, Serialize};

/// How a slot is kept in an array of `i64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SlotKind {
    /// As the number itself.
    Int,
    /// As the bits of an `f64`.
    Float,
}

/// The result of a block that ran natively.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BlockNum {
    /// An integer, or `to_int` of anything that is no float.
    Int(i64),
    /// A float, exactly.
    Float(f64),
}

/// Compiled code. Nobody can make one: code stays inside its cache, which frees it.
pub struct NativeCode {
    _private: (),
}

/// What the interpreter does at a loop header, as `JitCompiler::trace_lookup` says.
#[derive(Debug)]
pub enum TraceLookup {
    /// It goes on at the header: the loop has not run often enough.
    NotHot,
    /// It goes on at the header and records what it executes.
    StartRecording,
    /// Native code ran. The slots are current; what was on the operand stack is in the
    /// [`super::DeoptInfo`].
    Ran {
        /// It goes on here.
        resume_ip: usize,
    },
    /// It goes on at the header: a slot has another kind than the trace was made for.
    GuardMismatch,
    /// It goes on at the header: the trace was aborted or is left too often.
    Skip,
}

/// A recorded trace as data: what a thread exports and another one imports.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TraceMetadata {
    /// [`crate::Chunk::compute_op_hash`] of the chunk that was recorded.
    pub chunk_op_hash: u64,
    /// The loop header, to which the closing branch leads.
    pub anchor_ip: usize,
    /// The op behind the closing branch.
    pub fallthrough_ip: usize,
    /// The ops that ran, in order.
    pub ops: Vec<Op>,
    /// Where each of `ops` is in the chunk.
    pub recorded_ips: Vec<usize>,
    /// How the slots of the frame were kept at the header: a hint, never trusted.
    pub slot_kinds_at_anchor: Vec<SlotKind>,
}
