//! One defect is one entry, however many cases show it, and two defects are two.

use super::*;
use crate::campaign::{self, Stop};
use crate::reduce::faults::{FAULTS, Fault, with_faults};
use crate::subject::{Declined, Observed};

/// The interpreter with wrong ops.
struct Faulty(&'static [Fault]);

impl Subject for Faulty {
    fn name(&self) -> &'static str {
        "faulty"
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let faulty = with_faults(case, self.0);
        let mut observed = REFERENCE.run(&fuelled(&faulty))?;
        if case.fuel.is_none() {
            observed.outcome.fuel = None;
        }
        Ok(observed)
    }
}

/// What a campaign of so many cases finds.
fn findings(subject: &'static Faulty, cases: u64) -> (Tally, Findings) {
    let plan = Plan {
        seed: 4,
        cases: Some(cases),
        subjects: vec![subject],
        in_turn: Vec::new(),
        raw_per_mille: 100,
        ..Plan::default()
    };
    let (tally, endless) = campaign::run(&plan, &Stop::default(), |_| {});
    let findings = Findings::of(&plan, &tally, endless, Duration::from_secs(60));
    (tally, findings)
}

/// Checks that a fault is found in many cases and ends as a few small entries.
#[track_caller]
fn check(subject: &'static Faulty) {
    let (tally, findings) = findings(subject, 400);
    assert!(tally.diverged >= 5, "{} cases diverged", tally.diverged);
    assert_eq!(findings.left_out, 0);
    let groups: Vec<_> = findings
        .groups
        .iter()
        .map(|group| (&group.cause, &group.reduction.case.chunk.ops))
        .collect();
    assert!((1..=2).contains(&groups.len()), "{groups:#?}");
    for (_, ops) in groups {
        assert!(ops.len() <= 12, "{ops:?}");
    }
}

#[test]
fn a_wrong_comparison_is_one_entry() {
    check(const { &Faulty(&[FAULTS[0]]) });
}

#[test]
fn a_wrong_subtraction_is_one_entry() {
    check(const { &Faulty(&[FAULTS[1]]) });
}

#[test]
fn a_wrong_duplicate_is_one_entry() {
    check(const { &Faulty(&[FAULTS[6]]) });
}

#[test]
fn a_wrong_sum_is_one_entry() {
    check(const { &Faulty(&[FAULTS[11]]) });
}

#[test]
fn two_defects_are_two_entries() {
    let (_, findings) = findings(const { &Faulty(&[FAULTS[1], FAULTS[5]]) }, 400);
    let shown: Vec<_> = findings
        .groups
        .iter()
        .map(|group| group.reduction.case.chunk.ops.clone())
        .collect();
    assert!((2..=4).contains(&shown.len()), "{shown:?}");
    for op in [fusevm::Op::Sub, fusevm::Op::Mul] {
        assert!(shown.iter().any(|ops| ops.contains(&op)), "{shown:?}");
    }
}
