//! Operands of an op, and the two ways to apply it to many of them.

use super::program::{Program, Source};
use super::raising::{leaves_native_code, raises};
use super::specimen::Specimen;
use super::values::CORE;
use crate::case::Case;
use crate::operands::pair;
use fusevm::{Op, Value};

/// Operands of an op, in the order of its places.
pub(super) type Tuple = Vec<Value>;

/// What the operands besides the judged pair are.
pub(super) fn filler(number: usize, place: usize) -> &'static Value {
    &CORE[(number * 7 + place * 3 + 2) % CORE.len()]
}

/// Operands of a specimen of which the judged pair is given.
pub(super) fn tuple(specimen: &Specimen, first: &Value, second: &Value, number: usize) -> Tuple {
    let mut tuple: Tuple = (0..specimen.places.len())
        .map(|place| filler(number, place).clone())
        .collect();
    if let Some((at_first, at_second)) = pair(&specimen.places) {
        tuple[at_first] = first.clone();
        tuple[at_second] = second.clone();
    }
    tuple
}

/// How many operands of a specimen are varied.
pub(super) fn varied(specimen: &Specimen) -> usize {
    specimen.places.len().min(2)
}

/// The operands that raise nothing, those after which native code goes on before the others;
/// the first ones if all of them raise.
pub(super) fn packable(specimen: &Specimen, mut tuples: Vec<Tuple>) -> Vec<Tuple> {
    if !tuples.iter().all(|tuple| raises(specimen, tuple)) {
        tuples.retain(|tuple| !raises(specimen, tuple));
    }
    tuples.sort_by_key(|tuple| leaves_native_code(specimen, tuple));
    tuples
}

/// A loop in which an op is applied to one tuple after the other. One that ends the run is
/// applied in the last turn.
pub(super) fn in_a_loop(specimen: &Specimen, tuples: &[Tuple], number: u64) -> Case {
    let mut program = Program::new();
    let arrays: Vec<u16> = (0..specimen.places.len())
        .map(|place| {
            let column = tuples.iter().map(|tuple| tuple[place].clone()).collect();
            program.hold_in_slot(&Value::Array(column))
        })
        .collect();
    program.repeat(tuples.len(), |program, counter| {
        let elements: Vec<Vec<Op>> = arrays
            .iter()
            .map(|array| vec![Op::GetSlot(counter), Op::SlotArrayGet(*array)])
            .collect();
        let application = |program: &mut Program| {
            program.place(&specimen.places, &elements);
            program.apply(specimen);
            program.observe(&specimen.places);
        };
        match specimen.ends_the_run() {
            true => program.in_turns_from(tuples.len() - 1, counter, application),
            false => application(program),
        }
    });
    program.case(number)
}

/// A program that applies an op to one tuple after the other; results stay on the stack.
pub(super) fn straight(specimen: &Specimen, source: Source, tuples: &[Tuple], number: u64) -> Case {
    let mut program = Program::new();
    for tuple in tuples {
        let operands: Vec<_> = tuple
            .iter()
            .map(|value| vec![program.load(source, value)])
            .collect();
        program.place(&specimen.places, &operands);
        program.apply(specimen);
        program.observe(&specimen.places);
    }
    program.case(number)
}
