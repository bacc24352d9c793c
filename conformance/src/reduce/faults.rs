//! Reduction of what looks like faults of a tier: an op that does what another one does, in
//! every program or in hot loops only.

use super::*;
use crate::campaign::SplitMix;
use crate::generate;
use crate::outcome::Field;
use crate::subjects::REFERENCE;
use crate::values::same_ops;
use arbitrary::Unstructured;
use fusevm::Op;

/// A wrong change of an op.
pub(crate) type Fault = fn(Op) -> Op;

/// Changes such as a wrong lowering makes.
pub(crate) const FAULTS: [Fault; 12] = [
    |op| if op == Op::NumLt { Op::NumLe } else { op },
    |op| if op == Op::Sub { Op::Add } else { op },
    |op| if op == Op::Mod { Op::GcdInt } else { op },
    |op| if op == Op::Inc { Op::TruncInt } else { op },
    |op| if op == Op::Shr { Op::Shl } else { op },
    |op| if op == Op::Mul { Op::BitAnd } else { op },
    |op| if op == Op::Dup { Op::LoadUndef } else { op },
    |op| match op {
        Op::PostIncSlot(slot) => Op::PreIncSlot(slot),
        op => op,
    },
    |op| match op {
        Op::JumpIfFalseKeep(to) => Op::JumpIfTrueKeep(to),
        op => op,
    },
    |op| match op {
        Op::SlotLtIntJumpIfFalse(slot, limit, to) => {
            Op::SlotLtIntJumpIfFalse(slot, limit.wrapping_add(1), to)
        }
        op => op,
    },
    |op| match op {
        Op::AccumSumLoop(sum, i, limit) => Op::AccumSumLoop(sum, i, limit.wrapping_sub(1)),
        op => op,
    },
    |op| match op {
        Op::AddAssignSlotVoid(a, b) => Op::AddAssignSlotVoid(b, a),
        op => op,
    },
];

/// Backward branches and calls that make a run hot.
const HOT: u64 = 50;

/// The case with every op replaced by what wrong lowerings make of it.
pub(crate) fn with_faults(case: &Case, faults: &[Fault]) -> Case {
    let mut case = case.clone();
    for op in &mut case.chunk.ops {
        *op = faults.iter().fold(*op, |op, fault| fault(op));
    }
    case
}

/// The kind of the first field in which the case differs from the same case with the fault.
fn difference(case: &Case, fault: Fault, hot: bool) -> Option<Field> {
    let right = with_faults(case, &[fault]);
    if same_ops(&right.chunk.ops, &case.chunk.ops) {
        return None;
    }
    let fuel = case.fuel.unwrap_or(20_000);
    let run = |mut case: Case| {
        case.fuel = Some(fuel);
        REFERENCE.run(&case).map(|observed| observed.outcome).ok()
    };
    let (mut left, mut right) = (run(case.clone())?, run(right)?);
    if hot && left.fuel.is_none_or(|left| fuel - left < HOT) {
        return None;
    }
    // How much fuel was used is not what a person looks for.
    (left.fuel, right.fuel) = (None, None);
    left.difference(&right).map(|difference| difference.kind)
}

/// The sizes of the first `n` cases that show a fault, reduced, and how long that took.
fn reductions(fault: Fault, hot: bool, n: usize) -> Vec<(usize, Duration)> {
    let failing = (0..3_000).filter_map(|seed| {
        let bytes = SplitMix::new(seed).bytes(1024);
        let case = generate::case(&mut Unstructured::new(&bytes)).ok()?;
        let field = difference(&case, fault, hot)?;
        Some((case, field))
    });
    failing
        .take(n)
        .map(|(case, field)| {
            let started = Instant::now();
            let mut still_fails = |case: &Case| difference(case, fault, hot) == Some(field);
            let reduced = reduce(case, &mut still_fails, Duration::from_secs(10));
            assert_eq!(difference(&reduced, fault, hot), Some(field));
            (reduced.chunk.ops.len(), started.elapsed())
        })
        .collect()
}

fn check_median(hot: bool, n: usize, most: usize) {
    let found: Vec<_> = FAULTS
        .iter()
        .flat_map(|fault| reductions(*fault, hot, n))
        .collect();
    assert!(found.len() == n * FAULTS.len(), "{} found", found.len());
    let mut sizes: Vec<usize> = found.iter().map(|(size, _)| *size).collect();
    sizes.sort_unstable();
    println!("ops: {sizes:?}");
    assert!(sizes[sizes.len() / 2] <= most, "{sizes:?}");
    let longest = found.iter().map(|(_, took)| *took).max();
    println!("longest: {longest:?}");
}

#[test]
fn a_wrong_op_is_reduced_to_a_few() {
    check_median(false, 2, 5);
}

#[test]
fn a_fault_of_hot_loops_is_reduced_to_a_small_loop() {
    check_median(true, 1, 8);
}
