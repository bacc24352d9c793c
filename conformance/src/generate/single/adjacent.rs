//! Two adjacent ops: what one leaves in registers is what the other one finds.

use super::numbered::Digits;
use super::program::{Program, Source};
use super::specimen::{PLAIN, Specimen};
use super::tuples::{Tuple, filler};
use crate::case::Case;
use fusevm::op::N_OPS;
use fusevm::{Op, Value};

/// Straight lines of literals and of globals, loops over slots and over elements of arrays.
const N_FORMS: usize = 4;
/// Times that a pair is applied.
const TURNS: usize = 6;

/// Every ordered pair of ops, in every form.
pub(super) fn count() -> u64 {
    (N_OPS * N_OPS * N_FORMS) as u64
}

/// The case with a number.
pub(super) fn case(number: u64) -> Case {
    let mut digits = Digits(number);
    let form = digits.below(N_FORMS);
    let pick = |digits: &mut Digits| specimen_at(digits.below(N_OPS), number);
    let (one, two) = (pick(&mut digits), pick(&mut digits));
    let places: Vec<_> = one.places.iter().chain(&two.places).copied().collect();
    let tuples: Vec<Tuple> = (0..TURNS)
        .map(|n| {
            let at = number as usize + n;
            (0..places.len())
                .map(|place| filler(at, place).clone())
                .collect()
        })
        .collect();
    let mut program = Program::new();
    match form {
        0 | 1 => {
            let source = [Source::Literal, Source::Global][form];
            for tuple in &tuples[..TURNS / 2] {
                let load = |value| vec![program.load(source, value)];
                let operands: Vec<_> = tuple.iter().map(load).collect();
                apply_pair(&mut program, one, two, &operands);
            }
        }
        2 => {
            let load = |value| vec![program.load(Source::Slot, value)];
            let operands: Vec<_> = tuples[0].iter().map(load).collect();
            program.repeat(TURNS, |program, _| apply_pair(program, one, two, &operands));
        }
        _ => {
            let arrays: Vec<u16> = (0..places.len())
                .map(|place| {
                    let column = tuples.iter().map(|tuple| tuple[place].clone()).collect();
                    program.hold_in_slot(&Value::Array(column))
                })
                .collect();
            program.repeat(TURNS, |program, counter| {
                let element = |array: &u16| vec![Op::GetSlot(counter), Op::SlotArrayGet(*array)];
                let operands: Vec<_> = arrays.iter().map(element).collect();
                apply_pair(program, one, two, &operands);
            });
        }
    }
    program.case(number)
}

/// A plain specimen of the op at an index, hosted or not by the parity of the number.
fn specimen_at(index: usize, number: u64) -> &'static Specimen {
    let mut found = PLAIN.iter().filter(|specimen| specimen.op.index() == index);
    let first = found.next();
    let other = found.next().filter(|_| number.is_multiple_of(2));
    other.or(first).unwrap_or(&PLAIN[0])
}

/// Applies two ops one behind the other: what the second one takes from the stack lies below
/// what the first one takes.
fn apply_pair(program: &mut Program, one: &Specimen, two: &Specimen, operands: &[Vec<Op>]) {
    let (of_one, of_two) = operands.split_at(one.places.len());
    program.place(&two.places, of_two);
    program.place(&one.places, of_one);
    program.apply_before_another(one);
    program.apply(two);
    program.observe(&one.places);
    program.observe(&two.places);
}
