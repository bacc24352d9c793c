//! Everything the VM asks of the native tiers.
//!
//! `vm/` calls nothing else in `jit`. Every function here leaves the VM in a state from
//! which the interpreter can go on at `vm.ip`, whether native code ran or not.

use super::cache::{self, ChunkEntry};
use super::decline::Decline;
use super::emit::ExitKind;
use super::native::Entered;
use super::report::{DeclineCount, InUse, OpCounts, TierName, TierReport};
use super::trace::{self, Action, Recording};
use super::unit::{ExitInfo, Unit};
use super::{TierPolicy, block, direct};
use crate::op::Op;
use crate::vm::{Exit, VM};
use std::any::Any;
use std::rc::Rc;

/// The tiers' part of a VM.
#[derive(Debug, Default)]
pub(crate) struct VmTiers {
    pub(crate) policy: TierPolicy,
    pub(crate) report: TierReport,
    /// The guard of a run that native code makes fail, whatever it finds.
    pub(crate) forced_guard: Option<u64>,
    /// Native code counts the ops that it runs.
    pub(crate) counts_ops: bool,
    /// How many guards there are until then.
    pub(super) guards_left: u64,
    /// Number of the cache entry of the chunk that this run started with.
    entry: Option<u64>,
    recording: Option<Box<Recording>>,
    /// Headers of loops that were given up, as ip: not asked about again in this run.
    given_up: Vec<usize>,
    /// The chunk can have no traces.
    no_traces: bool,
    /// The end of the run, on its way through compiled code.
    pub(super) pending: Option<Exit>,
    /// A panic, on its way through compiled code.
    pub(super) panic: Option<Box<dyn Any + Send>>,
}

impl VmTiers {
    /// Forgets everything that belongs to the chunk that was running.
    pub(crate) fn reset(&mut self) {
        *self = VmTiers {
            policy: self.policy,
            forced_guard: self.forced_guard,
            counts_ops: self.counts_ops,
            ..VmTiers::default()
        };
    }

    /// Whether backward branches are to be reported to [`at_back_edge`].
    #[inline]
    pub(crate) fn watches_back_edges(&self) -> bool {
        self.policy.trace
    }

    /// Counts that a unit was entered.
    pub(super) fn count_entry(&mut self, unit: &Unit) {
        let stats = self.report.tier_mut(unit.tier);
        stats.entries += 1;
        stats.ops.extend(&unit.ops);
    }

    /// Adds the ops that a unit counted.
    pub(super) fn add_counts(&mut self, tier: TierName, counts: &OpCounts) {
        let sum = &mut self.report.tier_mut(tier).counts;
        sum.get_or_insert_default().add(counts);
    }

    /// Counts that a unit was compiled.
    pub(super) fn count_compile(&mut self, unit: &Unit) {
        let stats = self.report.tier_mut(unit.tier);
        stats.compiles += 1;
        stats.guards += unit.n_guards() as u64;
        stats.code_bytes += unit.code.size as u64;
        stats.compile_nanos += unit.compile_nanos;
    }

    /// Counts that native code was left at a side exit, and where when a guard failed.
    pub(super) fn count_side_exit(&mut self, tier: TierName, exit: ExitInfo) {
        let stats = self.report.tier_mut(tier);
        stats.side_exits += 1;
        if exit.kind == ExitKind::Guard {
            stats.guard_exits.insert(exit.from);
        }
    }

    /// Counts that a tier declined.
    fn count_decline(&mut self, tier: TierName, declined: &Decline) {
        let reason = declined.name();
        let known = &mut self.report.declines;
        match known
            .iter_mut()
            .find(|count| count.tier == tier && count.reason == reason)
        {
            Some(count) => count.count += 1,
            None => known.push(DeclineCount {
                tier,
                reason,
                example: declined.to_string(),
                count: 1,
            }),
        }
    }
}

/// What the interpreter does after the door was asked.
#[derive(Debug)]
pub(crate) enum Next {
    /// Go on interpreting at `vm.ip`. Stack, slots, frames and `ip` may have changed.
    Interpret,
    /// Go on interpreting at `vm.ip` and report every op to [`record`] before it runs.
    Record,
    /// From [`record`] only: native code ran, and another recording begins at `vm.ip`, whose
    /// op has not been reported yet.
    RecordAnew,
    /// The run is over.
    End(Exit),
}

/// Called when a run starts, with the VM as the embedder left it.
pub(crate) fn at_start(vm: &mut VM) -> Next {
    vm.tiers.entry = None;
    vm.tiers.given_up.clear();
    vm.tiers.no_traces = false;
    direct::clear_awk_div_trap();
    vm.tiers.guards_left = vm.tiers.forced_guard.unwrap_or(u64::MAX);
    let policy = vm.tiers.policy;
    for (wanted, tier) in [
        (policy.linear, TierName::Linear),
        (policy.block, TierName::Block),
    ] {
        if !wanted {
            continue;
        }
        let entry = entry_of_run(vm);
        match block::run(vm, &entry, tier) {
            Ok(Entered::Ended(exit)) => return Next::End(exit),
            Ok(_) => return Next::Interpret,
            Err(declined) => vm.tiers.count_decline(tier, &declined),
        }
    }
    Next::Interpret
}

/// Called after a backward branch to `vm.ip` was taken by the op at `from`, when
/// [`VmTiers::watches_back_edges`] says so and no recording is active.
pub(crate) fn at_back_edge(vm: &mut VM, from: usize) -> Next {
    let _ = from;
    if vm.tiers.no_traces || !vm.blocks.is_empty() || vm.tiers.given_up.contains(&vm.ip) {
        return Next::Interpret;
    }
    let entry = entry_of_run(vm);
    match trace::at_back_edge(vm, &entry) {
        Ok(action) => act(vm, action),
        Err(declined) => {
            match declined {
                Decline::Unverified(_) => vm.tiers.no_traces = true,
                _ => vm.tiers.given_up.push(vm.ip),
            }
            vm.tiers.count_decline(TierName::Trace, &declined);
            Next::Interpret
        }
    }
}

/// Called before the op at `vm.ip` runs, while a recording is active; answers whether the
/// recording goes on. `Interpret` and `End` mean as elsewhere; native code may have run.
pub(crate) fn record(vm: &mut VM, op: &Op) -> Next {
    let _ = op;
    let Some(mut recording) = vm.tiers.recording.take() else {
        return Next::Interpret;
    };
    let entry = entry_of_run(vm);
    if entry.id() != recording.entry_id() {
        return Next::Interpret;
    }
    match trace::record(vm, &entry, &mut recording) {
        Ok(None) => {
            vm.tiers.recording = Some(recording);
            Next::Record
        }
        Ok(Some(action)) => match act(vm, action) {
            Next::Record => Next::RecordAnew,
            next => next,
        },
        Err(declined) => {
            trace::abort(&entry, &recording, &declined);
            vm.tiers.count_decline(TierName::Trace, &declined);
            Next::Interpret
        }
    }
}

fn act(vm: &mut VM, action: Action) -> Next {
    match action {
        Action::Interpret => Next::Interpret,
        Action::Record(recording) => {
            vm.tiers.recording = Some(recording);
            Next::Record
        }
        Action::Ended(exit) => Next::End(exit),
    }
}

/// Called when a run ends, however it ends.
pub(crate) fn at_end(vm: &mut VM) {
    if let Some(forced) = vm.tiers.forced_guard {
        // The count goes on below zero once the guard was met.
        vm.tiers.report.guards_met = forced.wrapping_sub(vm.tiers.guards_left);
    }
    if let Some(recording) = vm.tiers.recording.take()
        && let Some(entry) = cache::by_id(recording.entry_id())
    {
        trace::abort(&entry, &recording, &Decline::RunEnded);
        vm.tiers.count_decline(TierName::Trace, &Decline::RunEnded);
    }
}

/// The cache entry of the chunk that is running. Only handlers can change the chunk during
/// a run; once one has run, the chunk is compared each time.
fn entry_of_run(vm: &mut VM) -> Rc<ChunkEntry> {
    if let Some(entry) = vm.tiers.entry.and_then(cache::by_id)
        && (!vm.touched || entry.matches(&vm.chunk))
    {
        return entry;
    }
    let entry = cache::entry_of(&vm.chunk);
    vm.tiers.entry = Some(entry.id());
    entry
}

/// Drops the calling thread's compiled code, counters and memoised decisions.
pub(super) fn flush() {
    cache::flush();
}

pub(super) use super::explain::explain;

/// What the calling thread keeps.
pub(super) fn in_use() -> InUse {
    let (functions, code_bytes) = super::code::in_use();
    InUse {
        chunks: cache::len(),
        most_chunks: cache::MAX_ENTRIES,
        functions,
        code_bytes,
    }
}

/// What code is generated for; nothing where none can be.
pub(super) fn target() -> Option<String> {
    super::isa::target().ok()
}

/// The names of all reasons for which a tier may decline.
pub(super) fn decline_reasons() -> &'static [&'static str] {
    Decline::NAMES
}
