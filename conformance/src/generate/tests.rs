//! What is generated: enough of everything, small, and the same for the same bytes.

use super::statistics::{SHAPES, Statistics};
use super::*;
use crate::campaign::SplitMix;
use crate::outcome::Ending;
use crate::subjects::REFERENCE;
use crate::values::render_list;
use fusevm::op::TABLE;
use std::collections::BTreeMap;

const N_CASES: u64 = 8_000;

fn structured(seed: u64) -> Case {
    let bytes = SplitMix::new(seed).bytes(1024);
    case(&mut Unstructured::new(&bytes)).expect("generation cannot fail")
}

fn raw(seed: u64) -> Case {
    let bytes = SplitMix::new(seed).bytes(1024);
    raw_case(&mut Unstructured::new(&bytes)).expect("generation cannot fail")
}

fn statistics(case: fn(u64) -> Case) -> Statistics {
    let mut statistics = Statistics::default();
    for seed in 0..N_CASES {
        statistics.add(&case(seed));
    }
    statistics
}

#[test]
fn every_op_is_generated_and_inside_loops_too() {
    let statistics = statistics(structured);
    println!("{statistics}");
    let rare: Vec<_> = TABLE
        .iter()
        .filter(|info| {
            let index = usize::from(info.index);
            statistics.generated[index] < 12 || statistics.in_loop[index] < 4
        })
        .map(|info| info.name)
        .collect();
    assert!(rare.is_empty(), "hardly generated: {rare:?}");
    let missing: Vec<_> = SHAPES
        .iter()
        .zip(&statistics.shapes)
        .filter(|(_, n)| **n < 3)
        .map(|(shape, _)| shape.name)
        .collect();
    assert!(missing.is_empty(), "hardly generated: {missing:?}");
    assert!(
        statistics.verified * 100 > 90 * N_CASES,
        "{} verify",
        statistics.verified
    );
    assert!(statistics.length_at(90) <= 100);
}

#[test]
fn raw_chunks_contain_every_op() {
    let statistics = statistics(raw);
    let missing: Vec<_> = TABLE
        .iter()
        .filter(|info| statistics.generated[usize::from(info.index)] == 0)
        .map(|info| info.name)
        .collect();
    assert!(missing.is_empty(), "never generated: {missing:?}");
}

#[test]
fn the_same_bytes_give_the_same_case() {
    // Maps print in any order.
    let text = |case: Case| {
        let slots = render_list(&case.slots);
        let constants = render_list(&case.chunk.constants);
        format!("{slots} {constants} {:?} {:?}", case.chunk.ops, case.fuel)
    };
    for seed in 0..50 {
        assert_eq!(text(structured(seed)), text(structured(seed)));
        assert_eq!(text(raw(seed)), text(raw(seed)));
    }
}

#[test]
fn no_bytes_give_a_small_program() {
    for n in 0..12 {
        let few = SplitMix::new(n).bytes(n as usize);
        let case = case(&mut Unstructured::new(&few)).expect("generation cannot fail");
        assert!(case.chunk.ops.len() < 30, "{:?}", case.chunk.ops);
    }
}

/// How the runs of many cases end: values and halts by these words, errors by their text.
fn endings(n: u64, case: fn(u64) -> Case) -> BTreeMap<String, u64> {
    let mut endings = BTreeMap::new();
    for seed in 0..n {
        let mut case = case(seed);
        // Enough for any program whose loops are bounded.
        case.fuel = case.fuel.or(Some(200_000));
        let observed = REFERENCE.run(&case).expect("the reference takes any case");
        let ending = match observed.outcome.ending {
            Ending::Value(_) => "value".to_owned(),
            Ending::Halted => "halted".to_owned(),
            Ending::Error(text) => text,
        };
        if ending == "limit exceeded: fuel" && case.fuel == Some(200_000) {
            println!("case {seed} does not end");
        }
        *endings.entry(ending).or_default() += 1;
    }
    endings
}

#[test]
fn structured_programs_end() {
    let endings = endings(N_CASES, structured);
    println!("{endings:#?}");
    let count = |ending: &str| endings.get(ending).copied().unwrap_or(0);
    let complete = count("value") + count("halted");
    assert!(complete * 100 > 85 * N_CASES, "{endings:#?}");
}
