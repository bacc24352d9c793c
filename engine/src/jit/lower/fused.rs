//! Superinstructions on slots.

use super::{Abs, Cmp, Deferred, Emit, Flow, Lower, Place, SlotAbs};
use crate::jit::emit::IntOp;
use crate::op::Op;
use crate::value::Kind;

impl<E: Emit> Lower<'_, E> {
    /// slot := `to_int` of it plus `by`; returns the old and the new value.
    fn add_to_slot(&mut self, slot: u16, by: i64) -> (E::V, E::V) {
        let old = self.slot_to_int(slot);
        let new = self.int_plus(old, by);
        self.assign_slot(slot, Abs::Int(new));
        (old, new)
    }

    pub(super) fn pre_inc_slot(&mut self, slot: u16) -> Option<()> {
        let (_, new) = self.add_to_slot(slot, 1);
        self.push(Abs::Int(new));
        Some(())
    }

    pub(super) fn pre_inc_slot_void(&mut self, slot: u16) -> Option<()> {
        self.add_to_slot(slot, 1);
        Some(())
    }

    pub(super) fn pre_dec_slot(&mut self, slot: u16) -> Option<()> {
        let (_, new) = self.add_to_slot(slot, -1);
        self.push(Abs::Int(new));
        Some(())
    }

    pub(super) fn post_inc_slot(&mut self, slot: u16) -> Option<()> {
        let (old, _) = self.add_to_slot(slot, 1);
        self.push(Abs::Int(old));
        Some(())
    }

    pub(super) fn post_dec_slot(&mut self, slot: u16) -> Option<()> {
        let (old, _) = self.add_to_slot(slot, -1);
        self.push(Abs::Int(old));
        Some(())
    }

    pub(super) fn add_assign_slot_void(&mut self, a: u16, b: u16) -> Option<()> {
        let (left, right) = (self.slot_to_int(a), self.slot_to_int(b));
        let sum = self.e.int_op(IntOp::Add, left, right);
        self.assign_slot(a, Abs::Int(sum));
        Some(())
    }

    pub(super) fn slot_lt_int_jump_if_false(&mut self, slot: u16, limit: i32) -> Flow<E::V> {
        let value = self.slot_to_int(slot);
        let limit = self.e.int(i64::from(limit));
        Flow::Branch(self.e.int_cmp(Cmp::Ge, value, limit), Deferred::Nothing)
    }

    pub(super) fn slot_inc_lt_int_jump_back(&mut self, slot: u16, limit: i32) -> Flow<E::V> {
        let old = self.slot_to_int(slot);
        let new = self.int_plus(old, 1);
        let limit = self.e.int(i64::from(limit));
        Flow::Branch(
            self.e.int_cmp(Cmp::Lt, new, limit),
            Deferred::Assign(slot, new),
        )
    }

    /// The fused loops run in the interpreter, which computes them at once; the slots in
    /// `ints` hold an `Int` afterwards.
    pub(super) fn fused_loop(&mut self, op: &Op, ints: &[u16]) -> Option<()> {
        self.step(op).ok()?;
        for slot in ints {
            if let Some(index) = self.region.slot_index(*slot) {
                let abs = self.e.load(Place::Slot(*slot), Kind::Int);
                self.state.slots[index] = SlotAbs { abs, dirty: false };
            }
        }
        self.state.min_slots = self.state.min_slots.max(self.slots_written_by(op));
        Some(())
    }

    /// How long the frame is at least after an op that wrote the slots it names.
    fn slots_written_by(&self, op: &Op) -> usize {
        match *op {
            Op::AccumSumLoop(sum, i, _) => usize::from(sum.max(i)) + 1,
            Op::ConcatConstLoop(_, s, i, _) => usize::from(s.max(i)) + 1,
            Op::PushIntRangeLoop(_, i, _) => usize::from(i) + 1,
            _ => 0,
        }
    }
}
