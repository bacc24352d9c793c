//! A structured program made smaller while it still is a tree.
//!
//! Ops of a chunk hang together: a loop without its step never ends, half of an expression
//! leaves the stack higher than it was. What is cut out of a tree leaves a program, so large
//! parts go at once. Single ops are left to [`crate::reduce`], which works on any chunk.

use super::emit;
use super::specimen::Specimen;
use super::tree::{Expr, Program, Stmt};
use super::walk::{Node, walk};
use crate::case::Case;
use crate::values::same_ops;
use fusevm::Op;

impl Specimen {
    /// The case of the smallest tree for which `still_fails` holds; the case itself when its
    /// chunk is not what its tree becomes.
    pub fn reduce(self, still_fails: &mut dyn FnMut(&Case) -> bool) -> Case {
        match self.tree {
            Some(program) if same_ops(&emit::chunk(&program).ops, &self.case.chunk.ops) => Shrink {
                program,
                case: self.case,
            }
            .run(still_fails),
            _ => self.case,
        }
    }
}

/// A case, and the tree that its chunk was emitted from.
struct Shrink {
    program: Program,
    case: Case,
}

impl Shrink {
    fn run(mut self, still_fails: &mut dyn FnMut(&Case) -> bool) -> Case {
        loop {
            let before = self.case.chunk.ops.len();
            self.drop_stmts(still_fails);
            self.unwrap_stmts(still_fails);
            self.simplify_exprs(still_fails);
            if self.case.chunk.ops.len() == before {
                return self.case;
            }
        }
    }

    /// Keeps `program` if its chunk has fewer ops and still fails.
    fn accept(&mut self, program: Program, still_fails: &mut dyn FnMut(&Case) -> bool) -> bool {
        let chunk = emit::chunk(&program);
        if chunk.ops.len() >= self.case.chunk.ops.len() {
            return false;
        }
        let case = Case {
            chunk,
            ..self.case.clone()
        };
        let accepted = still_fails(&case);
        if accepted {
            *self = Shrink { program, case };
        }
        accepted
    }

    /// Drops statements: halves of lists, quarters, and so on down to single ones.
    fn drop_stmts(&mut self, still_fails: &mut dyn FnMut(&Case) -> bool) {
        let mut list = 0;
        while let Some(len) = with_list(&mut self.program, list, |stmts| stmts.len()) {
            let mut width = len;
            while width > 0 {
                let mut end = with_list(&mut self.program, list, |stmts| stmts.len()).unwrap_or(0);
                while end > 0 {
                    let start = end.saturating_sub(width);
                    let mut program = self.program.clone();
                    with_list(&mut program, list, |stmts| {
                        stmts.drain(start..end);
                    });
                    self.accept(program, still_fails);
                    end = start;
                }
                width /= 2;
            }
            list += 1;
        }
    }

    /// Puts what a statement contains in its place.
    fn unwrap_stmts(&mut self, still_fails: &mut dyn FnMut(&Case) -> bool) {
        let mut list = 0;
        while let Some(len) = with_list(&mut self.program, list, |stmts| stmts.len()) {
            for at in (0..len).rev() {
                let inner = with_list(&mut self.program, list, |stmts| {
                    stmts.get(at).map_or(Vec::new(), contents)
                });
                for body in inner.unwrap_or_default() {
                    let mut program = self.program.clone();
                    with_list(&mut program, list, |stmts| {
                        stmts.splice(at..=at, body);
                    });
                    if self.accept(program, still_fails) {
                        break;
                    }
                }
            }
            list += 1;
        }
    }

    /// Puts a literal, or what an expression is computed from, in its place.
    fn simplify_exprs(&mut self, still_fails: &mut dyn FnMut(&Case) -> bool) {
        let mut number = 0;
        while let Some(expr) = with_expr(&mut self.program, number, |expr| expr.clone()) {
            let literal = Expr::op(Op::LoadInt(1));
            for simpler in [literal].into_iter().chain(operands(&expr)) {
                let mut program = self.program.clone();
                with_expr(&mut program, number, |expr| *expr = simpler);
                if self.accept(program, still_fails) {
                    break;
                }
            }
            number += 1;
        }
    }
}

/// The lists of statements in a statement.
fn contents(stmt: &Stmt) -> Vec<Vec<Stmt>> {
    match stmt {
        Stmt::If { yes, no, .. } => vec![yes.clone(), no.clone()],
        Stmt::Loop(inner) => vec![inner.body.clone()],
        Stmt::Keep { body, .. } | Stmt::Scope(body) => vec![body.clone()],
        Stmt::ForEach(_, block) => vec![block.body.clone()],
        _ => Vec::new(),
    }
}

/// The expressions that an expression is computed from.
fn operands(expr: &Expr) -> Vec<Expr> {
    match expr {
        Expr::Ops(operands, _) | Expr::Call(_, operands) | Expr::Function(_, operands) => {
            operands.clone()
        }
        Expr::Short { left, right, .. } => vec![(**left).clone(), (**right).clone()],
        Expr::Choose { yes, no, .. } => vec![(**yes).clone(), (**no).clone()],
        Expr::Block(_, array, _) => vec![(**array).clone()],
    }
}

/// What `f` makes of list number `number` of the statements.
fn with_list<T>(
    program: &mut Program,
    number: usize,
    f: impl FnOnce(&mut Vec<Stmt>) -> T,
) -> Option<T> {
    let (mut f, mut result, mut seen) = (Some(f), None, 0);
    walk(program, &mut |node, _| {
        if let Node::Body(list) = node {
            if seen == number
                && let Some(f) = f.take()
            {
                result = Some(f(list));
            }
            seen += 1;
        }
    });
    result
}

/// What `f` makes of expression number `number`.
fn with_expr<T>(program: &mut Program, number: usize, f: impl FnOnce(&mut Expr) -> T) -> Option<T> {
    let (mut f, mut result, mut seen) = (Some(f), None, 0);
    walk(program, &mut |node, _| {
        if let Node::Expr(expr) = node {
            if seen == number
                && let Some(f) = f.take()
            {
                result = Some(f(expr));
            }
            seen += 1;
        }
    });
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::SplitMix;
    use arbitrary::Unstructured;

    fn specimens() -> impl Iterator<Item = Specimen> {
        (0..200).map(|seed| {
            let bytes = SplitMix::new(seed).bytes(1024);
            Specimen::structured(&mut Unstructured::new(&bytes))
        })
    }

    #[test]
    fn nearly_every_structured_case_is_what_its_tree_becomes() {
        let is_tree = |specimen: &Specimen| {
            let tree = specimen.tree.as_ref();
            tree.is_some_and(|tree| same_ops(&emit::chunk(tree).ops, &specimen.case.chunk.ops))
        };
        assert!(specimens().filter(is_tree).count() > 180);
    }

    #[test]
    fn what_is_not_needed_is_cut_out() {
        let has = |case: &Case, wanted: Op| case.chunk.ops.contains(&wanted);
        let mut n_reduced = 0;
        for specimen in specimens()
            .filter(|specimen| specimen.tree.is_some() && has(&specimen.case, Op::Mul))
            .take(20)
        {
            let case = specimen.reduce(&mut |case| has(case, Op::Mul));
            // Two literals and the op, and at most one thing around them that needs a value.
            // A pile of values stays as high as it is until ops are cut one by one.
            let mut ops = case.chunk.ops;
            ops.dedup();
            assert!(ops.len() <= 12, "{ops:?}");
            n_reduced += 1;
        }
        assert_eq!(n_reduced, 20);
    }

    #[test]
    fn every_cut_leaves_a_program_that_verifies() {
        let verifies = |case: &Case| case.chunk.verify().is_ok();
        for specimen in specimens()
            .filter(|specimen| specimen.tree.is_some() && verifies(&specimen.case))
            .take(20)
        {
            let mut n_tried = 0;
            specimen.reduce(&mut |case| {
                n_tried += 1;
                assert!(verifies(case), "{:?}", case.chunk.ops);
                n_tried % 3 == 0
            });
            assert!(n_tried > 0);
        }
    }
}
