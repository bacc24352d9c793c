//! The numeric ops: every operand is converted, so none needs a known kind.

use super::{Abs, Emit, Lower};
use crate::jit::emit::FloatUnary;
use crate::jit::helpers::Pure;
use crate::op::Op;

impl<E: Emit> Lower<'_, E> {
    /// Lowers an op of the numeric section; `None` for every other op.
    pub(super) fn numeric(&mut self, op: &Op) -> Option<()> {
        match op {
            Op::SqrtFloat => self.float_instruction(FloatUnary::Sqrt),
            Op::AbsFloat => self.float_instruction(FloatUnary::Abs),
            Op::CeilFloat => self.float_instruction(FloatUnary::Ceil),
            Op::FloorFloat => self.float_instruction(FloatUnary::Floor),
            Op::TruncFloat => self.float_instruction(FloatUnary::Trunc),
            Op::RoundFloat => self.float_instruction(FloatUnary::Nearest),
            Op::SinFloat => self.float_function(Pure::Sin),
            Op::CosFloat => self.float_function(Pure::Cos),
            Op::TanFloat => self.float_function(Pure::Tan),
            Op::AsinFloat => self.float_function(Pure::Asin),
            Op::AcosFloat => self.float_function(Pure::Acos),
            Op::AtanFloat => self.float_function(Pure::Atan),
            Op::SinhFloat => self.float_function(Pure::Sinh),
            Op::CoshFloat => self.float_function(Pure::Cosh),
            Op::TanhFloat => self.float_function(Pure::Tanh),
            Op::ExpFloat => self.float_function(Pure::Exp),
            Op::LogFloat => self.float_function(Pure::Log),
            Op::Log2Float => self.float_function(Pure::Log2),
            Op::Log10Float => self.float_function(Pure::Log10),
            Op::Atan2Float => {
                let (y, x) = (self.float_entry(1), self.float_entry(0));
                let value = self.e.call(Pure::Atan2, &[y, x]);
                self.drop_top(2);
                self.push(Abs::Float(value));
                Some(())
            }
            Op::TruncInt => {
                let value = self.int_entry(0);
                self.drop_top(1);
                self.push(Abs::Int(value));
                Some(())
            }
            Op::AbsInt => {
                let value = self.int_entry(0);
                let value = self.e.int_abs(value);
                self.drop_top(1);
                self.push(Abs::Int(value));
                Some(())
            }
            Op::GcdInt => self.int_function(Pure::Gcd),
            Op::LcmInt => self.int_function(Pure::Lcm),
            _ => None,
        }
    }

    fn float_instruction(&mut self, op: FloatUnary) -> Option<()> {
        let value = self.float_entry(0);
        let value = self.e.float_unary(op, value);
        self.drop_top(1);
        self.push(Abs::Float(value));
        Some(())
    }

    fn float_function(&mut self, function: Pure) -> Option<()> {
        let value = self.float_entry(0);
        let value = self.e.call(function, &[value]);
        self.drop_top(1);
        self.push(Abs::Float(value));
        Some(())
    }

    fn int_function(&mut self, function: Pure) -> Option<()> {
        let (a, b) = (self.int_entry(1), self.int_entry(0));
        let value = self.e.call(function, &[a, b]);
        self.drop_top(2);
        self.push(Abs::Int(value));
        Some(())
    }
}
