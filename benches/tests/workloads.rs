//! Every workload gives its answer in every mode, and its tier runs.

use fusevm_benches::modes::{Mode, Refusal, Runner};
use fusevm_benches::workloads;
use std::collections::BTreeSet;

/// Modes whose tier does not run a workload, each with the reason that it must give.
const DECLINES: &[(&str, Mode, &str)] = &[
    ("calls/fib_recursive", Mode::Block, "block: Call"),
    // The tier is asked at backward branches, and there is none.
    ("calls/fib_recursive", Mode::Trace, "no reason given"),
    ("calls/fib_recursive", Mode::Auto, "block: Call"),
    ("calls/leaf", Mode::Block, "block: Call"),
    ("calls/leaf", Mode::Trace, "trace: Call"),
    ("calls/leaf", Mode::Auto, "block: Call"),
];

#[test]
fn every_workload_gives_its_answer_in_every_mode() {
    let mut wrong = Vec::new();
    for workload in workloads::all() {
        let workload = workload.for_test();
        for mode in Mode::of(&workload) {
            let expected = DECLINES
                .iter()
                .find(|(name, declining, _)| *name == workload.name && *declining == mode)
                .map(|(_, _, reason)| *reason);
            let found = Runner::new(&workload, mode).map(|mut runner| runner.time(2));
            let right = match (&found, expected) {
                (Ok(_), None) => true,
                (Err(Refusal::Declined(found)), Some(reason)) => found.contains(reason),
                _ => false,
            };
            if !right {
                let found = found.map_or_else(|refusal| refusal.to_string(), |_| "ran".into());
                let expected = expected.unwrap_or("ran");
                wrong.push(format!(
                    "{} {mode}: {found}, expected: {expected}",
                    workload.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
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
