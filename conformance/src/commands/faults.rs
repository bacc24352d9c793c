//! `difftest faults`: would the harness notice?
//!
//! Every fault is put into a copy of the project, which is built and has to survive a short
//! campaign. The project itself is only read.

mod copy;
mod judge;
mod libfuzzer;
mod table;

use super::campaign::stop_on_ctrl_c;
use crate::Verdict;
use clap::{Args, ValueEnum};
use copy::WorkingCopy;
use fusevm_conformance::campaign::{SplitMix, Stop};
use fusevm_conformance::faults::{self, Fault, mutants};
use fusevm_reports::Provenance;
use fusevm_reports::faults::{Baseline, FaultRecord, FaultResult, FaultsRecord, Settings};
use indicatif::{ProgressBar, ProgressStyle};
use judge::{Judge, Judgement};
use libfuzzer::Target;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

#[derive(Args)]
pub(crate) struct Options {
    /// Where the faults come from
    #[arg(long, value_enum, default_value_t = Source::Patches)]
    source: Source,
    /// Files whose mutants are meant, instead of the native tiers and the semantics
    #[arg(long, value_name = "GLOB")]
    of: Vec<String>,
    /// Only faults with this text in their name, class or file
    #[arg(long, value_name = "PATTERN")]
    only: Option<String>,
    /// So many of them, drawn by the seed
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    /// Seed of the campaigns and of the sample
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds of each campaign
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    time: f64,
    /// Seconds that reducing a divergence may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0)]
    budget: f64,
    /// Worker threads of campaigns and builds; all cores when absent
    #[arg(long, short, value_name = "N")]
    jobs: Option<usize>,
    /// The results: written after every fault, and read first, so that known ones are skipped
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Try known faults once more
    #[arg(long)]
    again: bool,
    /// Also run this fuzz target for the same time; needs cargo-fuzz and a nightly toolchain
    #[arg(long, value_name = "TARGET")]
    libfuzzer: Option<String>,
    /// Where the copy of the project is kept; below `target` when absent
    #[arg(long, value_name = "DIR")]
    copy: Option<PathBuf>,
    /// Only print the faults
    #[arg(long)]
    list: bool,
}

/// Where faults come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Source {
    /// `conformance/faults/*.patch`
    Patches,
    /// What cargo-mutants makes of the engine; of the native tiers and the semantics by default
    Mutants,
}

pub(crate) fn run(options: &Options) -> Result<Verdict, String> {
    let root = super::folder("..")
        .canonicalize()
        .map_err(|error| format!("the project is gone: {error}"))?;
    let chosen = options.chosen(&root)?;
    if options.list {
        for fault in &chosen {
            println!("{:<12} {:<44} {}", fault.class, fault.id, fault.models);
        }
        return Ok(Verdict::Agreed);
    }
    let survivors = faults::survivors(&super::folder("faults").join("survivors.toml"))?;
    let target = options.libfuzzer.as_deref().map(Target::new).transpose()?;
    let interrupted = stop_on_ctrl_c()?;
    let folder = match &options.copy {
        Some(folder) => folder.clone(),
        None => root.join("target/faults"),
    };
    let copy = WorkingCopy::new(&root, &folder)?;
    let mut session = Session {
        judge: Judge::new(options.settings(), &copy, interrupted.clone()),
        record: options.known(&root)?,
        copy,
        target,
        options,
        interrupted,
    };
    session.baseline()?;
    session.run(&chosen)?;
    let tried = session.tried(&chosen);
    print!("{}", table::text(&session.record, &tried, &survivors));
    let missed = |fault: &&FaultRecord| {
        fault.survived() && !survivors.iter().any(|known| known.fault == fault.id)
    };
    match tried.into_iter().find(missed) {
        Some(_) => Ok(Verdict::Diverged),
        None => Ok(Verdict::Agreed),
    }
}

impl Options {
    /// The faults to try, in order of their names or as the sample has them.
    fn chosen(&self, root: &Path) -> Result<Vec<Fault>, String> {
        let mut faults = match (self.source, &self.of[..]) {
            (Source::Patches, []) => faults::patches(&super::folder("faults"))?,
            (Source::Patches, _) => {
                return Err("--of is about mutants: add --source mutants".to_owned());
            }
            (Source::Mutants, []) => mutants::list(root, &mutants::FILES)?,
            (Source::Mutants, globs) => mutants::list(root, globs)?,
        };
        if let Some(pattern) = &self.only {
            faults.retain(|fault| {
                let texts = [&fault.id, &fault.class, &fault.file];
                texts.iter().any(|text| text.contains(pattern))
            });
        }
        if faults.is_empty() {
            return Err("no fault with that name: `faults --list` prints them".to_owned());
        }
        if let Some(n) = self.sample {
            let mut random = SplitMix::new(self.seed);
            faults.sort_by_cached_key(|_| random.number());
            faults.truncate(n);
        }
        Ok(faults)
    }

    fn settings(&self) -> Settings {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Settings {
            seed: self.seed,
            seconds: self.time,
            reduce_seconds: self.budget,
            jobs: self.jobs.unwrap_or(cores).max(1),
            cores,
        }
    }

    /// What the file of results knows, or an empty record.
    fn known(&self, root: &Path) -> Result<FaultsRecord, String> {
        let started = SystemTime::now().duration_since(UNIX_EPOCH);
        let fresh = FaultsRecord {
            format: 1,
            provenance: Provenance {
                schema: fusevm_reports::SCHEMA,
                engine: env!("CARGO_PKG_VERSION").to_owned(),
                revision: copy::revision(root),
                target: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
                started: started.map_or(0, |since| since.as_secs()),
            },
            settings: self.settings(),
            ..FaultsRecord::default()
        };
        let Some(file) = self.json.as_ref().filter(|file| file.exists()) else {
            return Ok(fresh);
        };
        let at = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let text = std::fs::read_to_string(file).map_err(|error| at(&error))?;
        let known: FaultsRecord = serde_json::from_str(&text).map_err(|error| at(&error))?;
        if known.settings != fresh.settings {
            return Err(at(
                &"made with other settings; give the same ones, or another file",
            ));
        }
        Ok(FaultsRecord {
            baseline: known.baseline,
            faults: known.faults,
            ..fresh
        })
    }
}

/// A run of the command.
struct Session<'a> {
    options: &'a Options,
    copy: WorkingCopy,
    judge: Judge,
    target: Option<Target>,
    interrupted: Stop,
    record: FaultsRecord,
}

impl Session<'_> {
    /// The copy as it is has to agree: a harness that always complains notices nothing.
    fn baseline(&mut self) -> Result<(), String> {
        let known = self.record.baseline.as_ref();
        if known.is_some_and(|baseline| baseline.tree == self.copy.tree()) {
            return Ok(());
        }
        eprintln!("building the copy in {}", self.copy.root().display());
        if let Err(error) = self.copy.build(self.record.settings.jobs)? {
            return Err(format!(
                "the project does not build without a fault:\n{error}"
            ));
        }
        eprintln!("a campaign without a fault, {} s", self.options.time);
        let started = Instant::now();
        match self.judge.campaign()? {
            Judgement::Agreed { cases } => {
                self.record.baseline = Some(Baseline {
                    tree: self.copy.tree().to_owned(),
                    cases,
                    seconds: started.elapsed().as_secs_f64(),
                });
                self.save()
            }
            Judgement::Noticed(noticed) => Err(format!(
                "the project diverges without a fault ({}); mend that first: \
                 cargo difftest --seed {}",
                noticed.what, self.options.seed
            )),
            Judgement::Interrupted => Err("interrupted: nothing was measured".to_owned()),
        }
    }

    /// Tries every fault that is not known yet.
    fn run(&mut self, chosen: &[Fault]) -> Result<(), String> {
        let open: Vec<_> = chosen.iter().filter(|fault| self.is_open(fault)).collect();
        let bar = ProgressBar::new(open.len() as u64);
        let style = "{elapsed_precise} {bar:30} {pos}/{len} {msg}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        for fault in open {
            if self.interrupted.is_requested() {
                break;
            }
            bar.set_message(format!("{}: building", fault.id));
            bar.tick();
            let tried = self.try_fault(fault, &bar);
            // Whatever happened, the next fault finds the copy as it was.
            self.copy.restore(&fault.file)?;
            let Some(tried) = tried? else { break };
            bar.suspend(|| println!("{}", table::line(&tried)));
            self.record.faults.retain(|known| known.id != tried.id);
            self.record.faults.push(tried);
            self.save()?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(())
    }

    fn is_open(&self, fault: &Fault) -> bool {
        let known = self.record.faults.iter().find(|known| known.id == fault.id);
        let lacks_target = |known: &FaultRecord| {
            let viable = !matches!(known.result, FaultResult::Unviable { .. });
            self.target.is_some() && viable && known.libfuzzer.is_none()
        };
        self.options.again
            || known.is_none_or(|known| known.digest != fault.digest() || lacks_target(known))
    }

    /// Builds and judges one fault; nothing when that was interrupted.
    fn try_fault(&self, fault: &Fault, bar: &ProgressBar) -> Result<Option<FaultRecord>, String> {
        self.copy.apply(fault)?;
        let started = Instant::now();
        let built = self.copy.build(self.record.settings.jobs)?;
        let build_seconds = started.elapsed().as_secs_f64();
        if self.interrupted.is_requested() {
            return Ok(None);
        }
        bar.set_message(format!("{}: running", fault.id));
        bar.tick();
        let started = Instant::now();
        let result = match built {
            Err(error) => FaultResult::Unviable { error },
            Ok(()) => match self.judge.campaign()? {
                Judgement::Noticed(noticed) => FaultResult::Noticed(noticed),
                Judgement::Agreed { cases } => FaultResult::Survived {
                    cases,
                    seconds: started.elapsed().as_secs_f64(),
                },
                Judgement::Interrupted => return Ok(None),
            },
        };
        let viable = !matches!(result, FaultResult::Unviable { .. });
        let libfuzzer = match self.target.as_ref().filter(|_| viable) {
            Some(target) => Some(target.run(&self.copy, &self.record.settings)?),
            None => None,
        };
        Ok(Some(FaultRecord {
            id: fault.id.clone(),
            class: fault.class.clone(),
            models: fault.models.clone(),
            file: fault.file.clone(),
            digest: fault.digest(),
            tree: self.copy.tree().to_owned(),
            build_seconds,
            result,
            libfuzzer,
        }))
    }

    /// What is known of the chosen faults.
    fn tried(&self, chosen: &[Fault]) -> Vec<&FaultRecord> {
        let is_chosen = |known: &&FaultRecord| chosen.iter().any(|fault| fault.id == known.id);
        self.record.faults.iter().filter(is_chosen).collect()
    }

    fn save(&self) -> Result<(), String> {
        let Some(file) = &self.options.json else {
            return Ok(());
        };
        let json = serde_json::to_string_pretty(&self.record).map_err(|error| error.to_string())?;
        super::write(file, &(json + "\n"))
    }
}
