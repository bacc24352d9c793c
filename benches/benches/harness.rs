//! How many generated cases the harness runs in a second on one core, for two sets of
//! subjects.
//!
//! Before anything is timed, the cases are run once and it is printed how many of them were
//! compared at all, and how many of the ops that they execute are executed natively. A set in
//! which that is not so would measure nothing.

use criterion::{Criterion, Throughput};
use fusevm::jit::TierName;
use fusevm::op::N_OPS;
use fusevm_conformance::campaign::{Plan, Shape};
use fusevm_conformance::case::Case;
use fusevm_conformance::coverage;
use fusevm_conformance::oracles::agreement::{self, Verdict};
use fusevm_conformance::subject::Subject;
use fusevm_conformance::subjects;
use std::time::Duration;

/// Cases of one round.
const CASES: u64 = 500;
const SEED: u64 = 20;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    print_shares(&STRUCTURED.plan());
    for mix in [STRUCTURED, RAW, SINGLE] {
        bench(&mut criterion, &mix, "interp,linear,block,trace");
        bench(&mut criterion, &mix, "interp,reference");
    }
    criterion.final_summary();
}

/// Cases of one shape: they cost so different amounts that one figure for a mixture says little.
struct Mix {
    name: &'static str,
    raw_per_mille: u32,
    single_per_mille: u32,
}

const STRUCTURED: Mix = Mix {
    name: "structured",
    raw_per_mille: 0,
    single_per_mille: 0,
};
const RAW: Mix = Mix {
    name: "raw",
    raw_per_mille: 1000,
    single_per_mille: 0,
};
const SINGLE: Mix = Mix {
    name: "single_ops",
    raw_per_mille: 0,
    single_per_mille: 1000,
};

impl Mix {
    fn plan(&self) -> Plan {
        Plan {
            seed: SEED,
            raw_per_mille: self.raw_per_mille,
            single_per_mille: self.single_per_mille,
            ..Plan::default()
        }
    }
}

/// Generates and runs the cases, as a campaign does.
fn bench(c: &mut Criterion, mix: &Mix, names: &str) {
    let plan = mix.plan();
    let subjects = subjects::by_names(names.split(',')).expect("subjects of the harness");
    let mut group = c.benchmark_group(mix.name);
    group.throughput(Throughput::Elements(CASES));
    group.bench_function(names, |bencher| {
        bencher.iter(|| {
            for index in 0..CASES {
                let (_, case) = plan.case(index);
                let checked = agreement::check(&case, &subjects);
                assert!(checked.divergence().is_none(), "case {index} diverged");
            }
        });
    });
    group.finish();
}

/// Prints how many structured cases are compared with another evaluation, and how much of
/// what they execute is native.
fn print_shares(plan: &Plan) {
    let is_structured = |(shape, case)| (shape == Shape::Structured).then_some(case);
    let cases: Vec<Case> = (0..CASES)
        .filter_map(|index| is_structured(plan.case(index)))
        .collect();
    for names in ["interp,linear,block,trace", "interp,reference"] {
        let subjects = subjects::by_names(names.split(',')).expect("subjects of the harness");
        let compared = cases.iter().filter(|case| is_compared(case, &subjects));
        let compared = compared.count();
        println!(
            "{names}: {compared} of {} structured cases compared",
            cases.len()
        );
    }
    let (mut native, mut executed) = (0, 0);
    for case in &cases {
        executed += coverage::of(case).executed.iter().sum::<u64>();
        let report = subjects::counted(case, subjects::TRACING);
        let counts = TierName::ALL.map(|tier| report.tier(tier).counts.clone());
        let finished = counts.iter().flatten();
        native += finished
            .map(|counts| (0..N_OPS).map(|op| counts.finished(op)).sum::<u64>())
            .sum::<u64>();
    }
    println!(
        "{native} of {executed} ops executed natively, {:.1} %",
        native as f64 * 100.0 / executed.max(1) as f64
    );
}

/// Whether a subject besides the interpreter had an outcome to compare.
fn is_compared(case: &Case, subjects: &[&'static dyn Subject]) -> bool {
    let checked = agreement::check(case, subjects);
    let agreed = |(_, verdict): &(_, Verdict)| matches!(verdict, Verdict::Agreed(_));
    checked.verdicts.iter().any(agreed)
}
