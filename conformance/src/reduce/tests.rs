//! Reduction against predicates whose smallest answer is known.

use super::*;
use crate::campaign::SplitMix;
use crate::generate;
use arbitrary::Unstructured;
use fusevm::op::Section;
use fusevm::{Op, Value};

/// Structured cases for which `fails` holds, reduced.
fn reduced(n: usize, fails: &dyn Fn(&Case) -> bool) -> Vec<Case> {
    let cases = (0..).map(|seed| {
        let bytes = SplitMix::new(seed).bytes(1024);
        generate::case(&mut Unstructured::new(&bytes)).expect("generation cannot fail")
    });
    cases
        .filter(|case| fails(case))
        .take(n)
        .map(|case| reduce(case, &mut |case| fails(case), Duration::from_secs(10)))
        .collect()
}

fn position(case: &Case, wanted: impl Fn(&Op) -> bool) -> Option<usize> {
    case.chunk.ops.iter().position(wanted)
}

#[test]
fn what_does_not_matter_goes_away() {
    for case in reduced(30, &|case| position(case, |op| *op == Op::Mul).is_some()) {
        assert_eq!(case.chunk.ops, [Op::Mul]);
        assert_eq!(size(&case), (1, Op::Mul.index() as u64 * 4));
    }
}

#[test]
fn jumps_follow_what_is_left() {
    let has_loop = |case: &Case| {
        let ops = &case.chunk.ops;
        let jump = |ip: usize| ops[ip].target().filter(|target| *target <= ip);
        (0..ops.len()).any(|ip| jump(ip).is_some_and(|target| ops[target..ip].contains(&Op::Add)))
    };
    // A jump back alone would not end, so something has to jump over it.
    for case in reduced(20, &has_loop) {
        assert!(case.chunk.ops.len() <= 3, "{:?}", case.chunk.ops);
    }
}

#[test]
fn numbers_become_small() {
    let large = |case: &Case| {
        position(case, |op| matches!(op, Op::LoadInt(n) if *n > 40)).is_some()
            && position(case, |op| matches!(op, Op::SetSlot(slot) if *slot > 2)).is_some()
    };
    for case in reduced(10, &large) {
        let mut ops = case.chunk.ops;
        ops.sort_by_key(Op::index);
        assert_eq!(ops, [Op::LoadInt(41), Op::SetSlot(3)]);
    }
}

#[test]
fn tables_follow_the_ops_that_use_them() {
    let block = |case: &Case| {
        case.chunk.ops.iter().any(|op| match op {
            Op::MapBlock(block) => case.chunk.valid_block(*block).is_some(),
            _ => false,
        })
    };
    for case in reduced(5, &block) {
        assert_eq!(case.chunk.ops, [Op::MapBlock(0)]);
        assert_eq!(case.chunk.block_ranges.len(), 1);
        assert!(case.chunk.names.is_empty() && case.chunk.constants.is_empty());
    }
}

#[test]
fn values_become_simple() {
    let array = |case: &Case| {
        case.chunk
            .constants
            .iter()
            .any(|value| matches!(value, Value::Array(elements) if elements.len() > 1))
    };
    for case in reduced(5, &array) {
        assert!(case.chunk.ops.is_empty());
        let two = Value::Array(vec![Value::Undef, Value::Undef]);
        assert_eq!(case.chunk.constants, [two]);
    }
}

#[test]
fn kinds_become_simple() {
    let three = |value: &Value| match value {
        Value::Int(n) => *n == 3,
        Value::Float(x) => *x == 3.0,
        Value::Str(text) => text.as_str() == "3",
        _ => false,
    };
    for value in [Value::Float(3.0), Value::str("3")] {
        let case = Case {
            slots: vec![Value::Array(vec![value.clone()]), value],
            ..Case::default()
        };
        let mut still_fails = |case: &Case| case.slots.last().is_some_and(three);
        let reduced = reduce(case, &mut still_fails, Duration::from_secs(5));
        assert_eq!(reduced.slots.last(), Some(&Value::Int(3)));
    }
}

#[test]
fn schedules_become_simple() {
    let case = Case {
        runs: 5,
        schedule: 12,
        ..Case::default()
    };
    let mut still_fails = |case: &Case| case.runs >= 2 && case.schedule.is_multiple_of(4);
    let reduced = reduce(case.clone(), &mut still_fails, Duration::from_secs(5));
    assert_eq!((reduced.runs, reduced.schedule), (2, 0));
    let mut still_fails = |case: &Case| case.schedule % 8 == 4;
    let reduced = reduce(case, &mut still_fails, Duration::from_secs(5));
    assert_eq!((reduced.runs.max(1), reduced.schedule), (1, 4));
}

#[test]
fn raw_chunks_are_reduced_too() {
    for seed in 0..40 {
        let bytes = SplitMix::new(seed).bytes(2048);
        let case = generate::raw_case(&mut Unstructured::new(&bytes)).expect("cannot fail");
        let n_fused = |case: &Case| {
            let ops = case.chunk.ops.iter();
            ops.filter(|op| op.info().section == Section::Fused).count()
        };
        let before = n_fused(&case);
        let mut still_fails = |case: &Case| n_fused(case) == before;
        let after = reduce(case, &mut still_fails, Duration::from_secs(5));
        assert!(after.chunk.ops.len() <= before + 3, "{:?}", after.chunk.ops);
    }
}

#[test]
fn time_ends_it() {
    let bytes = SplitMix::new(5).bytes(1024);
    let case = generate::case(&mut Unstructured::new(&bytes)).expect("cannot fail");
    let mut calls = 0;
    let mut slow = |_: &Case| {
        calls += 1;
        std::thread::sleep(Duration::from_millis(5));
        calls % 2 == 0
    };
    let started = Instant::now();
    reduce(case, &mut slow, Duration::from_millis(60));
    assert!(started.elapsed() < Duration::from_secs(2));
}
