//! Statements: code that leaves the stack as high as it was.

use super::super::kinds::{self, Want};
use super::super::tree::{Expr, Stmt, Test};
use super::{Grower, Returns, Top};
use crate::scripted::extension;
use fusevm::{Op, Value};

/// What kind of statement is grown next.
#[derive(Debug, Clone, Copy)]
enum Shape {
    Assign,
    SlotOp,
    If,
    Loop,
    FusedLoop,
    Store,
    Keep,
    Fold,
    Scope,
    Break,
    Return,
    Call,
    Print,
    Handler,
    Shell,
    Construct,
    Command,
    Awk,
    AwkResult,
    ChangeKind,
    ForEach,
    Higher,
    Unrolled,
    Pile,
    Nop,
}

impl Grower<'_, '_> {
    /// At least one statement, and at most `share` ops, roughly.
    pub(super) fn body(&mut self, share: i32) -> Vec<Stmt> {
        self.within(share, |this| {
            let mut stmts = Vec::new();
            loop {
                this.stmt(&mut stmts);
                if this.is_done() || stmts.len() >= 14 || this.e.chance(14) {
                    return stmts;
                }
            }
        })
    }

    /// What kind of statement fits here.
    fn shape(&mut self) -> Shape {
        let p = self.profile;
        let loops = self.place.loops.len();
        let in_loop = loops > 0;
        let may_loop = match self.is_done() || self.nodes < 5 {
            true => 0,
            false => [60, 20, 14, 0].get(loops).copied().unwrap_or(0),
        };
        let kept = matches!(self.place.top, Top::Kept(_));
        let returns = match self.place.returns {
            Returns::Nothing | Returns::Value(_) if in_loop => 14,
            _ if in_loop => 2,
            _ => 1,
        };
        self.e.weighted(&[
            (40, Shape::Assign),
            (p.fused / 2, Shape::SlotOp),
            (if in_loop { 24 } else { 8 }, Shape::If),
            (may_loop, Shape::Loop),
            (p.fused / 6, Shape::FusedLoop),
            (p.globals + p.collections, Shape::Store),
            (if self.nodes > 6 { p.keeps } else { 0 }, Shape::Keep),
            (if kept { 25 } else { 0 }, Shape::Fold),
            (if self.nodes > 6 { p.scopes } else { 0 }, Shape::Scope),
            (if in_loop { 9 } else { 0 }, Shape::Break),
            (returns, Shape::Return),
            (1, Shape::Unrolled),
            (if p.keeps > 10 { 12 } else { 0 }, Shape::Pile),
            (p.calls / 2, Shape::Call),
            (p.output, Shape::Print),
            (p.handlers, Shape::Handler),
            (p.shell / 2, Shape::Shell),
            (p.shell / 4, Shape::Construct),
            (p.shell, Shape::Command),
            (p.awk / 3, Shape::Awk),
            (p.awk, Shape::AwkResult),
            (if in_loop { 6 } else { 0 }, Shape::ChangeKind),
            (p.blocks / 3, Shape::ForEach),
            (p.blocks, Shape::Higher),
            (1, Shape::Nop),
        ])
    }

    fn stmt(&mut self, out: &mut Vec<Stmt>) {
        let shape = self.shape();
        let stmt = match shape {
            Shape::Assign => self.assign(),
            Shape::SlotOp => self.slot_op(),
            Shape::If => self.branch(),
            Shape::Loop => return self.loop_stmt(out),
            Shape::FusedLoop => self.fused_loop(),
            Shape::Store => self.store(),
            Shape::Keep => self.keep(),
            Shape::Fold => self.fold(),
            Shape::Scope => self.scope(),
            Shape::Break => self.break_or_continue(),
            Shape::Return => self.early_return(),
            Shape::Call => self.call_stmt(),
            Shape::Print => self.print(),
            Shape::Handler => self.handler(),
            Shape::Shell => self.shell_stmt(),
            Shape::Construct => return self.shell_construct(out),
            Shape::Command => self.command_stmt(),
            Shape::Awk => self.awk_stmt(),
            Shape::AwkResult => self.awk_result(),
            Shape::ChangeKind => self.change_kind(),
            Shape::ForEach => self.for_each(),
            Shape::Higher => self.higher(),
            Shape::Unrolled => self.unrolled(),
            Shape::Pile => self.pile(),
            Shape::Nop => {
                self.pay(1);
                Stmt::op(Op::Nop)
            }
        };
        out.push(stmt);
    }

    /// A slot gets a new value, mostly one that depends on the old one.
    pub(super) fn assign(&mut self) -> Stmt {
        let slot = self.target(Want::Any);
        let want = self.want_of(slot);
        self.pay(2);
        let value = match self.e.chance(60) {
            true => {
                let old = Expr::op(Op::GetSlot(slot));
                let op = match want.is_number() && self.e.chance(60) {
                    true => Op::Add,
                    false => self.folding_op(want),
                };
                self.pay(1);
                let new = self.expr(want, 1);
                match self.e.chance(85) {
                    true => Expr::Ops(vec![old, new], vec![op]),
                    false => Expr::Ops(vec![new, old], vec![op]),
                }
            }
            false => self.expr(want, 2),
        };
        if self.e.chance(6) {
            let other = self.target(want);
            self.pay(2);
            return Stmt::Do(
                vec![value],
                vec![Op::Dup, Op::SetSlot(other), Op::SetSlot(slot)],
            );
        }
        Stmt::Do(vec![value], vec![Op::SetSlot(slot)])
    }

    /// The same few ops over and over: more than a tier records or compiles at once.
    fn unrolled(&mut self) -> Stmt {
        let (slot, other) = (self.target(Want::Int), self.source(Want::Any));
        let n = match self.e.chance(40) {
            true => self.e.range(60, 80),
            false => self.e.range(4, 16),
        } as usize;
        self.spent += self.turns * 4 * n as i64;
        let get = Op::GetSlot(other.unwrap_or(slot));
        let op = self.folding_op(Want::Int);
        let once = [Op::GetSlot(slot), get, op, Op::SetSlot(slot)];
        self.pay(4);
        Stmt::Do(Vec::new(), once.repeat(n))
    }

    /// More values on the stack than a tier keeps in registers, while other statements run.
    fn pile(&mut self) -> Stmt {
        let want = self.number();
        let n = match self.e.chance(40) {
            true => self.e.range(32, 40),
            false => self.e.range(2, 8),
        } as usize;
        let value = self.expr(want, 1);
        let op = self.folding_op(want);
        self.pay(8);
        let outside = std::mem::replace(&mut self.place.top, Top::Kept(want));
        let body = self.body_with_loop();
        self.place.top = outside;
        let sink = [vec![op; n], self.sink(want)].concat();
        Stmt::Keep {
            value: Expr::Ops(vec![value], vec![Op::Dup; n]),
            body,
            sink,
        }
    }

    fn want_of(&self, slot: u16) -> Want {
        let mut locals = self.place.locals.iter();
        let local = locals.find(|local| local.slot == slot);
        local.map_or(Want::Any, |local| local.want)
    }

    /// A superinstruction that changes a slot and leaves nothing, or a sunk one that leaves
    /// its result.
    fn slot_op(&mut self) -> Stmt {
        if self.e.chance(8)
            && let Some(around) = self.place.loops.last()
            && let (Some(counter), true) = (around.counter, around.may_skip)
        {
            self.pay(1);
            return Stmt::op(Op::PreIncSlotVoid(counter));
        }
        let slot = self.target(Want::Int);
        self.pay(1);
        match self.e.weighted(&[(40, 0), (30, 1), (30, 2)]) {
            0 => Stmt::op(Op::PreIncSlotVoid(slot)),
            1 => {
                let from = self.source(Want::Any).unwrap_or(slot);
                Stmt::op(Op::AddAssignSlotVoid(slot, from))
            }
            _ => {
                let op = self.e.pick(&[
                    Op::PreIncSlot(slot),
                    Op::PostIncSlot(slot),
                    Op::PreDecSlot(slot),
                    Op::PostDecSlot(slot),
                ]);
                let mut ops = vec![op];
                ops.extend(self.sink(Want::Int));
                Stmt::Do(Vec::new(), ops)
            }
        }
    }

    /// Ops that take a value from the stack and keep it observable.
    pub(super) fn sink(&mut self, want: Want) -> Vec<Op> {
        let ops = match self.e.weighted(&[(55, 0), (25, 1), (12, 2), (8, 3)]) {
            0 => vec![Op::SetSlot(self.target(want))],
            1 => {
                let slot = self.target(want);
                vec![Op::GetSlot(slot), self.folding_op(want), Op::SetSlot(slot)]
            }
            2 => vec![Op::SetVar(self.global(want))],
            _ => match self.place.top {
                Top::Kept(kept) => vec![self.folding_op(kept)],
                Top::Nothing => vec![Op::SetSlot(self.target(Want::Any))],
            },
        };
        self.pay(ops.len() as i32);
        ops
    }

    fn branch(&mut self) -> Stmt {
        let test = self.test();
        self.pay(1);
        let share = (self.nodes / 3).clamp(2, 10);
        let yes = self.body(share);
        let no = match self.e.chance(45) {
            true => {
                self.pay(1);
                self.body(share)
            }
            false => Vec::new(),
        };
        Stmt::If { test, yes, no }
    }

    /// A store into a global or a collection.
    fn store(&mut self) -> Stmt {
        if self.e.chance(self.profile.globals) {
            let want = self.local_want();
            let name = self.global(want);
            self.pay(1);
            let value = self.expr(want, 2);
            let op = match self.e.chance(75) {
                true => Op::SetVar(name),
                false => Op::DeclareVar(name),
            };
            return Stmt::Do(vec![value], vec![op]);
        }
        self.pay(1);
        let op = self.void_op();
        let operands = self.operands(&op, Want::Any, 2);
        Stmt::Do(operands, vec![op])
    }

    /// A value that stays on the stack while other statements run.
    fn keep(&mut self) -> Stmt {
        let want = self.number();
        let want = if self.any_kind() { Want::Any } else { want };
        let value = self.expr(want, 1);
        let outside = std::mem::replace(&mut self.place.top, Top::Kept(want));
        let body = self.body_with_loop();
        self.place.top = outside;
        let sink = self.sink(want);
        Stmt::Keep { value, body, sink }
    }

    /// Statements that begin with a loop where one may be.
    fn body_with_loop(&mut self) -> Vec<Stmt> {
        let share = (self.nodes / 2).max(4);
        let mut stmts = Vec::new();
        if self.place.loops.len() < 3 && self.e.chance(60) {
            self.within(share, |this| this.loop_stmt(&mut stmts));
        }
        stmts.extend(self.body(share));
        stmts
    }

    /// Changes the value that an enclosing statement keeps on the stack.
    fn fold(&mut self) -> Stmt {
        let Top::Kept(want) = self.place.top else {
            return self.assign();
        };
        self.pay(1);
        let value = self.expr(want, 1);
        let op = self.folding_op(want);
        match self.e.chance(20) {
            true => Stmt::Do(vec![value], vec![Op::Swap, op]),
            false => Stmt::Do(vec![value], vec![op]),
        }
    }

    /// A scope: the slots of the frame are out of sight in it.
    fn scope(&mut self) -> Stmt {
        self.pay(2);
        let outside = std::mem::take(&mut self.place.locals);
        let mut loops = self.place.loops.clone();
        for around in &mut loops {
            around.counter = None;
        }
        let loops = std::mem::replace(&mut self.place.loops, loops);
        let want = self.local_want();
        self.place.scopes += 1;
        let slot = self.local(want, false);
        let mut stmts = Vec::new();
        if self.e.chance(75) {
            let value = self.expr(want, 1);
            self.pay(1);
            stmts.push(Stmt::Do(vec![value], vec![Op::SetSlot(slot)]));
        }
        let share = (self.nodes / 2).max(3);
        stmts.extend(self.body(share));
        // What the scope computed is to be seen after it is gone.
        let result = self.variable(Want::Any);
        let global = self.global(want);
        self.pay(2);
        stmts.push(Stmt::Do(vec![result], vec![Op::SetVar(global)]));
        self.place.locals = outside;
        self.place.loops = loops;
        self.place.scopes -= 1;
        Stmt::Scope(stmts)
    }

    /// Leaves the loop, or this turn of it, when a condition holds.
    fn break_or_continue(&mut self) -> Stmt {
        let test = self.rare_test();
        self.pay(1);
        let levels = match self.e.chance(20) {
            true => self.e.below(self.place.loops.len()),
            false => 0,
        };
        let mut yes = match self.e.chance(30) {
            true => self.body(3),
            false => Vec::new(),
        };
        let may_continue = self
            .place
            .loops
            .last()
            .is_some_and(|around| around.may_continue);
        yes.push(match self.e.chance(40) && may_continue {
            true => Stmt::Continue,
            false => Stmt::Break(levels),
        });
        Stmt::If {
            test,
            yes,
            no: Vec::new(),
        }
    }

    /// Returns when a condition holds.
    fn early_return(&mut self) -> Stmt {
        let test = self.rare_test();
        self.pay(1);
        let value = match self.place.returns {
            Returns::Nothing => None,
            Returns::Value(want) => Some(self.expr(want, 1)),
            Returns::Root | Returns::Block => self.e.chance(50).then(|| self.expr(Want::Any, 1)),
        };
        Stmt::If {
            test,
            yes: vec![Stmt::Return(value)],
            no: Vec::new(),
        }
    }

    fn print(&mut self) -> Stmt {
        let n = self.e.range(0, 3) as u8;
        self.pay(1);
        let values = (0..n).map(|_| self.expr(Want::Any, 1)).collect();
        let op = match self.e.chance(50) {
            true => Op::Print(n),
            false => Op::PrintLn(n),
        };
        Stmt::Do(values, vec![op])
    }

    /// A builtin or an extension op of the scripted handlers.
    fn handler(&mut self) -> Stmt {
        self.calls_handlers = true;
        if self.e.chance(50) {
            let argc = self.e.range(0, 3) as u8;
            let id = match self.e.weighted(&[(55, 0), (30, 1), (15, 2)]) {
                // Those that pop their arguments and return a value, and those that do not.
                0 => self.e.pick(&[0, 1, 2, 4, 9, 12, 14]),
                1 => self
                    .e
                    .pick(&[3, 3, 3, 11, 11, 5, 6, 7, 8, 10, 13, 15, 16, 16, 16, 17, 17]),
                _ => self.e.range(0, 18) as u16,
            };
            let args = (0..argc).map(|_| self.expr(Want::Any, 1)).collect();
            let mut ops = vec![Op::CallBuiltin(id, argc)];
            ops.extend(self.sink(Want::Any));
            return Stmt::Do(args, ops);
        }
        if self.e.chance(40) {
            return self.compiled_extension();
        }
        let n = self.e.range(0, 9);
        let effect = self.e.pick(&[1u16, 0, 2, 3, 4, 5, 6, 7, 8, 9]);
        let id = effect + 10 * self.e.range(0, 2) as u16;
        let op = match self.e.chance(60) {
            true => Op::Extended(id, n as u8),
            false => Op::ExtendedWide(id, n as usize),
        };
        self.pay(1);
        match effect {
            1 | 9 => {
                let mut ops = vec![op];
                ops.extend(self.sink(Want::Any));
                Stmt::Do(Vec::new(), ops)
            }
            2 | 3 => Stmt::Do(vec![self.expr(Want::Any, 1)], vec![op]),
            4 => {
                let mut ops = vec![op];
                ops.extend(self.sink(Want::Int));
                Stmt::Do(vec![self.expr(Want::Any, 1)], ops)
            }
            _ => Stmt::op(op),
        }
    }

    /// An extension op that the tiers compile.
    fn compiled_extension(&mut self) -> Stmt {
        let op = self.e.range(0, extension::COMPILED.len() as i64 - 1) as u16;
        let wants = self.e.pick(&[Want::Int, Want::Float, Want::Any]);
        let operands = (0..extension::n_operands(op)).map(|_| self.expr(wants, 1));
        let operands = operands.collect();
        let mut ops = vec![Op::Extended(
            extension::FIRST + op,
            self.e.range(0, 255) as u8,
        )];
        for _ in 0..extension::n_results(op) {
            ops.extend(self.sink(Want::Int));
        }
        self.pay(1);
        Stmt::Do(operands, ops)
    }

    /// A slot holds another kind from some turn on, or at one turn.
    fn change_kind(&mut self) -> Stmt {
        let test = match self.test() {
            Test::Keep { value, sense } => Test::Value { value, sense },
            test => test,
        };
        let slot = self.target(Want::Any);
        let value = match self.e.weighted(&[(40, 0), (20, 1), (40, 2)]) {
            0 => Value::Float(kinds::float(&mut self.e)),
            1 => Value::Int(kinds::int(&mut self.e)),
            _ => kinds::value(&mut self.e, Want::Any),
        };
        self.pay(3);
        let value = Expr::op(self.load(value));
        Stmt::If {
            test,
            yes: vec![Stmt::Do(vec![value], vec![Op::SetSlot(slot)])],
            no: Vec::new(),
        }
    }
}
