//! Every op on one or two scalars, on every ordered pair of values at which ops change what
//! they do: the interpreter, the reference evaluator and the native tiers agree on each.
//!
//! Programs have two forms. In a straight line the values come from the slots of the root
//! frame, so native code knows their kinds on entry and not the values themselves. In a loop
//! they come out of an array, so kinds change at every turn.

use fusevm::op::Section;
use fusevm::{ChunkBuilder, Kind, Op, Value};
use fusevm_conformance::case::Case;
use fusevm_conformance::oracles::agreement::{self, Divergence, Verdict};
use fusevm_conformance::outcome::{Ending, Outcome};
use fusevm_conformance::subject::Subject;
use fusevm_conformance::subjects::{Block, Linear, Reference, Trace};
use fusevm_conformance::values::render;
use std::collections::{HashMap, HashSet};

/// Where ops change: the ends of ranges, both zeros, NaN, texts that are numbers for one
/// conversion and not for the other; all ten kinds.
fn values() -> Vec<Value> {
    const EXACT: i64 = 1 << 53;
    let mut values = vec![Value::Undef, Value::Bool(true)];
    let ints = [i64::MIN, -1, 0, 1, EXACT - 1, EXACT + 1, i64::MAX];
    values.extend(ints.map(Value::Int));
    let floats = [-0.0, 0.5, f64::NAN, f64::INFINITY, 1e300, 2f64.powi(63)];
    values.extend(floats.map(Value::Float));
    let texts = ["", "0", "10", "3.9", " 42", "1e3", "inf", "é"];
    values.extend(texts.map(Value::str));
    values.extend([0, 1, -1].map(Value::Status));
    values.push(Value::Array(Vec::new()));
    values.push(Value::Array(vec![Value::Int(1), Value::str("b")]));
    values.push(Value::Hash(HashMap::new()));
    values.push(Value::Hash(HashMap::from([(
        "k".to_owned(),
        Value::Int(1),
    )])));
    values.push(Value::Ref(Box::new(Value::Int(1))));
    values.push(Value::NativeFn(7));
    values
}

/// The ops that take `operands` values and push one, without operands of their own.
fn ops(operands: usize) -> Vec<Op> {
    let is_judged = |section: Section| {
        matches!(
            section,
            Section::Arithmetic
                | Section::NumericCompare
                | Section::StringCompare
                | Section::Logic
                | Section::Numeric
        )
    };
    fusevm::op::TABLE
        .iter()
        .filter(|info| is_judged(info.section))
        .filter_map(|info| Op::from_operands(usize::from(info.index), &[]).ok())
        .filter(|op| {
            let (pops, pushes) = op.stack_effect();
            (pops.fixed(), pushes.fixed()) == (Some(operands), Some(1))
        })
        .collect()
}

/// A program that applies an op to many operands, and the tiers that must take it.
struct Program {
    case: Case,
    op: Op,
    n_results: usize,
    native: &'static [&'static dyn Subject],
}

/// The values that native code may hold in registers.
fn in_registers() -> Vec<Value> {
    let is_scalar = |value: &Value| {
        let kind = value.kind();
        matches!(kind, Kind::Bool | Kind::Int | Kind::Float | Kind::Status)
    };
    values().into_iter().filter(is_scalar).collect()
}

/// Applies an op to every value, with `left` below it if there is one: all of them are in
/// slots, and the results stay on the stack.
fn straight_line(op: Op, left: Option<&Value>, values: Vec<Value>) -> Program {
    let mut slots = values;
    let n_results = slots.len();
    slots.extend(left.cloned());
    let mut builder = ChunkBuilder::new();
    for right in 0..n_results {
        if left.is_some() {
            builder.emit(Op::GetSlot(n_results as u16), 0);
        }
        builder.emit(Op::GetSlot(right as u16), 0);
        builder.emit(op, 0);
    }
    Program {
        case: Case {
            slots,
            ..Case::new(builder.build())
        },
        op,
        n_results,
        native: &[&Linear],
    }
}

/// Applies an op to every value, or with two operands to every pair: they come out of an
/// array, and the results are appended to the first global.
fn in_a_loop(op: Op, operands: usize, values: Vec<Value>) -> Program {
    const VALUES: u16 = 0;
    const LEFT: u16 = 1;
    const RIGHT: u16 = 2;
    let n_values = values.len() as i32;
    let mut builder = ChunkBuilder::new();
    let results = builder.add_name("results");
    builder.emit(Op::DeclareArray(results), 0);
    builder.emit(Op::LoadInt(0), 0);
    builder.emit(Op::SetSlot(LEFT), 0);
    let outer = builder.current_pos();
    builder.emit(Op::LoadInt(0), 0);
    builder.emit(Op::SetSlot(RIGHT), 0);
    let inner = builder.current_pos();
    for index in &[LEFT, RIGHT][..operands] {
        builder.emit(Op::GetSlot(*index), 0);
        builder.emit(Op::SlotArrayGet(VALUES), 0);
    }
    builder.emit(op, 0);
    builder.emit(Op::ArrayPush(results), 0);
    if operands == 2 {
        builder.emit(Op::SlotIncLtIntJumpBack(RIGHT, n_values, inner), 0);
    }
    builder.emit(Op::SlotIncLtIntJumpBack(LEFT, n_values, outer), 0);
    Program {
        n_results: values.len().pow(operands as u32),
        case: Case {
            slots: vec![Value::Array(values)],
            ..Case::new(builder.build())
        },
        op,
        native: &[&Block, &Trace],
    }
}

/// Runs a program everywhere: all must agree, the tiers with native code that contains the
/// op. Returns how many results tiers have given.
fn check(program: &Program) -> Result<usize, Box<Divergence>> {
    let mut subjects: Vec<&dyn Subject> = vec![&Reference];
    subjects.extend(program.native);
    let checked = agreement::check(&program.case, &subjects);
    let op = program.op;
    let interpreted = checked.reference?;
    let n_results = results(&interpreted.outcome);
    assert_eq!(n_results, program.n_results, "{op:?}: not to the end");
    let mut native = 0;
    for (subject, verdict) in checked.verdicts {
        let observed = match verdict {
            Verdict::Agreed(observed) => observed,
            Verdict::Diverged(divergence) => return Err(divergence),
            other => panic!("{subject} did not take {op:?}: {other:?}"),
        };
        let tier = program.native.iter().find(|tier| tier.name() == subject);
        if let Some(tier) = tier.and_then(|subject| subject.tier()) {
            let contained = observed.tiers.tier(tier).ops.contains(op.index());
            assert!(contained, "{subject} left {op:?} to the interpreter");
            native += n_results;
        }
    }
    Ok(native)
}

/// How many results a program has come to.
fn results(outcome: &Outcome) -> usize {
    match (outcome.globals.first(), &outcome.ending) {
        (Some(Value::Array(results)), _) => results.len(),
        (_, Ending::Value(_)) => outcome.stack.len() + 1,
        _ => 0,
    }
}

/// Says which pair of values it is about, if one is enough.
fn explained(op: Op, operands: usize, divergence: &Divergence) -> String {
    for (left, right) in pairs() {
        let both = vec![left.clone(), right.clone()];
        if let Err(narrower) = check(&in_a_loop(op, operands, both)) {
            let (left, right) = (render(&left), render(&right));
            return format!("{op:?} of {left} and {right}\n{narrower}");
        }
    }
    format!("{op:?}\n{divergence}")
}

fn pairs() -> Vec<(Value, Value)> {
    let with = |left: &Value| {
        values()
            .into_iter()
            .map(|right| (left.clone(), right))
            .collect()
    };
    values().iter().flat_map::<Vec<_>, _>(with).collect()
}

#[test]
fn all_values_in_a_straight_line() {
    let ops = ops(1);
    assert!(ops.len() >= 24, "only {} ops with one operand", ops.len());
    for op in ops {
        check(&straight_line(op, None, values()))
            .unwrap_or_else(|divergence| panic!("{op:?}\n{divergence}"));
    }
}

#[test]
fn pairs_in_registers_in_a_straight_line() {
    let ops = ops(2);
    assert!(ops.len() >= 30, "only {} ops with two operands", ops.len());
    let mut native = 0;
    for op in &ops {
        for left in in_registers() {
            native += check(&straight_line(*op, Some(&left), in_registers())).unwrap_or_else(
                |divergence| panic!("{op:?} of {} and a value\n{divergence}", render(&left)),
            );
        }
    }
    assert_eq!(native, ops.len() * in_registers().len().pow(2));
}

#[test]
fn all_values_and_pairs_in_a_loop() {
    let mut native = 0;
    for operands in [1, 2] {
        for op in ops(operands) {
            native += check(&in_a_loop(op, operands, values()))
                .unwrap_or_else(|divergence| panic!("{}", explained(op, operands, &divergence)));
        }
    }
    let n_values = values().len();
    let n_results = ops(1).len() * n_values + ops(2).len() * n_values * n_values;
    assert_eq!(native, 2 * n_results, "in the block and in the trace tier");
}

#[test]
fn values_of_all_kinds_are_there() {
    let kinds: HashSet<_> = values().iter().map(Value::kind).collect();
    assert_eq!(kinds.len(), Kind::ALL.len());
}
