//! Mutants as a whole: they build, most of them verify, and every mutation finds something to
//! change. What one mutation does is tested beside it.

use super::super::tree::{Expr, Form, Loop, Stmt};
use super::*;
use crate::campaign::SplitMix;
use crate::generate::{Specimen, mutated_case};
use crate::outcome::{Ending, Outcome};
use crate::subjects::REFERENCE;
use arbitrary::Unstructured;
use fusevm::{Op, asm};

/// Calls `check` with entropy of its own, a hundred times.
pub(super) fn with_entropy(mut check: impl FnMut(&mut Entropy)) {
    for seed in 0..100 {
        let bytes = SplitMix::new(seed).bytes(200);
        check(&mut Entropy::new(&mut Unstructured::new(&bytes)));
    }
}

/// A program that only has a root.
pub(super) fn program(main: Vec<Stmt>) -> Program {
    Program {
        main,
        ..Program::default()
    }
}

/// Slot 0 counts ten turns, slot 1 grows by three in each.
pub(super) fn counting() -> Program {
    let sum = Expr::Ops(
        vec![Expr::op(Op::GetSlot(1)), Expr::op(Op::LoadInt(3))],
        vec![Op::Add],
    );
    program(vec![
        Stmt::Do(Vec::new(), vec![Op::LoadInt(0), Op::SetSlot(0)]),
        Stmt::Do(Vec::new(), vec![Op::LoadInt(0), Op::SetSlot(1)]),
        Stmt::Loop(Box::new(Loop {
            form: Form::Fused(0, 10),
            body: vec![Stmt::Do(vec![sum], vec![Op::SetSlot(1)])],
            step: Vec::new(),
        })),
    ])
}

/// The ops of the tree in the order in which they are emitted.
pub(super) fn ops_of(program: &mut Program) -> Vec<Op> {
    let mut found = Vec::new();
    walk(program, &mut |node, _| {
        if let Node::Ops(ops) = node {
            found.extend(ops.iter().copied());
        }
    });
    found
}

/// What a run of the program makes observable.
pub(super) fn outcome(program: &Program) -> Outcome {
    let case = Case {
        fuel: Some(scene::ENOUGH_FUEL),
        ..Case::new(emit::chunk(program))
    };
    let observed = REFERENCE.run(&case).expect("the reference takes any case");
    Outcome {
        // The place of the end is no part of a program's meaning.
        ip: 0,
        fuel: None,
        ..observed.outcome
    }
}

const N_CASES: u64 = 1_000;
const OUT_OF_FUEL: &str = "limit exceeded: fuel";

fn mutant(seed: u64) -> Case {
    let bytes = SplitMix::new(seed).bytes(1024);
    mutated_case(&mut Unstructured::new(&bytes)).expect("generation cannot fail")
}

fn grown(seed: u64) -> Program {
    let bytes = SplitMix::new(seed).bytes(1024);
    let specimen = Specimen::structured(&mut Unstructured::new(&bytes));
    specimen.tree.unwrap_or_default()
}

#[test]
fn every_mutation_changes_grown_programs_and_they_still_build() {
    for (number, (_, mutation)) in MUTATIONS.iter().enumerate() {
        let mut changed = 0;
        let mut seed = 0;
        with_entropy(|e| {
            seed += 1;
            let before = grown(seed);
            let mut program = before.clone();
            if try_change(&mut program, |program| mutation(program, e)) {
                let text = |program| asm::disassemble(&emit::chunk(program));
                changed += usize::from(text(&program) != text(&before));
            }
        });
        assert!(changed > 25, "mutation {number} changed {changed} of 100");
    }
}

#[test]
fn mutants_end_and_most_of_them_verify() {
    let mut verified = 0;
    let mut out_of_fuel = 0;
    for seed in 0..N_CASES {
        let case = mutant(seed);
        assert!(case.fuel.is_some_and(|fuel| fuel <= 1_000_000));
        verified += u64::from(case.chunk.verify().is_ok());
        let observed = REFERENCE.run(&case).expect("the reference takes any case");
        let ending = observed.outcome.ending;
        out_of_fuel += u64::from(matches!(ending, Ending::Error(text) if text == OUT_OF_FUEL));
    }
    println!("{verified} verify, {out_of_fuel} use up their fuel");
    assert!(verified * 100 > 75 * N_CASES, "{verified} verify");
    assert!(
        out_of_fuel * 100 < 30 * N_CASES,
        "{out_of_fuel} run out of fuel"
    );
}

#[test]
fn mutants_differ_from_what_they_come_from() {
    let text = |case: &Case| crate::filetest::print_file("", case, None, &[]);
    let mut different = 0;
    for seed in 0..200 {
        let bytes = SplitMix::new(seed).bytes(1024);
        let n = bytes.len() / 4;
        let parent = Specimen::structured(&mut Unstructured::new(&bytes[n..]));
        different += usize::from(text(&parent.case) != text(&mutant(seed)));
    }
    assert!(different > 190, "{different} of 200");
}

#[test]
fn the_same_bytes_give_the_same_mutant() {
    let text = |case: &Case| crate::filetest::print_file("", case, None, &[]);
    for seed in 0..50 {
        assert_eq!(text(&mutant(seed)), text(&mutant(seed)));
    }
}

#[test]
fn programs_stop_growing() {
    let bytes = SplitMix::new(3).bytes(1 << 20);
    let mut bytes = Unstructured::new(&bytes);
    let mut e = Entropy::new(&mut bytes);
    let mut program = grown(7);
    for _ in 0..300 {
        mutate(&mut program, &mut e);
        assert!(n_ops(&mut program) <= MAX_OPS + program.subs.len());
    }
}
