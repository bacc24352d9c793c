//! Which operands end a run with an error, by the specification.
//!
//! Applications that raise nothing are packed into one program; one that raises stands at
//! the end of a program of its own. A wrong answer here costs cases, not correctness.

use super::super::scene::small_limits;
use super::specimen::Specimen;
use fusevm::{Limits, Op, Value};

/// Turns of a fused loop that stay below every limit of a case.
const MANY_TURNS: i128 = 300;

/// Whether the op raises an error on these operands, in the order of its places, under the
/// limits of a case.
pub(super) fn raises(specimen: &Specimen, operands: &[Value]) -> bool {
    let limits = small_limits();
    let float = |at: usize| operands.get(at).map_or(0.0, Value::to_float);
    let int = |at: usize| operands.get(at).map_or(0, Value::to_int);
    let last = operands.len().saturating_sub(1);
    match specimen.op {
        Op::AwkDiv | Op::AwkMod | Op::AwkDivJit | Op::AwkModJit => float(1) == 0.0,
        Op::AwkLshiftJit | Op::AwkRshiftJit => float(0) < 0.0 || float(1) < 0.0,
        Op::AwkComplJit => float(0) < 0.0,
        Op::Range => span(int(0), int(1), 1) > limits.collection_size as i128,
        Op::RangeStep => span(int(0), int(1), int(2)) > limits.collection_size as i128,
        Op::StringRepeat => {
            let len = operands.first().map_or(0, |text| text.to_str().len());
            len as i128 * i128::from(int(1)) > limits.string_size as i128
        }
        Op::ArraySet(_) | Op::SlotArraySet(_) => {
            let grows = matches!(operands.first(), Some(Value::Array(_)));
            grows && int(last) >= limits.collection_size as i64
        }
        Op::AccumSumLoop(_, _, limit)
        | Op::ConcatConstLoop(_, _, _, limit)
        | Op::PushIntRangeLoop(_, _, limit) => {
            i128::from(limit) - i128::from(int(last)) > MANY_TURNS
        }
        _ => false,
    }
}

/// Whether native code is left before the op on these operands: what follows in a straight
/// line is then interpreted.
pub(super) fn leaves_native_code(specimen: &Specimen, operands: &[Value]) -> bool {
    specimen.op == Op::Div
        && operands
            .get(1)
            .is_some_and(|divisor| divisor.to_float() == 0.0)
}

/// How many numbers there are from one to another, both included.
fn span(from: i64, to: i64, step: i64) -> i128 {
    match step {
        0 => 0,
        _ => ((i128::from(to) - i128::from(from)) / i128::from(step) + 1).max(0),
    }
}

/// An op that meets a limit: what is below it, and what is beyond it.
pub(super) struct Limited {
    pub(super) op: Op,
    /// Lowers the limit.
    pub(super) tighten: fn(&mut Limits),
    pub(super) below: Vec<Value>,
    pub(super) beyond: Vec<Value>,
}

/// Ops at the limits that they check, with plain immediates.
pub(super) fn limited() -> Vec<Limited> {
    let size = |limits: &mut Limits| limits.collection_size = 3;
    let bytes = |limits: &mut Limits| limits.string_size = 8;
    let nesting = |limits: &mut Limits| limits.value_nesting = 3;
    let frames = |limits: &mut Limits| limits.call_frames = 1;
    let text = |n: usize| Value::str("x".repeat(n));
    let list = |n: i64| Value::Array((0..n).map(Value::Int).collect());
    let deep = || Value::Array(vec![Value::Array(vec![list(1)])]);
    let entries = |n: i64| Value::hash((0..n).map(|n| (n.to_string(), Value::Int(n))).collect());
    let int = Value::Int;
    let global = super::program::pools::GLOBAL as u16;
    let mut all: Vec<Limited> = Vec::new();
    let mut add = |op, tighten: fn(&mut Limits), below: Vec<Value>, beyond: Vec<Value>| {
        all.push(Limited {
            op,
            tighten,
            below,
            beyond,
        });
    };
    add(
        Op::Concat,
        bytes,
        vec![text(4), text(4)],
        vec![text(4), text(5)],
    );
    add(
        Op::StringRepeat,
        bytes,
        vec![text(4), int(2)],
        vec![text(4), int(3)],
    );
    add(
        Op::ConcatConstLoop(0, 0, 1, 5),
        bytes,
        vec![text(2), int(2)],
        vec![text(3), int(2)],
    );
    // Another case lengthens these characters, in bytes, to 3 and 3 from 2.
    add(
        Op::AwkToUpper,
        bytes,
        vec![Value::str("\u{149}\u{149}xx")],
        vec![Value::str("\u{149}\u{149}\u{149}")],
    );
    add(
        Op::AwkToLower,
        bytes,
        vec![Value::str("\u{130}\u{130}xx")],
        vec![Value::str("\u{130}\u{130}\u{130}")],
    );
    add(
        Op::AwkStrftime(2),
        bytes,
        vec![Value::str("%Y"), int(0)],
        vec![Value::str("%Y-%m-%d"), int(0)],
    );
    add(Op::Range, size, vec![int(1), int(3)], vec![int(1), int(4)]);
    add(
        Op::RangeStep,
        size,
        vec![int(1), int(5), int(2)],
        vec![int(1), int(7), int(2)],
    );
    add(
        Op::ArrayPush(global),
        size,
        vec![list(2), int(1)],
        vec![list(3), int(1)],
    );
    add(
        Op::ArrayPush(global),
        nesting,
        vec![list(1), int(1)],
        vec![list(1), deep()],
    );
    add(
        Op::ArraySet(global),
        size,
        vec![list(1), int(1), int(2)],
        vec![list(1), int(1), int(3)],
    );
    add(
        Op::SlotArraySet(0),
        size,
        vec![list(1), int(1), int(2)],
        vec![list(1), int(1), int(3)],
    );
    add(
        Op::HashSet(global),
        size,
        vec![entries(2), int(1), text(1)],
        vec![entries(3), int(1), text(1)],
    );
    add(
        Op::PushIntRangeLoop(global, 0, 5),
        size,
        vec![list(1), int(3)],
        vec![list(1), int(2)],
    );
    add(
        Op::MakeArray(2),
        nesting,
        vec![int(1), list(1)],
        vec![int(1), deep()],
    );
    add(
        Op::MakeHash(2),
        nesting,
        vec![text(1), list(1)],
        vec![text(1), deep()],
    );
    add(Op::MapBlock(0), frames, vec![int(1)], vec![list(1)]);
    add(Op::GrepBlock(0), frames, vec![int(1)], vec![list(1)]);
    add(Op::SortBlock(2), frames, vec![int(1)], vec![list(2)]);
    add(
        Op::AccumSumLoop(0, 1, 5),
        |_| (),
        vec![int(0), int(2)],
        vec![int(0), int(-10_000)],
    );
    all
}

#[cfg(test)]
mod tests {
    use super::super::values::ALL;
    use super::*;
    use crate::outcome::Ending;
    use crate::subjects::REFERENCE;

    /// How the run of one application ends.
    fn ends_with_error(op: Op, operands: &[Value], tighten: fn(&mut Limits)) -> bool {
        let specimen = Specimen {
            op,
            places: crate::operands::places(&op),
            hosted: false,
        };
        let mut case = super::super::tuples::straight(
            &specimen,
            super::super::program::Source::Slot,
            &[operands.to_vec()],
            0,
        );
        tighten(&mut case.limits);
        let observed = REFERENCE.run(&case).expect("the reference takes any case");
        matches!(observed.outcome.ending, Ending::Error(_))
    }

    #[test]
    fn the_limited_ops_raise_beyond_and_not_below() {
        for row in limited() {
            let op = row.op;
            assert!(
                ends_with_error(op, &row.beyond, row.tighten),
                "{op:?} beyond"
            );
            assert!(
                !ends_with_error(op, &row.below, row.tighten),
                "{op:?} below"
            );
        }
    }

    #[test]
    fn awk_ops_raise_where_it_says() {
        let ops = [
            Op::AwkDiv,
            Op::AwkModJit,
            Op::AwkLshiftJit,
            Op::Range,
            Op::StringRepeat,
        ];
        for op in ops {
            for value in ALL.iter() {
                let operands = [Value::Int(3), value.clone()];
                let specimen = Specimen {
                    op,
                    places: crate::operands::places(&op),
                    hosted: false,
                };
                let expected = ends_with_error(op, &operands, |_| ());
                assert_eq!(
                    raises(&specimen, &operands),
                    expected,
                    "{op:?} of 3 and {value:?}"
                );
            }
        }
    }
}
