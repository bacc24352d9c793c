//! One op alone: in loops over all pairs of values, in straight lines, and with every
//! combination of immediates.

use super::numbered::{Digits, Numbered};
use super::program::Source;
use super::specimen::{PLAIN, Specimen, VARIANTS};
use super::tuples::{Tuple, filler, in_a_loop, packable, straight, tuple, varied};
use super::values::{ALL, CORE, N_KINDS, of_kind};
use crate::case::Case;
use fusevm::Op;
use std::sync::LazyLock;

/// Turns of one loop.
const TURNS: usize = 200;

/// Loops: for each op one over all pairs of kinds, then those over all pairs of values.
pub(super) static STREAMS: LazyLock<Numbered<&Specimen>> = LazyLock::new(|| {
    Numbered::new(PLAIN.iter().map(|specimen| {
        let n_tuples = ALL.len().pow(varied(specimen) as u32);
        let n_loops = match varied(specimen) {
            0 => 0,
            _ => n_tuples.div_ceil(TURNS),
        };
        (1 + n_loops as u64, specimen)
    }))
});

/// One loop over many operands of an op.
pub(super) fn stream(number: u64) -> Case {
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
    let tuples = packable(specimen, tuples);
    in_a_loop(specimen, &tuples, number)
}

/// Straight lines: an op, a source of its operands; for each left operand two halves of the
/// right ones. An op with one operand has a line with the few values, and lines with all.
pub(super) static STRAIGHTS: LazyLock<Numbered<(&Specimen, Source)>> = LazyLock::new(|| {
    let items = PLAIN
        .iter()
        .flat_map(|specimen| Source::ALL.map(|source| (specimen, source)));
    Numbered::new(items.map(|(specimen, source)| {
        let n_lines = match (varied(specimen), specimen.ends_the_run()) {
            (0, _) => usize::from(source == Source::Literal),
            (1, false) => 1 + ALL.len().div_ceil(CORE.len()),
            (1, true) => CORE.len(),
            _ => CORE.len() * 2,
        };
        (n_lines as u64, (specimen, source))
    }))
});

/// One straight line over a few operands of an op.
pub(super) fn straight_line(number: u64) -> Case {
    let ((specimen, source), part) = STRAIGHTS.at(number);
    let part = part as usize;
    let left = &CORE[part / 2 % CORE.len()];
    let rights = match varied(specimen) {
        0 => &CORE[..1],
        1 if specimen.ends_the_run() => &CORE[part..=part],
        1 if part > 0 => ALL.chunks(CORE.len()).nth(part - 1).unwrap_or_default(),
        1 => &CORE[..],
        _ if part.is_multiple_of(2) => &CORE[..N_KINDS],
        _ => &CORE[N_KINDS..],
    };
    let tuples = rights
        .iter()
        .map(|right| tuple(specimen, left, right, part))
        .collect();
    straight(specimen, *source, &packable(specimen, tuples), number)
}

/// How many cases there are with other immediates than the plain ones.
pub(super) fn n_immediates() -> u64 {
    VARIANTS.len() as u64 * 2
}

/// The loops over all values for one op.
pub(super) fn streams_of(op: &Op) -> impl Iterator<Item = Case> + use<> {
    let index = op.index();
    (0..STREAMS.count())
        .filter(move |number| STREAMS.at(*number).0.op.index() == index)
        .map(stream)
}

/// Cases in which every op meets every pair of kinds, in each tier.
pub(super) fn of_every_kind() -> impl Iterator<Item = Case> {
    let streams = (0..STREAMS.count()).filter(|number| {
        let (specimen, part) = STREAMS.at(*number);
        specimen.is_answered() && part == 0
    });
    let straights = (0..STRAIGHTS.count()).filter(|number| {
        let ((specimen, source), part) = STRAIGHTS.at(*number);
        let of_kinds = match varied(specimen) {
            0 | 1 => part == 0 || specimen.ends_the_run(),
            _ => part % 2 == 0 && part / 2 < N_KINDS as u64,
        };
        let is_of_slots = *source == Source::Slot || varied(specimen) == 0;
        specimen.is_answered() && is_of_slots && of_kinds
    });
    streams.map(stream).chain(straights.map(straight_line))
}

/// Tuples on which every combination of immediates is tried.
const TUPLES_OF_VARIANTS: usize = 6;

/// An op with one combination of immediates.
pub(super) fn immediates(number: u64) -> Case {
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
    let tuples = packable(specimen, tuples);
    match is_loop && specimen.places.len() <= 4 {
        true => in_a_loop(specimen, &tuples, number),
        false => straight(specimen, Source::Literal, &tuples, number),
    }
}
