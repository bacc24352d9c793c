//! Prints nanoseconds per iteration of every workload in every mode, and how many times
//! native Rust's that is. Interleaved, so the ratios can be trusted more than the times.

use clap::Parser;
use fusevm_benches::compare::{Contender, Plan, geometric_mean, interleave, median, ratio};
use fusevm_benches::modes::{Mode, Runner};
use fusevm_benches::workload::Workload;
use fusevm_benches::workloads;
use fusevm_reports::bench::{BenchRecord, Measurement, Refusal};
use fusevm_reports::{Provenance, SCHEMA};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// Times the workloads in all modes, interleaved.
#[derive(Parser)]
struct Options {
    /// Only workloads whose name contains this.
    filter: Option<String>,
    /// Times that every mode has its turn.
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Milliseconds of a turn.
    #[arg(long, default_value_t = 10)]
    turn: u64,
    /// Writes the raw samples to this file.
    #[arg(long)]
    json: Option<PathBuf>,
    /// The revision that the record names.
    #[arg(long)]
    revision: Option<String>,
}

fn main() -> std::io::Result<()> {
    let options = Options::parse();
    let plan = Plan {
        rounds: options.rounds,
        turn: Duration::from_millis(options.turn),
    };
    let mut record = BenchRecord {
        provenance: provenance(options.revision),
        ..BenchRecord::default()
    };
    print_row("workload", Mode::ALL.map(|mode| mode.name().to_owned()));
    for workload in workloads::all() {
        let wanted = |filter: &String| workload.name.contains(filter.as_str());
        if options.filter.as_ref().is_none_or(wanted) {
            compare(&workload, plan, &mut record);
        }
    }
    print_means(&record);
    for refusal in &record.refusals {
        println!("{} {}: {}", refusal.workload, refusal.mode, refusal.reason);
    }
    match options.json {
        Some(path) => std::fs::write(path, serde_json::to_string_pretty(&record)? + "\n"),
        None => Ok(()),
    }
}

fn provenance(revision: Option<String>) -> Provenance {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Provenance {
        schema: SCHEMA,
        engine: env!("CARGO_PKG_VERSION").to_owned(),
        revision,
        target: format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
        started: since_1970.unwrap_or_default().as_secs(),
    }
}

/// Times one workload in all its modes and prints its row.
fn compare(workload: &Workload, plan: Plan, record: &mut BenchRecord) {
    let mut runners = Vec::new();
    for mode in Mode::of(workload) {
        match Runner::new(workload, mode) {
            Ok(runner) => runners.push(runner),
            Err(refusal) => record.refusals.push(Refusal {
                workload: workload.name.to_owned(),
                engine: "fusevm".to_owned(),
                mode: mode.name().to_owned(),
                reason: refusal.to_string(),
            }),
        }
    }
    let mut contenders: Vec<&mut dyn Contender> = runners
        .iter_mut()
        .map(|runner| runner as &mut dyn Contender)
        .collect();
    let samples = interleave(&mut contenders, plan);
    let of = |mode| runners.iter().position(|runner| runner.mode() == mode);
    let native = of(Mode::Native).map(|at| &samples[at]);
    let cell = |mode| match (of(mode), native) {
        (None, _) => "-".to_owned(),
        (Some(at), Some(native)) if mode != Mode::Native => format!(
            "{:.2} {:>6.2}x",
            median(&samples[at]),
            ratio(&samples[at], native)
        ),
        (Some(at), _) => format!("{:.2}", median(&samples[at])),
    };
    print_row(workload.name, Mode::ALL.map(cell));
    for (runner, nanos) in runners.iter().zip(&samples) {
        record.measurements.push(Measurement {
            workload: workload.name.to_owned(),
            engine: "fusevm".to_owned(),
            mode: runner.mode().name().to_owned(),
            iterations: runner.iterations(),
            nanos: nanos.clone(),
        });
    }
}

/// Prints, per mode, the geometric mean of the ratios to native and how many there are.
fn print_means(record: &BenchRecord) {
    let nanos = |workload: &str, mode: Mode| {
        record
            .measurements
            .iter()
            .find(|m| m.workload == workload && m.mode == mode.name())
            .map(|m| m.nanos.as_slice())
    };
    let cell = |mode: Mode| {
        let ratios: Vec<f64> = record
            .measurements
            .iter()
            .filter(|m| m.mode == Mode::Native.name())
            .filter_map(|m| Some(ratio(nanos(&m.workload, mode)?, &m.nanos)))
            .collect();
        match ratios.len() {
            0 => "-".to_owned(),
            n => format!("({n}) {:>6.2}x", geometric_mean(&ratios)),
        }
    };
    print_row("geometric mean over native", Mode::ALL.map(cell));
}

fn print_row(head: &str, cells: [String; Mode::ALL.len()]) {
    let cells: String = cells.iter().map(|cell| format!("{cell:>18}")).collect();
    println!("{head:<28}{cells}");
}
