//! Expressions: code that leaves one value.

use super::super::kinds::{self, Want};
use super::super::tree::{Expr, HigherOrder};
use super::Grower;
use fusevm::{Op, Value};

/// What kind of expression is grown next.
#[derive(Debug, Clone, Copy)]
enum Shape {
    Op,
    Shuffle,
    Choose,
    Short,
    Call,
    Block,
    Command,
    Awk,
}

impl Grower<'_, '_> {
    /// An expression of the wanted kind, at most `depth` operations deep.
    pub(super) fn expr(&mut self, want: Want, depth: u32) -> Expr {
        let want = if self.any_kind() { Want::Any } else { want };
        if depth == 0 || self.is_done() || !self.e.chance(78) {
            return self.leaf(want);
        }
        let p = self.profile;
        let number = want.is_number() || want == Want::Any;
        let shape = self.e.weighted(&[
            (80, Shape::Op),
            (6, Shape::Shuffle),
            (4, Shape::Choose),
            (3, Shape::Short),
            (if number { p.calls } else { 0 }, Shape::Call),
            (
                if want == Want::Array { p.blocks * 8 } else { 0 },
                Shape::Block,
            ),
            (p.shell / 3, Shape::Command),
            (p.awk * 3, Shape::Awk),
        ]);
        match shape {
            Shape::Op => self.operation(want, depth),
            Shape::Shuffle => self.shuffle(want, depth),
            Shape::Choose => self.choose(want, depth),
            Shape::Short => self.short(want, depth),
            Shape::Call => match self.call_value(want) {
                Some(call) => call,
                None => self.operation(want, depth),
            },
            Shape::Block => self.block_expr(depth),
            Shape::Command => self.command(),
            Shape::Awk => self.awk_value(),
        }
    }

    /// A literal or a variable.
    fn leaf(&mut self, want: Want) -> Expr {
        self.pay(1);
        match self.e.weighted(&[(64, 0), (32, 1), (4, 2)]) {
            0 if self.e.chance(self.profile.globals) => Expr::op(Op::GetVar(self.global(want))),
            0 => self.variable(want),
            1 => self.literal(want),
            _ => self.variable(Want::Any),
        }
    }

    /// The value of a slot, or a literal when no slot has that kind.
    pub(super) fn variable(&mut self, want: Want) -> Expr {
        match self.source(want) {
            Some(slot) => Expr::op(Op::GetSlot(slot)),
            None => self.literal(want),
        }
    }

    /// An op applied to operands of the kinds that it is for.
    fn operation(&mut self, want: Want, depth: u32) -> Expr {
        let op = match want {
            Want::Int => self.int_op(),
            Want::Float => self.float_op(),
            _ => self.op_giving(want),
        };
        self.apply(op, want, depth)
    }

    /// `op` with the operands that it pops.
    pub(super) fn apply(&mut self, op: Op, want: Want, depth: u32) -> Expr {
        self.pay(1);
        let operands = self.operands(&op, want, depth);
        Expr::Ops(operands, vec![op])
    }

    fn int_op(&mut self) -> Op {
        if self.e.chance(self.profile.fused / 2)
            && let Some(op) = self.fused_value_op()
        {
            return op;
        }
        let op = self.e.weighted(&[
            (30, Some(Op::Add)),
            (18, Some(Op::Sub)),
            (14, Some(Op::Mul)),
            (10, Some(Op::Mod)),
            (4, Some(Op::BitAnd)),
            (4, Some(Op::BitOr)),
            (4, Some(Op::BitXor)),
            (4, Some(Op::Shl)),
            (4, Some(Op::Shr)),
            (4, Some(Op::Negate)),
            (4, Some(Op::Inc)),
            (4, Some(Op::Dec)),
            (3, Some(Op::TruncInt)),
            (self.profile.rare(), None),
        ]);
        match op {
            Some(op) => op,
            None => self.op_giving(Want::Int),
        }
    }

    fn float_op(&mut self) -> Op {
        let op = self.e.weighted(&[
            (26, Some(Op::Add)),
            (16, Some(Op::Sub)),
            (16, Some(Op::Mul)),
            (14, Some(Op::Div)),
            (4, Some(Op::Mod)),
            (4, Some(Op::Pow)),
            (4, Some(Op::Negate)),
            (self.profile.rare() * 2, None),
        ]);
        match op {
            Some(op) => op,
            None => self.op_giving(Want::Float),
        }
    }

    /// `PreIncSlot` and its relatives, on a slot that may be written.
    fn fused_value_op(&mut self) -> Option<Op> {
        let slots = self.writable();
        if slots.is_empty() {
            return None;
        }
        let slot = self.e.pick(&slots);
        Some(self.e.pick(&[
            Op::PreIncSlot(slot),
            Op::PostIncSlot(slot),
            Op::PreDecSlot(slot),
            Op::PostDecSlot(slot),
        ]))
    }

    /// Operands that are moved about on the stack before they are used.
    fn shuffle(&mut self, want: Want, depth: u32) -> Expr {
        let depth = depth.saturating_sub(1);
        let (n, moves): (usize, &[Op]) = match self.e.below(6) {
            0 => (1, &[Op::Dup]),
            1 => (2, &[Op::Swap]),
            2 => (3, &[Op::Rot]),
            3 => (2, &[Op::Dup2]),
            4 => (3, &[Op::Rot, Op::Swap]),
            _ => (2, &[Op::Swap, Op::Dup, Op::Rot]),
        };
        let operands: Vec<Expr> = (0..n).map(|_| self.expr(want, depth)).collect();
        let height = moves.iter().fold(n, |height, op| match op {
            Op::Dup => height + 1,
            Op::Dup2 => height + 2,
            _ => height,
        });
        let mut ops = moves.to_vec();
        for _ in 1..height {
            ops.push(self.folding_op(want));
        }
        self.pay(ops.len() as i32);
        Expr::Ops(operands, ops)
    }

    /// An op that makes one value of two.
    pub(super) fn folding_op(&mut self, want: Want) -> Op {
        match want {
            Want::Float => self
                .e
                .pick(&[Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Atan2Float]),
            Want::Bool => self.e.pick(&[Op::LogAnd, Op::LogOr, Op::NumEq, Op::NumLt]),
            Want::Str => self.e.pick(&[Op::Concat, Op::StrCmp, Op::StrLt]),
            Want::Array | Want::Hash => {
                self.e
                    .pick(&[Op::StrCmp, Op::MakeArray(2), Op::Concat, Op::NumEq])
            }
            Want::Int | Want::Any => self.e.pick(&[
                Op::Add,
                Op::Sub,
                Op::Mul,
                Op::BitXor,
                Op::Mod,
                Op::Spaceship,
                Op::GcdInt,
            ]),
        }
    }

    fn choose(&mut self, want: Want, depth: u32) -> Expr {
        let test = self.test();
        let depth = depth.saturating_sub(1);
        self.pay(3);
        Expr::Choose {
            test: Box::new(test),
            yes: Box::new(self.expr(want, depth)),
            no: Box::new(self.expr(want, depth)),
        }
    }

    fn short(&mut self, want: Want, depth: u32) -> Expr {
        let depth = depth.saturating_sub(1);
        self.pay(2);
        Expr::Short {
            or: self.e.chance(50),
            left: Box::new(self.expr(want, depth)),
            right: Box::new(self.expr(want, depth)),
        }
    }

    /// `MapBlock`, `GrepBlock` or `SortBlock` over an array.
    pub(super) fn block_expr(&mut self, depth: u32) -> Expr {
        if self.place.blocks >= 2 {
            return self.leaf(Want::Array);
        }
        let op = self
            .e
            .pick(&[HigherOrder::Map, HigherOrder::Grep, HigherOrder::Sort]);
        self.pay(2);
        let array = self.expr(Want::Array, depth.saturating_sub(1));
        let block = self.block(op);
        Expr::Block(op, Box::new(array), Box::new(block))
    }

    /// A text that is used as a key by other ops too.
    pub(super) fn key(&mut self) -> Expr {
        self.pay(1);
        let key = kinds::key(&mut self.e);
        Expr::op(self.load(Value::str(key)))
    }

    /// A small integer, for indices, counts and bounds.
    pub(super) fn small(&mut self) -> Expr {
        if self.e.chance(8) {
            return self.expr(Want::Int, 1);
        }
        self.pay(1);
        Expr::op(Op::LoadInt(kinds::small_int(&mut self.e)))
    }
}
