//! Ops that raise errors, and the programs that they end.

use super::numbered::Numbered;
use super::program::{Program, Source};
use super::raising::{limited, raises};
use super::specimen::{PLAIN, Specimen};
use super::surprises::{CHANGE_TURNS, CHANGES_IN, number_of};
use super::tuples::{Tuple, straight, tuple, varied};
use super::values::CORE;
use crate::case::Case;
use crate::operands::places;
use fusevm::{Kind, Limits, Op};
use std::sync::LazyLock;

/// Operands that raise an error, and some before them that do not.
pub(super) struct Raising {
    specimen: Specimen,
    before: Tuple,
    beyond: Tuple,
    /// The limits under which they do.
    tighten: fn(&mut Limits),
    /// Whether no other pair of the same op has the same kinds.
    of_kinds: bool,
}

/// The forms of a program that raises: straight lines with operands from each source, and a
/// loop.
const N_FORMS: u64 = Source::ALL.len() as u64 + 1;

/// Ops that raise errors: because of their operands, then at limits. An item is an op with all
/// that raises, so that limits are met as often as the many divisors that are 0.
pub(super) static RAISING: LazyLock<Numbered<Vec<Raising>>> = LazyLock::new(|| {
    let mut items = Vec::new();
    for specimen in PLAIN.iter() {
        let mut all = Vec::new();
        let mut kinds = Vec::new();
        let pairs = CORE
            .iter()
            .flat_map(|first| CORE.iter().map(move |second| (first, second)));
        for (first, second) in pairs {
            if varied(specimen) == 1 && first.kind() != Kind::Undef {
                continue;
            }
            let beyond = tuple(specimen, first, second, 0);
            if !raises(specimen, &beyond) {
                continue;
            }
            let pair = (first.kind(), second.kind());
            all.push(Raising {
                specimen: specimen.clone(),
                before: tuple(specimen, number_of(Kind::Int), number_of(Kind::Int), 0),
                beyond,
                tighten: |_| (),
                of_kinds: !kinds.contains(&pair),
            });
            kinds.push(pair);
        }
        items.push(all);
    }
    items.extend(limited().into_iter().map(|row| {
        let specimen = Specimen {
            op: row.op,
            places: places(&row.op),
            hosted: false,
        };
        vec![Raising {
            specimen,
            before: row.below,
            beyond: row.beyond,
            tighten: row.tighten,
            of_kinds: true,
        }]
    }));
    Numbered::new(
        items
            .into_iter()
            .map(|all| (all.len() as u64 * N_FORMS, all)),
    )
});

/// What raises in a case, and in which form.
fn at(number: u64) -> (&'static Raising, u64) {
    let (all, part) = RAISING.at(number);
    (&all[(part / N_FORMS) as usize], part % N_FORMS)
}

/// One program that ends with an error.
pub(super) fn raising(number: u64) -> Case {
    let (raising, form) = at(number);
    let Raising {
        specimen,
        before,
        beyond,
        ..
    } = raising;
    let mut case = match Source::ALL.get(form as usize) {
        Some(source) => {
            let tuples = [before.clone(), beyond.clone()];
            straight(specimen, *source, &tuples, number)
        }
        None => raising_loop(specimen, before, beyond, number),
    };
    (raising.tighten)(&mut case.limits);
    case
}

/// A loop that raises an error in its last turn. Its operands are slots that change then:
/// limits may be too low for anything that collects.
fn raising_loop(specimen: &Specimen, before: &Tuple, beyond: &Tuple, number: u64) -> Case {
    let mut program = Program::new();
    let slots: Vec<u16> = before.iter().map(|v| program.hold_in_slot(v)).collect();
    let later: Vec<Op> = beyond
        .iter()
        .map(|value| program.load(Source::Slot, value))
        .collect();
    let operands: Vec<Vec<Op>> = slots.iter().map(|slot| vec![Op::GetSlot(*slot)]).collect();
    program.repeat_dropping(CHANGE_TURNS, |program, counter| {
        program.place(&specimen.places, &operands);
        program.apply(specimen);
        program.in_turns_from(CHANGES_IN, counter, |program| {
            for (slot, later) in slots.iter().zip(&later) {
                program.emit(*later);
                program.emit(Op::SetSlot(*slot));
            }
        });
    });
    program.case(number)
}

/// Cases in which every op raises what it can raise, for all kinds that can.
pub(super) fn of_every_kind() -> impl Iterator<Item = Case> {
    const OF_SLOTS: u64 = Source::Slot as u64;
    const IN_A_LOOP: u64 = N_FORMS - 1;
    let numbers = (0..RAISING.count()).filter(|number| {
        let (raising, form) = at(*number);
        let is_chosen = form == OF_SLOTS || form == IN_A_LOOP;
        raising.of_kinds && raising.specimen.is_answered() && is_chosen
    });
    numbers.map(raising)
}
