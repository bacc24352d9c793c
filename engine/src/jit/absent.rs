//! The door of a build without native tiers: it leads nowhere.

use super::{ExplainParts, InUse, TierPolicy, TierReport};
use crate::chunk::Chunk;
use crate::op::Op;
use crate::vm::{Exit, VM};

/// The tiers' part of a VM: the embedder's wishes, which nobody fulfils.
#[derive(Debug, Default)]
pub(crate) struct VmTiers {
    pub(crate) policy: TierPolicy,
    pub(crate) report: TierReport,
    pub(crate) forced_guard: Option<u64>,
    pub(crate) counts_ops: bool,
}

impl VmTiers {
    pub(crate) fn reset(&mut self) {}

    #[inline]
    pub(crate) fn watches_back_edges(&self) -> bool {
        false
    }
}

/// What the interpreter does after the door was asked: it goes on.
#[derive(Debug)]
#[allow(
    dead_code,
    reason = "the interpreter handles what the real door answers"
)]
pub(crate) enum Next {
    Interpret,
    Record,
    RecordAnew,
    End(Exit),
}

pub(crate) fn at_start(_: &mut VM) -> Next {
    Next::Interpret
}

pub(crate) fn at_back_edge(_: &mut VM, _: usize) -> Next {
    Next::Interpret
}

pub(crate) fn record(_: &mut VM, _: &Op) -> Next {
    Next::Interpret
}

pub(crate) fn at_end(_: &mut VM) {}

pub(super) fn flush() {}

pub(super) fn in_use() -> InUse {
    InUse::default()
}

pub(super) fn explain(_: &Chunk, _: ExplainParts) -> String {
    String::new()
}

pub(super) fn target() -> Option<String> {
    None
}

pub(super) fn decline_reasons() -> &'static [&'static str] {
    &[]
}
