//! Drills: one or two ops, applied to values at which something changes.
//!
//! A large program meets an op with the one operand that matters about once in a day. So some
//! programs do nothing else: they hold such values in slots of any kind and apply few ops to
//! them, in a row or in a loop in which the slots change places.

use super::super::kinds::{self, Want};
use super::super::tree::{Expr, Stmt};
use super::Grower;
use super::operands::DRILLED;
use fusevm::op::OpInfo;
use fusevm::{Op, Value};

impl Grower<'_, '_> {
    /// The statements of a drill.
    pub(super) fn drill(&mut self) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        let slots = self.drilled_slots(&mut stmts);
        let info = self.e.pick(&DRILLED);
        let other = self.e.pick(&DRILLED);
        let n = self.e.range(2, 6);
        let mut results = Vec::new();
        for at in 0..n {
            let info = if at > 1 && self.e.chance(25) {
                other
            } else {
                info
            };
            results.push(self.application(info, &slots));
        }
        if self.e.chance(40) {
            stmts.push(Stmt::Do(results, Vec::new()));
            return stmts;
        }
        let mut body: Vec<Stmt> = results
            .into_iter()
            .map(|result| {
                let slot = self.local(Want::Any, true);
                Stmt::Do(vec![result], vec![Op::SetSlot(slot)])
            })
            .collect();
        if self.e.chance(50) {
            let (a, b) = (self.e.pick(&slots), self.e.pick(&slots));
            let swap = vec![
                Op::GetSlot(a),
                Op::GetSlot(b),
                Op::SetSlot(a),
                Op::SetSlot(b),
            ];
            body.push(Stmt::Do(Vec::new(), swap));
        }
        self.planned = Some(body);
        self.loop_stmt(&mut stmts);
        stmts
    }

    /// Slots that hold the values.
    fn drilled_slots(&mut self, stmts: &mut Vec<Stmt>) -> Vec<u16> {
        let by_entry = self.e.chance(60);
        let n = self.e.range(2, 5);
        (0..n)
            .map(|_| {
                let slot = self.local(Want::Any, false);
                let value = kinds::edge(&mut self.e);
                if by_entry && slot < 70 {
                    self.set_at_entry(slot, value);
                } else {
                    let load = self.load(value);
                    stmts.push(Stmt::Do(Vec::new(), vec![load, Op::SetSlot(slot)]));
                }
                slot
            })
            .collect()
    }

    /// The op of a row, applied to slots and literals.
    fn application(&mut self, info: &OpInfo, slots: &[u16]) -> Expr {
        let op = self.op(info);
        let n = op.stack_effect().0.fixed().unwrap_or(0);
        let operands = (0..n)
            .map(|_| match self.e.chance(35) {
                true => {
                    let value: Value = kinds::edge(&mut self.e);
                    Expr::op(self.load(value))
                }
                false => Expr::op(Op::GetSlot(self.e.pick(slots))),
            })
            .collect();
        Expr::Ops(operands, vec![op])
    }
}
