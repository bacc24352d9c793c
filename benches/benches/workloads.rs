//! Criterion groups named `family/workload/mode`.
//!
//! A mode whose tier declines is named on standard error and not timed. Samples are few and
//! short, so that all of them end within minutes; `cargo bench -- --measurement-time 5` and
//! Criterion's other options overrule that.

use criterion::{Criterion, Throughput};
use fusevm_benches::modes::{Mode, Runner};
use fusevm_benches::workload::Workload;
use fusevm_benches::workloads;
use std::time::Duration;

fn main() {
    let mut criterion = short().configure_from_args();
    for workload in workloads::all() {
        bench_workload(&mut criterion, &workload);
    }
    criterion.final_summary();
}

fn bench_workload(c: &mut Criterion, workload: &Workload) {
    let mut group = c.benchmark_group(workload.name);
    group.throughput(Throughput::Elements(workload.iterations_per_run() as u64));
    for mode in Mode::of(workload) {
        match Runner::new(workload, mode) {
            Ok(mut runner) => {
                group.bench_function(mode.name(), |bencher| {
                    bencher.iter_custom(|runs| runner.time(runs));
                });
            }
            Err(refusal) => eprintln!("{}/{mode}: not timed, {refusal}", workload.name),
        }
    }
    group.finish();
}

fn short() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(500))
}
