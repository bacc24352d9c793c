//! Kinds that native code does not expect: an operand that changes its kind in a loop, and
//! one of an unknown kind beside one of a known kind.

use super::numbered::{Digits, Numbered};
use super::program::{Program, Source};
use super::specimen::{PLAIN, Specimen};
use super::tuples::{tuple, varied};
use super::values::{CORE, N_KINDS, of_kind};
use crate::case::Case;
use crate::coverage::matrix::{is_guarded, is_guessed};
use crate::operands::{Place, pair};
use fusevm::{Kind, Op, Value};
use std::sync::LazyLock;

/// One operand changes its kind in a loop.
#[derive(Debug, Clone, Copy)]
struct Change {
    /// Whether it is the first operand of the judged pair.
    first: bool,
    /// What it is in the first turns, and from then on.
    from: &'static Value,
    to: &'static Value,
    /// The other operand of the pair.
    other: &'static Value,
}

/// The turn in which it changes, and the number of turns.
pub(super) const CHANGES_IN: usize = 5;
pub(super) const CHANGE_TURNS: usize = 9;

/// Loops with a change: an op, then where its operands are, which one changes, and all kinds.
pub(super) static CHANGES: LazyLock<Numbered<&Specimen>> = LazyLock::new(|| {
    let changing = PLAIN
        .iter()
        .filter(|specimen| varied(specimen) > 0 && !specimen.ends_the_run());
    Numbered::new(changing.map(|specimen| {
        let n = match varied(specimen) {
            1 => 2 * N_KINDS * CORE.len(),
            _ => 2 * 2 * N_KINDS * CORE.len() * N_KINDS,
        };
        (n as u64, specimen)
    }))
});

/// One loop with a change.
pub(super) fn change(number: u64) -> Case {
    let (specimen, part) = CHANGES.at(number);
    let mut digits = Digits(part);
    let source = digits.of(&[Source::Slot, Source::Global]);
    let from = of_kind(digits.below(N_KINDS));
    let to = &CORE[digits.below(CORE.len())];
    let first = varied(specimen) > 1 && digits.below(2) == 0;
    let other = of_kind(digits.below(N_KINDS));
    let change = Change {
        first,
        from,
        to,
        other,
    };
    let case = change.case(specimen, source, number);
    match number % OFTEN == OFTEN - 1 {
        true => Case {
            runs: RUNS_TO_GIVE_UP,
            ..case
        },
        false => case,
    }
}

/// One in so many loops runs so often that a tier has seen enough of failing guards.
const OFTEN: u64 = 16;
const RUNS_TO_GIVE_UP: u32 = 70;

impl Change {
    /// The loop; operands are held in slots or globals.
    fn case(self, specimen: &Specimen, source: Source, number: u64) -> Case {
        let (first, second) = match self.first {
            true => (self.from, self.other),
            false => (self.other, self.from),
        };
        let tuple = tuple(specimen, first, second, number as usize);
        let mut program = Program::new();
        let places: Vec<Op> = tuple
            .iter()
            .map(|value| program.load(source, value))
            .collect();
        let later = program.load(source, self.to);
        let judged = pair(&specimen.places);
        let changing = judged.map(|(first, second)| if self.first { first } else { second });
        let store = changing.and_then(|at| match places[at] {
            Op::GetSlot(slot) => Some(Op::SetSlot(slot)),
            Op::GetVar(global) => Some(Op::SetVar(global)),
            _ => None,
        });
        let operands: Vec<Vec<Op>> = places.iter().map(|op| vec![*op]).collect();
        let turn = |program: &mut Program, counter| {
            program.place(&specimen.places, &operands);
            program.apply(specimen);
            program.observe(&specimen.places);
            program.in_turns_from(CHANGES_IN, counter, |program| {
                program.emit(later);
                program.emit(store.unwrap_or(Op::Pop));
            });
        };
        match source {
            Source::Slot => program.repeat_into_slots(CHANGE_TURNS, turn),
            _ => program.repeat(CHANGE_TURNS, turn),
        }
        program.case(number)
    }
}

/// Changes after which a guard on the kind of one operand fails, beside a number.
fn kind_changes(specimen: &Specimen) -> impl Iterator<Item = Change> + use<> {
    let both_on_stack = matches!(specimen.places[..], [Place::Stack(_), _, ..]);
    let is_alone = specimen.places.len() == 1;
    numbers_and_kinds()
        .filter(move |(_, _, first)| both_on_stack || !first)
        .filter(move |(other, _, _)| !is_alone || other.kind() == Kind::Int)
        .map(|(other, to, first)| Change {
            first,
            from: if to.kind() == Kind::Int {
                number_of(Kind::Float)
            } else {
                number_of(Kind::Int)
            },
            to,
            other,
        })
}

/// The number that stands for `Int` or `Float`.
pub(super) fn number_of(kind: Kind) -> &'static Value {
    of_kind(kind as usize)
}

/// A number, a value of any kind, and whether that one comes first.
fn numbers_and_kinds() -> impl Iterator<Item = (&'static Value, &'static Value, bool)> {
    [Kind::Int, Kind::Float].into_iter().flat_map(|number| {
        (0..N_KINDS).flat_map(move |kind| {
            [true, false].map(|first| (number_of(number), of_kind(kind), first))
        })
    })
}

/// Straight lines with one operand of a known kind and one of an unknown kind.
pub(super) static MIXED: LazyLock<Numbered<&Specimen>> = LazyLock::new(|| {
    let two = PLAIN
        .iter()
        .filter(|specimen| specimen.places.len() == 2 && !specimen.ends_the_run());
    let n_pairs = (2 * CORE.len() * CORE.len()) as u64;
    Numbered::new(two.map(|specimen| (n_pairs, specimen)))
});

/// One straight line with an unknown kind.
pub(super) fn mixed(number: u64) -> Case {
    let (specimen, part) = MIXED.at(number);
    let mut digits = Digits(part);
    let known = &CORE[digits.below(CORE.len())];
    let unknown = &CORE[digits.below(CORE.len())];
    mix(specimen, known, unknown, digits.below(2) == 0, number)
}

/// An op on a literal and a global; `first` says whether the global comes first.
fn mix(specimen: &Specimen, known: &Value, unknown: &Value, first: bool, number: u64) -> Case {
    let mut program = Program::new();
    let known = program.load(Source::Literal, known);
    let unknown = program.load(Source::Global, unknown);
    let operands = match first {
        true => [vec![unknown], vec![known]],
        false => [vec![known], vec![unknown]],
    };
    program.place(&specimen.places, &operands);
    program.apply(specimen);
    program.observe(&specimen.places);
    program.case(number)
}

/// Cases in which a guard of every op that has one fails on every kind.
pub(super) fn of_every_kind() -> impl Iterator<Item = Case> {
    let answered = || PLAIN.iter().filter(|specimen| specimen.is_answered());
    let changes = answered()
        .filter(|specimen| is_guarded(&specimen.op))
        .flat_map(|specimen| {
            kind_changes(specimen).map(move |change| change.case(specimen, Source::Global, 0))
        });
    let mixed = answered()
        .filter(|specimen| is_guessed(&specimen.op))
        .flat_map(|specimen| {
            numbers_and_kinds()
                .map(move |(known, unknown, first)| mix(specimen, known, unknown, first, 0))
        });
    changes.chain(mixed)
}
