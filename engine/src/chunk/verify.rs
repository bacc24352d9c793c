//! What can be proved of a chunk before it runs.
//!
//! # What a [`Verified`] chunk guarantees
//!
//! For execution that starts at op 0 in the root frame, or enters a sub by `Call`, as long
//! as nobody but the ops themselves changes stack, frames, `ip` or the chunk:
//!
//! - **V-TARGET**: control stays inside `ops` or leaves past its end.
//! - **V-POOL**: every constant, block, sub-chunk, sub and text that a reachable op names
//!   exists. (Globals are not in a pool: any index is one.)
//! - **V-DEPTH**: when a reachable op runs, the stack above the base of its call frame holds
//!   exactly [`Verified::depth_at`] values, which is at least what the op pops or looks at.
//! - **V-SCOPE**: when a reachable op runs, exactly [`Verified::scopes_at`] scope frames are
//!   open above its call frame.
//!
//! # What is assumed
//!
//! Some ops run code that is not proved here. What they do to the stack is assumed, and who
//! relies on the proof has to check the height of the stack behind them:
//!
//! - `CallBuiltin(id, argc)` pops `argc` values and pushes one. A handler may do anything, and
//!   an unregistered one does nothing.
//! - `Exec(argc)` and `CallFunction(name, argc)` replace `argc` values by a status. They may
//!   enter a sub instead, which is then not entered by `Call` and leaves what it returns.
//! - `Extended(id, arg)` has an effect only for whoever says which (`Chunk::verify_with`): the
//!   code that an extension made of it. A handler in its place may do anything.
//! - `MapBlock`, `GrepBlock` and `SortBlock` replace the top value. Their blocks run above it
//!   in the same frame, but a block that pops too much takes values from below.
//!
//! # How
//!
//! One pass over what can be reached (`verify/explore.rs`), each op with the one state that it
//! may have: two ways to reach an op must agree. What a sub does to its caller's stack is
//! known once one of its returns was reached (`verify/returns.rs`); only then the code behind
//! its calls is looked at. Time is linear in the number of ops.

mod effects;
mod error;
mod explore;
mod pools;
mod returns;

pub(crate) use effects::stack_effect;
pub use error::{VerifyError, VerifyErrorKind};

use super::Chunk;

/// Proof that a chunk passed verification, with what was learned.
#[derive(Debug, Clone)]
pub struct Verified {
    depth: Vec<u32>,
    /// Empty when no scope is ever opened.
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

    /// Whether any execution that the proof is about reaches the op at `ip`. The body of a
    /// block that is entered by higher-order ops only counts as not reached.
    #[allow(dead_code, reason = "asked by the fast path and the native tiers")]
    #[inline]
    pub(crate) fn reachable(&self, ip: usize) -> bool {
        self.depth_at(ip).is_some()
    }

    /// Scope frames that are open above the call frame when the op at `ip` runs.
    #[inline]
    pub fn scopes_at(&self, ip: usize) -> usize {
        self.scopes.get(ip).copied().unwrap_or(0) as usize
    }

    /// The largest number of values that the reachable ops ever have above the base of their
    /// call frame. Blocks of higher-order ops, handlers and called subs put more on top.
    pub fn max_depth(&self) -> usize {
        self.max_depth as usize
    }
}

/// What an `Extended` op with this number and argument pops and pushes.
pub(crate) type ExtendedEffect<'a> = dyn Fn(u16, u8) -> Option<(u32, u32)> + 'a;

impl Chunk {
    /// Proves what [`Verified`] guarantees, or says where it does not hold.
    ///
    /// Sub-chunks are programs of their own and not looked at.
    ///
    /// # Errors
    /// What is wrong with the ops that are reached, in order of their index, each kind of
    /// mistake once per op. Code behind an op whose effect is unknown is not looked at.
    pub fn verify(&self) -> Result<Verified, Vec<VerifyError>> {
        self.verify_with(&|_, _| None)
    }

    /// As [`Chunk::verify`], where `extended` tells how many values an `Extended` op with this
    /// number and argument pops and pushes; `None` when nobody knows.
    pub(crate) fn verify_with(
        &self,
        extended: &ExtendedEffect<'_>,
    ) -> Result<Verified, Vec<VerifyError>> {
        explore::explore(self, extended).map_err(|found| error::report(self, found))
    }
}
