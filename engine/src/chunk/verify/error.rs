//! [`VerifyError`]: one mistake in a chunk, in words for the author of a frontend.

use crate::chunk::Chunk;
use std::fmt;
use std::mem::discriminant;
use std::sync::Arc;

/// One reason why a chunk does not verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyError {
    /// The op that is wrong.
    pub op_idx: usize,
    /// Its source line, 0 when the chunk has none for it.
    pub line: u32,
    /// The source file name of the chunk.
    pub source: Arc<str>,
    /// What is wrong.
    pub kind: VerifyErrorKind,
}

/// What is wrong with an op.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum VerifyErrorKind {
    /// It pops or looks at more values than there are.
    Underflow {
        /// Values that it needs.
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
    /// A name that does not exist but is used as text.
    NoSuchName(u16),
    /// A number that `ExtendedWide` reserves for AWK ops, and that is none.
    NoSuchAwkOp(u16),
    /// An AWK op of `ExtendedWide` with more operands than there may be.
    AwkArgumentCount(usize),
    /// A sub that starts here returns a value on one path and none on another.
    MixedReturns,
    /// A call of a sub that is called with another number of arguments elsewhere.
    MixedArgc,
    /// The stack or the open scopes grow beyond what can be tracked.
    TooDeep,
    /// What the op does to the stack is known only when it runs.
    DynamicEffect,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.source.is_empty(), self.line) {
            (true, 0) => {}
            (true, line) => write!(f, "line {line}: ")?,
            (false, 0) => write!(f, "{}: ", self.source)?,
            (false, line) => write!(f, "{}:{line}: ", self.source)?,
        }
        write!(f, "op {}: {}", self.op_idx, self.kind)
    }
}

impl fmt::Display for VerifyErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use VerifyErrorKind::*;
        match self {
            Underflow { needs, has } => write!(
                f,
                "needs {needs} value(s) on the stack of its frame, which holds {has}; \
                 push its operands on every path that leads here"
            ),
            DepthMismatch { first, other } => write!(
                f,
                "reached with {first} value(s) on the stack by one path and with {other} by \
                 another; make all paths that lead here leave the same number"
            ),
            ScopeMismatch => f.write_str(
                "reached with different open scopes; match every PushFrame with a PopFrame on \
                 each path that leads here",
            ),
            NoSuchConstant(index) => {
                write!(
                    f,
                    "constant {index} is not in the pool; add it to `constants`"
                )
            }
            NoSuchBlock(index) => write!(
                f,
                "block {index} is not a range within the ops; add start <= end <= number of \
                 ops to `block_ranges`"
            ),
            NoSuchSubChunk(index) => {
                write!(
                    f,
                    "sub-chunk {index} does not exist; add it to `sub_chunks`"
                )
            }
            NoSuchSub(name) => write!(
                f,
                "there is no sub with name index {name}; add its entry to `sub_entries`"
            ),
            NoSuchName(index) => write!(f, "name {index} is not in the pool; add it to `names`"),
            NoSuchAwkOp(id) => write!(
                f,
                "{id} is the number of no AWK op; use one of `awk_builtins`, or an extension \
                 outside of 40000..41000"
            ),
            AwkArgumentCount(argc) => write!(
                f,
                "an AWK op with {argc} operands ends the run with an error; pass at most 255"
            ),
            MixedReturns => f.write_str(
                "the sub that starts here returns a value on one path and none on another; end \
                 all its paths with Return, or all with ReturnValue",
            ),
            MixedArgc => f.write_str(
                "calls a sub with another number of arguments than an earlier call; pass the \
                 same number everywhere, or give each number a sub of its own",
            ),
            TooDeep => f.write_str(
                "the stack or the open scopes grow beyond what can be tracked; pop values and \
                 close scopes sooner",
            ),
            DynamicEffect => f.write_str(
                "what it does to the stack is known only when it runs; the chunk runs, but \
                 without what verification makes possible",
            ),
        }
    }
}

impl std::error::Error for VerifyError {}

/// Sorts what was found, keeps each kind of mistake once per op and adds where it is.
#[cold]
pub(super) fn report(chunk: &Chunk, mut found: Vec<(usize, VerifyErrorKind)>) -> Vec<VerifyError> {
    found.sort_unstable();
    found.dedup_by(|(ip, kind), (kept_ip, kept_kind)| {
        ip == kept_ip && discriminant(kind) == discriminant(kept_kind)
    });
    let source: Arc<str> = chunk.source.as_str().into();
    found
        .into_iter()
        .map(|(op_idx, kind)| VerifyError {
            op_idx,
            line: chunk.lines.get(op_idx).copied().unwrap_or(0),
            source: Arc::clone(&source),
            kind,
        })
        .collect()
}
