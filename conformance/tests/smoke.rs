//! A short campaign with a fixed seed: the tiers agree, and they really ran.

use fusevm::{Op, Value};
use fusevm_conformance::campaign::{self, Findings, Plan, Stop};
use fusevm_conformance::case::Case;
use fusevm_conformance::report::{self, End, Report};
use fusevm_conformance::subject::{Declined, Observed, Subject};
use fusevm_conformance::subjects::{self, REFERENCE};
use std::time::{Duration, Instant};

const CASES: u64 = 2000;

#[test]
fn the_tiers_agree() {
    let plan = Plan {
        seed: 20,
        cases: Some(CASES),
        jobs: std::thread::available_parallelism().map_or(1, usize::from),
        ..Plan::default()
    };
    let started = Instant::now();
    let (tally, endless) = campaign::run(&plan, &Stop::default(), |_| {});
    let findings = Findings::of(&plan, &tally, endless, Duration::from_secs(5));
    let report = Report::new(&plan, &tally, &findings, End::Cases, started.elapsed());
    let text = report::text(&report);
    assert!(report.agreed(), "{text}");
    // What is not compared is said, whether or not any case is concerned.
    assert!(text.contains("\"limit exceeded: memory\""), "{text}");
    assert_eq!(report.poisoned.len(), 1);
    assert_eq!(report.cases, CASES);
    for subject in &report.subjects {
        assert!(
            subject.agreed > 0,
            "{} never ran natively: {:?}",
            subject.name,
            subject.declines
        );
    }
    assert_eq!(report.subjects.len(), subjects::all().len() - 1);
}

#[test]
fn a_campaign_does_not_depend_on_the_number_of_its_workers() {
    let report = |jobs| {
        let mut subjects = subjects::all().to_vec();
        subjects.push(&Wrong);
        let plan = Plan {
            seed: 7,
            cases: Some(300),
            jobs,
            subjects,
            ..Plan::default()
        };
        let (tally, endless) = campaign::run(&plan, &Stop::default(), |_| {});
        assert!(endless.is_empty());
        let findings = Findings::of(&plan, &tally, endless, Duration::from_secs(60));
        let report = Report::new(&plan, &tally, &findings, End::Cases, Duration::ZERO);
        let mut json = serde_json::to_value(&report).expect("a report is JSON");
        json["timing"].take();
        json
    };
    let one = report(1);
    let groups = one["divergences"].as_array().expect("a list");
    assert_eq!(groups.len(), 1, "one defect is one entry: {groups:?}");
    assert_eq!(groups[0]["n_ops"], 1, "{groups:?}");
    assert_eq!(
        serde_json::to_string(&one).ok(),
        serde_json::to_string(&report(3)).ok()
    );
}

/// The interpreter with a wrong last value wherever a program multiplies.
struct Wrong;

impl Subject for Wrong {
    fn name(&self) -> &'static str {
        "wrong"
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let mut observed = REFERENCE.run(case)?;
        if case.chunk.ops.contains(&Op::Mul) {
            observed.outcome.stack.push(Value::Undef);
        }
        Ok(observed)
    }
}
