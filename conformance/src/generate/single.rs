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

mod adjacent;
mod alone;
mod domain;
mod errors;
mod fused;
mod numbered;
mod program;
mod raising;
mod specimen;
mod surprises;
mod tuples;
mod values;

use crate::campaign::SplitMix;
use crate::case::Case;
use alone::{STRAIGHTS, STREAMS};
use errors::RAISING;
use fusevm::Op;
use fusevm::op::N_OPS;
use numbered::walk;
use surprises::{CHANGES, MIXED};

/// Cases that are numbered from 0.
pub struct Family {
    /// What its programs do.
    pub name: &'static str,
    /// How many cases there are.
    pub count: fn() -> u64,
    /// The number of the case that a walk over all of them meets at a step.
    order: fn(u64, &mut SplitMix) -> u64,
    /// The case with a number below the count.
    pub case: fn(u64) -> Case,
}

/// All families.
pub static FAMILIES: [Family; 9] = [
    Family {
        name: "an op on every pair of values, out of arrays in a loop",
        count: || STREAMS.count(),
        order: |step, random| STREAMS.order(step, random),
        case: alone::stream,
    },
    Family {
        name: "an op on pairs of values in a straight line",
        count: || STRAIGHTS.count(),
        order: |step, random| STRAIGHTS.order(step, random),
        case: alone::straight_line,
    },
    Family {
        name: "an op on operands of its own domain: formats, numerals, characters, shifts",
        count: || domain::CASES.count(),
        order: |step, random| domain::CASES.order(step, random),
        case: domain::case,
    },
    Family {
        name: "an op in a loop, with an operand of another kind from the sixth turn on",
        count: || CHANGES.count(),
        order: |step, random| CHANGES.order(step, random),
        case: surprises::change,
    },
    Family {
        name: "an op on one operand of a known kind and one of an unknown kind",
        count: || MIXED.count(),
        order: |step, random| MIXED.order(step, random),
        case: surprises::mixed,
    },
    Family {
        name: "an op with every combination of immediates",
        count: alone::n_immediates,
        order: |step, random| walk(alone::n_immediates(), step, random),
        case: alone::immediates,
    },
    Family {
        name: "an op that raises an error, at once or in a late turn of a loop",
        count: || RAISING.count(),
        order: |step, random| RAISING.order(step, random),
        case: errors::raising,
    },
    Family {
        name: "a superinstruction at the edges of its loop",
        count: fused::count,
        order: |step, random| walk(fused::count(), step, random),
        case: fused::case,
    },
    Family {
        name: "two adjacent ops",
        count: adjacent::count,
        order: |step, random| walk(adjacent::count(), step, random),
        case: adjacent::case,
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

/// The case that a campaign with this seed runs at a step: all families by turns, each from
/// its own beginning and in an order in which a short campaign sees an even sample and a
/// long one everything.
pub fn drawn(seed: u64, step: u64) -> Case {
    let round = ORDER.len() as u64;
    let (round, place) = (step / round, (step % round) as usize);
    let family = ORDER[place];
    let in_round = |order: &[usize]| order.iter().filter(|other| **other == family).count() as u64;
    let step = round * in_round(&ORDER) + in_round(&ORDER[..place]);
    let mut random = SplitMix::new(seed).branch(family as u64);
    let Family { order, case, .. } = &FAMILIES[family];
    case(order(step, &mut random))
}

/// The order in which campaigns draw from [`FAMILIES`]: more often from those that have much of
/// what an op means in few cases.
const ORDER: [usize; 12] = [0, 1, 6, 3, 0, 5, 2, 4, 1, 7, 0, 8];

/// The loops over all pairs of values for one op.
pub fn on_all_values(op: &Op) -> impl Iterator<Item = Case> + use<> {
    alone::streams_of(op)
}

/// Every op of the instruction set with plain immediates, by index.
pub fn plain_ops() -> Vec<Op> {
    (0..N_OPS).map(specimen::plain).collect()
}

/// Cases in which every op meets, with as few programs as possible, every pair of kinds in
/// every tier, fails its guards on every kind, and raises what it can raise.
pub fn of_every_kind() -> impl Iterator<Item = Case> {
    alone::of_every_kind()
        .chain(errors::of_every_kind())
        .chain(surprises::of_every_kind())
}

#[cfg(test)]
mod tests;
