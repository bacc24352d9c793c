//! A short campaign with a fixed seed: the tiers agree, and they really ran.

use fusevm_conformance::campaign::{self, Findings, Plan, Stop};
use fusevm_conformance::report::{self, End, Report};
use fusevm_conformance::subjects;
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
    let findings = Findings::of(&tally, endless, Duration::from_secs(5));
    let report = Report::new(&plan, &tally, &findings, End::Cases, started.elapsed());
    assert!(report.agreed(), "{}", report::text(&report));
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
        let plan = Plan {
            seed: 7,
            cases: Some(300),
            jobs,
            ..Plan::default()
        };
        let (tally, endless) = campaign::run(&plan, &Stop::default(), |_| {});
        assert!(endless.is_empty());
        let findings = Findings::default();
        let report = Report::new(&plan, &tally, &findings, End::Cases, Duration::ZERO);
        let mut json = serde_json::to_value(&report).expect("a report is JSON");
        json["timing"].take();
        json
    };
    assert_eq!(report(1), report(3));
}
