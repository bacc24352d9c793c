//! Subs and calls: leaves, chains, subs without a result, recursion of every kind.

use super::super::kinds::{self, Want};
use super::super::tree::{Expr, Stmt, Sub, Test};
use super::{Grower, Returns, Signature, frame};
use fusevm::Op;

/// What a sub is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Ops on the arguments where they are.
    Leaf,
    /// Arguments in slots, statements, a result.
    Plain,
    /// Statements and no result.
    Void,
    /// Each sub calls the one before it: deeper than tiers inline.
    Chain,
    /// One call of itself per activation.
    Linear,
    /// Two calls of itself per activation.
    Double,
    /// Its last act is to call itself.
    Tail,
    /// Two subs that call each other.
    Mutual,
}

impl Grower<'_, '_> {
    /// A few subs. A sub calls those before it, and itself where its shape says so.
    pub(super) fn subs(&mut self) {
        let n = self.e.weighted(&[(60, 1), (25, 2), (15, 3)]);
        for _ in 0..n {
            let shape = self.e.weighted(&[
                (24, Shape::Leaf),
                (26, Shape::Plain),
                (12, Shape::Void),
                (8, Shape::Chain),
                (12, Shape::Linear),
                (6, Shape::Double),
                (6, Shape::Tail),
                (6, Shape::Mutual),
            ]);
            match shape {
                Shape::Leaf => self.leaf_sub(),
                Shape::Plain => self.plain_sub(true),
                Shape::Void => self.plain_sub(false),
                Shape::Chain => self.chain(),
                Shape::Mutual => self.mutual(),
                Shape::Linear | Shape::Double | Shape::Tail => self.recursive(shape),
            }
        }
    }

    /// Grows a sub in a frame of its own and measures what a call of it executes.
    fn sub(&mut self, returns: Returns, grow: impl FnOnce(&mut Self) -> Vec<Stmt>) -> (Sub, i64) {
        let place = std::mem::replace(&mut self.place, frame(returns));
        let (turns, spent) = (self.turns, self.spent);
        (self.turns, self.spent) = (1, 0);
        // What subs have is only partly taken from the root, which is to have a loop around
        // its calls.
        let nodes = self.nodes;
        let body = self.within((nodes / 3).max(6), grow);
        self.nodes = nodes - (nodes - self.nodes) / 3;
        let cost = self.spent + 2;
        (self.turns, self.spent) = (turns, spent);
        self.place = place;
        (Sub { body }, cost)
    }

    fn add_sub(&mut self, sub: Sub, signature: Signature) {
        self.program.subs.push(sub);
        self.signatures.push(signature);
    }

    fn leaf_sub(&mut self) {
        let argc = self.e.range(1, 3) as usize;
        let want = self.number();
        let (sub, cost) = self.sub(Returns::Value(want), |this| {
            let mut ops = Vec::new();
            for _ in 1..argc {
                ops.push(this.folding_op(want));
            }
            let operands = match this.e.chance(50) {
                true => {
                    ops.insert(0, this.folding_op(want));
                    vec![this.expr(want, 1)]
                }
                false => Vec::new(),
            };
            this.pay(ops.len() as i32 + 1);
            vec![Stmt::Return(Some(Expr::Ops(operands, ops)))]
        });
        let signature = Signature {
            argc,
            gives: Some(want),
            cost,
            depth: None,
        };
        self.add_sub(sub, signature);
    }

    /// Moves the `argc` arguments into slots; the last one is on top.
    fn take_arguments(&mut self, argc: usize, wants: Want) -> Vec<Stmt> {
        let slots: Vec<u16> = (0..argc).map(|_| self.local(wants, false)).collect();
        self.pay(argc as i32);
        let stores = slots.into_iter().rev().map(Op::SetSlot).collect();
        vec![Stmt::Do(Vec::new(), stores)]
    }

    fn plain_sub(&mut self, gives: bool) {
        let argc = self.e.range(0, 3) as usize;
        let want = self.number();
        let returns = if gives {
            Returns::Value(want)
        } else {
            Returns::Nothing
        };
        let (sub, cost) = self.sub(returns, |this| {
            let mut body = this.take_arguments(argc, want);
            let share = this.nodes;
            body.extend(this.body(share));
            if gives {
                body.push(Stmt::Return(Some(this.expr(want, 2))));
            } else {
                // Its own slots are gone when it returns.
                let name = this.global(want);
                let value = this.expr(want, 1);
                body.push(Stmt::Do(vec![value], vec![Op::SetVar(name)]));
                body.push(Stmt::Return(None));
            }
            body
        });
        let signature = Signature {
            argc,
            gives: gives.then_some(want),
            cost,
            depth: None,
        };
        self.add_sub(sub, signature);
    }

    /// Subs that call each other in a row, deeper than any documented limit.
    fn chain(&mut self) {
        let n = self.e.range(3, 8);
        self.leaf_sub();
        for _ in 1..n {
            let callee = self.signatures.len() - 1;
            let signature = self.signatures[callee];
            let want = signature.gives.unwrap_or(Want::Int);
            let in_slot = self.e.chance(40);
            let (sub, cost) = self.sub(Returns::Value(want), |this| {
                let mut body = Vec::new();
                let argument = match in_slot {
                    true => {
                        body.push(Stmt::op(Op::SetSlot(0)));
                        Expr::op(Op::GetSlot(0))
                    }
                    false => Expr::Ops(Vec::new(), vec![Op::Dup]),
                };
                let args = vec![argument; signature.argc];
                let literal = this.literal(want);
                let op = this.folding_op(want);
                let call = Expr::Call(callee, args);
                this.pay(5);
                body.push(Stmt::Return(Some(Expr::Ops(vec![call, literal], vec![op]))));
                body
            });
            let cost = cost.saturating_add(signature.cost);
            self.add_sub(
                sub,
                Signature {
                    argc: 1,
                    cost,
                    ..signature
                },
            );
        }
    }

    /// A sub that calls itself with a smaller number until that is 0.
    fn recursive(&mut self, shape: Shape) {
        let own = self.program.subs.len();
        let extra = shape == Shape::Tail || self.e.chance(25);
        let argc = 1 + usize::from(extra);
        let want = self.number();
        let (sub, cost) = self.sub(Returns::Value(want), |this| {
            let mut body = this.descend(extra, want);
            if this.e.chance(50) {
                let share = this.nodes.min(8);
                body.extend(this.body(share));
            }
            let again = |this: &mut Self| this.again(own, extra, want);
            let result = match shape {
                Shape::Tail => again(this),
                Shape::Double => {
                    let op = this.folding_op(want);
                    Expr::Ops(vec![again(this), again(this)], vec![op])
                }
                _ => {
                    let op = this.folding_op(want);
                    let other = this.expr(want, 1);
                    match this.e.chance(50) {
                        true => Expr::Ops(vec![again(this), other], vec![op]),
                        false => Expr::Ops(vec![other, again(this)], vec![op]),
                    }
                }
            };
            body.push(Stmt::Return(Some(result)));
            body
        });
        let (depth, activations) = match shape {
            Shape::Double => (5, 63),
            _ => (12, 13),
        };
        let signature = Signature {
            argc,
            gives: Some(want),
            cost: cost * activations,
            depth: Some(depth),
        };
        self.add_sub(sub, signature);
    }

    /// Two subs that call each other.
    fn mutual(&mut self) {
        let first = self.program.subs.len();
        let want = self.number();
        for own in [first, first + 1] {
            let other = first + first + 1 - own;
            let (sub, cost) = self.sub(Returns::Value(want), |this| {
                let mut body = this.descend(false, want);
                let op = this.folding_op(want);
                let value = this.expr(want, 1);
                let call = this.again(other, false, want);
                body.push(Stmt::Return(Some(Expr::Ops(vec![call, value], vec![op]))));
                body
            });
            let signature = Signature {
                argc: 1,
                gives: Some(want),
                cost: cost * 14,
                depth: Some(10),
            };
            self.add_sub(sub, signature);
        }
    }

    /// Takes the arguments of a recursive sub and returns when the first one is below 1.
    fn descend(&mut self, extra: bool, want: Want) -> Vec<Stmt> {
        let n = self.local(Want::Int, true);
        // No loop may take it for its counter.
        self.set_active(Some(n), true);
        let mut take = Vec::new();
        if extra {
            take.push(Op::SetSlot(self.local(want, false)));
        }
        take.push(Op::SetSlot(n));
        self.pay(6);
        let base = match extra {
            true => self.variable(want),
            false => self.expr(want, 1),
        };
        let get = Expr::op(Op::GetSlot(n));
        let value = |ops: &[Op]| Expr::Ops(vec![get.clone()], ops.to_vec());
        let test = match self.e.weighted(&[(50, 0), (25, 1), (25, 2)]) {
            0 => Test::Value {
                value: value(&[Op::LoadInt(1), Op::NumLt]),
                sense: true,
            },
            1 => Test::SlotLt(n, 1),
            _ => Test::Value {
                value: value(&[]),
                sense: false,
            },
        };
        vec![
            Stmt::Do(Vec::new(), take),
            Stmt::If {
                test,
                yes: vec![Stmt::Return(Some(base))],
                no: Vec::new(),
            },
        ]
    }

    /// A call of a recursive sub with the first argument reduced; its own is in slot 0.
    fn again(&mut self, sub: usize, extra: bool, want: Want) -> Expr {
        let n = self.place.locals.first().map_or(0, |local| local.slot);
        self.pay(4);
        let less = match self.e.chance(50) {
            true => vec![Op::LoadInt(1), Op::Sub],
            false => vec![Op::Dec],
        };
        let mut args = vec![Expr::Ops(vec![Expr::op(Op::GetSlot(n))], less)];
        if extra {
            args.push(self.expr(want, 2));
        }
        Expr::Call(sub, args)
    }

    /// The number of a sub that may be called here, and what callers know of it.
    pub(super) fn callee(
        &mut self,
        fits: impl Fn(&Signature) -> bool,
    ) -> Option<(usize, Signature)> {
        let left = self.profile.budget - self.spent;
        let callees: Vec<(usize, Signature)> = self
            .signatures
            .iter()
            .copied()
            .enumerate()
            // What is being grown may only be called by the shape that bounds it.
            .filter(|(_, signature)| fits(signature))
            .filter(|(_, signature)| signature.cost.saturating_mul(self.turns) <= left)
            .collect();
        (!callees.is_empty()).then(|| self.e.pick(&callees))
    }

    pub(super) fn arguments(&mut self, signature: Signature) -> Vec<Expr> {
        self.spent = self
            .spent
            .saturating_add(signature.cost.saturating_mul(self.turns));
        self.pay(1);
        (0..signature.argc)
            .map(|at| match signature.depth {
                Some(depth) if at == 0 => self.recursion_depth(depth),
                _ => {
                    let want = signature.gives.unwrap_or(Want::Int);
                    self.expr(want, 1)
                }
            })
            .collect()
    }

    /// An `Int` from 0 to `depth`.
    fn recursion_depth(&mut self, depth: i64) -> Expr {
        self.pay(1);
        match self.e.chance(30) {
            true => {
                let value = self.expr(Want::Int, 1);
                let mask = Op::LoadInt(if depth >= 7 { 7 } else { 3 });
                Expr::Ops(vec![value], vec![mask, Op::BitAnd])
            }
            false => Expr::op(Op::LoadInt(self.e.range(0, depth))),
        }
    }

    /// A call that leaves a value of the wanted kind.
    pub(super) fn call_value(&mut self, want: Want) -> Option<Expr> {
        let fits = |signature: &Signature| match signature.gives {
            Some(gives) => want == Want::Any || gives == want,
            None => false,
        };
        let (sub, signature) = self.callee(fits)?;
        Some(Expr::Call(sub, self.arguments(signature)))
    }

    /// A call as a statement.
    pub(super) fn call_stmt(&mut self) -> Stmt {
        let Some((sub, signature)) = self.callee(|_| true) else {
            return self.assign();
        };
        let args = self.arguments(signature);
        match signature.gives {
            None => Stmt::Call(sub, args),
            Some(want) => {
                let sink = self.sink(want);
                Stmt::Do(vec![Expr::Call(sub, args)], sink)
            }
        }
    }

    /// A literal array or one that the program has.
    pub(super) fn small_array(&mut self) -> Expr {
        match self.e.chance(40) {
            true => self.expr(Want::Array, 1),
            false => {
                let value = kinds::value(&mut self.e, Want::Array);
                self.pay(1);
                Expr::op(self.load(value))
            }
        }
    }
}
