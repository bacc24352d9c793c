//! Conditions: how often a branch goes which way is what tiers care about.

use super::super::kinds::{self, Want};
use super::super::tree::{Expr, Test};
use super::Grower;
use fusevm::Op;

/// How a condition behaves from turn to turn.
#[derive(Debug, Clone, Copy)]
enum Direction {
    /// Follows from numbers.
    Data,
    /// Follows from texts and collections.
    Other,
    /// Every second or third turn.
    Alternating,
    /// At one turn, or from one turn on.
    AtTurn,
    /// Always the same.
    Stable,
    /// A value of any kind as it is.
    Bare,
}

const COMPARISONS: [Op; 6] = [
    Op::NumLt,
    Op::NumEq,
    Op::NumGt,
    Op::NumNe,
    Op::NumLe,
    Op::NumGe,
];

impl Grower<'_, '_> {
    /// A condition, and how it is tested.
    pub(super) fn test(&mut self) -> Test {
        self.pay(1);
        if self.e.chance(self.profile.fused / 3) {
            return self.slot_test();
        }
        let value = self.condition();
        let sense = !self.e.chance(35);
        match self.e.chance(9) {
            true => Test::Keep { value, sense },
            false => Test::Value { value, sense },
        }
    }

    /// A condition for what ends a loop early: it does not hold in most turns.
    pub(super) fn rare_test(&mut self) -> Test {
        let around = self.place.loops.last().copied();
        let counter = around.and_then(|around| around.counter);
        let (Some(around), Some(counter)) = (around, counter) else {
            return self.test();
        };
        if self.e.chance(25) {
            return self.test();
        }
        let turn = self.e.range(around.turns / 2, around.turns + 1);
        let compare = self.e.pick(&[Op::NumEq, Op::NumEq, Op::NumGt, Op::NumGe]);
        self.pay(4);
        Test::Value {
            value: Expr::Ops(
                vec![Expr::op(Op::GetSlot(counter))],
                vec![Op::LoadInt(turn), compare],
            ),
            sense: true,
        }
    }

    /// A fused test of a slot.
    fn slot_test(&mut self) -> Test {
        let slot = self.source(Want::Int).or_else(|| self.source(Want::Any));
        let limit = match self.e.weighted(&[(70, 0), (20, 1), (10, 2)]) {
            0 => self.e.range(0, 60) as i32,
            1 => self.e.range(-5, 5) as i32,
            _ => self
                .e
                .pick(&[i32::MIN, i32::MAX, i32::MIN + 1, i32::MAX - 1]),
        };
        Test::SlotLt(slot.unwrap_or(0), limit)
    }

    /// A value that is used as a condition, now and then made of two.
    pub(super) fn condition(&mut self) -> Expr {
        let left = self.plain_condition();
        let how = self.e.weighted(&[(84, 0), (5, 1), (4, 2), (3, 3), (4, 4)]);
        if how == 0 {
            return left;
        }
        self.pay(2);
        if how == 1 {
            return Expr::Ops(vec![left], vec![Op::LogNot]);
        }
        let right = self.plain_condition();
        match how {
            2 => Expr::Ops(vec![left, right], vec![Op::LogAnd]),
            3 => Expr::Ops(vec![left, right], vec![Op::LogOr]),
            _ => Expr::Short {
                or: self.e.chance(50),
                left: Box::new(left),
                right: Box::new(right),
            },
        }
    }

    fn plain_condition(&mut self) -> Expr {
        let around = self.place.loops.last().copied();
        let counter = around.and_then(|around| around.counter);
        let counted = if counter.is_some() { 25 } else { 0 };
        let other = self.profile.strings + self.profile.collections;
        let direction = self.e.weighted(&[
            (30, Direction::Data),
            (other, Direction::Other),
            (counted, Direction::Alternating),
            (counted, Direction::AtTurn),
            (8, Direction::Stable),
            (10, Direction::Bare),
        ]);
        let counter = Expr::op(Op::GetSlot(counter.unwrap_or(0)));
        match direction {
            Direction::Data => {
                let want = self.number();
                let compare = self.e.pick(&COMPARISONS);
                self.pay(1);
                let (left, right) = (self.expr(want, 1), self.expr(want, 1));
                Expr::Ops(vec![left, right], vec![compare])
            }
            Direction::Other => {
                let op = self.op_giving(Want::Bool);
                self.apply(op, Want::Bool, 2)
            }
            Direction::Alternating => self.alternating(counter),
            Direction::AtTurn => {
                let turn = self.e.range(0, around.map_or(1, |around| around.turns));
                let compare = match self.e.chance(50) {
                    true => Op::NumEq,
                    false => self.e.pick(&COMPARISONS),
                };
                self.pay(3);
                Expr::Ops(vec![counter], vec![Op::LoadInt(turn), compare])
            }
            Direction::Stable => {
                let value = match self.e.chance(60) {
                    true => Op::LoadTrue,
                    false => {
                        let value = kinds::value(&mut self.e, Want::Any);
                        self.load(value)
                    }
                };
                self.pay(1);
                Expr::op(value)
            }
            Direction::Bare => self.expr(Want::Any, 1),
        }
    }

    fn alternating(&mut self, counter: Expr) -> Expr {
        let ops: &[Op] = match self.e.below(4) {
            0 => &[Op::LoadInt(2), Op::Mod],
            1 => &[Op::LoadInt(1), Op::BitAnd],
            2 => &[Op::LoadInt(2), Op::Mod, Op::LoadInt(0), Op::NumEq],
            _ => &[Op::LoadInt(3), Op::Mod, Op::LoadInt(1), Op::NumGe],
        };
        self.pay(1 + ops.len() as i32);
        Expr::Ops(vec![counter], ops.to_vec())
    }
}
