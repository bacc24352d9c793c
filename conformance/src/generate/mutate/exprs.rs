//! Mutations of expressions.

use super::super::entropy::Entropy;
use super::super::tree::{Expr, Program};
use super::super::walk::{any_expr, change_expr};

/// An expression is replaced by a copy of another one.
pub(super) fn splice(program: &mut Program, e: &mut Entropy) -> bool {
    let Some(other) = any_expr(program, e) else {
        return false;
    };
    replace(program, &other, e)
}

/// Replaces an expression by `other`.
pub(super) fn replace(program: &mut Program, other: &Expr, e: &mut Entropy) -> bool {
    change_expr(program, e, &|_| true, |expr, _| {
        *expr = other.clone();
        true
    })
}

/// Two operands of an operation change places.
pub(super) fn swap_operands(program: &mut Program, e: &mut Entropy) -> bool {
    let has_two = |expr: &Expr| match expr {
        Expr::Ops(operands, _) | Expr::Call(_, operands) | Expr::Function(_, operands) => {
            operands.len() >= 2
        }
        Expr::Short { .. } | Expr::Choose { .. } => true,
        Expr::Block(..) => false,
    };
    change_expr(program, e, &has_two, |expr, e| {
        match expr {
            Expr::Ops(operands, _) | Expr::Call(_, operands) | Expr::Function(_, operands) => {
                let first = e.below(operands.len());
                let second = (first + 1) % operands.len();
                operands.swap(first, second);
            }
            Expr::Short { left, right, .. } => std::mem::swap(left, right),
            Expr::Choose { yes, no, .. } => std::mem::swap(yes, no),
            Expr::Block(..) => return false,
        }
        true
    })
}

/// An operation is replaced by one of its operands.
pub(super) fn delete_operation(program: &mut Program, e: &mut Entropy) -> bool {
    let is_operation = |expr: &Expr| match expr {
        Expr::Ops(operands, _) | Expr::Call(_, operands) | Expr::Function(_, operands) => {
            !operands.is_empty()
        }
        Expr::Short { .. } | Expr::Choose { .. } | Expr::Block(..) => true,
    };
    change_expr(program, e, &is_operation, |expr, e| {
        let operand = match expr {
            Expr::Ops(operands, _) | Expr::Call(_, operands) | Expr::Function(_, operands) => {
                operands.swap_remove(e.below(operands.len()))
            }
            Expr::Short { left, right, .. } => (**if e.chance(50) { left } else { right }).clone(),
            Expr::Choose { yes, no, .. } => (**if e.chance(50) { yes } else { no }).clone(),
            Expr::Block(_, array, _) => (**array).clone(),
        };
        *expr = operand;
        true
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ops_of, program, with_entropy};
    use super::*;
    use crate::generate::tree::Stmt;
    use fusevm::Op;

    fn difference() -> Program {
        let operands = vec![Expr::op(Op::GetSlot(0)), Expr::op(Op::LoadInt(7))];
        let value = Expr::Ops(operands, vec![Op::Sub]);
        program(vec![Stmt::Do(vec![value], vec![Op::SetSlot(1)])])
    }

    #[test]
    fn operands_change_places() {
        with_entropy(|e| {
            let mut program = difference();
            assert!(swap_operands(&mut program, e));
            let swapped = [Op::LoadInt(7), Op::GetSlot(0), Op::Sub, Op::SetSlot(1)];
            assert_eq!(ops_of(&mut program), swapped);
        });
    }

    #[test]
    fn an_operation_gives_way_to_an_operand() {
        with_entropy(|e| {
            let mut program = difference();
            assert!(delete_operation(&mut program, e));
            let ops = ops_of(&mut program);
            assert!(matches!(
                ops[..],
                [Op::GetSlot(0) | Op::LoadInt(7), Op::SetSlot(1)]
            ));
        });
    }

    #[test]
    fn an_expression_takes_the_place_of_another() {
        with_entropy(|e| {
            let mut program = difference();
            assert!(splice(&mut program, e));
            let ops = ops_of(&mut program);
            assert_eq!(ops.last(), Some(&Op::SetSlot(1)));
            let known = ops_of(&mut difference());
            assert!(ops.iter().all(|op| known.contains(op)));
        });
    }
}
