//! What a campaign makes of a fault.
//!
//! The campaign is a process of the copy, in a process group of its own: it can be killed
//! with all that it started, and its memory is bounded.

use super::WorkingCopy;
use fusevm_conformance::campaign::Stop;
use fusevm_reports::campaign::{CampaignRecord, End};
use fusevm_reports::faults::{How, Noticed, Settings};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Memory of a campaign in KiB: far more than one needs, and less than machines have.
const MEMORY: u64 = 6 << 20;
/// Seconds beyond its time and its reductions that a campaign gets.
const GRACE: f64 = 60.0;
/// How often the time and Ctrl-C are looked at.
const TICK: Duration = Duration::from_millis(100);

/// Runs campaigns of the copy.
pub(super) struct Judge {
    difftest: PathBuf,
    /// Where a campaign writes what it found.
    out: PathBuf,
    settings: Settings,
    interrupted: Stop,
}

/// What a campaign came to.
pub(super) enum Judgement {
    Agreed { cases: u64 },
    Noticed(Noticed),
    Interrupted,
}

impl Judge {
    pub(super) fn new(settings: Settings, copy: &WorkingCopy, interrupted: Stop) -> Judge {
        Judge {
            difftest: copy.difftest(),
            out: copy.root().join("target/difftest"),
            settings,
            interrupted,
        }
    }

    /// Runs a campaign until its first divergence.
    pub(super) fn campaign(&self) -> Result<Judgement, String> {
        let json = self.out.join("campaign.json");
        // What an earlier campaign found is not found again.
        let _ = std::fs::remove_file(&json);
        let started = Instant::now();
        let child = self.start(&json)?;
        let Some(ended) = self.wait(child, started)? else {
            return Ok(Judgement::Interrupted);
        };
        let record: Option<CampaignRecord> = std::fs::read_to_string(&json)
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok());
        match (ended.code, record) {
            (Some(0), Some(record)) => Ok(Judgement::Agreed {
                cases: record.cases,
            }),
            (Some(2), Some(record)) => Ok(Judgement::Noticed(Noticed {
                how: How::Idle,
                subject: None,
                what: "a subject never ran natively".to_owned(),
                cases: record.cases,
                seconds: record.timing.seconds,
                n_ops: None,
                reduce_seconds: None,
            })),
            (Some(_), Some(record)) if is_of_ledger(&record) => Ok(Judgement::Noticed(Noticed {
                how: How::Ledger,
                subject: None,
                what: format!("ledger, {}", record.ledger[0]),
                cases: record.cases,
                seconds: started.elapsed().as_secs_f64(),
                n_ops: None,
                reduce_seconds: None,
            })),
            (Some(_), Some(record)) => Ok(Judgement::Noticed(found(&record, &ended.lines))),
            // Finding out which case killed a campaign may take longer than it may, or fail.
            (None, _) if !is_crash(&ended.lines) => Ok(Judgement::Noticed(Noticed {
                how: How::Endless,
                subject: None,
                what: "the campaign did not end".to_owned(),
                cases: 0,
                seconds: started.elapsed().as_secs_f64(),
                n_ops: None,
                reduce_seconds: None,
            })),
            (Some(0), None) => Err(format!("{}: not written", json.display())),
            _ => Ok(Judgement::Noticed(crashed(&ended.lines))),
        }
    }

    fn start(&self, json: &std::path::Path) -> Result<Child, String> {
        let Settings {
            seed,
            seconds,
            reduce_seconds,
            jobs,
            ..
        } = self.settings;
        Command::new("sh")
            .args(["-c", &format!("ulimit -v {MEMORY}; exec \"$@\" 2>&1"), "sh"])
            .arg(&self.difftest)
            .args(["--seed", &seed.to_string(), "--time", &seconds.to_string()])
            .args(["--budget", &reduce_seconds.to_string()])
            .args(["--jobs", &jobs.to_string(), "--stop-after", "1"])
            .arg("--out")
            .arg(&self.out)
            .arg("--json")
            .arg(json)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|error| format!("{}: {error}", self.difftest.display()))
    }

    /// Waits for a campaign, for as long as it may take; nothing when that was interrupted.
    fn wait(&self, mut child: Child, started: Instant) -> Result<Option<Ended>, String> {
        let (sender, receiver) = mpsc::channel();
        if let Some(output) = child.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    if sender
                        .send((started.elapsed().as_secs_f64(), line))
                        .is_err()
                    {
                        break;
                    }
                }
            });
        }
        let most = self.settings.seconds + 8.0 * self.settings.reduce_seconds + GRACE;
        let mut lines = Vec::new();
        loop {
            match receiver.recv_timeout(TICK) {
                Ok(line) => lines.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
            let interrupted = self.interrupted.is_requested();
            if interrupted || started.elapsed().as_secs_f64() > most {
                kill_group(&mut child);
                let ended = Ended { code: None, lines };
                return Ok((!interrupted).then_some(ended));
            }
        }
        let status = child.wait().map_err(|error| error.to_string())?;
        // A campaign that a signal ended has failed by itself, like one in a child of it.
        let code = status.code().or(Some(1));
        Ok(Some(Ended { code, lines }))
    }
}

/// How a campaign ended, and what it wrote when.
struct Ended {
    /// Its exit status; nothing when it had to be killed.
    code: Option<i32>,
    lines: Vec<(f64, String)>,
}

fn kill_group(child: &mut Child) {
    let group = format!("-{}", child.id());
    // A group that is gone needs no killing.
    let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
    let _ = child.wait();
}

/// Whether nothing but the counts of native code is wrong.
fn is_of_ledger(record: &CampaignRecord) -> bool {
    record.diverged_cases == 0 && record.endless_cases.is_empty() && !record.ledger.is_empty()
}

/// What a campaign says that ended by itself.
fn found(record: &CampaignRecord, lines: &[(f64, String)]) -> Noticed {
    let seconds = record.timing.first_divergence;
    let seconds = seconds.unwrap_or(record.timing.seconds);
    let Some(first) = record.divergences.first() else {
        let (how, what) = match record.endless_cases.is_empty() {
            true => (How::Divergence, "there was no time to reduce it"),
            false => (How::Endless, "a case does not end"),
        };
        return Noticed {
            how,
            subject: text_behind(lines, "subject").map(str::to_owned),
            what: what.to_owned(),
            cases: record.endless_cases.first().map_or(0, |index| index + 1),
            seconds,
            ..reduced(lines)
        };
    };
    let how = match record.end {
        End::Endless => How::Endless,
        _ => How::Divergence,
    };
    Noticed {
        how,
        subject: first.subjects.first().map(|(subject, _)| subject.clone()),
        what: first.field.clone(),
        cases: first.cases.iter().min().map_or(0, |index| index + 1),
        seconds,
        n_ops: Some(first.n_ops),
        reduce_seconds: record.timing.reduce_seconds.first().copied(),
    }
}

/// What a campaign prints first when its process was killed; how follows.
const KILLED: &str = "the campaign ";

fn is_crash(lines: &[(f64, String)]) -> bool {
    lines.iter().any(|(_, line)| line.starts_with(KILLED))
}

/// What a campaign says whose process was killed.
fn crashed(lines: &[(f64, String)]) -> Noticed {
    let killed = lines.iter().find(|(_, line)| line.starts_with(KILLED));
    let (seconds, what) = match killed {
        Some((seconds, line)) => (*seconds, line[KILLED.len()..].to_owned()),
        None => {
            let (seconds, last) = lines.last().cloned().unwrap_or_default();
            (
                seconds,
                format!("the campaign ended without a report: {last}"),
            )
        }
    };
    Noticed {
        how: How::Crash,
        subject: text_behind(lines, "subject").map(str::to_owned),
        what,
        cases: case_number(lines).map_or(0, |index| index + 1),
        seconds,
        ..reduced(lines)
    }
}

/// The size of a program that was reduced in processes of its own, and how long that took.
fn reduced(lines: &[(f64, String)]) -> Noticed {
    let mut words = text_behind(lines, "reduced").unwrap_or_default().split(' ');
    let n_ops = words.next().and_then(|word| word.parse().ok());
    let reduce_seconds = words.nth(2).and_then(|word| word.parse().ok());
    Noticed {
        how: How::Crash,
        subject: None,
        what: String::new(),
        cases: 0,
        seconds: 0.0,
        n_ops,
        reduce_seconds,
    }
}

/// What follows a word at the start of a line.
fn text_behind<'a>(lines: &'a [(f64, String)], word: &str) -> Option<&'a str> {
    lines
        .iter()
        .find_map(|(_, line)| line.strip_prefix(word))
        .map(str::trim)
}

/// The number in `divergence   case 12 of seed 1 ...`.
fn case_number(lines: &[(f64, String)]) -> Option<u64> {
    let text = text_behind(lines, "divergence")?.strip_prefix("case ")?;
    text.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_is_read_from_what_was_printed() {
        let printed = [
            "the campaign killed the process by signal 8 (SIGFPE: a native division)",
            "divergence   case 12 of seed 1 killed the process by signal 8",
            "subject      block",
            "reduced      4 ops in 0.5 s, written to x.fvm",
        ];
        let lines: Vec<_> = (1..)
            .map(f64::from)
            .zip(printed.map(str::to_owned))
            .collect();
        let noticed = crashed(&lines);
        assert_eq!(noticed.how, How::Crash);
        assert_eq!(noticed.subject.as_deref(), Some("block"));
        assert_eq!(
            noticed.what,
            "killed the process by signal 8 (SIGFPE: a native division)"
        );
        assert_eq!((noticed.cases, noticed.n_ops), (13, Some(4)));
        assert_eq!(noticed.reduce_seconds, Some(0.5));
        assert!((noticed.seconds - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_crash_that_says_nothing_is_one() {
        let noticed = crashed(&[]);
        assert_eq!(noticed.how, How::Crash);
        assert_eq!((noticed.subject, noticed.n_ops), (None, None));
    }
}
