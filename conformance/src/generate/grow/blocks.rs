//! Blocks of the higher-order ops.

use super::super::kinds::Want;
use super::super::tree::{Block, Expr, HigherOrder, Stmt};
use super::{Grower, Returns, Top};
use fusevm::Op;

/// Invocations of a block that the budget reckons with.
const INVOCATIONS: i64 = 8;

/// What a block does with its arguments.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// Ops on the arguments where they are.
    InPlace,
    /// Moves them into slots of the frame around it.
    IntoSlots,
    /// Leaves them and puts its result on top.
    OnTop,
    /// Drops them and more than it was given.
    Drops,
    /// Nothing at all.
    Empty,
}

impl Grower<'_, '_> {
    /// A block for `op`.
    pub(super) fn block(&mut self, op: HigherOrder) -> Block {
        let outside = (
            std::mem::take(&mut self.place.loops),
            std::mem::replace(&mut self.place.top, Top::Nothing),
            std::mem::replace(&mut self.place.returns, Returns::Block),
        );
        self.place.blocks += 1;
        let n_locals = self.place.locals.len();
        let block = self.repeated(INVOCATIONS, |this| this.block_body(op));
        self.place.blocks -= 1;
        self.place.locals.truncate(n_locals);
        (self.place.loops, self.place.top, self.place.returns) = outside;
        block
    }

    fn block_body(&mut self, op: HigherOrder) -> Block {
        let shape = self.e.weighted(&[
            (45, Shape::InPlace),
            (40, Shape::IntoSlots),
            (8, Shape::OnTop),
            (3, Shape::Drops),
            (4, Shape::Empty),
        ]);
        let argc = if op == HigherOrder::Sort { 2 } else { 1 };
        let want = self.number();
        let (body, result) = match shape {
            Shape::InPlace => (Vec::new(), Some(self.in_place(op))),
            Shape::IntoSlots => {
                let slots: Vec<u16> = (0..argc).map(|_| self.local(want, false)).collect();
                let stores = slots.iter().rev().map(|slot| Op::SetSlot(*slot)).collect();
                self.pay(argc);
                let mut body = vec![Stmt::Do(Vec::new(), stores)];
                if self.e.chance(50) {
                    let share = (self.nodes / 3).clamp(2, 8);
                    body.extend(self.body(share));
                }
                let result = self.result_of_slots(op, &slots);
                (body, Some(result))
            }
            Shape::OnTop => (Vec::new(), Some(self.expr(want, 2))),
            Shape::Drops => {
                let n = argc as usize + self.e.below(2);
                let drops = Stmt::Do(Vec::new(), vec![Op::Pop; n]);
                (vec![drops], None)
            }
            Shape::Empty => (Vec::new(), None),
        };
        Block { body, result }
    }

    /// A result made of the arguments on the stack.
    fn in_place(&mut self, op: HigherOrder) -> Expr {
        self.pay(2);
        if op == HigherOrder::Sort {
            let ops: &[Op] = match self.e.below(6) {
                0 => &[Op::Spaceship],
                1 => &[Op::Swap, Op::Spaceship],
                2 => &[Op::StrCmp],
                3 => &[Op::Sub],
                4 => &[Op::NumLt],
                _ => &[
                    Op::LoadInt(7),
                    Op::Mod,
                    Op::Swap,
                    Op::LoadInt(7),
                    Op::Mod,
                    Op::Sub,
                ],
            };
            return Expr::Ops(Vec::new(), ops.to_vec());
        }
        let want = self.number();
        let other = self.expr(want, 1);
        let fold = match op {
            HigherOrder::Grep => {
                self.e
                    .pick(&[Op::NumGt, Op::NumLe, Op::Mod, Op::BitAnd, Op::StrNe])
            }
            _ => self.folding_op(want),
        };
        Expr::Ops(vec![other], vec![fold])
    }

    fn result_of_slots(&mut self, op: HigherOrder, slots: &[u16]) -> Expr {
        let get = |at: usize| Expr::op(Op::GetSlot(slots[at]));
        match op {
            HigherOrder::Sort => {
                let compare = self
                    .e
                    .pick(&[Op::Spaceship, Op::Sub, Op::StrCmp, Op::NumGt]);
                let (a, b) = if self.e.chance(50) { (0, 1) } else { (1, 0) };
                self.pay(3);
                Expr::Ops(vec![get(a), get(b)], vec![compare])
            }
            HigherOrder::Grep if self.e.chance(50) => self.condition(),
            _ => {
                let want = self.number();
                let fold = self.folding_op(want);
                let other = self.expr(want, 1);
                self.pay(2);
                Expr::Ops(vec![get(0), other], vec![fold])
            }
        }
    }

    /// The result of a higher-order op goes into a variable.
    pub(super) fn higher(&mut self) -> Stmt {
        let value = match self.e.chance(20) {
            true => Expr::Ops(vec![self.small_array()], vec![Op::SortDefault]),
            false => self.block_expr(2),
        };
        let sink = self.sink(Want::Array);
        Stmt::Do(vec![value], sink)
    }

    /// `ForEachBlock` over an array.
    pub(super) fn for_each(&mut self) -> Stmt {
        if self.place.blocks >= 2 {
            return self.assign();
        }
        self.pay(2);
        let array = self.small_array();
        let block = self.block(HigherOrder::ForEach);
        Stmt::ForEach(array, Box::new(block))
    }
}
