//! Everything the VM asks of the native tiers.
//!
//! `vm/` calls nothing else in `jit`. Every function here leaves the VM in a state from
//! which the interpreter can go on at `vm.ip`, whether native code ran or not.

use super::ExplainParts;
use super::config::TierPolicy;
use super::report::TierReport;
use crate::chunk::Chunk;
use crate::op::Op;
use crate::vm::{Exit, VM};

/// The tiers' part of a VM.
#[derive(Debug, Default)]
pub(crate) struct VmTiers {
    pub(crate) policy: TierPolicy,
    pub(crate) report: TierReport,
}

impl VmTiers {
    /// Forgets everything that belongs to the chunk that was running.
    pub(crate) fn reset(&mut self) {
        self.report = TierReport::default();
    }

    /// Whether backward branches are to be reported to [`at_back_edge`].
    #[inline]
    pub(crate) fn watches_back_edges(&self) -> bool {
        self.policy.trace
    }
}

/// What the interpreter does after the door was asked.
#[derive(Debug)]
pub(crate) enum Next {
    /// Go on interpreting at `vm.ip`. Stack, slots, frames and `ip` may have changed.
    Interpret,
    /// Go on interpreting at `vm.ip` and report every op to [`record`] before it runs.
    Record,
    /// The run is over.
    End(Exit),
}

/// Called when a run starts, with the VM as the embedder left it.
pub(crate) fn at_start(vm: &mut VM) -> Next {
    let _ = vm;
    Next::Interpret
}

/// Called after a backward branch to `vm.ip` was taken by the op at `from`, when
/// [`VmTiers::watches_back_edges`] says so and no recording is active.
pub(crate) fn at_back_edge(vm: &mut VM, from: usize) -> Next {
    let _ = (vm, from);
    Next::Interpret
}

/// Called before the op at `vm.ip` runs, while a recording is active; answers whether the
/// recording goes on. `Interpret` and `End` mean as elsewhere; native code may have run.
pub(crate) fn record(vm: &mut VM, op: &Op) -> Next {
    let _ = (vm, op);
    Next::Interpret
}

/// Called when a run ends, however it ends.
pub(crate) fn at_end(vm: &mut VM) {
    let _ = vm;
}

/// Drops the calling thread's compiled code, counters and memoised decisions.
pub(crate) fn flush() {}

/// What the calling thread has compiled for `chunk`, as text.
pub(crate) fn explain(chunk: &Chunk, parts: ExplainParts) -> String {
    let _ = (chunk, parts);
    String::new()
}
