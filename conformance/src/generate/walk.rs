//! Walking over a tree and changing one part of it.

use super::entropy::Entropy;
use super::tree::{Block, Expr, Form, Loop, Program, Stmt, Test};
use fusevm::Op;

/// A part of a tree.
pub(super) enum Node<'t> {
    /// Statements that run one after the other.
    Body(&'t mut Vec<Stmt>),
    /// An expression.
    Expr(&'t mut Expr),
    /// Ops behind their operands; sinks and steps have none.
    Ops(&'t mut Vec<Op>),
    /// A condition.
    Test(&'t mut Test),
    /// A loop.
    Loop(&'t mut Loop),
}

/// Visits every part of a program, each before what it contains, with the number of loops of
/// the same frame and block around it.
pub(super) fn walk(program: &mut Program, visit: &mut dyn FnMut(Node, usize)) {
    let mut walk = Walk { loops: 0, visit };
    walk.body(&mut program.main);
    for sub in &mut program.subs {
        walk.body(&mut sub.body);
    }
}

/// Visits every part of one expression.
pub(super) fn walk_expr(expr: &mut Expr, visit: &mut dyn FnMut(Node, usize)) {
    Walk { loops: 0, visit }.expr(expr);
}

/// Visits every part of one statement.
pub(super) fn walk_stmt(stmt: &mut Stmt, visit: &mut dyn FnMut(Node, usize)) {
    Walk { loops: 0, visit }.stmt(stmt);
}

struct Walk<'v> {
    loops: usize,
    visit: &'v mut dyn FnMut(Node, usize),
}

impl Walk<'_> {
    fn body(&mut self, body: &mut Vec<Stmt>) {
        (self.visit)(Node::Body(body), self.loops);
        for stmt in body {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &mut Stmt) {
        match stmt {
            Stmt::Do(operands, ops) => {
                self.exprs(operands);
                self.ops(ops);
            }
            Stmt::If { test, yes, no } => {
                self.test(test);
                self.body(yes);
                self.body(no);
            }
            Stmt::Loop(it) => self.repeat(it),
            Stmt::Keep { value, body, sink } => {
                self.expr(value);
                self.body(body);
                self.ops(sink);
            }
            Stmt::Scope(body) => self.body(body),
            Stmt::Call(_, args) => self.exprs(args),
            Stmt::ForEach(array, block) => {
                self.expr(array);
                self.block(block);
            }
            Stmt::Return(Some(value)) => self.expr(value),
            Stmt::Return(None) | Stmt::Break(_) | Stmt::Continue => {}
        }
    }

    fn repeat(&mut self, it: &mut Loop) {
        (self.visit)(Node::Loop(it), self.loops);
        self.loops += 1;
        if let Form::Middle(first, _) = &mut it.form {
            self.body(first);
        }
        self.body(&mut it.body);
        self.loops -= 1;
        self.ops(&mut it.step);
        match &mut it.form {
            Form::Fused(..) | Form::FusedGuarded(..) => {}
            Form::Top(test) | Form::Bottom(test) | Form::Rotated(test) | Form::Middle(_, test) => {
                self.test(test);
            }
        }
    }

    /// What is around a block cannot be left from within it.
    fn block(&mut self, block: &mut Block) {
        let loops = std::mem::take(&mut self.loops);
        self.body(&mut block.body);
        if let Some(result) = &mut block.result {
            self.expr(result);
        }
        self.loops = loops;
    }

    fn test(&mut self, test: &mut Test) {
        (self.visit)(Node::Test(test), self.loops);
        match test {
            Test::Value { value, .. } | Test::Keep { value, .. } => self.expr(value),
            Test::SlotLt(..) => {}
        }
    }

    fn exprs(&mut self, exprs: &mut [Expr]) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        (self.visit)(Node::Expr(expr), self.loops);
        match expr {
            Expr::Ops(operands, ops) => {
                self.exprs(operands);
                self.ops(ops);
            }
            Expr::Call(_, args) | Expr::Function(_, args) => self.exprs(args),
            Expr::Short { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            Expr::Choose { test, yes, no } => {
                self.test(test);
                self.expr(yes);
                self.expr(no);
            }
            Expr::Block(_, array, block) => {
                self.expr(array);
                self.block(block);
            }
        }
    }

    fn ops(&mut self, ops: &mut Vec<Op>) {
        (self.visit)(Node::Ops(ops), self.loops);
    }
}

/// Applies `change` to one of the nodes for which `fits` holds, each as likely as the others.
/// Answers what `change` does: whether it changed anything.
pub(super) fn change_one(
    program: &mut Program,
    e: &mut Entropy,
    fits: &dyn Fn(&Node) -> bool,
    change: &mut dyn FnMut(Node, &mut Entropy) -> bool,
) -> bool {
    let mut n = 0;
    walk(program, &mut |node, _| n += usize::from(fits(&node)));
    if n == 0 {
        return false;
    }
    let chosen = e.below(n);
    let mut at = 0;
    let mut changed = false;
    walk(program, &mut |node, _| {
        if fits(&node) {
            if at == chosen {
                changed = change(node, e);
            }
            at += 1;
        }
    });
    changed
}

/// Applies `change` to one body with at least `least` statements.
pub(super) fn change_body(
    program: &mut Program,
    e: &mut Entropy,
    least: usize,
    mut change: impl FnMut(&mut Vec<Stmt>, &mut Entropy) -> bool,
) -> bool {
    let fits = |node: &Node| matches!(node, Node::Body(body) if body.len() >= least);
    change_one(program, e, &fits, &mut |node, e| match node {
        Node::Body(body) => change(body, e),
        _ => false,
    })
}

/// Applies `change` to one of the expressions for which `fits` holds.
pub(super) fn change_expr(
    program: &mut Program,
    e: &mut Entropy,
    fits: &dyn Fn(&Expr) -> bool,
    mut change: impl FnMut(&mut Expr, &mut Entropy) -> bool,
) -> bool {
    let fits = |node: &Node| matches!(node, Node::Expr(expr) if fits(expr));
    change_one(program, e, &fits, &mut |node, e| match node {
        Node::Expr(expr) => change(expr, e),
        _ => false,
    })
}

/// Applies `change` to one of the ops for which `fits` holds.
pub(super) fn change_op(
    program: &mut Program,
    e: &mut Entropy,
    fits: &dyn Fn(&Op) -> bool,
    mut change: impl FnMut(&Op, &mut Entropy) -> Option<Op>,
) -> bool {
    let any = |node: &Node| matches!(node, Node::Ops(ops) if ops.iter().any(fits));
    change_one(program, e, &any, &mut |node, e| {
        let Node::Ops(ops) = node else {
            return false;
        };
        let fitting: Vec<usize> = (0..ops.len()).filter(|at| fits(&ops[*at])).collect();
        let at = e.pick(&fitting);
        match change(&ops[at], e) {
            Some(op) if !op.is_identical(&ops[at]) => {
                ops[at] = op;
                true
            }
            _ => false,
        }
    })
}

/// A copy of one of the expressions of a program.
pub(super) fn any_expr(program: &mut Program, e: &mut Entropy) -> Option<Expr> {
    let mut found = None;
    change_expr(program, e, &|_| true, |expr, _| {
        found = Some(expr.clone());
        false
    });
    found
}

/// A copy of one of the statements of a program.
pub(super) fn any_stmt(program: &mut Program, e: &mut Entropy) -> Option<Stmt> {
    let mut found = None;
    change_body(program, e, 1, |body, e| {
        found = Some(body[e.below(body.len())].clone());
        false
    });
    found
}
