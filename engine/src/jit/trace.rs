//! The trace tier: hot loops, entered at their header while they run.
//!
//! A loop whose header is reached by enough backward branches is recorded for one turn; the
//! ops and edges that were seen become a region, and everything else an exit. An exit that
//! is taken often is recorded as well, until control is back at the header, and the loop is
//! compiled anew with what was learned. So a loop grows from one path to the part of it that
//! is really used, inner loops and rare branches included.
//!
//! Start with [`at_back_edge`].

mod recorder;

pub(crate) use recorder::Recording;

use super::cache::ChunkEntry;
use super::config;
use super::decline::Decline;
use super::direct;
use super::emit::ExitKind;
use super::native::{Entered, Watch, enter};
use super::region::{Edges, EntryKinds, Recorded, Region, Seen};
use super::report::TierName;
use super::unit::{ExitInfo, Unit};
use crate::vm::VM;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// Combinations of kinds that are compiled before one piece of code has to take all.
const MAX_VARIANTS: usize = 4;
/// Recordings of a loop that may fail before it is left alone.
const MAX_TRIES: u32 = 5;
/// Turns of the loop that make up for leaving it once.
const TURNS_THAT_PAY: u64 = 4;

/// What is known of the loop at one header.
#[derive(Debug, Default)]
pub(super) struct LoopState {
    /// Backward branches to the header since it was last recorded.
    count: u32,
    /// Recordings that failed.
    failures: u32,
    recorded: Recorded,
    units: Vec<Rc<Unit>>,
    /// How often each exit was taken: (from, to).
    exits: HashMap<(usize, usize), u32>,
    /// Exits from which control does not come back to the header.
    dead_ends: BTreeSet<(usize, usize)>,
    /// Times the loop was compiled anew with more edges or fewer assumptions.
    growths: usize,
    /// Exits that did not pay, minus turns that did.
    debt: u32,
    /// Why the loop is left to the interpreter from now on.
    given_up: Option<Decline>,
}

impl LoopState {
    /// Makes the next turn compile the loop anew.
    fn grow(&mut self) {
        self.growths += 1;
        self.debt = 0;
        self.units.clear();
    }

    /// Everything that was compiled and not replaced.
    pub(super) fn units(&self) -> &[Rc<Unit>] {
        &self.units
    }
}

/// What to do about a header.
pub(super) enum Action {
    Interpret,
    /// Record from `vm.ip`, until control is at the header.
    Record(Box<Recording>),
    Ended(crate::vm::Exit),
}

/// Counts a backward branch to `vm.ip`, and runs the loop natively if it is compiled.
pub(super) fn at_back_edge(vm: &mut VM, entry: &ChunkEntry) -> Result<Action, Decline> {
    let anchor = vm.ip;
    let verified = entry.verified()?;
    if verified.depth_at(anchor).is_none() || vm.frames.is_empty() {
        return Err(Decline::StackShape(anchor));
    }
    let recorded = with_loop(entry, anchor, |state| {
        if let Some(declined) = &state.given_up {
            return Err(declined.clone());
        }
        Ok(!state.recorded.edges.is_empty())
    })?;
    if recorded {
        return run(vm, entry, anchor);
    }
    let threshold = config::get().trace_threshold.max(1);
    let hot = with_loop(entry, anchor, |state| {
        state.count += 1;
        state.count >= threshold.saturating_mul(1 << state.failures.min(MAX_TRIES))
    });
    if !hot {
        return Ok(Action::Interpret);
    }
    Ok(Action::Record(Box::new(Recording::of_loop(
        vm, entry, anchor,
    ))))
}

fn with_loop<T>(entry: &ChunkEntry, anchor: usize, f: impl FnOnce(&mut LoopState) -> T) -> T {
    f(entry.loops.borrow_mut().entry(anchor).or_default())
}

/// Runs the compiled loop at `vm.ip`, compiling it for the kinds at hand when need be.
fn run(vm: &mut VM, entry: &ChunkEntry, anchor: usize) -> Result<Action, Decline> {
    let watch = Watch::of(vm);
    let mut n_tried = 0;
    loop {
        let fitting = with_loop(entry, anchor, |state| {
            state
                .units
                .iter()
                .filter(|unit| unit.watch == watch)
                .nth(n_tried)
                .cloned()
        });
        let unit = match fitting {
            Some(unit) => unit,
            None => compile(vm, entry, anchor, n_tried >= MAX_VARIANTS)
                .inspect_err(|declined| give_up(entry, anchor, declined))?,
        };
        match enter(vm, entry, &unit)? {
            Entered::Miss => {
                vm.tiers.report.trace.entry_misses += 1;
                n_tried += 1;
            }
            Entered::Ended(exit) => {
                vm.tiers.count_entry(&unit);
                return Ok(Action::Ended(exit));
            }
            Entered::Interpret => {
                vm.tiers.count_entry(&unit);
                return Ok(Action::Interpret);
            }
            Entered::Exit { exit, turns } => {
                vm.tiers.count_entry(&unit);
                return Ok(after_exit(vm, entry, anchor, unit.exits[exit], turns));
            }
        }
    }
}

/// Compiles what was recorded of a loop, for the kinds at hand or for any.
fn compile(
    vm: &mut VM,
    entry: &ChunkEntry,
    anchor: usize,
    any_kinds: bool,
) -> Result<Rc<Unit>, Decline> {
    let verified = entry.verified()?;
    let depth = verified
        .depth_at(anchor)
        .ok_or(Decline::StackShape(anchor))?;
    let region = with_loop(entry, anchor, |state| {
        Region::new(&vm.chunk, anchor, Edges::Recorded(&state.recorded))
    })?;
    let kinds = if any_kinds {
        EntryKinds::any(depth, region.slots.len())
    } else {
        region
            .entry_kinds(vm, depth)
            .ok_or(Decline::StackShape(anchor))?
    };
    let watch = Watch::of(vm);
    let unit = Unit::compile(TierName::Trace, &vm.chunk, verified, region, kinds, watch)?;
    let unit = Rc::new(unit);
    vm.tiers.count_compile(&unit);
    with_loop(entry, anchor, |state| state.units.push(Rc::clone(&unit)));
    Ok(unit)
}

/// Makes a loop native that was recorded elsewhere, unless it is native already.
pub(super) fn adopt(entry: &ChunkEntry, anchor: usize, recorded: &Recorded) {
    with_loop(entry, anchor, |state| {
        if state.given_up.is_some() || state.recorded.edges.is_empty() {
            *state = LoopState {
                recorded: recorded.clone(),
                ..LoopState::default()
            };
        }
    });
}

/// Why the loop at a header was given up, if it was.
pub(super) fn given_up(entry: &ChunkEntry, anchor: usize) -> Option<Decline> {
    entry.loops.borrow().get(&anchor)?.given_up.clone()
}

/// Leaves a loop to the interpreter for good.
pub(super) fn give_up(entry: &ChunkEntry, anchor: usize, declined: &Decline) {
    with_loop(entry, anchor, |state| {
        state.units.clear();
        state.given_up = Some(declined.clone());
    });
}

/// Decides what an exit means for the loop that was left.
fn after_exit(
    vm: &mut VM,
    entry: &ChunkEntry,
    anchor: usize,
    exit: ExitInfo,
    turns: Option<u64>,
) -> Action {
    if !matches!(exit.kind, ExitKind::Branch | ExitKind::Guard) {
        return Action::Interpret;
    }
    let config = config::get();
    let edge = (exit.from, exit.ip);
    vm.tiers.count_side_exit(TierName::Trace, exit);
    direct::note_side_exit(entry, anchor, exit.ip);
    let hot_exit = (config.trace_threshold / 8).max(1);
    let grow = with_loop(entry, anchor, |state| {
        match turns {
            Some(turns) if turns >= TURNS_THAT_PAY => {
                let paid = (turns / TURNS_THAT_PAY).min(1 << 16) as u32;
                state.debt = state.debt.saturating_sub(paid);
            }
            Some(_) => state.debt += 1,
            None => {}
        }
        let times = state.exits.entry(edge).or_default();
        *times += 1;
        let hot = *times >= hot_exit
            && !state.dead_ends.contains(&edge)
            && state.growths < 4 * config.max_trace_chain.max(1);
        if !hot && state.debt >= config.max_side_exits.max(1) {
            state.given_up = Some(Decline::ExitsTooOften(anchor));
            state.units.clear();
        }
        hot
    });
    if !grow {
        return Action::Interpret;
    }
    if exit.kind == ExitKind::Guard {
        // The next turn compiles again, without the assumption.
        with_loop(entry, anchor, |state| {
            state.recorded.kinds.insert(exit.from, Seen::VARIES);
            state.dead_ends.insert(edge);
            state.grow();
        });
        return Action::Interpret;
    }
    Action::Record(Box::new(Recording::of_exit(vm, entry, anchor, edge)))
}

/// Called before the op at `vm.ip` runs, while `recording` is active. Answers nothing while
/// the recording goes on.
pub(super) fn record(
    vm: &mut VM,
    entry: &ChunkEntry,
    recording: &mut Recording,
) -> Result<Option<Action>, Decline> {
    let verified = entry.verified()?;
    if !recording.closes(vm, verified) {
        return recording.step(vm, verified).map(|()| None);
    }
    let anchor = recording.anchor();
    with_loop(entry, anchor, |state| {
        state.recorded.merge(recording.recorded());
        if recording.exit().is_some() {
            state.grow();
        }
    });
    match recording.exit() {
        Some(_) => vm.tiers.report.trace.side_traces += 1,
        None => {
            let (path, kinds) = (recording.path(), recording.slot_kinds());
            direct::note_recording(&vm.chunk, entry, anchor, path, kinds);
        }
    }
    run(vm, entry, anchor).map(Some)
}

/// A recording came to nothing.
pub(super) fn abort(entry: &ChunkEntry, recording: &Recording, declined: &Decline) {
    with_loop(entry, recording.anchor(), |state| {
        if let Some(edge) = recording.exit() {
            state.dead_ends.insert(edge);
            return;
        }
        state.failures += 1;
        state.count = 0;
        if state.failures > MAX_TRIES {
            state.given_up = Some(declined.clone());
        }
    });
}
