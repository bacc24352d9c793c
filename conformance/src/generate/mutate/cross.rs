//! Parts of another program: crossover, and statements that are freshly grown.

use super::super::entropy::Entropy;
use super::super::grow::Grower;
use super::super::tree::{Expr, Program, Stmt, Sub};
use super::super::walk::{Node, any_expr, any_stmt, change_body, walk_expr, walk_stmt};
use super::{exprs, stmts};
use arbitrary::Unstructured;
use fusevm::Op;
use fusevm::op::{Operand, Role};

/// Bytes from which the program is grown that a new statement is taken of.
const DONOR_BYTES: usize = 120;

/// A statement of a freshly grown program is put somewhere.
pub(super) fn insert(program: &mut Program, e: &mut Entropy) -> bool {
    let mut bytes = Unstructured::new(e.bytes(DONOR_BYTES));
    let (grown, _) = Grower::new(Entropy::new(&mut bytes)).program();
    insert_from(program, &grown.program, e)
}

/// A part of `other` takes the place of a part of `program`, or is added to it. Slots and
/// globals with the same number or letter become one.
pub(super) fn cross(program: &mut Program, other: &Program, e: &mut Entropy) -> bool {
    match e.below(4) {
        0 => insert_from(program, other, e),
        1 => replace_from(program, other, e),
        2 => append_from(program, other, e),
        _ => exchange_body(program, other, e),
    }
}

/// A statement of `other` is put somewhere.
fn insert_from(program: &mut Program, other: &Program, e: &mut Entropy) -> bool {
    let Some(stmt) = any_stmt(&mut other.clone(), e) else {
        return false;
    };
    let stmt = Importer::new(program, other).stmt(stmt);
    stmts::insert(program, stmt, e)
}

/// An expression of `other` takes the place of one of `program`.
fn replace_from(program: &mut Program, other: &Program, e: &mut Entropy) -> bool {
    let Some(expr) = any_expr(&mut other.clone(), e) else {
        return false;
    };
    let expr = Importer::new(program, other).expr(expr);
    exprs::replace(program, &expr, e)
}

/// The root goes on with the end of the other's root.
fn append_from(program: &mut Program, other: &Program, e: &mut Entropy) -> bool {
    if other.main.is_empty() {
        return false;
    }
    let kept = e.below(program.main.len() + 1);
    program.main.truncate(kept);
    let from = e.below(other.main.len());
    let mut importer = Importer::new(program, other);
    for stmt in &other.main[from..] {
        let stmt = importer.stmt(stmt.clone());
        importer.into.main.push(stmt);
    }
    true
}

/// The statements of a loop, a branch or another body become those of one of the other's.
fn exchange_body(program: &mut Program, other: &Program, e: &mut Entropy) -> bool {
    let mut found = Vec::new();
    change_body(&mut other.clone(), e, 1, |body, _| {
        found.clone_from(body);
        false
    });
    if found.is_empty() {
        return false;
    }
    let mut importer = Importer::new(program, other);
    let found: Vec<Stmt> = found.into_iter().map(|stmt| importer.stmt(stmt)).collect();
    change_body(program, e, 1, |body, _| {
        body.clone_from(&found);
        true
    })
}

/// Takes parts of one program over into another: with the constants, globals and subs that
/// they name.
struct Importer<'p> {
    into: &'p mut Program,
    from: &'p Program,
    /// Numbers of subs there and here.
    subs: Vec<(usize, usize)>,
}

impl<'p> Importer<'p> {
    fn new(into: &'p mut Program, from: &'p Program) -> Importer<'p> {
        Importer {
            into,
            from,
            subs: Vec::new(),
        }
    }

    fn stmt(&mut self, mut stmt: Stmt) -> Stmt {
        self.call(&mut stmt);
        walk_stmt(&mut stmt, &mut |node, _| self.node(node));
        stmt
    }

    fn expr(&mut self, mut expr: Expr) -> Expr {
        walk_expr(&mut expr, &mut |node, _| self.node(node));
        expr
    }

    fn node(&mut self, node: Node) {
        match node {
            Node::Body(body) => body.iter_mut().for_each(|stmt| self.call(stmt)),
            Node::Expr(Expr::Call(sub, _) | Expr::Function(sub, _)) => *sub = self.sub(*sub),
            Node::Ops(ops) => ops.iter_mut().for_each(|op| *op = self.op(op)),
            Node::Expr(_) | Node::Test(_) | Node::Loop(_) => {}
        }
    }

    fn call(&mut self, stmt: &mut Stmt) {
        if let Stmt::Call(sub, _) = stmt {
            *sub = self.sub(*sub);
        }
    }

    /// The number here of a sub there. What it calls is taken over with it.
    fn sub(&mut self, number: usize) -> usize {
        if let Some((_, here)) = self.subs.iter().find(|(there, _)| *there == number) {
            return *here;
        }
        let Some(sub) = self.from.subs.get(number) else {
            return number;
        };
        let here = self.into.subs.len();
        self.into.subs.push(Sub { body: Vec::new() });
        self.subs.push((number, here));
        let body = sub.body.iter().map(|stmt| self.stmt(stmt.clone()));
        self.into.subs[here].body = body.collect();
        here
    }

    fn op(&mut self, op: &Op) -> Op {
        let imported = op.map_operands(|role, operand| match (role, operand) {
            (Role::Const, Operand::Int(at)) => Operand::Int(self.constant(at)),
            (Role::Name, Operand::Int(at)) => Operand::Int(self.global(at)),
            _ => operand,
        });
        imported.unwrap_or(*op)
    }

    fn constant(&mut self, at: i64) -> i64 {
        let constant = usize::try_from(at)
            .ok()
            .and_then(|at| self.from.constants.get(at));
        let Some(constant) = constant else {
            return at;
        };
        self.into.constants.push(constant.clone());
        self.into.constants.len() as i64 - 1
    }

    /// A global here whose name begins with the same letter, which tells its kind.
    fn global(&mut self, at: i64) -> i64 {
        let name = usize::try_from(at)
            .ok()
            .and_then(|at| self.from.globals.get(at));
        let Some(letter) = name.and_then(|name| name.chars().next()) else {
            return at;
        };
        let here = self
            .into
            .globals
            .iter()
            .position(|name| name.starts_with(letter))
            .unwrap_or_else(|| {
                let number = self.into.globals.len();
                self.into.globals.push(format!("{letter}{number}"));
                number
            });
        here as i64
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{counting, ops_of, outcome, program, with_entropy};
    use super::*;
    use fusevm::Value;

    /// Calls a sub that calls another one, with a constant and a global.
    fn other() -> Program {
        let call = |sub| Expr::Call(sub, Vec::new());
        let returning = |value| Sub {
            body: vec![Stmt::Return(Some(value))],
        };
        Program {
            constants: vec![Value::Int(5), Value::str("seven")],
            globals: vec!["a0".to_owned(), "v1".to_owned()],
            subs: vec![returning(Expr::op(Op::LoadConst(1))), returning(call(0))],
            ..program(vec![Stmt::Do(vec![call(1)], vec![Op::SetVar(1)])])
        }
    }

    #[test]
    fn what_a_part_names_comes_with_it() {
        let mut program = counting();
        program.globals = vec!["v0".to_owned()];
        let other = other();
        let stmt = Importer::new(&mut program, &other).stmt(other.main[0].clone());
        program.main.push(stmt);
        assert_eq!(program.subs.len(), 2);
        assert_eq!(program.globals, ["v0"]);
        let globals = outcome(&program).globals;
        assert_eq!(format!("{:?}", globals[0]), "Str(\"seven\")");
    }

    #[test]
    fn crossing_takes_from_the_other_program() {
        let mut foreign = 0;
        with_entropy(|e| {
            let mut program = counting();
            assert!(cross(&mut program, &other(), e));
            let is_foreign = |op: &Op| matches!(op, Op::SetVar(_) | Op::LoadConst(_));
            let calls = format!("{program:?}").contains("Call(");
            foreign += usize::from(calls || ops_of(&mut program).iter().any(is_foreign));
        });
        assert!(foreign > 90, "{foreign}");
    }

    #[test]
    fn new_statements_are_grown() {
        let mut names = std::collections::HashSet::new();
        with_entropy(|e| {
            let mut program = counting();
            insert(&mut program, e);
            names.extend(ops_of(&mut program).iter().map(Op::name));
        });
        assert!(names.len() > 20, "{names:?}");
    }
}
