//! What is generated: enough of everything, small, and the same for the same bytes.

use super::statistics::Statistics;
use super::*;
use crate::campaign::SplitMix;
use crate::values::render_list;
use fusevm::op::{Section, TABLE};

const N_CASES: u64 = 5_000;

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

/// Ops of the sections that are generated.
fn generated_ops() -> impl Iterator<Item = &'static fusevm::op::OpInfo> {
    TABLE
        .iter()
        .filter(|info| !matches!(info.section, Section::Shell | Section::Awk))
}

#[test]
fn every_op_is_generated_and_inside_loops_too() {
    let statistics = statistics(structured);
    println!("{statistics}");
    let rare: Vec<_> = generated_ops()
        .filter(|info| {
            let index = usize::from(info.index);
            statistics.generated[index] < 20 || statistics.in_loop[index] < 8
        })
        .map(|info| info.name)
        .collect();
    assert!(rare.is_empty(), "hardly generated: {rare:?}");
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
    let missing: Vec<_> = generated_ops()
        .filter(|info| info.name != "TimeInt")
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
