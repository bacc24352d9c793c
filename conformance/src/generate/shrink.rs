//! A structured program made smaller while it still is a tree.
//!
//! Ops of a chunk hang together: a loop without its step never ends, half of an expression
//! leaves the stack higher than it was. What is cut out of a tree leaves a program, so large
//! parts go at once. Single ops are left to [`crate::reduce`], which works on any chunk.

use super::entropy::Entropy;
use super::grow::Grower;
use super::tree::{Block, Expr, Form, Loop, Program, Stmt, Test};
use super::{emit, scene};
use crate::case::Case;
use arbitrary::Unstructured;
use fusevm::Op;

/// A structured case, and the tree that its program was made of.
#[derive(Debug, Clone)]
pub struct Sketch {
    program: Program,
    case: Case,
}

/// Visits parts of a tree, which may change them.
type Visit<'v, T> = &'v mut dyn FnMut(&mut T);

impl Sketch {
    /// What the entropy of a structured case means; `None` when its ops were changed after the
    /// tree had become a chunk.
    pub fn grow(u: &mut Unstructured) -> Option<Sketch> {
        let (grown, mut e) = Grower::new(Entropy::new(u)).program();
        let program = grown.program.clone();
        let case = scene::case(grown, &mut e);
        let sketch = Sketch { program, case };
        (emit::chunk(&sketch.program).ops == sketch.case.chunk.ops).then_some(sketch)
    }

    /// The same with the number of another schedule of compilation.
    #[must_use]
    pub fn with_schedule(mut self, schedule: u32) -> Sketch {
        self.case.schedule = schedule;
        self
    }

    /// The case.
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// The case of the smallest tree for which `still_fails` holds.
    pub fn reduce(mut self, still_fails: &mut dyn FnMut(&Case) -> bool) -> Case {
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
            *self = Sketch { program, case };
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
    let mut visit = |list: &mut Vec<Stmt>| {
        if seen == number
            && let Some(f) = f.take()
        {
            result = Some(f(list));
        }
        seen += 1;
    };
    walk(program, &mut visit, &mut |_| {});
    result
}

/// What `f` makes of expression number `number`.
fn with_expr<T>(program: &mut Program, number: usize, f: impl FnOnce(&mut Expr) -> T) -> Option<T> {
    let (mut f, mut result, mut seen) = (Some(f), None, 0);
    let mut visit = |expr: &mut Expr| {
        if seen == number
            && let Some(f) = f.take()
        {
            result = Some(f(expr));
        }
        seen += 1;
    };
    walk(program, &mut |_| {}, &mut visit);
    result
}

/// Visits every list of statements and every expression, outer ones before inner ones.
fn walk(program: &mut Program, list: Visit<Vec<Stmt>>, expr: Visit<Expr>) {
    walk_stmts(&mut program.main, list, expr);
    for sub in &mut program.subs {
        walk_stmts(&mut sub.body, list, expr);
    }
}

fn walk_stmts(stmts: &mut Vec<Stmt>, list: Visit<Vec<Stmt>>, expr: Visit<Expr>) {
    list(stmts);
    for stmt in stmts {
        match stmt {
            Stmt::Do(operands, _) | Stmt::Call(_, operands) => walk_exprs(operands, list, expr),
            Stmt::If { test, yes, no } => {
                walk_test(test, list, expr);
                walk_stmts(yes, list, expr);
                walk_stmts(no, list, expr);
            }
            Stmt::Loop(inner) => walk_loop(inner, list, expr),
            Stmt::Keep { value, body, .. } => {
                walk_expr(value, list, expr);
                walk_stmts(body, list, expr);
            }
            Stmt::Scope(body) => walk_stmts(body, list, expr),
            Stmt::ForEach(array, block) => {
                walk_expr(array, list, expr);
                walk_block(block, list, expr);
            }
            Stmt::Return(Some(value)) => walk_expr(value, list, expr),
            Stmt::Return(None) | Stmt::Break(_) | Stmt::Continue => {}
        }
    }
}

fn walk_loop(inner: &mut Loop, list: Visit<Vec<Stmt>>, expr: Visit<Expr>) {
    match &mut inner.form {
        Form::Fused(..) | Form::FusedGuarded(..) => {}
        Form::Top(test) | Form::Bottom(test) | Form::Rotated(test) => walk_test(test, list, expr),
        Form::Middle(first, test) => {
            walk_stmts(first, list, expr);
            walk_test(test, list, expr);
        }
    }
    walk_stmts(&mut inner.body, list, expr);
}

fn walk_test(test: &mut Test, list: Visit<Vec<Stmt>>, expr: Visit<Expr>) {
    match test {
        Test::Value { value, .. } | Test::Keep { value, .. } => walk_expr(value, list, expr),
        Test::SlotLt(..) => {}
    }
}

fn walk_block(block: &mut Block, list: Visit<Vec<Stmt>>, expr: Visit<Expr>) {
    walk_stmts(&mut block.body, list, expr);
    if let Some(result) = &mut block.result {
        walk_expr(result, list, expr);
    }
}

fn walk_exprs(exprs: &mut [Expr], list: Visit<Vec<Stmt>>, expr: Visit<Expr>) {
    for operand in exprs {
        walk_expr(operand, list, expr);
    }
}

fn walk_expr(value: &mut Expr, list: Visit<Vec<Stmt>>, expr: Visit<Expr>) {
    expr(value);
    match value {
        Expr::Ops(operands, _) | Expr::Call(_, operands) | Expr::Function(_, operands) => {
            walk_exprs(operands, list, expr);
        }
        Expr::Short { left, right, .. } => {
            walk_expr(left, list, expr);
            walk_expr(right, list, expr);
        }
        Expr::Choose { test, yes, no } => {
            walk_test(test, list, expr);
            walk_expr(yes, list, expr);
            walk_expr(no, list, expr);
        }
        Expr::Block(_, array, block) => {
            walk_expr(array, list, expr);
            walk_block(block, list, expr);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::SplitMix;

    fn sketches() -> impl Iterator<Item = Sketch> {
        (0..200).filter_map(|seed| {
            let bytes = SplitMix::new(seed).bytes(1024);
            Sketch::grow(&mut Unstructured::new(&bytes))
        })
    }

    #[test]
    fn nearly_every_structured_case_has_a_tree() {
        assert!(sketches().count() > 180);
    }

    #[test]
    fn what_is_not_needed_is_cut_out() {
        let has = |case: &Case, wanted: Op| case.chunk.ops.contains(&wanted);
        let mut n_reduced = 0;
        for sketch in sketches()
            .filter(|sketch| has(sketch.case(), Op::Mul))
            .take(20)
        {
            let case = sketch.reduce(&mut |case| has(case, Op::Mul));
            // Two literals and the op, and at most one thing around them that needs a value.
            assert!(case.chunk.ops.len() <= 12, "{:?}", case.chunk.ops);
            n_reduced += 1;
        }
        assert_eq!(n_reduced, 20);
    }

    #[test]
    fn every_cut_leaves_a_program_that_verifies() {
        let verifies = |case: &Case| case.chunk.verify().is_ok();
        for sketch in sketches().filter(|sketch| verifies(sketch.case())).take(20) {
            let mut n_tried = 0;
            sketch.reduce(&mut |case| {
                n_tried += 1;
                assert!(verifies(case), "{:?}", case.chunk.ops);
                n_tried % 3 == 0
            });
            assert!(n_tried > 0);
        }
    }
}
