//! Arithmetic: inline where both kinds are known, the interpreter otherwise.

use super::{Abs, Cmp, Emit, Lower};
use crate::jit::emit::{FloatOp, FloatUnary, IntOp};
use crate::jit::helpers::Pure;

/// A pair of operands, the deeper one first.
type Two<V> = (Abs<V>, Abs<V>);

impl<E: Emit> Lower<'_, E> {
    /// The two top entries, when both are in registers.
    fn two_registers(&self) -> Option<Two<E::V>> {
        let (a, b) = (self.entry(1), self.entry(0));
        (!a.is_mem() && !b.is_mem()).then_some((a, b))
    }

    /// Two `Int`s by an integer instruction, everything else as floats.
    fn binary(&mut self, int: IntOp, float: FloatOp) -> Option<()> {
        let value = match self.two_registers()? {
            (Abs::Int(a), Abs::Int(b)) => Abs::Int(self.e.int_op(int, a, b)),
            (a, b) => {
                let (a, b) = (self.reg_to_float(a), self.reg_to_float(b));
                Abs::Float(self.e.float_op(float, a, b))
            }
        };
        self.drop_top(2);
        self.push(value);
        Some(())
    }

    pub(super) fn add(&mut self) -> Option<()> {
        self.binary(IntOp::Add, FloatOp::Add)
    }

    pub(super) fn sub(&mut self) -> Option<()> {
        self.binary(IntOp::Sub, FloatOp::Sub)
    }

    pub(super) fn mul(&mut self) -> Option<()> {
        self.binary(IntOp::Mul, FloatOp::Mul)
    }

    /// `Div`: a zero divisor, whose result is `Undef`, is left to the interpreter.
    pub(super) fn div(&mut self) -> Option<()> {
        let (a, b) = self.two_registers()?;
        let (a, b) = (self.reg_to_float(a), self.reg_to_float(b));
        let zero = self.e.float(0.0);
        let by_zero = self.e.float_cmp(Cmp::Eq, b, zero);
        self.exit_if(by_zero);
        let value = self.e.float_op(FloatOp::Div, a, b);
        self.drop_top(2);
        self.push(Abs::Float(value));
        Some(())
    }

    /// `Mod`: for two `Int`s the divisors 0 and -1, whose remainder is 0 as with 1, are
    /// replaced by 1, so that the machine's division cannot trap.
    pub(super) fn modulo(&mut self) -> Option<()> {
        let value = match self.two_registers()? {
            (Abs::Int(a), Abs::Int(b)) => {
                let (zero, one, minus_one) = (self.e.int(0), self.e.int(1), self.e.int(-1));
                let is_zero = self.e.int_cmp(Cmp::Eq, b, zero);
                let is_minus_one = self.e.int_cmp(Cmp::Eq, b, minus_one);
                let special = self.e.bool_or(is_zero, is_minus_one);
                let divisor = self.e.select(special, one, b);
                Abs::Int(self.e.int_op(IntOp::Rem, a, divisor))
            }
            (a, b) => {
                let (a, b) = (self.reg_to_float(a), self.reg_to_float(b));
                Abs::Float(self.e.call(Pure::ModFloat, &[a, b]))
            }
        };
        self.drop_top(2);
        self.push(value);
        Some(())
    }

    pub(super) fn pow(&mut self) -> Option<()> {
        let (a, b) = (self.float_entry(1), self.float_entry(0));
        let value = self.e.call(Pure::Pow, &[a, b]);
        self.drop_top(2);
        self.push(Abs::Float(value));
        Some(())
    }

    pub(super) fn negate(&mut self) -> Option<()> {
        let value = match self.entry(0) {
            Abs::Mem => return None,
            Abs::Int(a) => {
                let zero = self.e.int(0);
                Abs::Int(self.e.int_op(IntOp::Sub, zero, a))
            }
            a => {
                let a = self.reg_to_float(a);
                Abs::Float(self.e.float_unary(FloatUnary::Neg, a))
            }
        };
        self.drop_top(1);
        self.push(value);
        Some(())
    }

    pub(super) fn inc(&mut self) -> Option<()> {
        self.step_by(1)
    }

    pub(super) fn dec(&mut self) -> Option<()> {
        self.step_by(-1)
    }

    fn step_by(&mut self, by: i64) -> Option<()> {
        let value = self.int_entry(0);
        let value = self.int_plus(value, by);
        self.drop_top(1);
        self.push(Abs::Int(value));
        Some(())
    }

    /// An integer plus a literal.
    pub(super) fn int_plus(&mut self, value: E::V, by: i64) -> E::V {
        let by = self.e.int(by);
        self.e.int_op(IntOp::Add, value, by)
    }
}
