//! Loops: every shape that a frontend writes, with an end that nothing in the body can
//! put off.

use super::super::kinds::{self, Want};
use super::super::tree::{Expr, Form, Loop, Stmt, Test};
use super::{Around, Grower, MAX_TURNS, Top};
use fusevm::{Op, Value};

/// How a loop counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counting {
    /// A slot, by the fused closing branch.
    Fused,
    /// A slot, by separate ops.
    Slot,
    /// A slot, down to zero.
    Down,
    /// A value on the stack.
    Stack,
    /// A global.
    Global,
}

/// Where a loop is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tested {
    Top,
    Bottom,
    Rotated,
    Middle,
}

/// Where a counter starts and before which number the loop ends.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    start: i64,
    limit: i32,
    turns: i64,
}

impl Grower<'_, '_> {
    /// A loop, behind what sets its counter.
    pub(super) fn loop_stmt(&mut self, out: &mut Vec<Stmt>) {
        let is_nested = !self.place.loops.is_empty();
        let global = match is_nested || self.place.returns != super::Returns::Root {
            true => 0,
            false => self.profile.globals,
        };
        let counting = self.e.weighted(&[
            (22 + self.profile.fused, Counting::Fused),
            (46, Counting::Slot),
            (8, Counting::Down),
            (self.profile.keeps / 2, Counting::Stack),
            (global / 2, Counting::Global),
        ]);
        let bounds = self.bounds();
        match counting {
            Counting::Fused => self.fused_counting(bounds, out),
            Counting::Slot => self.slot_counting(bounds, out),
            Counting::Down => self.counting_down(bounds, out),
            Counting::Stack => self.stack_counting(bounds, out),
            Counting::Global => self.global_counting(bounds, out),
        }
    }

    /// A number of turns that the budget allows, and numbers that give it.
    fn bounds(&mut self) -> Bounds {
        let left = (self.profile.budget - self.spent).max(0) / (self.turns * 8);
        let most = (MAX_TURNS / self.turns).min(left).clamp(1, 120);
        let turns = match self.place.loops.len() {
            0 => kinds::turns(&mut self.e),
            _ => kinds::turns(&mut self.e).min(self.e.pick(&[5, 12, 60])),
        };
        let turns = turns.min(most);
        let limit = match self.e.weighted(&[(85, 0), (8, 1), (7, 2)]) {
            0 => turns as i32,
            1 => self.e.range(-20, 20) as i32,
            _ => self
                .e
                .pick(&[i32::MAX, i32::MIN, i32::MAX - 1, i32::MIN + 1]),
        };
        // Now and then the loop is over before it starts.
        let skip = if turns == 0 { self.e.range(0, 3) } else { 0 };
        Bounds {
            start: i64::from(limit) - turns + skip,
            limit,
            turns,
        }
    }

    /// A counter that starts where it is to start, in most cases by a statement.
    fn counter(&mut self, start: i64, out: &mut Vec<Stmt>) -> u16 {
        let known =
            self.place.locals.iter().find(|local| {
                local.fixed && !local.active && local.want == Want::Int && start == 0
            });
        let known = known.map(|local| local.slot);
        let reused = known.filter(|_| self.e.chance(35));
        let slot = match reused {
            Some(slot) => slot,
            None => self.local(Want::Int, true),
        };
        let at_entry = reused.is_none()
            && self.place.loops.is_empty()
            && self.place.returns == super::Returns::Root
            && self.place.blocks == 0
            && self.place.scopes == 0
            && slot < 70
            && self.e.chance(30);
        let value = self.start_value(start);
        if at_entry {
            if start != 0 || self.e.chance(70) {
                self.set_at_entry(slot, value);
            }
        } else {
            let load = self.load(value);
            self.pay(2);
            out.push(Stmt::Do(Vec::new(), vec![load, Op::SetSlot(slot)]));
        }
        slot
    }

    /// `start`, now and then as another kind that counts the same.
    fn start_value(&mut self, start: i64) -> Value {
        if !self.any_kind() {
            return Value::Int(start);
        }
        match self.e.below(6) {
            0 => Value::Float(start as f64),
            1 => Value::Float(start as f64 + 0.5),
            2 => Value::str(start.to_string()),
            3 if start == 0 && self.e.chance(50) => Value::Bool(false),
            3 if start == 0 => Value::Undef,
            4 if (0..6).contains(&start) => Value::Array(vec![Value::Int(7); start as usize]),
            _ => Value::Int(start),
        }
    }

    /// The body of a loop whose counter is `counter`.
    fn loop_body(&mut self, counter: Option<u16>, turns: i64, may_skip: bool) -> Vec<Stmt> {
        self.loop_part(Around {
            counter,
            turns,
            may_skip,
            may_continue: true,
        })
    }

    /// What a loop does before its test: a turn that went on from here would never be tested.
    fn untested_part(&mut self, counter: Option<u16>, turns: i64, may_skip: bool) -> Vec<Stmt> {
        self.loop_part(Around {
            counter,
            turns,
            may_skip,
            may_continue: false,
        })
    }

    fn loop_part(&mut self, around: Around) -> Vec<Stmt> {
        if let Some(body) = self.planned.take() {
            return body;
        }
        let Around { counter, turns, .. } = around;
        let share = (self.nodes * 2 / 3).max(3);
        self.set_active(counter, true);
        self.place.loops.push(around);
        let body = self.repeated(turns, |this| {
            let mut body = this.body(share);
            if !this.signatures.is_empty() && this.e.chance(60) {
                body.push(this.call_stmt());
            }
            body
        });
        self.place.loops.pop();
        self.set_active(counter, false);
        body
    }

    pub(super) fn set_active(&mut self, counter: Option<u16>, active: bool) {
        for local in &mut self.place.locals {
            if Some(local.slot) == counter {
                local.active = active;
            }
        }
    }

    fn fused_counting(&mut self, bounds: Bounds, out: &mut Vec<Stmt>) {
        let slot = self.counter(bounds.start, out);
        self.pay(1);
        let body = self.loop_body(Some(slot), bounds.turns, true);
        let (form, step) = match self.e.weighted(&[(60, 0), (22, 1), (18, 2)]) {
            0 => (Form::Fused(slot, bounds.limit), Vec::new()),
            1 => (Form::FusedGuarded(slot, bounds.limit), Vec::new()),
            _ => {
                let step = self.step(slot, 1);
                (Form::Top(Test::SlotLt(slot, bounds.limit)), step)
            }
        };
        out.push(Stmt::Loop(Box::new(Loop { form, body, step })));
    }

    fn slot_counting(&mut self, bounds: Bounds, out: &mut Vec<Stmt>) {
        let by = self.e.weighted(&[(85, 1), (10, 2), (5, 7)]);
        let limit = self.limit(bounds, out);
        let slot = self.counter(bounds.start, out);
        let tested = self.tested();
        let (test, may_skip) = self.counter_test(Op::GetSlot(slot), limit, bounds, by);
        self.pay(4);
        let body = self.loop_body(Some(slot), bounds.turns / by, may_skip);
        let first = self.first_part(tested, slot, bounds, may_skip);
        let step = self.step(slot, by);
        let form = form(tested, test, first);
        out.push(Stmt::Loop(Box::new(Loop { form, body, step })));
    }

    /// What a loop that is tested in its middle does before the test.
    fn first_part(&mut self, tested: Tested, slot: u16, bounds: Bounds, skip: bool) -> Vec<Stmt> {
        match tested {
            Tested::Middle => {
                self.within(6, |this| this.untested_part(Some(slot), bounds.turns, skip))
            }
            _ => Vec::new(),
        }
    }

    fn tested(&mut self) -> Tested {
        self.e.weighted(&[
            (40, Tested::Top),
            (36, Tested::Bottom),
            (12, Tested::Rotated),
            (12, Tested::Middle),
        ])
    }

    /// An op that loads the limit: a literal or a slot that nothing changes.
    fn limit(&mut self, bounds: Bounds, out: &mut Vec<Stmt>) -> Op {
        let limit = i64::from(bounds.limit);
        match self.e.weighted(&[(75, 0), (15, 1), (10, 2)]) {
            0 => Op::LoadInt(limit),
            1 => {
                let slot = self.local(Want::Any, true);
                let load = self.load(Value::Int(limit));
                self.pay(2);
                out.push(Stmt::Do(Vec::new(), vec![load, Op::SetSlot(slot)]));
                Op::GetSlot(slot)
            }
            _ => Op::LoadFloat(limit as f64),
        }
    }

    /// The test of a counter that counts up by `by`, and whether the counter may jump over
    /// its limit.
    fn counter_test(&mut self, get: Op, limit: Op, bounds: Bounds, by: i64) -> (Test, bool) {
        let exact = by == 1 && bounds.turns > 0 && self.profile.any_kind == 0;
        let (left, right) = (Expr::op(get), Expr::op(limit));
        let (less, sense, may_skip) = match self.e.weighted(&[
            (50, 0),
            (14, 1),
            (10, 2),
            (if exact { 10 } else { 0 }, 3),
            (if exact { 6 } else { 0 }, 4),
            (5, 5),
        ]) {
            0 => (Expr::Ops(vec![left, right], vec![Op::NumLt]), true, true),
            1 => (Expr::Ops(vec![left, right], vec![Op::NumGe]), false, true),
            2 => (Expr::Ops(vec![right, left], vec![Op::NumGt]), true, true),
            3 => (Expr::Ops(vec![left, right], vec![Op::NumNe]), true, false),
            4 => (
                Expr::Ops(vec![left, right], vec![Op::Spaceship]),
                true,
                false,
            ),
            _ => (
                Expr::Ops(vec![left, right], vec![Op::NumLt, Op::LogNot]),
                false,
                true,
            ),
        };
        let value = match sense && self.e.chance(8) {
            true => self.and_data(less),
            false => less,
        };
        match self.e.chance(8) {
            true => (Test::Keep { value, sense }, may_skip),
            false => (Test::Value { value, sense }, may_skip),
        }
    }

    /// `test && data`: the loop may end early.
    fn and_data(&mut self, test: Expr) -> Expr {
        let data = self.condition();
        self.pay(2);
        match self.e.chance(60) {
            true => Expr::Short {
                or: false,
                left: Box::new(test),
                right: Box::new(data),
            },
            false => Expr::Ops(vec![test, data], vec![Op::LogAnd]),
        }
    }

    /// Ops that add `by` to a counter in a slot.
    fn step(&mut self, slot: u16, by: i64) -> Vec<Op> {
        let ops = match (
            by,
            self.e
                .weighted(&[(40, 0), (20, 1), (14, 2), (10, 3), (8, 4), (8, 5)]),
        ) {
            (1, 0) => vec![Op::PreIncSlotVoid(slot)],
            (1, 2) => vec![Op::GetSlot(slot), Op::Inc, Op::SetSlot(slot)],
            (1, 3) => vec![Op::PreIncSlot(slot), Op::Pop],
            (1, 4) => {
                let sink = self.sink(Want::Int);
                [vec![Op::PostIncSlot(slot)], sink].concat()
            }
            (_, 5) => vec![
                Op::LoadInt(by),
                Op::GetSlot(slot),
                Op::Add,
                Op::SetSlot(slot),
            ],
            _ => vec![
                Op::GetSlot(slot),
                Op::LoadInt(by),
                Op::Add,
                Op::SetSlot(slot),
            ],
        };
        self.pay(ops.len() as i32);
        ops
    }

    fn counting_down(&mut self, bounds: Bounds, out: &mut Vec<Stmt>) {
        let turns = bounds.turns.max(1);
        let slot = self.counter(turns, out);
        self.pay(3);
        let body = self.loop_body(Some(slot), turns, false);
        let ops: &[Op] = match self.e.below(4) {
            0 => &[Op::PreDecSlot(slot)],
            1 => &[Op::GetSlot(slot), Op::Dec, Op::Dup, Op::SetSlot(slot)],
            2 => &[Op::PreDecSlot(slot), Op::LoadInt(0), Op::NumGt],
            _ => &[
                Op::GetSlot(slot),
                Op::LoadInt(1),
                Op::Sub,
                Op::Dup,
                Op::SetSlot(slot),
                Op::LoadInt(0),
                Op::NumGt,
            ],
        };
        let value = Expr::Ops(Vec::new(), ops.to_vec());
        let test = Test::Value { value, sense: true };
        out.push(Stmt::Loop(Box::new(Loop {
            form: Form::Bottom(test),
            body,
            step: Vec::new(),
        })));
    }

    fn stack_counting(&mut self, bounds: Bounds, out: &mut Vec<Stmt>) {
        let start = self.load(Value::Int(bounds.start));
        let tested = self.tested();
        let test = Test::Value {
            value: Expr::Ops(
                Vec::new(),
                vec![Op::Dup, Op::LoadInt(bounds.limit.into()), Op::NumLt],
            ),
            sense: true,
        };
        self.pay(6);
        let outside = std::mem::replace(&mut self.place.top, Top::Nothing);
        let body = self.loop_body(None, bounds.turns, false);
        let first = match tested {
            Tested::Middle => self.within(4, |this| this.untested_part(None, bounds.turns, false)),
            _ => Vec::new(),
        };
        self.place.top = outside;
        let step = match self.e.chance(60) {
            true => vec![Op::Inc],
            false => vec![Op::LoadInt(1), Op::Add],
        };
        let form = form(tested, test, first);
        let sink = self.sink(Want::Int);
        out.push(Stmt::Keep {
            value: Expr::op(start),
            body: vec![Stmt::Loop(Box::new(Loop { form, body, step }))],
            sink,
        });
    }

    fn global_counting(&mut self, bounds: Bounds, out: &mut Vec<Stmt>) {
        let value = self.start_value(bounds.start);
        let name = self.new_global(Want::Int, value, true);
        let limit = Op::LoadInt(bounds.limit.into());
        let (test, _) = self.counter_test(Op::GetVar(name), limit, bounds, 1);
        let tested = self.tested();
        self.pay(6);
        let body = self.loop_body(None, bounds.turns, false);
        let first = match tested {
            Tested::Middle => self.within(4, |this| this.untested_part(None, bounds.turns, false)),
            _ => Vec::new(),
        };
        let step = match self.e.chance(50) {
            true => vec![Op::GetVar(name), Op::Inc, Op::SetVar(name)],
            false => vec![Op::GetVar(name), Op::LoadInt(1), Op::Add, Op::SetVar(name)],
        };
        let form = form(tested, test, first);
        out.push(Stmt::Loop(Box::new(Loop { form, body, step })));
    }

    /// One of the superinstructions that are a whole loop.
    pub(super) fn fused_loop(&mut self) -> Stmt {
        let turns =
            kinds::turns(&mut self.e).min((self.profile.budget - self.spent).max(0) / self.turns);
        let limit = match self.e.weighted(&[(80, 0), (10, 1), (10, 2)]) {
            0 => turns as i32,
            1 => self.e.range(-9, 9) as i32,
            _ => self.e.pick(&[i32::MAX, i32::MIN, i32::MAX - 1]),
        };
        let over = if self.e.chance(12) {
            self.e.range(1, 200)
        } else {
            0
        };
        let start = i64::from(limit) - turns + over;
        let i = self.target(Want::Int);
        let value = self.start_value(start);
        let load = self.load(value);
        self.spent += turns * self.turns;
        self.pay(3);
        let op = self.fused_loop_op(i, limit);
        Stmt::Do(Vec::new(), vec![load, Op::SetSlot(i), op])
    }

    fn fused_loop_op(&mut self, i: u16, limit: i32) -> Op {
        match self.e.weighted(&[(60, 0), (20, 1), (20, 2)]) {
            0 => {
                let sum = match self.e.chance(10) {
                    true => i,
                    false => self.target(Want::Int),
                };
                Op::AccumSumLoop(sum, i, limit)
            }
            1 => {
                let text = Value::str(kinds::text(&mut self.e));
                let s = match self.e.chance(90) {
                    true => self.target(Want::Str),
                    false => self.target(Want::Any),
                };
                let piece = match self.e.chance(92) {
                    true => self.constant(text),
                    false => 300,
                };
                Op::ConcatConstLoop(piece, s, i, limit)
            }
            _ => {
                let name = match self.e.chance(90) {
                    true => self.global(Want::Array),
                    false => self.any_global(),
                };
                Op::PushIntRangeLoop(name, i, limit)
            }
        }
    }
}

fn form(tested: Tested, test: Test, first: Vec<Stmt>) -> Form {
    match tested {
        Tested::Top => Form::Top(test),
        Tested::Bottom => Form::Bottom(test),
        Tested::Rotated => Form::Rotated(test),
        Tested::Middle => Form::Middle(first, test),
    }
}
