//! Which recordings the trace entry points take.

use super::{MAX_TRACE_SLOTS, is_block_op, is_frame_op, slot_room};
use crate::chunk::Chunk;
use crate::jit::config;
use crate::jit::deopt::MAX_DEOPT_FRAMES;
use crate::op::Op;

/// Whether a trace may contain the op.
fn is_trace_op(op: &Op) -> bool {
    let is_call = matches!(op, Op::Call(..) | Op::Return | Op::ReturnValue);
    let has_no_trace_form = is_frame_op(op)
        || matches!(
            op,
            Op::SlotLtIntJumpIfFalse(..)
                | Op::SlotIncLtIntJumpBack(..)
                | Op::AccumSumLoop(..)
                | Op::PreDecSlot(_)
                | Op::PostIncSlot(_)
                | Op::PostDecSlot(_)
        );
    is_call || (is_block_op(op) && !has_no_trace_form)
}

/// Whether these ops, recorded from a loop whose header is at `anchor_ip`, may become a trace.
pub(in crate::jit) fn is_trace_eligible(ops: &[Op], anchor_ip: usize) -> bool {
    let Some((closing, body)) = ops.split_last() else {
        return false;
    };
    let closes = matches!(
        closing,
        Op::Jump(_) | Op::JumpIfTrue(_) | Op::JumpIfFalse(_)
    ) && closing.target() == Some(anchor_ip);
    ops.len() <= config::get().max_trace_len
        && ops.iter().all(is_trace_op)
        && slot_room(ops) <= usize::from(MAX_TRACE_SLOTS)
        && closes
        && is_balanced(body, anchor_ip)
}

/// Whether every call returns and no other branch closes the loop.
fn is_balanced(body: &[Op], anchor_ip: usize) -> bool {
    let mut depth = 0_usize;
    for op in body {
        match op {
            Op::Call(..) => depth += 1,
            Op::Return | Op::ReturnValue => match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                None => return false,
            },
            _ => {}
        }
        if let Some(target) = op.target()
            && (depth > MAX_DEOPT_FRAMES || (depth == 0 && target == anchor_ip))
        {
            return false;
        }
    }
    depth == 0
}

/// Whether the recorded ops are the chunk's, each leads to the next, and the last one to
/// `close_anchor`.
pub(in crate::jit) fn follows_chunk(
    chunk: &Chunk,
    ops: &[Op],
    ips: &[usize],
    close_anchor: usize,
) -> bool {
    let same = |(op, ip): (&Op, &usize)| chunk.ops.get(*ip).is_some_and(|own| own.is_identical(op));
    if ops.len() != ips.len() || !ops.iter().zip(ips).all(same) {
        return false;
    }
    let mut returns = Vec::new();
    let nexts = ips.iter().skip(1).chain([&close_anchor]);
    ops.iter()
        .zip(ips)
        .zip(nexts)
        .all(|((op, ip), next)| match *op {
            Op::Call(name, _) => {
                returns.push(ip + 1);
                chunk.find_sub(name) == Some(*next)
            }
            Op::Return | Op::ReturnValue => returns.pop() == Some(*next),
            Op::Jump(target) => *next == target,
            _ => *next == ip + 1 || Some(*next) == op.target(),
        })
}
