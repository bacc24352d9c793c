//! Mutations of statements.

use super::super::entropy::Entropy;
use super::super::tree::{Program, Stmt};
use super::super::walk::{any_stmt, change_body};

/// Most statements that one mutation deletes or duplicates.
const MOST: usize = 3;

/// A run of statements is deleted; what ends a sub stays.
pub(super) fn delete(program: &mut Program, e: &mut Entropy) -> bool {
    change_body(program, e, 1, |body, e| {
        let keeps_last = matches!(body.last(), Some(Stmt::Return(_)));
        let n = body.len() - usize::from(keeps_last);
        if n == 0 {
            return false;
        }
        let start = e.below(n);
        let end = (start + 1 + e.below(MOST)).min(n);
        body.drain(start..end);
        true
    })
}

/// A run of statements runs twice, the second time anywhere in the same body.
pub(super) fn duplicate(program: &mut Program, e: &mut Entropy) -> bool {
    change_body(program, e, 1, |body, e| {
        let start = e.below(body.len());
        let end = (start + 1 + e.below(MOST)).min(body.len());
        let copy = body[start..end].to_vec();
        let at = e.below(body.len() + 1);
        body.splice(at..at, copy);
        true
    })
}

/// Two statements of a body change places.
pub(super) fn swap(program: &mut Program, e: &mut Entropy) -> bool {
    change_body(program, e, 2, |body, e| {
        let (a, b) = (e.below(body.len()), e.below(body.len()));
        body.swap(a, b);
        a != b
    })
}

/// A copy of a statement is put anywhere else in the program.
pub(super) fn splice(program: &mut Program, e: &mut Entropy) -> bool {
    let Some(stmt) = any_stmt(program, e) else {
        return false;
    };
    insert(program, stmt, e)
}

/// Puts `stmt` somewhere.
pub(super) fn insert(program: &mut Program, stmt: Stmt, e: &mut Entropy) -> bool {
    change_body(program, e, 0, |body, e| {
        let at = e.below(body.len() + 1);
        body.insert(at, stmt.clone());
        true
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ops_of, program, with_entropy};
    use super::*;
    use fusevm::Op;

    fn three() -> Program {
        program(vec![
            Stmt::op(Op::PreIncSlotVoid(0)),
            Stmt::op(Op::PreIncSlotVoid(1)),
            Stmt::op(Op::PreIncSlotVoid(2)),
        ])
    }

    #[test]
    fn deleting_removes_neighbours_and_nothing_else() {
        with_entropy(|e| {
            let mut program = three();
            assert!(delete(&mut program, e));
            let before = ops_of(&mut three());
            let after = ops_of(&mut program);
            assert!(after.len() < before.len());
            assert!(before.starts_with(&after) || before.ends_with(&after) || after.len() == 2);
        });
    }

    #[test]
    fn what_ends_a_sub_is_not_deleted() {
        with_entropy(|e| {
            let mut program = program(vec![Stmt::op(Op::Nop), Stmt::Return(None)]);
            assert!(delete(&mut program, e));
            assert!(matches!(program.main[..], [Stmt::Return(None)]));
            assert!(!delete(&mut program, e));
        });
    }

    #[test]
    fn duplicating_and_splicing_add_what_is_there() {
        for mutation in [duplicate, splice] {
            with_entropy(|e| {
                let mut program = three();
                assert!(mutation(&mut program, e));
                let before = ops_of(&mut three());
                let after = ops_of(&mut program);
                assert!(after.len() > before.len());
                assert!(after.iter().all(|op| before.contains(op)));
            });
        }
    }

    #[test]
    fn swapping_changes_the_order_only() {
        with_entropy(|e| {
            let mut program = three();
            let changed = swap(&mut program, e);
            let mut after = ops_of(&mut program);
            assert_eq!(changed, after != ops_of(&mut three()));
            after.sort_by_key(|op| format!("{op:?}"));
            assert_eq!(after, ops_of(&mut three()));
        });
    }
}
