//! Metadata that lie about their chunk.

use crate::campaign::SplitMix;
use fusevm::jit::{SlotKind, TraceMetadata};
use fusevm::{Chunk, Op};

/// Most changes of one set of traces.
const MOST_CHANGES: u64 = 3;

/// `recorded`, or where there is none, each loop as if every op of it ran in order.
pub(super) fn or_straight(chunk: &Chunk, recorded: Vec<TraceMetadata>) -> Vec<TraceMetadata> {
    if !recorded.is_empty() {
        return recorded;
    }
    let loops = chunk.ops.iter().enumerate();
    let loops = loops.filter_map(|(ip, op)| op.target().map(|target| (target, ip)));
    loops
        .filter(|(target, ip)| target <= ip)
        .map(|(target, ip)| TraceMetadata {
            chunk_op_hash: chunk.compute_op_hash(),
            anchor_ip: target,
            fallthrough_ip: ip + 1,
            ops: chunk.ops[target..=ip].to_vec(),
            recorded_ips: (target..=ip).collect(),
            slot_kinds_at_anchor: vec![SlotKind::Int; 4],
        })
        .collect()
}

/// The traces with one of them changed in one way or a few.
pub(super) fn change(traces: &[TraceMetadata], random: &mut SplitMix) -> Vec<TraceMetadata> {
    let mut traces = traces.to_vec();
    let chosen = below(random, traces.len());
    let other = traces.get(below(random, traces.len())).cloned();
    if let (Some(trace), Some(other)) = (traces.get_mut(chosen), other) {
        for _ in 0..=random.below(MOST_CHANGES) {
            change_one(trace, &other, random);
        }
    }
    traces
}

fn change_one(trace: &mut TraceMetadata, other: &TraceMetadata, random: &mut SplitMix) {
    let at = below(random, trace.ops.len());
    match random.below(12) {
        0 => trace.anchor_ip = place(trace.anchor_ip, random),
        1 => trace.fallthrough_ip = place(trace.fallthrough_ip, random),
        2 => {
            if let Some(ip) = trace.recorded_ips.get_mut(at) {
                *ip = place(*ip, random);
            }
        }
        3 => {
            let op = any_op(trace, random);
            if let Some(place) = trace.ops.get_mut(at) {
                *place = op;
            }
        }
        4 => {
            trace.ops.truncate(at);
            trace.recorded_ips.truncate(at);
        }
        5 => {
            // The whole path twice.
            trace.ops.extend_from_within(..);
            trace.recorded_ips.extend_from_within(..);
        }
        6 => trace.ops.truncate(at),
        7 => trace.recorded_ips.reverse(),
        8 => change_kinds(&mut trace.slot_kinds_at_anchor, random),
        9 => trace.chunk_op_hash = trace.chunk_op_hash.rotate_left(random.below(64) as u32),
        10 => {
            trace.ops.clone_from(&other.ops);
            trace.anchor_ip = other.anchor_ip;
        }
        _ => {
            trace.recorded_ips.clone_from(&other.recorded_ips);
            trace.fallthrough_ip = other.fallthrough_ip;
        }
    }
}

/// An op that the trace has somewhere, with another target, or one that it may not have.
fn any_op(trace: &TraceMetadata, random: &mut SplitMix) -> Op {
    let known = trace.ops.get(below(random, trace.ops.len()));
    match (known, random.below(4)) {
        (Some(op), 0) => *op,
        (Some(op), 1) => op.with_target(place(0, random)),
        (_, 2) => Op::Call(0, 0),
        _ => Op::GetSlot(u16::MAX),
    }
}

fn change_kinds(kinds: &mut Vec<SlotKind>, random: &mut SplitMix) {
    match random.below(4) {
        0 => kinds.clear(),
        1 => kinds.resize(1 << 17, SlotKind::Float),
        _ => {
            for kind in kinds.iter_mut().filter(|_| random.below(2) == 0) {
                *kind = match kind {
                    SlotKind::Int => SlotKind::Float,
                    SlotKind::Float => SlotKind::Int,
                };
            }
        }
    }
}

/// A place near another one, or far from any chunk.
fn place(near: usize, random: &mut SplitMix) -> usize {
    match random.below(8) {
        0 => usize::MAX,
        1 => 1 << 40,
        n => near.wrapping_add(n as usize).wrapping_sub(4),
    }
}

fn below(random: &mut SplitMix, n: usize) -> usize {
    random.below(n as u64) as usize
}
