//! Mutations of single ops and of the numbers in them.

use super::super::entropy::Entropy;
use super::super::kinds;
use super::super::raw;
use super::super::tree::{Form, Program, Test};
use super::super::walk::{Node, change_one, change_op, walk};
use fusevm::op::{OpInfo, Operand, OperandInfo, Role, Section, TABLE};
use fusevm::{Op, Value};

/// An op is replaced by another one that pops and pushes as many values.
pub(super) fn change(program: &mut Program, e: &mut Entropy) -> bool {
    change_op(program, e, &|op| is_free(op.info()), alike)
}

/// Any op with the stack effect of `op`.
pub(super) fn alike(op: &Op, e: &mut Entropy) -> Option<Op> {
    let effect = op.stack_effect();
    let rows: Vec<&OpInfo> = TABLE
        .iter()
        .filter(|info| is_free(info))
        .filter(|info| zeroed(info).is_some_and(|op| op.stack_effect() == effect))
        .collect();
    if rows.is_empty() {
        return None;
    }
    let info = e.pick(&rows);
    // In a tree nothing jumps, so there is no place to jump to.
    raw::with_operands(e, info, 0).filter(|op| op.stack_effect() == effect)
}

/// The op of a row with 0 for every operand.
fn zeroed(info: &OpInfo) -> Option<Op> {
    let zero = |operand: &OperandInfo| match operand.ty {
        "f64" => Operand::Float(0.0),
        _ => Operand::Int(0),
    };
    let operands: Vec<Operand> = info.operands.iter().map(zero).collect();
    Op::from_operands(usize::from(info.index), &operands).ok()
}

/// Whether a tree can have the op anywhere: it neither jumps nor relies on its surroundings.
fn is_free(info: &OpInfo) -> bool {
    let is_bound = |role| matches!(role, Role::Target | Role::Block | Role::Sub);
    !matches!(
        info.section,
        Section::ControlFlow | Section::Functions | Section::Scope
    ) && !info.operands.iter().any(|operand| is_bound(operand.role))
}

/// An op works on another slot, global or constant than before, one that the program has.
pub(super) fn change_operand(program: &mut Program, e: &mut Entropy) -> bool {
    let slots = slots(program);
    let (n_globals, n_constants) = (program.globals.len(), program.constants.len());
    let choices = move |role| match role {
        Role::Slot => slots.clone(),
        Role::Name => (0..n_globals as i64).collect(),
        Role::Const => (0..n_constants as i64).collect(),
        _ => Vec::new(),
    };
    let has_choice = |op: &Op| {
        let operands = op.info().operands;
        operands.iter().any(|info| choices(info.role).len() > 1)
    };
    change_op(program, e, &has_choice, |op, e| {
        op.map_operands(|role, operand| match choices(role) {
            known if known.len() > 1 => Operand::Int(e.pick(&known)),
            _ => operand,
        })
        .ok()
    })
}

/// The slots that a program names, each once.
pub(super) fn slots(program: &mut Program) -> Vec<i64> {
    let mut slots = Vec::new();
    walk(program, &mut |node, _| slots_of(&node, &mut slots));
    slots.sort_unstable();
    slots.dedup();
    slots
}

/// Adds the slots that a part names itself.
pub(super) fn slots_of(node: &Node, slots: &mut Vec<i64>) {
    match node {
        Node::Ops(ops) => slots.extend(ops.iter().flat_map(slots_of_op)),
        Node::Test(Test::SlotLt(slot, _)) => slots.push(i64::from(*slot)),
        Node::Loop(it) => match it.form {
            Form::Fused(slot, _) | Form::FusedGuarded(slot, _) => slots.push(i64::from(slot)),
            _ => {}
        },
        _ => {}
    }
}

fn slots_of_op(op: &Op) -> impl Iterator<Item = i64> {
    let roles = op.info().operands.iter().map(|info| info.role);
    op.operands()
        .into_iter()
        .zip(roles)
        .filter_map(|(operand, role)| match (operand, role) {
            (Operand::Int(slot), Role::Slot) => Some(slot),
            _ => None,
        })
}

/// A literal, a limit or a constant gets another value of its kind, mostly one close by.
pub(super) fn perturb_constant(program: &mut Program, e: &mut Entropy) -> bool {
    match e.below(4) {
        0 | 1 => change_op(program, e, &has_number, perturbed_op),
        2 => perturb_limit(program, e),
        _ => {
            let n = program.constants.len();
            if n == 0 {
                return false;
            }
            let at = e.below(n);
            program.constants[at] = perturbed_value(&program.constants[at], e);
            true
        }
    }
}

fn has_number(op: &Op) -> bool {
    let is_number = |role| matches!(role, Role::Imm | Role::Limit);
    op.info().operands.iter().any(|info| is_number(info.role))
}

/// The op with its literal or limit moved.
pub(super) fn perturbed_op(op: &Op, e: &mut Entropy) -> Option<Op> {
    op.map_operands(|role, operand| match (role, operand) {
        (Role::Imm, Operand::Int(n)) => Operand::Int(perturbed(n, e)),
        (Role::Imm, Operand::Float(x)) => Operand::Float(perturbed_float(x, e)),
        (Role::Limit, Operand::Int(n)) => Operand::Int(perturbed_limit(n, e)),
        _ => operand,
    })
    .ok()
}

/// The limit of a loop's closing branch or of a fused test.
fn perturb_limit(program: &mut Program, e: &mut Entropy) -> bool {
    let has_limit = |node: &Node| match node {
        Node::Loop(it) => matches!(it.form, Form::Fused(..) | Form::FusedGuarded(..)),
        Node::Test(test) => matches!(test, Test::SlotLt(..)),
        _ => false,
    };
    change_one(program, e, &has_limit, &mut |node, e| {
        let limit = match node {
            Node::Loop(it) => match &mut it.form {
                Form::Fused(_, limit) | Form::FusedGuarded(_, limit) => limit,
                _ => return false,
            },
            Node::Test(Test::SlotLt(_, limit)) => limit,
            _ => return false,
        };
        let before = *limit;
        *limit = perturbed_limit(i64::from(before), e) as i32;
        *limit != before
    })
}

fn perturbed(n: i64, e: &mut Entropy) -> i64 {
    match e.below(6) {
        0 => n.wrapping_add(1),
        1 => n.wrapping_sub(1),
        2 => n.wrapping_neg(),
        3 => n.wrapping_mul(2),
        4 => n ^ (1 << e.below(63)),
        _ => kinds::int(e),
    }
}

fn perturbed_float(x: f64, e: &mut Entropy) -> f64 {
    match e.below(6) {
        0 => x + 1.0,
        1 => x.next_up(),
        2 => -x,
        3 => x / 2.0,
        4 => x.trunc(),
        _ => kinds::float(e),
    }
}

/// A limit that lets a loop run about as often as before, or not at all.
fn perturbed_limit(n: i64, e: &mut Entropy) -> i64 {
    let moved = match e.below(4) {
        0 => n + 1,
        1 => n - 1,
        2 => n / 2,
        _ => e.pick(&[0, 1, i64::from(i32::MIN), i64::from(i32::MAX)]),
    };
    moved.clamp(i64::from(i32::MIN), i64::from(i32::MAX))
}

/// Another value, of the same kind where the kind has several.
pub(super) fn perturbed_value(value: &Value, e: &mut Entropy) -> Value {
    match value {
        Value::Int(n) => Value::Int(perturbed(*n, e)),
        Value::Float(x) => Value::Float(perturbed_float(*x, e)),
        Value::Bool(b) => Value::Bool(!b),
        Value::Array(values) => {
            let mut values = values.clone();
            match e.chance(50) {
                true => values.truncate(e.below(values.len() + 1)),
                false => values.push(kinds::scalar(e)),
            }
            Value::Array(values)
        }
        Value::Str(_) => Value::str(kinds::text(e)),
        _ => kinds::value(e, kinds::Want::Any),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ops_of, program, with_entropy};
    use super::*;
    use crate::generate::tree::{Expr, Loop, Stmt};

    fn sum() -> Program {
        let operands = vec![Expr::op(Op::GetSlot(2)), Expr::op(Op::LoadInt(7))];
        let value = Expr::Ops(operands, vec![Op::Add]);
        program(vec![Stmt::Do(vec![value], vec![Op::SetSlot(5)])])
    }

    #[test]
    fn another_op_leaves_the_stack_as_high() {
        with_entropy(|e| {
            for op in [Op::Add, Op::LoadInt(3), Op::SetSlot(1), Op::Negate] {
                let other = alike(&op, e).unwrap_or(op);
                assert_eq!(other.stack_effect(), op.stack_effect(), "{op:?} {other:?}");
                assert_eq!(other.target(), None);
            }
            let mut program = sum();
            let changed = change(&mut program, e);
            assert_eq!(changed, ops_of(&mut program) != ops_of(&mut sum()));
        });
    }

    #[test]
    fn an_operand_becomes_another_that_is_known() {
        with_entropy(|e| {
            let mut program = sum();
            change_operand(&mut program, e);
            let ops = ops_of(&mut program);
            assert!(matches!(ops[0], Op::GetSlot(2 | 5)), "{ops:?}");
            assert!(matches!(ops[3], Op::SetSlot(2 | 5)), "{ops:?}");
            assert_eq!(ops[1..3], ops_of(&mut sum())[1..3]);
        });
        assert_eq!(slots(&mut sum()), [2, 5]);
    }

    #[test]
    fn a_constant_is_moved_and_the_ops_stay() {
        with_entropy(|e| {
            let mut program = sum();
            program.constants = vec![Value::Float(1.5)];
            program.main.push(Stmt::Loop(Box::new(Loop {
                form: Form::Fused(0, 10),
                body: Vec::new(),
                step: Vec::new(),
            })));
            perturb_constant(&mut program, e);
            let names: Vec<_> = ops_of(&mut program).iter().map(Op::name).collect();
            assert_eq!(names, ["GetSlot", "LoadInt", "Add", "SetSlot"]);
            assert!(matches!(program.constants[..], [Value::Float(_)]));
        });
    }

    #[test]
    fn a_limit_stays_a_limit() {
        with_entropy(|e| {
            for limit in [0, 9, i32::MIN, i32::MAX] {
                let op = Op::SlotIncLtIntJumpBack(3, limit, 4);
                let moved = perturbed_op(&op, e);
                assert!(
                    matches!(moved, Some(Op::SlotIncLtIntJumpBack(3, _, 4))),
                    "{moved:?}"
                );
            }
        });
    }
}
