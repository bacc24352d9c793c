//! Traces as the direct entry points see them: one recorded path per key, where it closes,
//! and what became of it.
//!
//! A path is compiled as a region with the edges of the recording, like any loop. A main
//! trace is known to [`crate::VM::run`] too, and one that a run has recorded shows here, if it
//! is in the numeric subset.

mod path;
mod table;

pub(in crate::jit) use table::TraceTable;

use super::private;
use crate::chunk::Chunk;
use crate::jit::cache::{self, ChunkEntry};
use crate::jit::config;
use crate::jit::decline::Decline;
use crate::jit::deopt::{
    DeoptInfo, STACK_KIND_BOOL, STACK_KIND_FLOAT, STACK_KIND_INT, STACK_KIND_UNDEF,
};
use crate::jit::emit::ExitKind;
use crate::jit::native::{Entered, enter};
use crate::jit::plain::{SlotKind, TraceLookup, TraceMetadata};
use crate::jit::subset;
use crate::jit::trace;
use crate::jit::unit::Unit;
use crate::op::Op;
use crate::value::{Kind, Value};
use crate::vm::VM;
use path::TracePath;
use std::rc::Rc;
use table::{Answer, End};

/// What the interpreter does at `anchor`; runs the trace there if there is one that fits.
pub(in crate::jit) fn lookup(
    chunk: &Chunk,
    anchor: usize,
    slots: &mut [i64],
    kinds: &[SlotKind],
    deopt: &mut DeoptInfo,
) -> TraceLookup {
    let entry = cache::entry_of(chunk);
    if trace::given_up(&entry, anchor).is_some() {
        return TraceLookup::Skip;
    }
    let threshold = config::get().trace_threshold.max(1);
    let answer = entry
        .traces
        .borrow_mut()
        .look_up(chunk, anchor, (slots, kinds), threshold);
    let (path, unit) = match answer {
        Answer::Cold => return TraceLookup::NotHot,
        Answer::Hot => return TraceLookup::StartRecording,
        Answer::Mismatch => return TraceLookup::GuardMismatch,
        Answer::Ended => return TraceLookup::Skip,
        Answer::Fits(path, unit) => (path, unit),
    };
    let unit = match unit.map_or_else(|| path.compile(chunk, &entry), Ok) {
        Ok(unit) => unit,
        Err(declined) => {
            entry.traces.borrow_mut().end(anchor, End::Aborted);
            tracing::debug!(anchor, "trace not compiled: {declined}");
            return TraceLookup::Skip;
        }
    };
    entry.traces.borrow_mut().set_unit(anchor, &path, &unit);
    run(chunk, &entry, &path, &unit, slots, deopt)
}

/// Runs a trace whose guards hold.
fn run(
    chunk: &Chunk,
    entry: &ChunkEntry,
    path: &TracePath,
    unit: &Unit,
    slots: &mut [i64],
    deopt: &mut DeoptInfo,
) -> TraceLookup {
    let slots = &mut slots[..path.slot_room];
    private::with_vm(chunk, entry, |vm| {
        private::load_slots(vm, slots, &path.slot_kinds);
        vm.stack.resize(path.depth, Value::Undef);
        vm.ip = path.start();
        super::clear_awk_div_trap();
        match enter(vm, entry, unit) {
            Ok(Entered::Exit { exit, .. }) => {
                let exit = unit.exits[exit];
                if exit.kind == ExitKind::Branch && exit.ip == exit.from {
                    // A backward branch out of the path is left before it is taken.
                    take_branch(vm);
                }
            }
            Ok(Entered::Interpret | Entered::Ended(_)) => {}
            Ok(Entered::Miss) | Err(_) => return TraceLookup::GuardMismatch,
        }
        private::store_slots(vm, slots, &path.slot_kinds);
        deopt.frame_count = 0;
        deopt.resume_ip = vm.ip;
        store_operands(&vm.stack[path.depth.min(vm.stack.len())..], deopt);
        TraceLookup::Ran { resume_ip: vm.ip }
    })
}

/// Runs the branch at `vm.ip`, which cannot fail.
fn take_branch(vm: &mut VM) {
    let op = vm.chunk.ops[vm.ip];
    vm.ip += 1;
    let taken = vm.step(&op);
    debug_assert!(taken.is_ok(), "{op:?}: {taken:?}");
}

fn store_operands(operands: &[Value], deopt: &mut DeoptInfo) {
    deopt.stack_count = 0;
    let room = deopt.stack_buf.iter_mut().zip(&mut deopt.stack_kinds);
    for (value, (bits, kind)) in operands.iter().zip(room) {
        (*bits, *kind) = match value {
            Value::Float(x) => (x.to_bits() as i64, STACK_KIND_FLOAT),
            Value::Bool(b) => (i64::from(*b), STACK_KIND_BOOL),
            Value::Undef => (0, STACK_KIND_UNDEF),
            value => (value.to_int(), STACK_KIND_INT),
        };
        deopt.stack_count += 1;
    }
}

/// Compiles a recording and makes it the trace at `key`, if it is one of this chunk.
pub(in crate::jit) fn install(
    chunk: &Chunk,
    key: usize,
    close_anchor: usize,
    ops: &[Op],
    ips: &[usize],
    kinds: &[SlotKind],
) -> bool {
    match try_install(chunk, key, close_anchor, ops, ips, kinds) {
        Ok(()) => true,
        Err(declined) => {
            tracing::debug!(key, "trace not installed: {declined}");
            false
        }
    }
}

fn try_install(
    chunk: &Chunk,
    key: usize,
    close_anchor: usize,
    ops: &[Op],
    ips: &[usize],
    kinds: &[SlotKind],
) -> Result<(), Decline> {
    let starts_at_key =
        ips.first() == Some(&key) || (key != close_anchor && key >= chunk.ops.len());
    if !starts_at_key
        || !subset::is_trace_eligible(ops, close_anchor)
        || !subset::follows_chunk(chunk, ops, ips, close_anchor)
    {
        return Err(Decline::NotNumeric);
    }
    let entry = cache::entry_of(chunk);
    let path = Rc::new(TracePath::new(
        chunk,
        &entry,
        close_anchor,
        ips,
        kinds.to_vec(),
    )?);
    let unit = path.compile(chunk, &entry)?;
    let mut traces = entry.traces.borrow_mut();
    traces.install(key, Rc::clone(&path))?;
    traces.set_unit(key, &path, &unit);
    if key == close_anchor {
        trace::adopt(&entry, key, &path.recorded);
    }
    Ok(())
}

/// A run has recorded a loop: it is a trace here too, if it is in the numeric subset.
pub(in crate::jit) fn note_recording(
    chunk: &Chunk,
    entry: &ChunkEntry,
    anchor: usize,
    ips: &[usize],
    kinds: &[Kind],
) {
    let is_number = |slot: usize| {
        let kind = kinds.get(slot).copied().unwrap_or_default();
        matches!(kind, Kind::Undef | Kind::Bool | Kind::Int | Kind::Float)
    };
    let ops: Vec<Op> = ips.iter().map(|ip| chunk.ops[*ip]).collect();
    if !subset::is_trace_eligible(&ops, anchor) || !(0..subset::slot_room(&ops)).all(is_number) {
        return;
    }
    let kinds = kinds
        .iter()
        .map(|kind| match kind {
            Kind::Float => SlotKind::Float,
            _ => SlotKind::Int,
        })
        .collect();
    if let Ok(path) = TracePath::new(chunk, entry, anchor, ips, kinds) {
        // A table that is full has no room for it: the loop is native all the same.
        let _ = entry.traces.borrow_mut().install(anchor, Rc::new(path));
    }
}

/// A run has left a loop: counted unless the loop simply ended.
pub(in crate::jit) fn note_side_exit(entry: &ChunkEntry, anchor: usize, ip: usize) {
    let mut traces = entry.traces.borrow_mut();
    if let Some(path) = traces.path(anchor)
        && path.fallthrough() != ip
    {
        traces.count_side_exit(anchor);
    }
}

/// Makes an existing trace, or one that is being recorded, be skipped from now on.
pub(in crate::jit) fn abort(chunk: &Chunk, anchor: usize) {
    let entry = cache::entry_of(chunk);
    entry.traces.borrow_mut().end(anchor, End::Aborted);
    if entry.loops.borrow().contains_key(&anchor) {
        trace::give_up(&entry, anchor, &Decline::Aborted);
    }
}

/// Counts one side exit, and blacklists the trace when it was the last one that is allowed.
pub(in crate::jit) fn bump_side_exit(chunk: &Chunk, anchor: usize) {
    let entry = cache::entry_of(chunk);
    let n_exits = entry.traces.borrow_mut().count_side_exit(anchor);
    if n_exits.is_some_and(|n| n >= config::get().max_side_exits) {
        entry.traces.borrow_mut().end(anchor, End::Blacklisted);
        if entry.loops.borrow().contains_key(&anchor) {
            trace::give_up(&entry, anchor, &Decline::ExitsTooOften(anchor));
        }
    }
}

pub(in crate::jit) fn is_compiled(chunk: &Chunk, anchor: usize) -> bool {
    let entry = cache::entry_of(chunk);
    trace::given_up(&entry, anchor).is_none() && entry.traces.borrow().is_live(anchor)
}

pub(in crate::jit) fn is_blacklisted(chunk: &Chunk, anchor: usize) -> bool {
    let entry = cache::entry_of(chunk);
    let exits_too_often = matches!(
        trace::given_up(&entry, anchor),
        Some(Decline::ExitsTooOften(_))
    );
    exits_too_often || entry.traces.borrow().is_blacklisted(anchor)
}

/// How often a guard at the entry did not hold.
pub(in crate::jit) fn deopt_count(chunk: &Chunk, anchor: usize) -> u32 {
    cache::entry_of(chunk).traces.borrow().misses(anchor)
}

pub(in crate::jit) fn side_exit_count(chunk: &Chunk, anchor: usize) -> u32 {
    cache::entry_of(chunk).traces.borrow().side_exits(anchor)
}

/// Where the trace closes, and the op behind its closing branch.
pub(in crate::jit) fn loop_anchors(chunk: &Chunk, anchor: usize) -> Option<(usize, usize)> {
    let entry = cache::entry_of(chunk);
    let path = entry.traces.borrow().path(anchor)?;
    Some((path.close_anchor, path.fallthrough()))
}

pub(in crate::jit) fn export(chunk: &Chunk, anchor: usize) -> Option<TraceMetadata> {
    let entry = cache::entry_of(chunk);
    let path = entry.traces.borrow().path(anchor)?;
    Some(metadata(chunk, &path))
}

pub(in crate::jit) fn export_all(chunk: &Chunk) -> Vec<TraceMetadata> {
    let entry = cache::entry_of(chunk);
    let paths = entry.traces.borrow().paths();
    paths.iter().map(|path| metadata(chunk, path)).collect()
}

fn metadata(chunk: &Chunk, path: &TracePath) -> TraceMetadata {
    TraceMetadata {
        chunk_op_hash: chunk.compute_op_hash(),
        anchor_ip: path.close_anchor,
        fallthrough_ip: path.fallthrough(),
        ops: path.ips.iter().map(|ip| chunk.ops[*ip]).collect(),
        recorded_ips: path.ips.clone(),
        slot_kinds_at_anchor: path.slot_kinds.clone(),
    }
}

/// Installs what was exported elsewhere, if it is about this chunk in everything that it says.
pub(in crate::jit) fn import(chunk: &Chunk, meta: &TraceMetadata) -> bool {
    let (Some(first), Some(last)) = (meta.recorded_ips.first(), meta.recorded_ips.last()) else {
        return false;
    };
    // The ips are checked against the chunk before they are used.
    meta.chunk_op_hash == chunk.compute_op_hash()
        && last.checked_add(1) == Some(meta.fallthrough_ip)
        && install(
            chunk,
            *first,
            meta.anchor_ip,
            &meta.ops,
            &meta.recorded_ips,
            &meta.slot_kinds_at_anchor,
        )
}
