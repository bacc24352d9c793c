//! Mends what mutations break and no grower makes.

use super::super::tree::{Expr, Program, Stmt};
use super::super::walk::{Node, walk};
use fusevm::Op;

/// Most arguments of a call.
const MOST_ARGUMENTS: usize = 255;

/// Makes the program one that a grower could have made: what leaves a loop is in one, every
/// callee exists and every sub returns.
pub(in crate::generate) fn repair(program: &mut Program) {
    let n_subs = program.subs.len();
    walk(program, &mut |node, loops| match node {
        Node::Body(body) => body
            .iter_mut()
            .for_each(|stmt| repair_stmt(stmt, loops, n_subs)),
        Node::Expr(expr) => repair_expr(expr, n_subs),
        Node::Ops(_) | Node::Test(_) | Node::Loop(_) => {}
    });
    for sub in &mut program.subs {
        if !matches!(sub.body.last(), Some(Stmt::Return(_))) {
            sub.body.push(Stmt::Return(Some(Expr::op(Op::LoadUndef))));
        }
    }
}

fn repair_stmt(stmt: &mut Stmt, loops: usize, n_subs: usize) {
    match stmt {
        Stmt::Break(_) | Stmt::Continue if loops == 0 => *stmt = Stmt::op(Op::Nop),
        Stmt::Break(levels) => *levels = (*levels).min(loops - 1),
        Stmt::Call(sub, args) => {
            args.truncate(MOST_ARGUMENTS);
            match n_subs {
                0 => {
                    let sink = vec![Op::Pop; args.len()];
                    *stmt = Stmt::Do(std::mem::take(args), sink);
                }
                n => *sub %= n,
            }
        }
        _ => {}
    }
}

fn repair_expr(expr: &mut Expr, n_subs: usize) {
    if let Expr::Call(sub, args) | Expr::Function(sub, args) = expr {
        args.truncate(MOST_ARGUMENTS);
        match n_subs {
            0 => {
                let all = Op::MakeArray(args.len() as u16);
                *expr = Expr::Ops(std::mem::take(args), vec![all]);
            }
            n => *sub %= n,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{counting, ops_of, outcome, program};
    use super::*;
    use crate::generate::tree::Sub;
    use crate::outcome::Ending;

    #[test]
    fn what_leaves_no_loop_does_nothing() {
        let mut program = program(vec![Stmt::Break(3), Stmt::Continue]);
        repair(&mut program);
        assert_eq!(ops_of(&mut program), [Op::Nop, Op::Nop]);
        let mut program = counting();
        let Some(Stmt::Loop(it)) = program.main.last_mut() else {
            panic!("no loop");
        };
        it.body.push(Stmt::Break(9));
        repair(&mut program);
        let stopped = outcome(&program).frames[0].slots[0].clone();
        assert_eq!(format!("{stopped:?}"), "Int(0)");
    }

    #[test]
    fn calls_of_subs_that_do_not_exist_are_mended() {
        let call = Expr::Call(usize::MAX, vec![Expr::op(Op::LoadInt(1))]);
        let mut program = program(vec![Stmt::Do(vec![call], vec![Op::Pop])]);
        let mut with_sub = program.clone();
        repair(&mut program);
        assert_eq!(
            ops_of(&mut program),
            [Op::LoadInt(1), Op::MakeArray(1), Op::Pop]
        );
        with_sub.subs.push(Sub { body: Vec::new() });
        repair(&mut with_sub);
        assert!(matches!(with_sub.subs[0].body[..], [Stmt::Return(Some(_))]));
        assert!(!matches!(outcome(&with_sub).ending, Ending::Error(_)));
    }
}
