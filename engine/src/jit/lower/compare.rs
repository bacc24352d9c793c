//! Numeric comparison: two `Int`s as integers, every other pair as floats.

use super::{Abs, Cmp, Emit, Lower};
use crate::jit::emit::IntOp;

impl<E: Emit> Lower<'_, E> {
    /// Compares the two top entries; `None` when a kind is unknown.
    fn compare(&mut self, cmp: Cmp) -> Option<E::V> {
        match (self.entry(1), self.entry(0)) {
            (Abs::Mem, _) | (_, Abs::Mem) => None,
            (Abs::Int(a), Abs::Int(b)) => Some(self.e.int_cmp(cmp, a, b)),
            (a, b) => {
                let (a, b) = (self.reg_to_float(a), self.reg_to_float(b));
                Some(self.e.float_cmp(cmp, a, b))
            }
        }
    }

    pub(super) fn num_compare(&mut self, cmp: Cmp) -> Option<()> {
        let truth = self.compare(cmp)?;
        self.drop_top(2);
        self.push(Abs::Bool(truth));
        Some(())
    }

    /// `Spaceship`: (a > b) - (a < b), which is 0 with NaN.
    pub(super) fn spaceship(&mut self) -> Option<()> {
        let greater = self.compare(Cmp::Gt)?;
        let less = self.compare(Cmp::Lt)?;
        let (greater, less) = (self.e.bool_to_int(greater), self.e.bool_to_int(less));
        let sign = self.e.int_op(IntOp::Sub, greater, less);
        self.drop_top(2);
        self.push(Abs::Int(sign));
        Some(())
    }
}
