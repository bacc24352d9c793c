//! [`TracePath`]: the ops of one recorded turn, checked against what the entry points allow.

use super::super::private;
use crate::chunk::{Chunk, Verified};
use crate::jit::cache::ChunkEntry;
use crate::jit::decline::Decline;
use crate::jit::deopt::MAX_DEOPT_STACK;
use crate::jit::native::Watch;
use crate::jit::plain::SlotKind;
use crate::jit::region::{Edges, EntryKinds, Recorded, Region, named_slots};
use crate::jit::report::TierName;
use crate::jit::subset;
use crate::jit::unit::Unit;
use crate::op::Op;
use crate::value::Kind;
use std::rc::Rc;

/// Slots that a frame can have.
const MAX_FRAME_SLOTS: usize = 1 << 16;

/// A recorded path that can be compiled and left with a `DeoptInfo`.
#[derive(Debug, Clone)]
pub(super) struct TracePath {
    /// Where the closing branch leads.
    pub(super) close_anchor: usize,
    /// The ops in order; there is at least one.
    pub(super) ips: Vec<usize>,
    /// Kinds of the slots of the frame; missing ones are `Int`.
    pub(super) slot_kinds: Vec<SlotKind>,
    /// Slots that the ops name, ascending.
    pub(super) named: Vec<u16>,
    /// Slots that an array needs to have.
    pub(super) slot_room: usize,
    /// Values below the operands of the path, which it does not touch.
    pub(super) depth: usize,
    pub(super) recorded: Recorded,
}

impl TracePath {
    /// Of ops of the chunk that lead from one to the next and then to `close_anchor`.
    pub(super) fn new(
        chunk: &Chunk,
        entry: &ChunkEntry,
        close_anchor: usize,
        ips: &[usize],
        mut slot_kinds: Vec<SlotKind>,
    ) -> Result<TracePath, Decline> {
        slot_kinds.truncate(MAX_FRAME_SLOTS);
        let verified = entry.verified()?;
        let start = *ips.first().ok_or(Decline::Empty)?;
        let depth = verified.depth_at(start).ok_or(Decline::StackShape(start))?;
        for ip in ips {
            check_op(chunk, verified, *ip, depth)?;
        }
        if verified.scopes_at(start) != 0 {
            return Err(Decline::StackShape(start));
        }
        // A side trace ends at its closing branch, which the interpreter takes.
        let closing = (start == close_anchor).then_some(close_anchor);
        let nexts = ips.iter().copied().skip(1).chain(closing);
        let ops = || ips.iter().map(|ip| &chunk.ops[*ip]);
        Ok(TracePath {
            close_anchor,
            ips: ips.to_vec(),
            slot_kinds,
            named: named_slots(ops()),
            slot_room: subset::slot_room(ops()),
            depth,
            recorded: Recorded {
                edges: ips.iter().copied().zip(nexts).collect(),
                ..Recorded::default()
            },
        })
    }

    /// The first op.
    pub(super) fn start(&self) -> usize {
        self.ips[0]
    }

    /// The op behind the closing branch.
    pub(super) fn fallthrough(&self) -> usize {
        self.ips[self.ips.len() - 1] + 1
    }

    /// Kinds that the named slots have in an array with these kinds.
    pub(super) fn named_kinds(&self, kinds: &[SlotKind]) -> Vec<SlotKind> {
        self.named
            .iter()
            .map(|slot| private::kind_of(kinds, usize::from(*slot)))
            .collect()
    }

    /// Compiles the path for its kinds.
    pub(super) fn compile(&self, chunk: &Chunk, entry: &ChunkEntry) -> Result<Rc<Unit>, Decline> {
        let region = Region::new(chunk, self.start(), Edges::Recorded(&self.recorded))?;
        let kind = |slot: &u16| match private::kind_of(&self.slot_kinds, usize::from(*slot)) {
            SlotKind::Int => Some(Kind::Int),
            SlotKind::Float => Some(Kind::Float),
        };
        let kinds = EntryKinds {
            stack: vec![Some(Kind::Undef); self.depth],
            slots: region.slots.iter().map(kind).collect(),
            min_slots: region.slot_room(),
        };
        let verified = entry.verified()?;
        let watch = Watch::default();
        Unit::compile(TierName::Trace, chunk, verified, region, kinds, watch).map(Rc::new)
    }
}

/// Whether native code can contain the op, and be left at it.
fn check_op(chunk: &Chunk, verified: &Verified, ip: usize, base: usize) -> Result<(), Decline> {
    let op = &chunk.ops[ip];
    match op {
        Op::Call(..) | Op::Return | Op::ReturnValue => return Err(Decline::Call(ip)),
        Op::Extended(..) => return Err(Decline::Extension(ip)),
        // These may fail, and a trace has no way to say so.
        _ if subset::is_unsure_awk(op) => return Err(Decline::NotNumeric),
        _ => {}
    }
    let shape = Decline::StackShape(ip);
    let depth = verified.depth_at(ip).ok_or(shape.clone())?;
    let pops = op.stack_effect().0.fixed().ok_or(shape.clone())?;
    if depth.checked_sub(pops).is_none_or(|kept| kept < base) {
        return Err(shape);
    }
    if depth - base > MAX_DEOPT_STACK {
        return Err(Decline::TooLarge(depth - base));
    }
    Ok(())
}
