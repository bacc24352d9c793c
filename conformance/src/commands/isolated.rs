//! A case in a process of its own: what kills it, or never ends, ends nothing else.

use fusevm_conformance::case::Case;
use fusevm_conformance::subject::Subject;
use fusevm_conformance::subjects::REFERENCE;
use fusevm_conformance::{cpu_time, filetest, reduce};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How a process that ran a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// By itself, whatever it found.
    Ended,
    /// By a signal.
    Killed(i32),
    /// Not at all, in the time that it was given.
    Endless,
}

impl Fate {
    /// The fate that an exit status tells of.
    pub(super) fn of(status: ExitStatus) -> Fate {
        status.signal().map_or(Fate::Ended, Fate::Killed)
    }

    /// What happened, for reports.
    pub(super) fn words(self) -> String {
        match self {
            Fate::Ended => "ended".to_owned(),
            Fate::Endless => "does not end".to_owned(),
            Fate::Killed(signal) => {
                let name = match signal {
                    4 => " (SIGILL: an instruction that does not exist, or a native trap)",
                    6 => " (SIGABRT: a panic that may not unwind, or a full native stack)",
                    7 | 11 => " (memory that is not the process's)",
                    8 => " (SIGFPE: a native division)",
                    9 => " (SIGKILL: out of memory)",
                    _ => "",
                };
                format!("killed the process by signal {signal}{name}")
            }
        }
    }
}

/// Runs cases in processes of their own, through a file in a folder for temporary ones.
pub(super) struct Isolation {
    file: PathBuf,
    patience: Duration,
}

/// A subject that does not end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Culprit {
    pub(super) subject: &'static str,
    pub(super) fate: Fate,
}

impl Isolation {
    pub(super) fn new(patience: Duration) -> Isolation {
        let name = format!("difftest-{}.fvm", std::process::id());
        Isolation {
            file: std::env::temp_dir().join(name),
            patience,
        }
    }

    /// The first subject, the reference before all others, that does not end by itself.
    pub(super) fn culprit(
        &self,
        case: &Case,
        subjects: &[&'static dyn Subject],
    ) -> Result<Option<Culprit>, String> {
        let names: Vec<_> = subjects.iter().map(|subject| subject.name()).collect();
        if self.fate(case, &names.join(","))? == Fate::Ended {
            return Ok(None);
        }
        let others = subjects.iter().filter(|subject| **subject != REFERENCE);
        for subject in [&REFERENCE].into_iter().chain(others) {
            let subject = subject.name();
            let fate = self.fate(case, subject)?;
            if fate != Fate::Ended {
                return Ok(Some(Culprit { subject, fate }));
            }
        }
        Ok(None)
    }

    /// How a process ends that runs `case` on these subjects.
    fn fate(&self, case: &Case, subjects: &str) -> Result<Fate, String> {
        let text = filetest::print_file("A case to run alone.", case, None, &[]);
        super::write(&self.file, &text)?;
        let fate = self.run_file(subjects);
        let _ = std::fs::remove_file(&self.file);
        fate
    }

    fn run_file(&self, subjects: &str) -> Result<Fate, String> {
        let mut child = program()?
            .arg("run")
            .arg(&self.file)
            .args(["--subjects", subjects])
            .env(PERTURB, "165")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("no process for a case: {error}"))?;
        let started = Instant::now();
        loop {
            let status = child.try_wait().map_err(|error| error.to_string())?;
            if let Some(status) = status {
                return Ok(Fate::of(status));
            }
            let waited = started.elapsed();
            let worked = cpu_time::of_process(child.id()).unwrap_or(waited);
            if worked > self.patience || waited > self.patience * cpu_time::MOST_WAITING {
                // A process that is gone by now needs no killing.
                let _ = child.kill();
                let _ = child.wait();
                return Ok(Fate::Endless);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// The smallest case that `culprit` does the same to.
    ///
    /// A case that never ends in the reference either says nothing about a tier, and it is
    /// what a smaller case would soon be. So the reference has to end; where it is the
    /// culprit, the case is left as it is.
    pub(super) fn reduce(&self, case: Case, culprit: Culprit, budget: Duration) -> Case {
        if culprit.fate == Fate::Endless && culprit.subject == REFERENCE.name() {
            return case;
        }
        let mut same_fate = |candidate: &Case| {
            let reference_ends = culprit.fate != Fate::Endless
                || self.fate(candidate, REFERENCE.name()) == Ok(Fate::Ended);
            reference_ends && self.fate(candidate, culprit.subject) == Ok(culprit.fate)
        };
        reduce::reduce(case, &mut same_fate, budget)
    }

    /// Reduces a case that did not end by itself, writes it to `file` and prints a report.
    pub(super) fn show(
        &self,
        name: &str,
        case: Case,
        culprit: Culprit,
        budget: Duration,
        file: &Path,
    ) -> Result<(), String> {
        let started = Instant::now();
        let small = self.reduce(case, culprit, budget);
        let Culprit { subject, fate } = culprit;
        let why = format!("With {subject} this case {}.", fate.words());
        let text = filetest::print_file(&why, &small, None, &[]);
        super::write(file, &text)?;
        let file = file.display();
        println!(
            "divergence   {name} {}\nsubject      {subject}\nreduced      {} ops in {:.1} s, \
             written to {file}\n\n{text}\n\
             next         cargo difftest run {file} --subjects {subject}",
            fate.words(),
            small.chunk.ops.len(),
            started.elapsed().as_secs_f64(),
        );
        Ok(())
    }
}

/// Has glibc fill memory that is given back or taken anew with a byte, so that native code that
/// reads what it must not does not happen to be right.
const PERTURB: &str = "MALLOC_PERTURB_";

/// This program, to be started once more.
pub(super) fn program() -> Result<Command, String> {
    std::env::current_exe()
        .map(Command::new)
        .map_err(|error| format!("this program cannot find itself: {error}"))
}
