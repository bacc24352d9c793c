//! The block tier and the linear tier: whole chunks, entered at their first op.
//!
//! The block tier compiles a chunk that has run `block_threshold` times; the linear tier
//! takes straight-line code and compiles it at once. Both specialise on the kinds of the
//! slots at the entry.

use super::cache::ChunkEntry;
use super::config;
use super::decline::Decline;
use super::emit::ExitKind;
use super::native::{Entered, Watch, enter};
use super::region::{Edges, EntryKinds, Region};
use super::report::TierName;
use super::unit::Unit;
use crate::chunk::Chunk;
use crate::op::Op;
use crate::vm::VM;
use std::rc::Rc;

/// Combinations of kinds that are compiled before one piece of code has to take all.
const MAX_VARIANTS: usize = 4;
/// Exits at guards after which a chunk is left to the interpreter.
const MAX_GUARD_EXITS: u32 = 64;

/// What one whole-chunk tier knows of a chunk.
#[derive(Debug, Default)]
pub(super) struct BlockState {
    runs: u32,
    guard_exits: u32,
    units: Vec<Rc<Unit>>,
    /// Why the chunk is not compiled; never tried again.
    declined: Option<Decline>,
}

impl BlockState {
    /// Everything that was compiled.
    pub(super) fn units(&self) -> &[Rc<Unit>] {
        &self.units
    }
}

/// Runs the chunk natively from its first op, if the tier takes it.
pub(super) fn run(vm: &mut VM, entry: &ChunkEntry, tier: TierName) -> Result<Entered, Decline> {
    run_after(vm, entry, tier, config::get().block_threshold)
}

/// As [`run`], where the block tier compiles after this many runs.
pub(super) fn run_after(
    vm: &mut VM,
    entry: &ChunkEntry,
    tier: TierName,
    threshold: u32,
) -> Result<Entered, Decline> {
    if vm.ip != 0 || vm.frames.len() != 1 || vm.halted {
        return Err(Decline::NotAtStart);
    }
    let state = match tier {
        TierName::Linear => &entry.linear,
        _ => &entry.block,
    };
    if let Some(declined) = &state.borrow().declined {
        return Err(declined.clone());
    }
    if tier == TierName::Block {
        let runs = state.borrow().runs;
        state.borrow_mut().runs = runs.saturating_add(1);
        if runs < threshold {
            return Err(Decline::Cold(runs));
        }
    }
    let mut n_tried = 0;
    loop {
        let unit = match next_unit(vm, entry, tier, n_tried) {
            Ok(unit) => unit,
            Err(declined) => {
                state.borrow_mut().declined = Some(declined.clone());
                return Err(declined);
            }
        };
        match enter(vm, entry, &unit)? {
            Entered::Miss => {
                vm.tiers.report.tier_mut(tier).entry_misses += 1;
                n_tried += 1;
            }
            entered => {
                vm.tiers.count_entry(&unit);
                if let Entered::Exit { exit, .. } = entered
                    && unit.exits[exit].kind == ExitKind::Guard
                {
                    vm.tiers.count_side_exit(tier, unit.exits[exit]);
                    count_guard_exit(state);
                }
                return Ok(entered);
            }
        }
    }
}

/// Code that is left at guards again and again does not pay.
fn count_guard_exit(state: &std::cell::RefCell<BlockState>) {
    let mut state = state.borrow_mut();
    state.guard_exits += 1;
    if state.guard_exits > MAX_GUARD_EXITS {
        state.declined = Some(Decline::ExitsTooOften(0));
        state.units.clear();
    }
}

/// The unit to try after `n_tried` others did not fit: one that exists, or a new one.
fn next_unit(
    vm: &mut VM,
    entry: &ChunkEntry,
    tier: TierName,
    n_tried: usize,
) -> Result<Rc<Unit>, Decline> {
    let state = match tier {
        TierName::Linear => &entry.linear,
        _ => &entry.block,
    };
    let watch = Watch::of(vm);
    let fitting = |units: &[Rc<Unit>]| {
        units
            .iter()
            .filter(|unit| unit.watch == watch)
            .nth(n_tried)
            .cloned()
    };
    if let Some(unit) = fitting(&state.borrow().units) {
        return Ok(unit);
    }
    let verified = entry.verified()?;
    if tier == TierName::Linear {
        check_straight(&vm.chunk)?;
    }
    let region = Region::new(&vm.chunk, 0, Edges::All)?;
    let kinds = if n_tried < MAX_VARIANTS {
        region.entry_kinds(vm, 0).ok_or(Decline::NotAtStart)?
    } else {
        EntryKinds::any(0, region.slots.len())
    };
    let unit = Rc::new(Unit::compile(
        tier, &vm.chunk, verified, region, kinds, watch,
    )?);
    vm.tiers.count_compile(&unit);
    state.borrow_mut().units.push(Rc::clone(&unit));
    Ok(unit)
}

/// Straight-line code has no branches and no calls; extensions compile blocks only.
fn check_straight(chunk: &Chunk) -> Result<(), Decline> {
    let extended = |op: &Op| matches!(op, Op::Extended(..));
    if let Some(at) = chunk.ops.iter().position(extended) {
        return Err(Decline::Extension(at));
    }
    let bent = |op: &Op| op.target().is_some() || matches!(op, Op::Call(..));
    match chunk.ops.iter().position(bent) {
        Some(at) => Err(Decline::NotStraight(at)),
        None => Ok(()),
    }
}
