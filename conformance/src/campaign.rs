//! A bounded, seeded series of cases over a set of subjects.
//!
//! Case `i` of a campaign depends on the seed, on `i` and on nothing else; the batches of
//! the workers are added up in order. A campaign with a bound on its cases is therefore the
//! same bit for bit, however many workers it has. Start with [`run`].

mod entropy;
mod findings;
mod tally;
mod workers;

pub use entropy::SplitMix;
pub use findings::{Findings, Group, Reduction, fuelled, reduce_finding};
pub use tally::{Finding, OpTally, SubjectTally, Tally, TierTally};
pub use workers::{Progress, Stop, run};

use crate::case::Case;
use crate::generate;
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
    /// Cases that diverge before it ends; a batch that is running is finished.
    pub stop_after: Option<u64>,
    /// Worker threads.
    pub jobs: usize,
    /// Who runs every case.
    pub subjects: Vec<&'static dyn Subject>,
    /// Who takes turns: each case is run by one of these too. It buys more cases where
    /// running one in every way would cost several times as much.
    pub in_turn: Vec<&'static dyn Subject>,
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
            stop_after: None,
            jobs: 1,
            subjects: crate::subjects::EVERY_CASE.to_vec(),
            in_turn: crate::subjects::IN_TURN.to_vec(),
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
    /// The subjects that run case number `index`.
    pub fn subjects_of(&self, index: u64) -> Vec<&'static dyn Subject> {
        let mut random = SplitMix::new(!self.seed).branch(index);
        let turn = random.below(self.in_turn.len() as u64) as usize;
        let subjects = self.subjects.iter().chain(self.in_turn.get(turn));
        subjects.copied().collect()
    }

    /// Case number `index`.
    pub fn case(&self, index: u64) -> (Shape, Case) {
        let mut random = SplitMix::new(self.seed).branch(index);
        let raw = random.below(1000) < u64::from(self.raw_per_mille);
        let shape = if raw { Shape::Raw } else { Shape::Structured };
        // Small programs find most and run fastest: half of the cases get an eighth of the
        // bytes or less.
        let most = MAX_ENTROPY >> random.below(6);
        let len = 16 + random.below(most);
        let bytes = random.bytes(len as usize);
        (shape, case_from(shape, &bytes))
    }
}

/// The case that `bytes` mean; without enough bytes an empty one.
pub fn case_from(shape: Shape, bytes: &[u8]) -> Case {
    let mut entropy = Unstructured::new(bytes);
    let case = match shape {
        Shape::Structured => generate::case(&mut entropy),
        Shape::Raw => generate::raw_case(&mut entropy),
    };
    case.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subject_gets_its_turns_and_no_case_more_than_one() {
        let plan = Plan::default();
        let mut turns = vec![0; plan.in_turn.len()];
        for index in 0..1000 {
            let subjects = plan.subjects_of(index);
            assert_eq!(subjects[..subjects.len() - 1], plan.subjects);
            let last = subjects.last().expect("somebody's turn");
            let turn = plan.in_turn.iter().position(|subject| subject == last);
            turns[turn.expect("one of those who take turns")] += 1;
        }
        assert!(turns.iter().all(|n| *n > 100), "{turns:?}");
    }

    #[test]
    fn without_turns_only_the_subjects_of_every_case_run_it() {
        let plan = Plan {
            in_turn: Vec::new(),
            ..Plan::default()
        };
        assert_eq!(plan.subjects_of(7), plan.subjects);
    }
}
