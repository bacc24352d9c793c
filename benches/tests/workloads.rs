//! Every workload gives its answer in every mode, and its tier runs.

use fusevm_benches::modes::{Mode, Refusal, Runner};
use fusevm_benches::workloads;
use std::collections::BTreeSet;

/// Modes whose tier does not run a workload, each with the reason.
const DECLINES: &[(&str, Mode, &str)] = &[("calls/fib_recursive", Mode::Trace, "it has no loop")];

#[test]
fn every_workload_gives_its_answer_in_every_mode() {
    let mut wrong = Vec::new();
    let mut declined = BTreeSet::new();
    for workload in workloads::all() {
        let workload = workload.for_test();
        for mode in Mode::of(&workload) {
            match Runner::new(&workload, mode) {
                Ok(mut runner) => {
                    runner.time(2);
                }
                Err(Refusal::Declined(reason)) => {
                    declined.insert(format!("{} {mode}: {reason}", workload.name));
                }
                Err(refusal) => wrong.push(format!("{} {mode}: {refusal}", workload.name)),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let unexpected: Vec<_> = declined
        .iter()
        .filter(|found| {
            !DECLINES
                .iter()
                .any(|(workload, mode, _)| found.starts_with(&format!("{workload} {mode}:")))
        })
        .collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
}

#[test]
fn names_are_a_family_and_a_workload_and_unique() {
    let names: Vec<&str> = workloads::all().iter().map(|w| w.name).collect();
    assert!(names.iter().all(|name| name.split('/').count() == 2));
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

#[test]
fn native_twins_agree_at_the_timed_size() {
    for workload in workloads::all() {
        if let Some(mut twin) = workload.twin() {
            assert_eq!(twin(), workload.answer(), "{}", workload.name);
        }
    }
}
