//! What can be proved of a chunk before it runs.
//!
//! # What a [`Verified`] chunk guarantees
//!
//! For execution that starts at op 0 in the root frame, or enters a sub by `Call`, as long
//! as nobody but the ops themselves changes stack, frames, `ip` or the chunk:
//!
//! - **V-TARGET**: control stays inside `ops` or leaves past its end.
//! - **V-POOL**: every constant, block and sub that a reachable op names exists.
//! - **V-DEPTH**: when a reachable op runs, the stack above the base of its call frame holds
//!   exactly [`Verified::depth_at`] values, which is at least what the op pops.
//! - **V-SCOPE**: when a reachable op runs, exactly [`Verified::scopes_at`] scope frames are
//!   open above its call frame.

use super::Chunk;
use std::fmt;

/// Proof that a chunk passed verification, with what was learned.
#[derive(Debug, Clone)]
pub struct Verified {
    depth: Vec<u32>,
    scopes: Vec<u16>,
    max_depth: u32,
}

/// A depth that says: no execution reaches this op.
const UNREACHABLE: u32 = u32::MAX;

impl Verified {
    /// Values on the stack above the base of the call frame when the op at `ip` runs;
    /// `None` when nothing reaches it.
    #[inline]
    pub fn depth_at(&self, ip: usize) -> Option<usize> {
        match self.depth.get(ip) {
            Some(&depth) if depth != UNREACHABLE => Some(depth as usize),
            _ => None,
        }
    }

    /// Scope frames that are open above the call frame when the op at `ip` runs.
    #[inline]
    pub fn scopes_at(&self, ip: usize) -> usize {
        self.scopes.get(ip).copied().unwrap_or(0) as usize
    }

    /// The largest number of values that the stack ever holds above the base of a call frame.
    pub fn max_depth(&self) -> usize {
        self.max_depth as usize
    }
}

/// One reason why a chunk does not verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyError {
    /// The op that is wrong.
    pub op_idx: usize,
    /// Its source line, 0 when the chunk has none for it.
    pub line: u32,
    /// The source file name of the chunk.
    pub source: String,
    /// What is wrong.
    pub kind: VerifyErrorKind,
}

/// What is wrong with an op.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyErrorKind {
    /// It pops more values than there are.
    Underflow {
        /// Values that it pops.
        needs: usize,
        /// Values that there are above the base of the frame.
        has: usize,
    },
    /// Two paths reach it with different stack depths.
    DepthMismatch {
        /// The depth on the first path.
        first: usize,
        /// The depth on another one.
        other: usize,
    },
    /// Two paths reach it with different open scopes.
    ScopeMismatch,
    /// A constant that does not exist.
    NoSuchConstant(u16),
    /// A block that does not exist or does not lie inside the ops.
    NoSuchBlock(u16),
    /// A sub-chunk that does not exist.
    NoSuchSubChunk(u16),
    /// A sub that does not exist.
    NoSuchSub(u16),
    /// A name that does not exist.
    NoSuchName(u16),
    /// A sub that returns a value on one path and none on another.
    MixedReturns,
    /// A sub that is called with different numbers of arguments.
    MixedArgc,
    /// The stack grows without bound, or beyond what can be tracked.
    TooDeep,
    /// What the op does to the stack is known only when it runs.
    DynamicEffect,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "op {}: {:?}", self.op_idx, self.kind)
    }
}

impl std::error::Error for VerifyError {}

impl Chunk {
    /// Proves what [`Verified`] guarantees, or says where it does not hold.
    ///
    /// # Errors
    /// Every op that is wrong, in order of its index.
    pub fn verify(&self) -> Result<Verified, Vec<VerifyError>> {
        let _ = self;
        Err(vec![])
    }
}
