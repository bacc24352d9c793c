//! A case in a process of its own: what kills it, or never ends, ends nothing else.

use fusevm_conformance::case::Case;
use fusevm_conformance::{filetest, reduce};
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
    subjects: String,
    patience: Duration,
}

impl Isolation {
    pub(super) fn new(subjects: &str, patience: Duration) -> Isolation {
        let name = format!("difftest-{}.fvm", std::process::id());
        Isolation {
            file: std::env::temp_dir().join(name),
            subjects: subjects.to_owned(),
            patience,
        }
    }

    /// How a process that runs `case` ends.
    pub(super) fn fate(&self, case: &Case) -> Result<Fate, String> {
        let text = filetest::print_file("A case to run alone.", case, None);
        super::write(&self.file, &text)?;
        let fate = self.run_file();
        let _ = std::fs::remove_file(&self.file);
        fate
    }

    fn run_file(&self) -> Result<Fate, String> {
        let mut child = program()?
            .arg("run")
            .arg(&self.file)
            .args(["--subjects", &self.subjects])
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
            if started.elapsed() > self.patience {
                // A process that is gone by now needs no killing.
                let _ = child.kill();
                let _ = child.wait();
                return Ok(Fate::Endless);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// The smallest case with the same fate.
    pub(super) fn reduce(&self, case: Case, fate: Fate, budget: Duration) -> Case {
        let mut same_fate = |candidate: &Case| self.fate(candidate) == Ok(fate);
        reduce::reduce(case, &mut same_fate, budget)
    }
}

/// This program, to be started once more.
pub(super) fn program() -> Result<Command, String> {
    std::env::current_exe()
        .map(Command::new)
        .map_err(|error| format!("this program cannot find itself: {error}"))
}

/// The report of a case that did not end by itself, and its file.
pub(super) fn report(name: &str, case: &Case, fate: Fate, took: Duration, file: &Path) -> String {
    format!(
        "divergence   {name} {}\nreduced      {} ops in {:.1} s, written to {}\n\n{}\n\
         next         cargo difftest run {} --subjects interp, then the other subjects one by one",
        fate.words(),
        case.chunk.ops.len(),
        took.as_secs_f64(),
        file.display(),
        program_text(case, fate),
        file.display(),
    )
}

/// A case that did not end by itself, as a file.
pub(super) fn program_text(case: &Case, fate: Fate) -> String {
    filetest::print_file(&format!("This case {}.", fate.words()), case, None)
}
