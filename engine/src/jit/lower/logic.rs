//! Logic and bits: total conversions first, so operands in memory are welcome too.

use super::{Abs, Emit, Lower};
use crate::jit::emit::IntOp;

impl<E: Emit> Lower<'_, E> {
    pub(super) fn log_not(&mut self) -> Option<()> {
        let truth = self.truth_entry(0);
        let value = self.e.bool_not(truth);
        self.drop_top(1);
        self.push(Abs::Bool(value));
        Some(())
    }

    pub(super) fn log_and(&mut self) -> Option<()> {
        let (a, b) = (self.truth_entry(1), self.truth_entry(0));
        let value = self.e.bool_and(a, b);
        self.drop_top(2);
        self.push(Abs::Bool(value));
        Some(())
    }

    pub(super) fn log_or(&mut self) -> Option<()> {
        let (a, b) = (self.truth_entry(1), self.truth_entry(0));
        let value = self.e.bool_or(a, b);
        self.drop_top(2);
        self.push(Abs::Bool(value));
        Some(())
    }

    fn int_binary(&mut self, op: IntOp) -> Option<()> {
        let (a, b) = (self.int_entry(1), self.int_entry(0));
        let value = self.e.int_op(op, a, b);
        self.drop_top(2);
        self.push(Abs::Int(value));
        Some(())
    }

    pub(super) fn bit_and(&mut self) -> Option<()> {
        self.int_binary(IntOp::And)
    }

    pub(super) fn bit_or(&mut self) -> Option<()> {
        self.int_binary(IntOp::Or)
    }

    pub(super) fn bit_xor(&mut self) -> Option<()> {
        self.int_binary(IntOp::Xor)
    }

    pub(super) fn shl(&mut self) -> Option<()> {
        self.int_binary(IntOp::Shl)
    }

    pub(super) fn shr(&mut self) -> Option<()> {
        self.int_binary(IntOp::Shr)
    }

    pub(super) fn bit_not(&mut self) -> Option<()> {
        let (a, ones) = (self.int_entry(0), self.e.int(-1));
        let value = self.e.int_op(IntOp::Xor, a, ones);
        self.drop_top(1);
        self.push(Abs::Int(value));
        Some(())
    }
}
