//! `difftest` without a command: a campaign.

use super::isolated::Isolation;
use super::source::Shares;
use super::supervise;
use crate::Verdict;
use clap::Args;
use fusevm_conformance::campaign::{self, Finding, Findings, Plan, Progress, Stop, Tally, fuelled};
use fusevm_conformance::case::Case;
use fusevm_conformance::ledger;
use fusevm_conformance::oracles::agreement::{self, Divergence};
use fusevm_conformance::report::{self, End, Report};
use fusevm_conformance::subjects::{self, Speed};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Processor time that a case may need once it is known that some case does not end.
const ENDLESS: Duration = Duration::from_secs(1);
/// One case in this many is measured, unless all of them are.
const SPEED_SHARE: u64 = 32;
/// The part of a campaign's time that is left for the ledger, and the most of it.
const LEDGER_SHARE: u32 = 12;
const LEDGER_TIME: Duration = Duration::from_secs(5);
/// Seconds of a campaign that was given no bound.
const DEFAULT_SECONDS: f64 = 60.0;

#[derive(Args)]
pub(crate) struct Options {
    /// Repeats a campaign: the same seed gives the same cases
    #[arg(long, overrides_with = "seed")]
    seed: Option<u64>,
    /// Most cases
    #[arg(long, value_name = "N")]
    cases: Option<u64>,
    /// Longest time in seconds; 60 when no bound is given
    #[arg(long, value_name = "SECONDS")]
    time: Option<f64>,
    /// End as soon as so many cases have diverged
    #[arg(long, value_name = "N")]
    stop_after: Option<u64>,
    /// Worker threads; all cores when absent
    #[arg(long, short, value_name = "N")]
    jobs: Option<usize>,
    /// Who runs the cases, separated by commas
    ///
    /// When absent: all of them, of which the costly ones take turns.
    #[arg(long, value_name = "NAMES")]
    subjects: Option<String>,
    /// Lets every subject run every case, the costly ones too
    #[arg(long, conflicts_with = "subjects")]
    thorough: bool,
    /// Measure the speed of every case, and not only of one in 32
    #[arg(long)]
    speed: bool,
    #[command(flatten)]
    shares: Shares,
    /// Seconds of processor time that one case may take
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
    patience: f64,
    /// Seconds that reducing one divergence may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0)]
    budget: f64,
    /// Where reduced programs are written
    #[arg(long, value_name = "DIR", default_value = "target/difftest")]
    out: PathBuf,
    /// Also write the full report as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Run in this process, for a debugger: a case that kills it is not found
    #[arg(long)]
    in_process: bool,
}

impl Options {
    /// Whether the ledger is compared behind the campaign: not where it is about fewer subjects,
    /// or about a number of cases that is to be repeated.
    fn keeps_ledger(&self) -> bool {
        self.subjects.is_none() && self.cases.is_none()
    }
}

pub(crate) fn run(options: &Options) -> Result<Verdict, String> {
    let plan = plan(options)?;
    let interrupted = stop_on_ctrl_c()?;
    if !supervise::is_child() && !options.in_process {
        let budget = duration(options.budget)?;
        return supervise::run(&plan, &options.out, budget);
    }
    let stop = Stop::default();
    let bar = progress_bar(&plan);
    let started = Instant::now();
    let mut first_divergence = None;
    let (tally, endless) = campaign::run(&plan, &stop, |progress| {
        if progress.diverged > 0 {
            first_divergence.get_or_insert(progress.elapsed.as_secs_f64());
        }
        if interrupted.is_requested() {
            stop.request();
        }
        show(&bar, &plan, progress);
    });
    bar.finish_and_clear();
    let elapsed = started.elapsed();
    let end = match () {
        () if !endless.is_empty() => End::Endless,
        () if interrupted.is_requested() => End::Interrupted,
        () if plan.cases == Some(tally.cases) => End::Cases,
        () if plan.stop_after.is_some_and(|n| tally.diverged >= n) => End::Diverged,
        () => End::Time,
    };
    let mut report = reduced(options, &plan, &tally, endless, end, elapsed)?;
    report.timing.first_divergence = first_divergence;
    if options.keeps_ledger() && end == End::Time && report.agreed() {
        report.ledger = ledger::differences(&ledger::kept()?, &ledger::count(plan.jobs));
    }
    print!("{}", report::text(&report));
    if let Some(file) = &options.json {
        let json = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
        super::write(file, &json)?;
    }
    match (report.agreed(), report.never_native()) {
        (false, _) => Ok(Verdict::Diverged),
        (true, idle) if idle.is_empty() => Ok(Verdict::Agreed),
        (true, idle) => Err(format!(
            "{} never ran natively, so nothing was compared: the table above says why",
            idle.join(", ")
        )),
    }
}

/// A case that does not end, with fuel, if that ends it: then it is a case that diverges.
fn ended(plan: &Plan, index: u64, case: &Case) -> Result<Option<(Case, Divergence)>, String> {
    let case = fuelled(case);
    let subjects = plan.subjects_of(index);
    if Isolation::new(ENDLESS).culprit(&case, &subjects)?.is_some() {
        return Ok(None);
    }
    let divergence = agreement::divergence(&case, &subjects);
    Ok(divergence.map(|divergence| (case, divergence)))
}

/// Reduces and reports a case that does not end even with fuel.
fn show_endless(options: &Options, plan: &Plan, index: u64, case: Case) -> Result<(), String> {
    let isolation = Isolation::new(ENDLESS);
    let Some(culprit) = isolation.culprit(&case, &plan.subjects_of(index))? else {
        return Ok(());
    };
    let file = options
        .out
        .join(format!("seed-{}-case-{index}.fvm", plan.seed));
    let name = format!("case {index} of seed {}", plan.seed);
    isolation.show(&name, case, culprit, duration(options.budget)?, &file)
}

fn plan(options: &Options) -> Result<Plan, String> {
    let seconds = match (options.time, options.cases) {
        (None, None) => Some(DEFAULT_SECONDS),
        (time, _) => time,
    };
    let time = seconds.map(duration).transpose()?;
    let reserve = match (time, options.keeps_ledger()) {
        (Some(time), true) => (time / LEDGER_SHARE).min(LEDGER_TIME),
        _ => Duration::ZERO,
    };
    let seed = options.seed.unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(0, |now| now.as_micros() as u64)
    });
    let (mut subjects, in_turn) = match &options.subjects {
        Some(names) => (super::subject_list(names)?, Vec::new()),
        None if options.thorough => (subjects::all(), Vec::new()),
        None => (subjects::EVERY_CASE.to_vec(), subjects::turns()),
    };
    if options.speed {
        subjects.push(&Speed(1));
    } else if options.subjects.is_none() {
        subjects.push(&Speed(SPEED_SHARE));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Plan {
        seed,
        cases: options.cases,
        time: time.map(|time| time.saturating_sub(reserve)),
        stop_after: options.stop_after,
        jobs: options.jobs.unwrap_or(cores).max(1),
        subjects,
        in_turn,
        raw_per_mille: options.shares.raw(),
        single_per_mille: options.shares.single(),
        patience: duration(options.patience)?,
        notes: supervise::notes().map(Arc::new),
    })
}

fn duration(seconds: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64(seconds).map_err(|error| format!("{seconds} seconds: {error}"))
}

/// The first Ctrl-C ends the campaign with its report, the second one at once.
pub(super) fn stop_on_ctrl_c() -> Result<Stop, String> {
    let stop = Stop::default();
    let requested = stop.clone();
    ctrlc::set_handler(move || {
        if requested.is_requested() {
            std::process::exit(130);
        }
        requested.request();
    })
    .map_err(|error| format!("Ctrl-C cannot be handled: {error}"))?;
    Ok(stop)
}

/// A bar over whichever bound there is; invisible when nobody looks.
fn progress_bar(plan: &Plan) -> ProgressBar {
    let len = match (plan.cases, plan.time) {
        (Some(cases), _) => cases,
        (None, Some(time)) => time.as_millis() as u64,
        (None, None) => 0,
    };
    let bar = ProgressBar::new(len);
    if let Ok(style) = ProgressStyle::with_template("{elapsed_precise} {bar:30} {msg}") {
        bar.set_style(style);
    }
    bar
}

fn show(bar: &ProgressBar, plan: &Plan, progress: Progress) {
    bar.set_position(match plan.cases {
        Some(_) => progress.cases,
        None => progress.elapsed.as_millis() as u64,
    });
    let cases = progress.cases.max(1) as f64;
    bar.set_message(format!(
        "{} cases, {:.0}/s, {:.0}% native, {} diverged",
        progress.cases,
        cases / progress.elapsed.as_secs_f64().max(1e-3),
        progress.native as f64 * 100.0 / progress.offered.max(1) as f64,
        progress.diverged
    ));
}

/// The report, with what was found made small and written to files.
fn reduced(
    options: &Options,
    plan: &Plan,
    tally: &Tally,
    endless: Vec<u64>,
    end: End,
    elapsed: Duration,
) -> Result<Report, String> {
    if !tally.findings.is_empty() {
        eprintln!("reducing {} divergence(s)", tally.findings.len());
    }
    let budget = duration(options.budget)?;
    let mut tally = tally.clone();
    if let Some(n) = options.stop_after {
        tally.findings.truncate(n.try_into().unwrap_or(usize::MAX));
    }
    for index in &endless {
        let case = plan.case(*index).1;
        match ended(plan, *index, &case)? {
            Some((case, divergence)) => tally.findings.push(Finding {
                index: *index,
                case,
                divergence,
            }),
            None => show_endless(options, plan, *index, case)?,
        }
    }
    let tally = &tally;
    let findings = Findings::of(plan, tally, endless, budget);
    let mut report = Report::new(plan, tally, &findings, end, elapsed);
    for (i, group) in report.divergences.iter_mut().enumerate() {
        let file = options.out.join(format!("seed-{}-{i}.fvm", plan.seed));
        super::write(&file, &group.program)?;
        group.file = Some(file.display().to_string());
    }
    Ok(report)
}
