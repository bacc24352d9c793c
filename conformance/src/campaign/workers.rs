//! The threads of a campaign.
//!
//! Every worker has its own native tiers. It takes the next batch of cases, runs them and
//! sends what they came to. After a panic it goes on with the next case on a new thread, as
//! the tiers of the old one prove nothing any more. A case that does not end cannot be
//! stopped: the campaign ends without its worker and says which case it was.

use super::{Plan, Tally};
use crate::cpu_time;
use crate::oracles::agreement;
use crate::panics;
use std::collections::BTreeMap;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

/// Cases that a worker takes at a time.
const BATCH: u64 = 32;
/// How often the progress is shown and the bounds are looked at.
const TICK: Duration = Duration::from_millis(100);

/// Ends a campaign from elsewhere, such as a handler of Ctrl-C.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Lets the campaign finish the cases that are running, and end.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the end was requested.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How far a campaign has come.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Cases that were run.
    pub cases: u64,
    /// Cases that a subject ran which compiles.
    pub offered: u64,
    /// Cases that at least one subject ran natively.
    pub native: u64,
    /// Cases that diverged.
    pub diverged: u64,
    /// Time since the start.
    pub elapsed: Duration,
}

/// What the workers and the thread that waits for them share.
struct Shared {
    plan: Plan,
    stop: Stop,
    next_batch: AtomicU64,
    started: Instant,
    at: Vec<Whereabouts>,
}

/// The case that a worker runs, since when (microseconds since the start, 0 for none), and
/// the thread that it is on.
#[derive(Default)]
struct Whereabouts {
    case: AtomicU64,
    since: AtomicU64,
    thread: AtomicU64,
}

/// A case that takes long.
#[derive(Debug, Clone, Default)]
struct Slow {
    /// When it started.
    since: Duration,
    /// The processor time of its thread when that was noticed.
    used: Option<Duration>,
}

impl Slow {
    /// Whether the case of a worker has been running for longer than it may.
    fn is_endless(&mut self, at: &Whereabouts, now: Duration, patience: Duration) -> bool {
        let since = Duration::from_micros(at.since.load(Ordering::Acquire));
        let waited = now.saturating_sub(since);
        if since.is_zero() || waited <= patience {
            return false;
        }
        let used = cpu_time::of_thread(at.thread.load(Ordering::Acquire));
        if self.since != since {
            *self = Slow { since, used };
        }
        let worked = match (used, self.used) {
            (Some(used), Some(before)) => used.saturating_sub(before),
            _ => waited,
        };
        worked > patience || waited > patience * cpu_time::MOST_WAITING
    }
}

/// Runs a campaign and shows `watch` how far it is, about ten times a second. Returns what
/// it came to and the cases that did not end.
pub fn run(plan: &Plan, stop: &Stop, mut watch: impl FnMut(Progress)) -> (Tally, Vec<u64>) {
    let jobs = plan.jobs.max(1);
    let shared = Arc::new(Shared {
        plan: plan.clone(),
        stop: stop.clone(),
        next_batch: AtomicU64::new(0),
        started: Instant::now(),
        at: (0..jobs).map(|_| Whereabouts::default()).collect(),
    });
    let (sender, receiver) = mpsc::channel();
    for worker in 0..jobs {
        let (shared, sender) = (Arc::clone(&shared), sender.clone());
        std::thread::spawn(move || work(&shared, worker, &sender));
    }
    drop(sender);
    let mut batches = BTreeMap::new();
    let mut progress = Progress {
        cases: 0,
        offered: 0,
        native: 0,
        diverged: 0,
        elapsed: Duration::ZERO,
    };
    let mut endless = Vec::new();
    let mut slow = vec![Slow::default(); jobs];
    loop {
        match receiver.recv_timeout(TICK) {
            Ok((batch, tally)) => {
                let tally: Tally = tally;
                progress.cases += tally.cases;
                progress.offered += tally.offered;
                progress.native += tally.native;
                progress.diverged += tally.diverged;
                batches.insert(batch, tally);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        progress.elapsed = shared.started.elapsed();
        watch(progress);
        let time_is_over = plan.time.is_some_and(|time| progress.elapsed >= time);
        if time_is_over || plan.stop_after.is_some_and(|n| progress.diverged >= n) {
            shared.stop.request();
        }
        endless = shared.endless(progress.elapsed, &mut slow);
        if !endless.is_empty() {
            shared.stop.request();
            // The other workers end; those that do not are left behind.
            std::thread::sleep(TICK);
            while let Ok((batch, tally)) = receiver.recv_timeout(TICK) {
                batches.insert(batch, tally);
            }
            break;
        }
    }
    let mut sum = Tally::default();
    for tally in batches.into_values() {
        sum.add(tally);
    }
    (sum, endless)
}

impl Shared {
    /// The cases that have been running for longer than a case may.
    fn endless(&self, now: Duration, slow: &mut [Slow]) -> Vec<u64> {
        self.at
            .iter()
            .zip(slow)
            .filter_map(|(at, slow)| {
                let is_endless = slow.is_endless(at, now, self.plan.patience);
                is_endless.then(|| at.case.load(Ordering::Acquire))
            })
            .collect()
    }

    /// The numbers of the next batch of cases, unless the campaign is over.
    fn next_batch(&self) -> Option<(u64, Range<u64>)> {
        if self.stop.is_requested() {
            return None;
        }
        let batch = self.next_batch.fetch_add(1, Ordering::Relaxed);
        let first = batch * BATCH;
        let last = (first + BATCH).min(self.plan.cases.unwrap_or(u64::MAX));
        (first < last).then_some((batch, first..last))
    }
}

/// What a worker thread does.
fn work(shared: &Shared, worker: usize, sender: &Sender<(u64, Tally)>) {
    while let Some((batch, mut cases)) = shared.next_batch() {
        let mut tally = Tally::default();
        while !cases.is_empty() {
            panics::fresh(|| run_cases(shared, worker, &mut cases, &mut tally));
        }
        if sender.send((batch, tally)).is_err() {
            return;
        }
    }
}

/// Runs cases until there are no more, or one of them panicked.
fn run_cases(shared: &Shared, worker: usize, cases: &mut Range<u64>, tally: &mut Tally) {
    let at = &shared.at[worker];
    let thread = cpu_time::this_thread().unwrap_or(0);
    at.thread.store(thread, Ordering::Release);
    for index in cases {
        if let Some(notes) = &shared.plan.notes {
            // Notes are a help after a crash; without them the campaign goes on.
            let _ = notes.write_all_at(&index.to_le_bytes(), worker as u64 * 8);
        }
        at.case.store(index, Ordering::Release);
        let now = shared.started.elapsed().as_micros() as u64;
        at.since.store(now.max(1), Ordering::Release);
        let (shape, case) = shared.plan.case(index);
        let checked = agreement::check(&case, &shared.plan.subjects_of(index));
        tally.record(index, shape, &case, &checked);
        at.since.store(0, Ordering::Release);
        if checked.panicked() {
            return;
        }
    }
}
