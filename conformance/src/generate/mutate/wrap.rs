//! Mutations that put something around statements, and those that change how a loop is
//! tested.

use super::super::entropy::Entropy;
use super::super::kinds;
use super::super::tree::{Expr, Form, Loop, Program, Stmt, Test};
use super::super::walk::{Node, change_body, change_one};
use super::ops::slots;
use fusevm::Op;

/// Most statements that are wrapped at once.
const MOST: usize = 6;

/// Takes a run of statements out of `body` and puts what `wrap` makes of it there.
fn wrap_run(
    body: &mut Vec<Stmt>,
    e: &mut Entropy,
    wrap: impl FnOnce(Vec<Stmt>, &mut Entropy) -> Vec<Stmt>,
) -> bool {
    // What ends a sub has to stay where it is.
    let n = body.len() - usize::from(matches!(body.last(), Some(Stmt::Return(_))));
    if n == 0 {
        return false;
    }
    let start = e.below(n);
    let end = (start + 1 + e.below(MOST)).min(n);
    let run = body.drain(start..end).collect();
    let wrapped = wrap(run, e);
    body.splice(start..start, wrapped);
    true
}

/// A slot that nothing in the program names.
fn fresh_slot(program: &mut Program) -> Option<u16> {
    let last = slots(program).last().copied().unwrap_or(-1);
    u16::try_from(last + 1).ok()
}

/// Statements run several times, counted in a slot of their own, which nothing else writes.
pub(super) fn wrap_in_loop(program: &mut Program, e: &mut Entropy) -> bool {
    let Some(counter) = fresh_slot(program) else {
        return false;
    };
    change_body(program, e, 1, |body, e| {
        wrap_run(body, e, |run, e| counted(counter, run, e))
    })
}

/// `run` in a loop of 2 turns or more, behind what sets its counter.
fn counted(counter: u16, run: Vec<Stmt>, e: &mut Entropy) -> Vec<Stmt> {
    let turns = kinds::turns(e).max(2) as i32;
    let less = Test::Value {
        value: Expr::Ops(
            Vec::new(),
            vec![Op::GetSlot(counter), Op::LoadInt(turns.into()), Op::NumLt],
        ),
        sense: true,
    };
    let form = match e.below(6) {
        0 => Form::Fused(counter, turns),
        1 => Form::FusedGuarded(counter, turns),
        2 => Form::Top(Test::SlotLt(counter, turns)),
        3 => Form::Top(less),
        4 => Form::Bottom(less),
        _ => Form::Rotated(less),
    };
    let step = match form {
        Form::Fused(..) | Form::FusedGuarded(..) => Vec::new(),
        _ => vec![Op::PreIncSlotVoid(counter)],
    };
    let start = Stmt::Do(Vec::new(), vec![Op::LoadInt(0), Op::SetSlot(counter)]);
    let body = run;
    vec![start, Stmt::Loop(Box::new(Loop { form, body, step }))]
}

/// Statements run under a condition on a slot, and others of the same body otherwise.
pub(super) fn wrap_in_branch(program: &mut Program, e: &mut Entropy) -> bool {
    let slots = slots(program);
    if slots.is_empty() {
        return false;
    }
    change_body(program, e, 1, |body, e| {
        wrap_run(body, e, |run, e| {
            let slot = e.pick(&slots) as u16;
            let get = Expr::op(Op::GetSlot(slot));
            let odd = Expr::Ops(vec![get], vec![Op::LoadInt(1), Op::BitAnd]);
            let sense = e.chance(50);
            let test = match e.below(3) {
                0 => Test::Value { value: odd, sense },
                1 => Test::Keep { value: odd, sense },
                _ => Test::SlotLt(slot, e.range(0, 20) as i32),
            };
            let no = match e.chance(30) {
                true => run.clone(),
                false => Vec::new(),
            };
            vec![Stmt::If { test, yes: run, no }]
        })
    })
}

/// Statements run in a scope with slots of its own.
pub(super) fn wrap_in_scope(program: &mut Program, e: &mut Entropy) -> bool {
    change_body(program, e, 1, |body, e| {
        wrap_run(body, e, |run, _| vec![Stmt::Scope(run)])
    })
}

/// A value of a slot stays on the stack while statements run, and goes back into the slot.
pub(super) fn keep_value(program: &mut Program, e: &mut Entropy) -> bool {
    let slots = slots(program);
    if slots.is_empty() {
        return false;
    }
    change_body(program, e, 1, |body, e| {
        let slot = e.pick(&slots) as u16;
        let sink = match e.chance(50) {
            true => vec![Op::Pop],
            false => vec![Op::SetSlot(slot)],
        };
        wrap_run(body, e, |body, _| {
            let value = Expr::op(Op::GetSlot(slot));
            vec![Stmt::Keep { value, body, sink }]
        })
    })
}

/// A loop is tested somewhere else, or closed in another way.
pub(super) fn change_form(program: &mut Program, e: &mut Entropy) -> bool {
    let is_loop = |node: &Node| matches!(node, Node::Loop(_));
    change_one(program, e, &is_loop, &mut |node, e| {
        let Node::Loop(it) = node else {
            return false;
        };
        it.form = match (&it.form, e.below(3)) {
            (Form::Fused(slot, limit), 0) => Form::FusedGuarded(*slot, *limit),
            (Form::FusedGuarded(slot, limit), 0) => Form::Fused(*slot, *limit),
            (Form::Fused(slot, limit) | Form::FusedGuarded(slot, limit), at) => {
                it.step.push(Op::PreIncSlotVoid(*slot));
                let test = Test::SlotLt(*slot, *limit);
                if at == 1 {
                    Form::Top(test)
                } else {
                    Form::Bottom(test)
                }
            }
            (Form::Top(test), 0) => Form::Rotated(test.clone()),
            (Form::Rotated(test) | Form::Bottom(test), 0) => Form::Top(test.clone()),
            (Form::Top(test) | Form::Rotated(test) | Form::Bottom(test), 1) => {
                Form::Middle(Vec::new(), test.clone())
            }
            (Form::Top(test) | Form::Rotated(test), _) => Form::Bottom(test.clone()),
            (Form::Bottom(test), _) => Form::Rotated(test.clone()),
            (Form::Middle(first, test), _) => {
                it.body.splice(0..0, first.clone());
                Form::Top(test.clone())
            }
        };
        true
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{counting, outcome, program, with_entropy};
    use super::*;
    use crate::outcome::Ending;
    use fusevm::Value;

    /// One statement that counts how often it runs.
    fn tick() -> Program {
        program(vec![Stmt::op(Op::PreIncSlotVoid(0))])
    }

    fn slot(program: &Program, slot: usize) -> Option<Value> {
        outcome(program).frames[0].slots.get(slot).cloned()
    }

    #[test]
    fn what_is_wrapped_in_a_loop_runs_that_often() {
        with_entropy(|e| {
            let mut program = tick();
            assert!(wrap_in_loop(&mut program, e));
            let Stmt::Loop(_) = &program.main[1] else {
                panic!("no loop: {program:?}");
            };
            let turns = slot(&program, 0);
            assert!(matches!(turns, Some(Value::Int(2..))), "{turns:?}");
            assert!(matches!(slot(&program, 1), Some(Value::Int(2..))));
        });
    }

    #[test]
    fn what_is_wrapped_in_a_branch_runs_once_or_not_at_all() {
        with_entropy(|e| {
            let mut program = tick();
            assert!(wrap_in_branch(&mut program, e));
            assert!(matches!(program.main[..], [Stmt::If { .. }]));
            assert!(matches!(slot(&program, 0), None | Some(Value::Int(1))));
        });
    }

    #[test]
    fn a_scope_has_slots_of_its_own() {
        with_entropy(|e| {
            let mut program = tick();
            assert!(wrap_in_scope(&mut program, e));
            assert_eq!(slot(&program, 0), None);
        });
    }

    #[test]
    fn a_kept_value_is_taken_away_again() {
        with_entropy(|e| {
            let mut program = tick();
            assert!(keep_value(&mut program, e));
            assert!(matches!(program.main[..], [Stmt::Keep { .. }]));
            assert_eq!(outcome(&program).stack, []);
        });
    }

    #[test]
    fn a_loop_of_another_form_still_ends() {
        with_entropy(|e| {
            let mut program = counting();
            for _ in 0..3 {
                assert!(change_form(&mut program, e));
                assert!(!matches!(outcome(&program).ending, Ending::Error(_)));
            }
            assert!(!change_form(&mut tick(), e));
        });
    }
}
