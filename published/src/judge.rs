//! What a subject made of a case, as a worker tells it.

use crate::compare::{Found, differences};
use crate::subjects::Published;
use fusevm::Limits;
use fusevm_conformance::campaign::fuelled;
use fusevm_conformance::case::Case;
use fusevm_conformance::outcome::{Ending, Outcome};
use fusevm_conformance::panics;
use fusevm_conformance::scripted;
use fusevm_conformance::subject::{Declined, Observed, Subject};
use serde::{Deserialize, Serialize};

/// What a subject made of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Judgement {
    /// The outcome that it is compared with.
    Agreed,
    /// It did not take the case: the reason's name, and a sentence.
    Declined(String, String),
    /// Another outcome.
    Diverged(Divergence),
}

/// An outcome that differs, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Divergence {
    /// Every field that differs, the one that a user would notice first in front.
    pub found: Vec<Found>,
    /// How the run ends by the semantics of record.
    pub record: String,
}

impl Judgement {
    /// Every field that differs.
    pub fn found(&self) -> &[Found] {
        match self {
            Judgement::Diverged(divergence) => &divergence.found,
            _ => &[],
        }
    }

    fn declined(reason: &str, detail: impl Into<String>) -> Judgement {
        Judgement::Declined(reason.to_owned(), detail.into())
    }
}

/// Limits that every case has here. The published crate has none: a case that meets one is
/// declined, and no other can use much memory.
fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.value_stack = 10_000;
    limits.call_frames = 2_000;
    limits.collection_size = 20_000;
    limits.string_size = 200_000;
    limits.value_nesting = 64;
    limits
}

/// Runs a case on `subject` and compares with what it is to be compared with
/// ([`Published::against`]). `about_to_run` is called before that part which is judged.
pub fn judge(
    case: &Case,
    subject: Published,
    about_to_run: &mut (dyn FnMut() + Send),
) -> Judgement {
    // It goes on in memory that was freed.
    if scripted::exchanges_program(case) {
        return Judgement::declined("exchange", "a program that is exchanged is undefined there");
    }
    if scripted::interrupts(case) {
        return Judgement::declined("interruption", "it cannot be interrupted");
    }
    let case = Case {
        limits: limits(),
        ..fuelled(case)
    };
    let (case, record) = match panics::fresh(|| subject.prepared(&case)) {
        Ok(prepared) => prepared,
        Err(declined) => return Judgement::Declined(declined.reason, declined.detail),
    };
    let record = record.outcome;
    let left = match subject.against() {
        None => record.clone(),
        Some(_) if ended_at_limit(&record) => {
            return Judgement::declined("limit", format!("it has none: {}", record.ending));
        }
        Some(left) => match outcome(&case, left) {
            Ok(Ok(observed)) => observed.outcome,
            Ok(Err(Declined {
                observed: Some(observed),
                ..
            })) => observed.outcome,
            Ok(Err(declined)) => return Judgement::Declined(declined.reason, declined.detail),
            Err(panic) => return Judgement::declined("its interpreter panics", panic),
        },
    };
    about_to_run();
    let mut declined = None;
    let found = match outcome(&case, subject) {
        Err(panic) => vec![Found::of_panic(left.ending.to_string(), &panic)],
        Ok(Ok(observed)) => compared(subject, &left, &observed.outcome),
        Ok(Err(why)) => {
            let found = match &why.observed {
                Some(observed) => compared(subject, &left, &observed.outcome),
                None => Vec::new(),
            };
            declined = Some(why);
            found
        }
    };
    // What has no limits may go on where the record ends, but it must not die of it.
    if ended_at_limit(&record) && !found.iter().any(|found| found.field == "panic") {
        return Judgement::declined("limit", format!("it has none: {}", record.ending));
    }
    match (found.is_empty(), declined) {
        (false, _) => Judgement::Diverged(Divergence {
            found,
            record: in_short(&record),
        }),
        (true, Some(declined)) => Judgement::Declined(declined.reason, declined.detail),
        (true, None) => Judgement::Agreed,
    }
}

fn ended_at_limit(outcome: &Outcome) -> bool {
    matches!(&outcome.ending, Ending::Error(text) if text.starts_with("limit exceeded"))
}

/// The differences of what the subject shows.
fn compared(subject: Published, left: &Outcome, right: &Outcome) -> Vec<Found> {
    let mut found = differences(left, right);
    if subject == Published::Linear {
        found.retain(|found| found.field == "result");
    }
    found
}

/// What a subject makes of a case on a thread of its own, with its own compiled code, or the
/// message of its panic.
fn outcome(case: &Case, subject: Published) -> Result<Result<Observed, Declined>, String> {
    panics::fresh(|| panics::catch(|| subject.run(case)))
}

/// An outcome in a line: how it ended, and what it left.
fn in_short(outcome: &Outcome) -> String {
    use fusevm_conformance::values::{clip, render_list};
    let mut text = outcome.ending.to_string();
    let mut add = |name: &str, list: &[fusevm::Value]| {
        if !list.is_empty() {
            text.push_str(&format!(", {name} {}", clip(&render_list(list), 80)));
        }
    };
    add("stack", &outcome.stack);
    for frame in &outcome.frames {
        add("slots", &frame.slots);
    }
    add("globals", &outcome.globals);
    text.push_str(&format!(", ip {}", outcome.ip));
    text
}

/// What the semantics of record make of a case, in a line; for cases whose subject did not live
/// to tell.
pub fn record(case: &Case) -> String {
    use fusevm_conformance::subjects::REFERENCE;
    let case = Case {
        limits: limits(),
        ..fuelled(case)
    };
    match panics::fresh(|| panics::catch(|| REFERENCE.run(&case))) {
        Ok(Ok(observed)) => in_short(&observed.outcome),
        Ok(Err(declined)) => declined.detail,
        Err(panic) => panic,
    }
}
