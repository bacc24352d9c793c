//! The direct entry points of [`super::JitCompiler`]: chunks of the numeric subset, run
//! natively on an array of numbers instead of a VM of the caller's.
//!
//! Nothing is compiled in a way of its own here. A private VM takes the slots over, the tiers
//! run the chunk on it as on any other, and its results are converted to numbers at this
//! door. When native code was not entered the answer is `None` and nothing has happened. When
//! it is left in the middle, the private VM's interpreter finishes what it began.

mod private;
mod traces;

pub(super) use traces::{
    TraceTable, abort, bump_side_exit, deopt_count, export, export_all, import, install,
    is_blacklisted, is_compiled, lookup, loop_anchors, note_recording, note_side_exit,
    side_exit_count,
};

use super::block;
use super::cache::{self, ChunkEntry};
use super::config;
use super::decline::Decline;
use super::native::Entered;
use super::plain::{BlockNum, SlotKind};
use super::region::{Edges, Region};
use super::report::TierName;
use super::subset;
use crate::chunk::Chunk;
use crate::op::Op;
use crate::value::Value;
use crate::vm::{Exit, VM, VMResult};
use std::cell::Cell;

/// What the direct entry points ask of a chunk again and again.
#[derive(Debug)]
pub(super) struct Facts {
    is_linear: bool,
    is_block: bool,
    /// Slots that an array needs to have.
    slot_room: usize,
    scopes: Scopes,
}

/// How a chunk uses scopes.
#[derive(Debug)]
enum Scopes {
    None,
    /// It opens one at its start and stays in it: the same as the chunk without that op.
    Leading(Box<Chunk>),
    Other,
}

impl Facts {
    fn new(chunk: &Chunk) -> Facts {
        Facts {
            // A line that is too long to be compiled is not eligible.
            is_linear: subset::is_linear_eligible(chunk)
                && Region::new(chunk, 0, Edges::All).is_ok(),
            is_block: subset::is_block_eligible(chunk),
            slot_room: subset::slot_room(&chunk.ops),
            scopes: Scopes::of(chunk),
        }
    }

    fn of<'a>(entry: &'a ChunkEntry, chunk: &Chunk) -> &'a Facts {
        entry.facts.get_or_init(|| Facts::new(chunk))
    }
}

impl Scopes {
    fn of(chunk: &Chunk) -> Scopes {
        let Some((first, rest)) = chunk.ops.split_first() else {
            return Scopes::None;
        };
        if rest.iter().any(subset::is_frame_op) {
            return Scopes::Other;
        }
        match first {
            Op::PushFrame if rest.iter().all(|op| op.target() != Some(0)) => {
                let mut body = chunk.clone();
                body.ops[0] = Op::Nop;
                body.op_hash = body.compute_op_hash();
                Scopes::Leading(Box::new(body))
            }
            Op::PushFrame | Op::PopFrame => Scopes::Other,
            _ => Scopes::None,
        }
    }
}

pub(super) fn is_linear_eligible(chunk: &Chunk) -> bool {
    Facts::of(&cache::entry_of(chunk), chunk).is_linear
}

pub(super) fn is_block_eligible(chunk: &Chunk) -> bool {
    Facts::of(&cache::entry_of(chunk), chunk).is_block
}

/// Runs straight-line code on a private copy of the slots.
pub(super) fn run_linear(chunk: &Chunk, slots: &[i64]) -> Option<Value> {
    let entry = cache::entry_of(chunk);
    let facts = Facts::of(&entry, chunk);
    if !facts.is_linear || facts.slot_room > slots.len() {
        return declined(&Decline::NotNumeric);
    }
    let slots = &slots[..facts.slot_room];
    let done = |_: &mut VM, result| match result {
        VMResult::Ok(value) => Some(value),
        _ => None,
    };
    run(chunk, &entry, TierName::Linear, 0, (slots, &[]), done)?
}

/// When a chunk is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// After `block_threshold` calls.
    Hot,
    /// At once.
    Now,
}

/// Runs a block on the slots, which are written back.
pub(super) fn run_block(
    chunk: &Chunk,
    slots: &mut [i64],
    kinds: &[SlotKind],
    when: When,
) -> Option<BlockNum> {
    let entry = cache::entry_of(chunk);
    let facts = Facts::of(&entry, chunk);
    if !facts.is_block || facts.slot_room > slots.len() {
        return declined(&Decline::NotNumeric);
    }
    let slots = &mut slots[..facts.slot_room];
    match &facts.scopes {
        Scopes::None => block_on(chunk, &entry, slots, kinds, when),
        Scopes::Leading(body) => block_on(body, &cache::entry_of(body), slots, kinds, when),
        Scopes::Other => declined(&Decline::NotNumeric),
    }
}

fn block_on(
    chunk: &Chunk,
    entry: &ChunkEntry,
    slots: &mut [i64],
    kinds: &[SlotKind],
    when: When,
) -> Option<BlockNum> {
    let threshold = match when {
        When::Hot => config::get().block_threshold,
        When::Now => 0,
    };
    let initial = slots.to_vec();
    run(
        chunk,
        entry,
        TierName::Block,
        threshold,
        (&initial, kinds),
        |vm, result| {
            private::store_slots(vm, slots, kinds);
            match result {
                VMResult::Ok(Value::Float(x)) => BlockNum::Float(x),
                VMResult::Ok(value) => BlockNum::Int(value.to_int()),
                VMResult::Halted => BlockNum::Int(0),
                VMResult::Error(_) => {
                    // Of the numeric subset only divisions of the AWK ops raise an error.
                    AWK_DIV_TRAP.set(true);
                    BlockNum::Int(0)
                }
            }
        },
    )
}

/// Whether a tier has compiled the chunk as a whole, for any kinds of slots.
pub(super) fn is_block_compiled(chunk: &Chunk) -> bool {
    let has_code = |entry: &ChunkEntry| !entry.block.borrow().units().is_empty();
    cache::known(chunk).iter().any(|entry| {
        let facts = Facts::of(entry, chunk);
        let body_has_code = || match &facts.scopes {
            Scopes::Leading(body) => cache::known(body).iter().any(|body| has_code(body)),
            _ => false,
        };
        facts.is_block && (has_code(entry) || body_has_code())
    })
}

/// Runs a chunk in one of the tiers that take whole chunks, and `done` on what it came to.
fn run<T>(
    chunk: &Chunk,
    entry: &ChunkEntry,
    tier: TierName,
    threshold: u32,
    (slots, kinds): (&[i64], &[SlotKind]),
    done: impl FnOnce(&mut VM, VMResult) -> T,
) -> Option<T> {
    private::with_vm(chunk, entry, |vm| {
        private::load_slots(vm, slots, kinds);
        let result = match block::run_after(vm, entry, tier, threshold) {
            Ok(Entered::Ended(Exit::Failed(error))) => VMResult::Error(error.to_string()),
            Ok(Entered::Ended(Exit::Returned(value))) => VMResult::Ok(value),
            Ok(_) => vm.run(),
            Err(reason) => return declined(&reason),
        };
        // Not earlier: a call that runs nothing leaves the trap of the last run alone.
        clear_awk_div_trap();
        Some(done(vm, result))
    })
}

/// Runs the code of an `Extended` op on its operands, the top of the stack first, and leaves
/// what it pushes in their place.
fn run_extended(vm: &mut VM, id: u16, arg: u8) {
    let Some(effect) = super::extension::effect_of(id, arg) else {
        return;
    };
    let operands: Vec<i64> = (0..effect.pops).map(|_| vm.pop().to_int()).collect();
    let mut ops: Vec<Op> = (0..effect.pops as u16).rev().map(Op::GetSlot).collect();
    ops.push(Op::Extended(id, arg));
    let chunk = Chunk {
        ops,
        ..Chunk::default()
    };
    let entry = cache::entry_of(&chunk);
    let results = run(
        &chunk,
        &entry,
        TierName::Block,
        0,
        (&operands, &[]),
        |inner, result| {
            let top = match result {
                VMResult::Ok(top) => Some(top),
                _ => None,
            };
            inner.stack.drain(..).chain(top).collect::<Vec<_>>()
        },
    );
    vm.stack.extend(results.into_iter().flatten());
}

/// Notes why an entry point did not run anything.
fn declined<T>(reason: &Decline) -> Option<T> {
    tracing::debug!(reason = reason.name(), "declined: {reason}");
    None
}

thread_local! {
    static AWK_DIV_TRAP: Cell<bool> = const { Cell::new(false) };
}

/// Called for every run of a VM, and of native code by a direct entry point.
pub(super) fn clear_awk_div_trap() {
    AWK_DIV_TRAP.set(false);
}

/// Whether the last block that ran on this thread ended with an AWK division by zero; asks
/// once.
pub(super) fn take_awk_div_trap() -> bool {
    AWK_DIV_TRAP.replace(false)
}
