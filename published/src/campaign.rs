//! A bounded, seeded series of cases over the published crate's subjects.
//!
//! Most cases diverge, so what differs is reduced on the way, and only when it looks new: a
//! divergence that contains every op of a known one of the same signature is counted with it,
//! and reduced all the same the 2nd, 4th, 8th, .. time. Start with [`run`].

use crate::compare::Found;
use crate::judge::Judgement;
use crate::numeric;
use crate::subjects::{ALL, Published};
use crate::worker::Worker;
use fusevm::{Limits, Op};
use fusevm_conformance::campaign::{Plan as Cases, SplitMix, fuelled};
use fusevm_conformance::case::Case;
use fusevm_conformance::reduce::reduce;
use fusevm_conformance::subject::Subject;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a campaign does.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The first seed.
    pub seed: u64,
    /// How many seeds take turns.
    pub seeds: u64,
    /// How long it goes on.
    pub time: Duration,
    /// Workers.
    pub jobs: usize,
    /// Processor time of one run of one case.
    pub patience: Duration,
    /// How long reducing one divergence may take.
    pub budget: Duration,
    /// The program to start workers from.
    pub program: PathBuf,
}

/// What a campaign came to.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// How it was started: the arguments of the command; between backticks, if there are more.
    pub arguments: String,
    /// How long it took, in seconds.
    pub seconds: u64,
    /// Cases that were run.
    pub cases: u64,
    /// Each subject's part.
    pub subjects: BTreeMap<String, SubjectTally>,
    /// What was reduced.
    pub samples: Vec<Sample>,
    /// Divergences that did not happen again when they were to be reduced, by signature.
    pub unsteady: BTreeMap<Signature, u64>,
    /// How often each signature was met.
    signatures: BTreeMap<Signature, u64>,
}

/// What one subject made of the cases.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SubjectTally {
    /// Cases with the outcome that it is compared with.
    pub agreed: u64,
    /// Cases with another one.
    pub diverged: u64,
    /// Why it declined, and how often.
    pub declines: BTreeMap<String, u64>,
}

/// What makes two divergences look alike before they are reduced.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Signature {
    /// The subject.
    pub subject: String,
    /// The field that differs.
    pub field: String,
    /// How it differs.
    pub shape: String,
}

/// A divergence made small.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sample {
    /// Who shows it, in which field and how.
    pub signature: Signature,
    /// The smallest case.
    pub case: Case,
    /// The difference that the case shows.
    pub found: Found,
    /// What the semantics of record make of the case.
    pub record: String,
    /// Divergences that contain its ops and have its signature, itself included.
    pub times: u64,
}

impl Sample {
    /// Whether a divergence of a case with these ops is probably the same defect.
    ///
    /// In the interpreter a single op that goes wrong, such as a `Return` that starts the
    /// program anew, makes everything behind it differ in any way.
    fn explains(&self, signature: &Signature, ops: &BTreeSet<&'static str>) -> bool {
        let own = self.ops();
        let same_subject = self.signature.subject == signature.subject;
        let derails = own.len() == 1 && signature.subject == Published::Interp.name();
        own.is_subset(ops) && (self.signature == *signature || (same_subject && derails))
    }

    /// The names of its ops, without those that only move values.
    pub fn ops(&self) -> BTreeSet<&'static str> {
        ops(&self.case)
    }
}

/// Runs in which a saved program may differ once more.
const TRIES: usize = 3;

/// Ops that only bring operands to where they are needed.
const PLUMBING: [&str; 6] = ["LoadInt", "LoadConst", "GetSlot", "SetSlot", "Pop", "Nop"];

fn ops(case: &Case) -> BTreeSet<&'static str> {
    let names = case.chunk.ops.iter().map(Op::name);
    names.filter(|name| !PLUMBING.contains(name)).collect()
}

/// Runs a campaign and tells `watch` about once a second how far it is.
///
/// # Errors
/// Workers cannot be started.
pub fn run(plan: &Plan, watch: &(dyn Fn(&Tally) + Sync)) -> io::Result<Tally> {
    let started = Instant::now();
    let shared = Shared {
        plan,
        tally: Mutex::default(),
        next: AtomicU64::new(0),
        ends: started + plan.time,
    };
    std::thread::scope(|scope| {
        let jobs: Vec<_> = (0..plan.jobs.max(1))
            .map(|_| scope.spawn(|| work(&shared)))
            .collect();
        while jobs.iter().any(|job| !job.is_finished()) {
            std::thread::sleep(Duration::from_secs(1));
            watch(&shared.tally());
        }
        jobs.into_iter().try_for_each(|job| match job.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    let mut tally = shared
        .tally
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    tally.arguments = plan.arguments();
    tally.seconds = started.elapsed().as_secs();
    Ok(tally)
}

impl Plan {
    /// Case number `number`: every seed in turn, and every third case a numeric one.
    fn case(&self, number: u64) -> Case {
        let seeds = self.seeds.max(1);
        let (seed, index) = (self.seed + number % seeds, number / seeds);
        let case = match index % 3 {
            0 => numeric::case(&mut SplitMix::new(seed).branch(index)),
            _ => {
                let cases = Cases {
                    seed,
                    raw_per_mille: 400,
                    single_per_mille: 200,
                    ..Cases::default()
                };
                cases.case(index).1
            }
        };
        // What the published crate knows nothing of.
        Case {
            schedule: 0,
            runs: 1,
            limits: Limits::default(),
            ..fuelled(&case)
        }
    }

    /// The arguments that start this campaign again.
    fn arguments(&self) -> String {
        let (seed, seeds, seconds) = (self.seed, self.seeds, self.time.as_secs());
        format!("--seed {seed} --seeds {seeds} --time {seconds}")
    }
}

struct Shared<'p> {
    plan: &'p Plan,
    tally: Mutex<Tally>,
    next: AtomicU64,
    ends: Instant,
}

impl Shared<'_> {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn work(shared: &Shared) -> io::Result<()> {
    let plan = shared.plan;
    let mut worker = Worker::new(&plan.program, plan.patience)?;
    while Instant::now() < shared.ends {
        let number = shared.next.fetch_add(1, Ordering::Relaxed);
        let case = plan.case(number);
        for subject in ALL {
            let judgement = worker.judge(&case, subject)?;
            let is_new = shared.tally().record(subject, &case, &judgement);
            for found in is_new {
                if Instant::now() < shared.ends {
                    look_at(shared, &mut worker, &case, subject, &found)?;
                }
            }
        }
        shared.tally().cases += 1;
    }
    Ok(())
}

/// Reduces a divergence and keeps what is left of it.
fn look_at(
    shared: &Shared,
    worker: &mut Worker,
    case: &Case,
    subject: Published,
    found: &Found,
) -> io::Result<()> {
    let signature = Signature::of(subject, found);
    let mut failure = None;
    let mut smallest = None;
    let mut differs = |candidate: &Case| {
        let judgement = match worker.judge(candidate, subject) {
            Ok(judgement) => judgement,
            Err(error) => {
                failure = Some(error);
                return false;
            }
        };
        let Judgement::Diverged(divergence) = judgement else {
            return false;
        };
        let is_same = |found: &&Found| Signature::of(subject, found) == signature;
        let Some(found) = divergence.found.iter().find(is_same) else {
            return false;
        };
        smallest = Some((found.clone(), divergence.record));
        true
    };
    let reduced = match differs(case) {
        true => Some(reduce(case.clone(), &mut differs, shared.plan.budget)),
        false => None,
    };
    if let Some(error) = failure {
        return Err(error);
    }
    let mut tally = shared.tally();
    match (reduced, smallest) {
        (Some(case), Some((found, record))) => tally.samples.push(Sample {
            signature,
            case,
            found,
            record,
            times: 1,
        }),
        _ => *tally.unsteady.entry(signature).or_default() += 1,
    }
    Ok(())
}

impl Signature {
    fn of(subject: Published, found: &Found) -> Signature {
        Signature {
            subject: subject.name().to_owned(),
            field: found.field.clone(),
            shape: found.shape.clone(),
        }
    }
}

impl Tally {
    /// Adds what another campaign came to.
    pub fn add(&mut self, other: Tally) {
        if !self.arguments.is_empty() {
            self.arguments.push_str("`, `");
        }
        self.arguments.push_str(&other.arguments);
        self.seconds += other.seconds;
        self.cases += other.cases;
        for (name, theirs) in other.subjects {
            let ours = self.subjects.entry(name).or_default();
            ours.agreed += theirs.agreed;
            ours.diverged += theirs.diverged;
            for (reason, times) in theirs.declines {
                *ours.declines.entry(reason).or_default() += times;
            }
        }
        self.samples.extend(other.samples);
        for (signature, times) in other.unsteady {
            *self.unsteady.entry(signature).or_default() += times;
        }
        for (signature, times) in other.signatures {
            *self.signatures.entry(signature).or_default() += times;
        }
    }

    /// Runs the smallest programs once more, and drops those that do not differ any more in
    /// one of a few runs: what corrupts memory may do so unseen.
    ///
    /// # Errors
    /// Workers cannot be started.
    pub fn check_again(&mut self, worker: &mut Worker) -> io::Result<()> {
        for sample in std::mem::take(&mut self.samples) {
            let Some(subject) = Published::by_name(&sample.signature.subject) else {
                continue;
            };
            // A process that died was seen to die while it was reduced; it would take long.
            if sample.found.field == "process" {
                self.samples.push(sample);
                continue;
            }
            for _ in 0..TRIES {
                let judgement = worker.judge(&sample.case, subject)?;
                let mut found = judgement.found().iter();
                if found.any(|found| Signature::of(subject, found) == sample.signature) {
                    self.samples.push(sample);
                    break;
                }
            }
        }
        Ok(())
    }

    /// Counts a judgement, and returns those of its differences that are worth reducing.
    fn record(&mut self, subject: Published, case: &Case, judgement: &Judgement) -> Vec<Found> {
        let tally = self.subjects.entry(subject.name().to_owned()).or_default();
        match judgement {
            Judgement::Agreed => tally.agreed += 1,
            Judgement::Declined(reason, _) => {
                *tally.declines.entry(reason.clone()).or_default() += 1;
            }
            Judgement::Diverged(_) => tally.diverged += 1,
        }
        let ops = ops(case);
        let found = judgement.found().iter();
        found
            .filter(|found| self.is_worth_reducing(&Signature::of(subject, found), &ops))
            .cloned()
            .collect()
    }

    fn is_worth_reducing(&mut self, signature: &Signature, ops: &BTreeSet<&'static str>) -> bool {
        let met = self.signatures.entry(signature.clone()).or_default();
        *met += 1;
        let known = self
            .samples
            .iter_mut()
            .find(|sample| sample.explains(signature, ops));
        match known {
            None => true,
            Some(sample) => {
                sample.times += 1;
                met.is_power_of_two()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(field: &str) -> Found {
        Found {
            field: field.to_owned(),
            place: field.to_owned(),
            left: "Int(1)".to_owned(),
            right: "Int(2)".to_owned(),
            shape: "another Int".to_owned(),
        }
    }

    fn case(ops: &[Op]) -> Case {
        let mut chunk = fusevm::Chunk::new();
        chunk.ops = ops.to_vec();
        Case::new(chunk)
    }

    fn sample(subject: Published, field: &str, ops: &[Op]) -> Sample {
        Sample {
            signature: Signature::of(subject, &found(field)),
            case: case(ops),
            found: found(field),
            record: String::new(),
            times: 1,
        }
    }

    fn judgement(field: &str) -> Judgement {
        Judgement::Diverged(crate::judge::Divergence {
            found: vec![found(field)],
            record: String::new(),
        })
    }

    #[test]
    fn what_contains_a_known_program_is_counted_and_seldom_reduced() {
        let mut tally = Tally::default();
        let larger = case(&[Op::LoadInt(1), Op::Inc, Op::BitNot]);
        let look = |tally: &mut Tally, field: &str| {
            let new = tally.record(Published::Block, &larger, &judgement(field));
            !new.is_empty()
        };
        assert!(look(&mut tally, "slots"), "nothing is known yet");
        tally
            .samples
            .push(sample(Published::Block, "slots", &[Op::Inc]));
        let looked: Vec<bool> = (0..7).map(|_| look(&mut tally, "slots")).collect();
        assert_eq!(looked, [true, false, true, false, false, false, true]);
        assert_eq!(tally.samples[0].times, 8);
        assert!(
            look(&mut tally, "result"),
            "another field is another signature"
        );
        assert_eq!(tally.subjects["published-block"].diverged, 9);
    }

    #[test]
    fn an_op_that_derails_the_interpreter_explains_what_follows() {
        let signature = Signature::of(Published::Interp, &found("globals"));
        let ops = BTreeSet::from(["Return", "Inc"]);
        let derails = sample(Published::Interp, "frames", &[Op::Return]);
        assert!(derails.explains(&signature, &ops));
        let two = sample(Published::Interp, "frames", &[Op::Return, Op::Inc]);
        assert!(!two.explains(&signature, &ops));
    }

    #[test]
    fn campaigns_add_up() {
        let mut tally = Tally::default();
        tally.record(Published::Block, &case(&[Op::Inc]), &judgement("slots"));
        tally.arguments = "--seed 1".to_owned();
        tally.cases = 2;
        let mut other = Tally::default();
        other.record(Published::Block, &case(&[Op::Inc]), &judgement("slots"));
        other.arguments = "--seed 2".to_owned();
        other.cases = 3;
        tally.add(other);
        assert_eq!(
            (tally.cases, tally.arguments.as_str()),
            (5, "--seed 1`, `--seed 2")
        );
        assert_eq!(tally.subjects["published-block"].diverged, 2);
    }
}
