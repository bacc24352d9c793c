//! Mutations that move code into a sub of its own.

use super::super::entropy::Entropy;
use super::super::tree::{Expr, Program, Stmt, Sub};
use super::super::walk::{Node, change_body, change_expr, walk_expr, walk_stmt};
use super::ops::slots_of;
use fusevm::Op;

/// Most slots that are handed over as arguments.
const MOST_ARGUMENTS: usize = 8;

/// An expression becomes the result of a new sub; the slots that it names are arguments. It
/// has the same value as before if it wrote no slot.
pub(super) fn outline_expr(program: &mut Program, e: &mut Entropy) -> bool {
    let number = program.subs.len();
    let mut new_sub = None;
    change_expr(program, e, &|_| true, |expr, _| {
        let mut slots = Vec::new();
        walk_expr(expr, &mut |node, _| slots_of(&node, &mut slots));
        let Some(slots) = arguments(slots) else {
            return false;
        };
        let call = call(number, &slots);
        let result = std::mem::replace(expr, call);
        let body = vec![take(&slots), Stmt::Return(Some(result))];
        new_sub = Some(Sub { body });
        true
    });
    program.subs.extend(new_sub);
    program.subs.len() > number
}

/// A statement becomes the body of a new sub. The slots that it names are arguments, and one
/// that it writes is the result: all that remains of what it did to slots.
pub(super) fn outline_stmt(program: &mut Program, e: &mut Entropy) -> bool {
    let number = program.subs.len();
    let mut new_sub = None;
    change_body(program, e, 1, |body, e| {
        let at = e.below(body.len());
        let stmt = &mut body[at];
        let mut slots = Vec::new();
        walk_stmt(stmt, &mut |node, _| slots_of(&node, &mut slots));
        let Some(slots) = arguments(slots).filter(|_| !leaves(stmt)) else {
            return false;
        };
        let result = written(stmt).or(slots.first().copied());
        let value = result.map_or(Op::LoadUndef, Op::GetSlot);
        let sink = result.map_or(Op::Pop, Op::SetSlot);
        let call = Stmt::Do(vec![call(number, &slots)], vec![sink]);
        let stmt = std::mem::replace(stmt, call);
        let value = Stmt::Return(Some(Expr::op(value)));
        new_sub = Some(Sub {
            body: vec![take(&slots), stmt, value],
        });
        true
    });
    program.subs.extend(new_sub);
    program.subs.len() > number
}

/// The slots each once, if they are few enough.
fn arguments(mut slots: Vec<i64>) -> Option<Vec<u16>> {
    slots.sort_unstable();
    slots.dedup();
    let slots = slots.into_iter().map(|slot| slot as u16);
    (slots.len() <= MOST_ARGUMENTS).then(|| slots.collect())
}

fn call(sub: usize, slots: &[u16]) -> Expr {
    let get = |slot: &u16| Expr::op(Op::GetSlot(*slot));
    Expr::Call(sub, slots.iter().map(get).collect())
}

/// Moves the arguments into the slots that they come from; the last one is on top.
fn take(slots: &[u16]) -> Stmt {
    let stores = slots.iter().rev().map(|slot| Op::SetSlot(*slot));
    Stmt::Do(Vec::new(), stores.collect())
}

/// The last slot that the statement stores a value into.
fn written(stmt: &mut Stmt) -> Option<u16> {
    let mut written = None;
    walk_stmt(stmt, &mut |node, _| {
        if let Node::Ops(ops) = node {
            for op in ops {
                if let Op::SetSlot(slot) | Op::PreIncSlotVoid(slot) | Op::AccumSumLoop(slot, ..) =
                    op
                {
                    written = Some(*slot);
                }
            }
        }
    });
    written
}

/// Whether the statement may leave a loop around it, or its sub.
fn leaves(stmt: &mut Stmt) -> bool {
    let leaves_from = |stmt: &Stmt, loops: usize| match stmt {
        Stmt::Break(levels) => *levels >= loops,
        Stmt::Continue => loops == 0,
        Stmt::Return(_) => true,
        _ => false,
    };
    let mut found = leaves_from(stmt, 0);
    walk_stmt(stmt, &mut |node, loops| {
        if let Node::Body(body) = node {
            found |= body.iter().any(|stmt| leaves_from(stmt, loops));
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{counting, outcome, program, with_entropy};
    use super::*;

    #[test]
    fn an_outlined_expression_has_the_same_value() {
        let operands = vec![Expr::op(Op::GetSlot(3)), Expr::op(Op::LoadInt(7))];
        let value = Expr::Ops(operands, vec![Op::Sub]);
        let start = Stmt::Do(Vec::new(), vec![Op::LoadInt(50), Op::SetSlot(3)]);
        let before = program(vec![start, Stmt::Do(vec![value], vec![Op::SetSlot(1)])]);
        with_entropy(|e| {
            let mut program = before.clone();
            assert!(outline_expr(&mut program, e));
            assert_eq!(program.subs.len(), 1);
            assert_eq!(
                outcome(&program).frames[0].slots,
                outcome(&before).frames[0].slots
            );
            assert!(outline_expr(&mut program, e));
            assert_eq!(
                outcome(&program).frames[0].slots,
                outcome(&before).frames[0].slots
            );
        });
    }

    #[test]
    fn an_outlined_loop_leaves_what_it_counted() {
        let last = counting().main.len() - 1;
        let before = outcome(&counting()).frames[0].slots[1].clone();
        let mut outlined = 0;
        with_entropy(|e| {
            let mut program = counting();
            assert!(outline_stmt(&mut program, e));
            let sub = &program.subs[0];
            let is_loop = matches!(sub.body[1], Stmt::Loop(_));
            if is_loop {
                assert!(matches!(program.main[last], Stmt::Do(..)));
                assert_eq!(outcome(&program).frames[0].slots[1], before);
                outlined += 1;
            }
        });
        assert!(outlined > 5, "{outlined}");
    }

    #[test]
    fn what_leaves_a_loop_or_a_sub_stays_in_it() {
        let once = |body| {
            Stmt::Loop(Box::new(crate::generate::tree::Loop {
                form: crate::generate::tree::Form::Fused(0, 1),
                body,
                step: Vec::new(),
            }))
        };
        assert!(leaves(&mut Stmt::Break(0)));
        assert!(leaves(&mut Stmt::Return(None)));
        assert!(!leaves(&mut once(vec![Stmt::Break(0), Stmt::Continue])));
        assert!(leaves(&mut once(vec![Stmt::Break(1)])));
        assert!(leaves(&mut Stmt::Scope(vec![Stmt::Continue])));
    }
}
