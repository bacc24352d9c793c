//! Superinstructions at the edges of their loops.
//!
//! Where a counter stands next to its limit, and where the limit stands next to the end of
//! its range, the two halves of such an op are easiest to get out of step.

use super::numbered::Digits;
use super::program::{Program, Source, pools};
use super::specimen::Specimen;
use crate::case::Case;
use fusevm::{Op, Value};

/// Pairs of slots: two, the same one twice, and beyond what is kept in registers.
const SLOTS: [(u16, u16); 5] = [(0, 1), (1, 0), (0, 0), (63, 64), (2, 600)];

const LIMITS: [i32; 9] = [
    5,
    0,
    1,
    -1,
    60,
    i32::MIN,
    i32::MIN + 1,
    i32::MAX - 1,
    i32::MAX,
];

/// Where a counter starts.
#[derive(Debug, Clone, Copy)]
enum Start {
    /// This far from the limit.
    Near(i64),
    At(i64),
}

const STARTS: [Start; 11] = [
    Start::Near(-2),
    Start::Near(-1),
    Start::Near(0),
    Start::Near(1),
    Start::Near(2),
    Start::Near(-5),
    Start::Near(-61),
    Start::At(0),
    Start::At(i64::MAX),
    Start::At(i64::MAX - 1),
    Start::At(i64::MIN),
];

/// The same number as another kind, as far as there is one.
fn as_kind(n: i64, kind: usize) -> Value {
    match kind {
        0 => Value::Int(n),
        1 => Value::Float(n as f64),
        2 => Value::Float(n as f64 + 0.5),
        3 => Value::str(n.to_string()),
        4 => i32::try_from(n).map_or(Value::Undef, Value::Status),
        _ => Value::Bool(n & 1 == 1),
    }
}
const N_KINDS: usize = 6;

/// How an op is used.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// Once, with operands from a source.
    Once(Source),
    /// In every turn of a loop, which sets the counter anew.
    Repeated,
    /// As the end of a loop; only for ops that jump.
    Closing,
    /// On slots that are not there yet, of which one is set behind it.
    Fresh,
}

const FORMS: [Form; 5] = [
    Form::Once(Source::Literal),
    Form::Once(Source::Global),
    Form::Repeated,
    Form::Closing,
    Form::Fresh,
];

const N_OPS: usize = 11;

/// The op with a number, on two slots: `i` counts.
fn op(number: usize, (a, i): (u16, u16), limit: i32) -> Op {
    match number {
        0 => Op::AccumSumLoop(a, i, limit),
        1 => Op::ConcatConstLoop(0, a, i, limit),
        2 => Op::PushIntRangeLoop(pools::GLOBAL as u16, i, limit),
        3 => Op::SlotLtIntJumpIfFalse(i, limit, 0),
        4 => Op::SlotIncLtIntJumpBack(i, limit, 0),
        5 => Op::AddAssignSlotVoid(a, i),
        6 => Op::PreIncSlot(i),
        7 => Op::PreIncSlotVoid(i),
        8 => Op::PreDecSlot(i),
        9 => Op::PostIncSlot(i),
        _ => Op::PostDecSlot(i),
    }
}

/// How many cases there are.
pub(super) fn count() -> u64 {
    (N_OPS * SLOTS.len() * LIMITS.len() * STARTS.len() * N_KINDS * FORMS.len()) as u64
}

/// The case with a number.
pub(super) fn case(number: u64) -> Case {
    let mut digits = Digits(number);
    let number_of_op = digits.below(N_OPS);
    let form = digits.of(&FORMS);
    let start = digits.of(&STARTS);
    let limit = digits.of(&LIMITS);
    let kind = digits.below(N_KINDS);
    let (a, i) = digits.of(&SLOTS);
    let start = match start {
        Start::Near(offset) => i64::from(limit) + offset,
        Start::At(n) => n,
    };
    let op = op(number_of_op, (a, i), limit);
    let specimen = Specimen {
        op,
        places: crate::operands::places(&op),
        hosted: false,
    };
    let start = as_kind(start, kind);
    let other = [
        Value::Int(7),
        Value::str("t"),
        Value::Float(1.5),
        Value::Undef,
    ];
    let other = &other[number as usize % other.len()];
    let mut program = Program::new();
    let mut operands = |source| {
        let last = specimen.places.len() - 1;
        let load = |place| vec![program.load(source, if place == last { &start } else { other })];
        (0..=last).map(load).collect::<Vec<_>>()
    };
    match form {
        Form::Closing if matches!(op, Op::SlotIncLtIntJumpBack(..)) => {
            let operands = operands(Source::Slot);
            program.place(&specimen.places, &operands);
            program.count_turns_of(&specimen);
        }
        Form::Once(source) => {
            let operands = operands(source);
            program.place(&specimen.places, &operands);
            program.apply(&specimen);
            program.observe(&specimen.places);
        }
        Form::Fresh => {
            program.apply(&specimen);
            program.emit(Op::LoadInt(7));
            // One that the op has set, or the first that it has not.
            let slots = [a, i, a.max(i) + 1];
            program.emit(Op::SetSlot(slots[number as usize % slots.len()]));
            program.observe(&specimen.places);
        }
        Form::Repeated | Form::Closing => {
            let operands = operands(Source::Slot);
            program.repeat(8, |program, _| {
                program.place(&specimen.places, &operands);
                program.apply(&specimen);
                program.observe(&specimen.places);
            });
        }
    }
    program.case(number)
}
