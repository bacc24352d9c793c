//! Mutations of kinds: where tiers have seen one kind, another one comes.

use super::super::entropy::Entropy;
use super::super::kinds;
use super::super::tree::{Expr, Program, Test};
use super::super::walk::{Node, change_expr, walk};
use super::ops::slots_of;
use fusevm::{Op, Value};

/// A literal is replaced by one of another kind, close to it where the kind has that.
pub(super) fn change_kind(program: &mut Program, e: &mut Entropy) -> bool {
    let text = program.constants.len() as u16;
    let mut new_constant = None;
    let changed = change_expr(program, e, &is_literal, |expr, e| {
        let Some(before) = literal(expr) else {
            return false;
        };
        let op = match e.below(6) {
            0 => Op::LoadFloat(before.to_float()),
            1 => Op::LoadInt(before.to_int()),
            2 => Op::LoadTrue,
            3 => Op::LoadUndef,
            4 => Op::LoadFloat(before.to_float() + 0.5),
            _ => {
                new_constant = Some(Value::str(kinds::text(e)));
                Op::LoadConst(text)
            }
        };
        *expr = Expr::op(op);
        true
    });
    program.constants.extend(new_constant);
    changed
}

fn is_literal(expr: &Expr) -> bool {
    literal(expr).is_some()
}

/// The value of a literal, unless it is in the pool.
fn literal(expr: &Expr) -> Option<Value> {
    let Expr::Ops(operands, ops) = expr else {
        return None;
    };
    match (&operands[..], &ops[..]) {
        ([], [Op::LoadInt(n)]) => Some(Value::Int(*n)),
        ([], [Op::LoadFloat(x)]) => Some(Value::Float(*x)),
        ([], [Op::LoadTrue]) => Some(Value::Bool(true)),
        ([], [Op::LoadFalse]) => Some(Value::Bool(false)),
        _ => None,
    }
}

/// An expression has another kind once a slot has reached a number: the kind of a value
/// changes in the n-th turn of a loop that counts in that slot.
pub(super) fn change_kind_late(program: &mut Program, e: &mut Entropy) -> bool {
    let mut counters = Vec::new();
    walk(program, &mut |node, _| {
        if matches!(node, Node::Loop(_) | Node::Test(_)) {
            slots_of(&node, &mut counters);
        }
        if let Node::Loop(it) = node {
            slots_of(&Node::Ops(&mut it.step), &mut counters);
        }
    });
    if counters.is_empty() {
        return false;
    }
    let counter = e.pick(&counters) as u16;
    let turn = e.pick(&[1, 2, 3, 5, 8, 20, 50]);
    change_expr(program, e, &|_| true, |expr, e| {
        let before = expr.clone();
        *expr = Expr::Choose {
            test: Box::new(Test::SlotLt(counter, turn)),
            yes: Box::new(before.clone()),
            no: Box::new(converted(before, e)),
        };
        true
    })
}

/// An expression with the same value as another kind, or nearly.
fn converted(expr: Expr, e: &mut Entropy) -> Expr {
    let (operands, ops) = match e.below(6) {
        0 => (vec![expr, Expr::op(Op::LoadFloat(0.0))], vec![Op::Add]),
        1 => (vec![expr], vec![Op::TruncInt]),
        2 => (vec![expr], vec![Op::LogNot, Op::LogNot]),
        3 => (vec![expr, Expr::op(Op::LoadUndef)], vec![Op::Concat]),
        4 => (vec![expr], vec![Op::MakeArray(1)]),
        _ => return Expr::op(Op::LoadUndef),
    };
    Expr::Ops(operands, ops)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{counting, ops_of, outcome, program, with_entropy};
    use super::*;
    use crate::generate::tree::Stmt;

    #[test]
    fn a_literal_gets_another_kind() {
        let mut before = program(vec![Stmt::Do(
            vec![Expr::op(Op::LoadInt(1))],
            vec![Op::Pop],
        )]);
        let mut different = 0;
        with_entropy(|e| {
            let mut program = before.clone();
            assert!(change_kind(&mut program, e));
            let ops = ops_of(&mut program);
            assert_eq!(ops.len(), 2);
            if let Op::LoadConst(at) = ops[0] {
                assert!(matches!(program.constants[usize::from(at)], Value::Str(_)));
            }
            different += usize::from(ops != ops_of(&mut before));
        });
        assert!(different > 50, "{different}");
    }

    #[test]
    fn kinds_change_in_a_later_turn() {
        let mut different = 0;
        with_entropy(|e| {
            let mut program = counting();
            assert!(change_kind_late(&mut program, e));
            assert!(ops_of(&mut program).len() > ops_of(&mut counting()).len());
            different += usize::from(
                outcome(&program)
                    .difference(&outcome(&counting()))
                    .is_some(),
            );
        });
        assert!(different > 10, "{different}");
    }

    #[test]
    fn without_a_counter_there_is_no_later_turn() {
        with_entropy(|e| {
            let mut program = program(vec![Stmt::op(Op::Nop)]);
            assert!(!change_kind_late(&mut program, e));
        });
    }
}
