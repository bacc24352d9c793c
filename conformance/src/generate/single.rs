//! G0: every op alone, and every pair of adjacent ops, on every value at which one of them
//! might change what it does.
//!
//! In: a number. Out: a case. Each [`Family`] numbers all of its cases, so that the list of
//! them is finite, known and never built: [`case`] makes the one that is asked for. What a
//! large random program meets about once in a day, these meet one after the other.
//!
//! Operands are literals, slots whose kinds native code is made for, globals whose kinds it
//! does not know, or elements of arrays that change their kind at every turn of a loop.
//! Applications that raise nothing are packed into one program, as compiling costs most.
//!
//! Start with [`FAMILIES`].

mod fused;
mod numbered;
mod program;
mod raising;
mod specimen;
mod values;

use crate::campaign::SplitMix;
use crate::case::Case;
use crate::coverage::matrix::{is_guarded, is_guessed};
use crate::operands::{Place, pair};
use fusevm::op::N_OPS;
use fusevm::{Kind, Op, Value};
use numbered::{Digits, Numbered, walk};
use program::{Program, Source};
use raising::{limited, raises};
use specimen::{PLAIN, Specimen, VARIANTS};
use std::sync::LazyLock;
use values::{ALL, CORE, N_KINDS, of_kind};

/// Cases that are numbered from 0.
pub struct Family {
    /// What its programs do.
    pub name: &'static str,
    /// How many cases there are.
    pub count: fn() -> u64,
    /// The case with a number below the count.
    pub case: fn(u64) -> Case,
}

/// All families.
pub static FAMILIES: [Family; 8] = [
    Family {
        name: "an op on every pair of values, out of arrays in a loop",
        count: || STREAMS.count(),
        case: stream,
    },
    Family {
        name: "an op on pairs of values in a straight line",
        count: || STRAIGHTS.count(),
        case: straight_line,
    },
    Family {
        name: "an op in a loop, with an operand of another kind from the sixth turn on",
        count: || CHANGES.count(),
        case: change,
    },
    Family {
        name: "an op on one operand of a known kind and one of an unknown kind",
        count: || MIXED.count(),
        case: mixed,
    },
    Family {
        name: "an op with every combination of immediates",
        count: || VARIANTS.len() as u64 * 2,
        case: immediates,
    },
    Family {
        name: "an op that raises an error, at once or in a late turn of a loop",
        count: || RAISING.count(),
        case: raising,
    },
    Family {
        name: "a superinstruction at the edges of its loop",
        count: fused::count,
        case: fused::case,
    },
    Family {
        name: "two adjacent ops",
        count: || (N_OPS * N_OPS * FORMS_OF_PAIRS) as u64,
        case: adjacent,
    },
];

/// How many cases there are.
pub fn count() -> u64 {
    FAMILIES.iter().map(|family| (family.count)()).sum()
}

/// The case with a number below [`count`]; numbers begin anew behind the last.
pub fn case(number: u64) -> Case {
    let mut number = number % count().max(1);
    for family in &FAMILIES {
        let count = (family.count)();
        if number < count {
            return (family.case)(number);
        }
        number -= count;
    }
    Case::default()
}

/// The case that a campaign with this seed runs at a step: all families in turn, each from
/// its own beginning and in an order in which a short campaign sees an even sample and a
/// long one everything.
pub fn drawn(seed: u64, step: u64) -> Case {
    let n_families = FAMILIES.len() as u64;
    let (family, step) = (step % n_families, step / n_families);
    let mut random = SplitMix::new(seed).branch(family);
    let Family { count, case, .. } = &FAMILIES[family as usize];
    case(walk(count(), step, &mut random))
}

/// The loops over all pairs of values for one op.
pub fn on_all_values(op: &Op) -> impl Iterator<Item = Case> + use<> {
    let index = op.index();
    (0..STREAMS.count())
        .filter(move |number| STREAMS.at(*number).0.op.index() == index)
        .map(stream)
}

/// Every op of the instruction set with plain immediates, by index.
pub fn plain_ops() -> Vec<Op> {
    (0..N_OPS).map(specimen::plain).collect()
}

/// Cases in which every op meets, with as few programs as possible, every pair of kinds in
/// every tier, fails its guards on every kind, and raises what it can raise.
pub fn of_every_kind() -> impl Iterator<Item = Case> {
    let streams = (0..STREAMS.count()).filter(|number| {
        let (specimen, part) = STREAMS.at(*number);
        specimen.is_answered() && part == 0
    });
    let straights = (0..STRAIGHTS.count()).filter(|number| {
        let ((specimen, source), part) = STRAIGHTS.at(*number);
        let of_kinds = varied(specimen) < 2 || (part % 2 == 0 && part / 2 < N_KINDS as u64);
        let is_of_slots = *source == Source::Slot || varied(specimen) == 0;
        specimen.is_answered() && is_of_slots && of_kinds
    });
    let raising = (0..RAISING.count()).filter(|number| {
        let (raising, form) = RAISING.at(*number);
        raising.of_kinds && raising.specimen.is_answered() && (form == 1 || form == 3)
    });
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
    (streams.map(stream))
        .chain(straights.map(straight_line))
        .chain(raising.map(self::raising))
        .chain(changes)
        .chain(mixed)
}

/// Operands of an op, in the order of its places.
type Tuple = Vec<Value>;

/// What the operands besides the judged pair are.
fn filler(number: usize, place: usize) -> &'static Value {
    &CORE[(number * 7 + place * 3 + 2) % CORE.len()]
}

/// Operands of a specimen of which the judged pair is given.
fn tuple(specimen: &Specimen, first: &Value, second: &Value, number: usize) -> Tuple {
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
fn varied(specimen: &Specimen) -> usize {
    specimen.places.len().min(2)
}

/// Turns of one loop.
const TURNS: usize = 200;

/// Loops: for each op one over all pairs of kinds, then those over all pairs of values.
static STREAMS: LazyLock<Numbered<&Specimen>> = LazyLock::new(|| {
    Numbered::new(PLAIN.iter().map(|specimen| {
        let n_tuples = ALL.len().pow(varied(specimen) as u32);
        let n_loops = match varied(specimen) {
            0 => 0,
            _ => n_tuples.div_ceil(TURNS),
        };
        (1 + n_loops as u64, specimen)
    }))
});

fn stream(number: u64) -> Case {
    let (specimen, part) = STREAMS.at(number);
    let nth = |n: usize| {
        let (first, second) = (n / ALL.len() % ALL.len(), n % ALL.len());
        tuple(specimen, &ALL[first], &ALL[second], n)
    };
    let tuples: Vec<Tuple> = match part {
        0 => (0..N_KINDS * N_KINDS)
            .map(|n| {
                let (first, second) = (of_kind(n / N_KINDS), of_kind(n));
                tuple(specimen, first, second, 0)
            })
            .collect(),
        _ => {
            let n_tuples = ALL.len().pow(varied(specimen) as u32);
            let from = (part as usize - 1) * TURNS;
            (from..(from + TURNS).min(n_tuples)).map(nth).collect()
        }
    };
    let tuples = without_errors(specimen, tuples);
    in_a_loop(specimen, &tuples, number)
}

/// The operands that raise nothing; the first ones if all of them raise.
fn without_errors(specimen: &Specimen, mut tuples: Vec<Tuple>) -> Vec<Tuple> {
    if !tuples.iter().all(|tuple| raises(specimen, tuple)) {
        tuples.retain(|tuple| !raises(specimen, tuple));
    }
    tuples
}

/// A loop in which an op is applied to one tuple after the other. One that ends the run is
/// applied in the last turn.
fn in_a_loop(specimen: &Specimen, tuples: &[Tuple], number: u64) -> Case {
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

/// Straight lines: an op, a source of its operands; for each left operand two halves of the
/// right ones.
static STRAIGHTS: LazyLock<Numbered<(&Specimen, Source)>> = LazyLock::new(|| {
    let items = PLAIN
        .iter()
        .flat_map(|specimen| Source::ALL.map(|source| (specimen, source)));
    Numbered::new(items.map(|(specimen, source)| {
        let n_lines = match (varied(specimen), specimen.ends_the_run()) {
            (0, _) => usize::from(source == Source::Literal),
            (1, false) => 1,
            (1, true) => CORE.len(),
            _ => CORE.len() * 2,
        };
        (n_lines as u64, (specimen, source))
    }))
});

fn straight_line(number: u64) -> Case {
    let ((specimen, source), part) = STRAIGHTS.at(number);
    let part = part as usize;
    let left = &CORE[part / 2 % CORE.len()];
    let rights = match varied(specimen) {
        0 => &CORE[..1],
        1 if specimen.ends_the_run() => &CORE[part..=part],
        1 => &CORE[..],
        _ if part.is_multiple_of(2) => &CORE[..N_KINDS],
        _ => &CORE[N_KINDS..],
    };
    let tuples = rights
        .iter()
        .map(|right| tuple(specimen, left, right, part))
        .collect();
    straight(specimen, *source, &without_errors(specimen, tuples), number)
}

/// A program that applies an op to one tuple after the other; results stay on the stack.
fn straight(specimen: &Specimen, source: Source, tuples: &[Tuple], number: u64) -> Case {
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
const CHANGES_IN: usize = 5;
const CHANGE_TURNS: usize = 9;

/// Loops with a change: an op, then where its operands are, which one changes, and all kinds.
static CHANGES: LazyLock<Numbered<&Specimen>> = LazyLock::new(|| {
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

fn change(number: u64) -> Case {
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
    change.case(specimen, source, number)
}

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
        program.repeat(CHANGE_TURNS, |program, counter| {
            program.place(&specimen.places, &operands);
            program.apply(specimen);
            program.observe(&specimen.places);
            program.in_turns_from(CHANGES_IN, counter, |program| {
                program.emit(later);
                program.emit(store.unwrap_or(Op::Pop));
            });
        });
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

fn number_of(kind: Kind) -> &'static Value {
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
static MIXED: LazyLock<Numbered<&Specimen>> = LazyLock::new(|| {
    let two = PLAIN
        .iter()
        .filter(|specimen| specimen.places.len() == 2 && !specimen.ends_the_run());
    let n_pairs = (2 * CORE.len() * CORE.len()) as u64;
    Numbered::new(two.map(|specimen| (n_pairs, specimen)))
});

fn mixed(number: u64) -> Case {
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

/// Tuples on which every combination of immediates is tried.
const TUPLES_OF_VARIANTS: usize = 6;

fn immediates(number: u64) -> Case {
    let mut digits = Digits(number);
    let is_loop = digits.below(2) == 1;
    let at = digits.below(VARIANTS.len());
    let specimen = &VARIANTS[at];
    let n_tuples = match specimen.places.len() {
        0 if !is_loop => 1,
        n if n > 4 => 1,
        _ => TUPLES_OF_VARIANTS,
    };
    let tuples = (0..n_tuples)
        .map(|n| tuple(specimen, filler(at + n, 0), filler(at, n + 1), at + n))
        .collect();
    let tuples = without_errors(specimen, tuples);
    match is_loop && specimen.places.len() <= 4 {
        true => in_a_loop(specimen, &tuples, number),
        false => straight(specimen, Source::Literal, &tuples, number),
    }
}

/// Operands that raise an error, and some before them that do not.
struct Raising {
    specimen: Specimen,
    before: Tuple,
    beyond: Tuple,
    /// The limits under which they do.
    tighten: fn(&mut fusevm::Limits),
    /// Whether no other pair of the same op has the same kinds.
    of_kinds: bool,
}

/// Ops that raise errors: because of their operands, then at limits. Each as a straight line
/// with operands from each source, and as a loop.
static RAISING: LazyLock<Numbered<Raising>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for specimen in PLAIN.iter() {
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
    }
    all.extend(limited().into_iter().map(|row| Raising {
        specimen: Specimen {
            op: row.op,
            places: crate::operands::places(&row.op),
            hosted: false,
        },
        before: row.below,
        beyond: row.beyond,
        tighten: row.tighten,
        of_kinds: true,
    }));
    let n_forms = Source::ALL.len() as u64 + 1;
    Numbered::new(all.into_iter().map(|raising| (n_forms, raising)))
});

fn raising(number: u64) -> Case {
    let (raising, form) = RAISING.at(number);
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

/// Straight lines of literals and of globals, loops over slots and over elements of arrays.
const FORMS_OF_PAIRS: usize = 4;
/// Times that a pair is applied.
const PAIR_TURNS: usize = 6;

fn adjacent(number: u64) -> Case {
    let mut digits = Digits(number);
    let form = digits.below(FORMS_OF_PAIRS);
    let pick = |digits: &mut Digits| specimen_at(digits.below(N_OPS), number);
    let (one, two) = (pick(&mut digits), pick(&mut digits));
    let places: Vec<_> = one.places.iter().chain(&two.places).copied().collect();
    let tuples: Vec<Tuple> = (0..PAIR_TURNS)
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
            for tuple in &tuples[..PAIR_TURNS / 2] {
                let load = |value| vec![program.load(source, value)];
                let operands: Vec<_> = tuple.iter().map(load).collect();
                apply_pair(&mut program, one, two, &operands);
            }
        }
        2 => {
            let load = |value| vec![program.load(Source::Slot, value)];
            let operands: Vec<_> = tuples[0].iter().map(load).collect();
            program.repeat(PAIR_TURNS, |program, _| {
                apply_pair(program, one, two, &operands)
            });
        }
        _ => {
            let arrays: Vec<u16> = (0..places.len())
                .map(|place| {
                    let column = tuples.iter().map(|tuple| tuple[place].clone()).collect();
                    program.hold_in_slot(&Value::Array(column))
                })
                .collect();
            program.repeat(PAIR_TURNS, |program, counter| {
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

#[cfg(test)]
mod tests;
