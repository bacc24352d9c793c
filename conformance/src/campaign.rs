//! A bounded, seeded series of cases over a set of subjects.
//!
//! Case `i` of a campaign depends on the seed, on `i` and on nothing else; the batches of
//! the workers are added up in order. A campaign with a bound on its cases is therefore the
//! same bit for bit, however many workers it has. Start with [`run`].

mod culprit;
mod entropy;
mod findings;
mod tally;
mod workers;

pub use entropy::SplitMix;
pub use findings::{Findings, Group, Reduction, fuelled, reduce_finding};
pub use tally::{Finding, OpTally, SubjectTally, Tally, TierTally};
pub use workers::{Progress, Stop, run};

use crate::case::Case;
use crate::generate::{self, Sketch};
use crate::subject::Subject;
use arbitrary::Unstructured;
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

/// What a campaign does.
#[derive(Debug, Clone)]
pub struct Plan {
    /// From which all cases are derived.
    pub seed: u64,
    /// Most cases.
    pub cases: Option<u64>,
    /// Longest time; the cases that are running at its end are finished.
    pub time: Option<Duration>,
    /// Worker threads.
    pub jobs: usize,
    /// Who runs the cases.
    pub subjects: Vec<&'static dyn Subject>,
    /// Raw chunks in 1000 cases; the others are structured programs.
    pub raw_per_mille: u32,
    /// How much processor time one case may take before it counts as one that does not end.
    pub patience: Duration,
    /// Where each worker notes the number of its case before it runs, 8 bytes in order of
    /// the workers: what remains of a campaign whose process was killed by a case.
    pub notes: Option<Arc<File>>,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan {
            seed: 0,
            cases: None,
            time: None,
            jobs: 1,
            subjects: crate::subjects::all().to_vec(),
            raw_per_mille: 250,
            patience: Duration::from_secs(20),
            notes: None,
        }
    }
}

/// How the program of a case was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A structured program.
    Structured,
    /// Any ops in any order.
    Raw,
}

/// Most bytes of entropy of a case.
const MAX_ENTROPY: u64 = 2048;

impl Plan {
    /// Case number `index`.
    pub fn case(&self, index: u64) -> (Shape, Case) {
        let (shape, bytes) = self.entropy(index);
        (shape, case_from(shape, &bytes))
    }

    /// The tree of case number `index`, when it is a structured one.
    pub fn sketch(&self, index: u64) -> Option<Sketch> {
        let (shape, bytes) = self.entropy(index);
        let schedule = case_from(shape, &bytes).schedule;
        match shape {
            Shape::Structured => Sketch::grow(&mut Unstructured::new(&bytes))
                .map(|sketch| sketch.with_schedule(schedule)),
            Shape::Raw => None,
        }
    }

    /// The shape of case number `index`, and what it is made of.
    fn entropy(&self, index: u64) -> (Shape, Vec<u8>) {
        let mut random = SplitMix::new(self.seed).branch(index);
        let raw = random.below(1000) < u64::from(self.raw_per_mille);
        let shape = if raw { Shape::Raw } else { Shape::Structured };
        // Small programs find most and run fastest: half of the cases get an eighth of the
        // bytes or less.
        let most = MAX_ENTROPY >> random.below(6);
        let len = 16 + random.below(most);
        (shape, random.bytes(len as usize))
    }
}

/// The case that `bytes` mean; without enough bytes an empty one.
pub fn case_from(shape: Shape, bytes: &[u8]) -> Case {
    let mut entropy = Unstructured::new(bytes);
    let case = match shape {
        Shape::Structured => generate::case(&mut entropy),
        Shape::Raw => generate::raw_case(&mut entropy),
    };
    let mut case = case.unwrap_or_default();
    // A program that used up its entropy has no schedule of its own, and number 0 would go
    // through everything that others draw a part of.
    if case.schedule == 0 {
        case.schedule = schedule_from(bytes);
    }
    case
}

/// The number of a schedule, not 0, that depends on all of the bytes.
fn schedule_from(bytes: &[u8]) -> u32 {
    const SCHEDULES: u64 = 999;
    let mix = |sum: u64, byte: &u8| SplitMix::new(sum ^ u64::from(*byte)).number();
    let mixed = bytes.iter().fold(0, mix);
    1 + SplitMix::new(mixed).below(SCHEDULES) as u32
}
