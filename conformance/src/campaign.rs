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
pub(crate) use findings::REDUCTION_FUEL;
pub use findings::{Findings, Group, Reduction, fuelled, reduce_finding};
pub use tally::{Finding, OpTally, SubjectTally, Tally, TierTally};
pub use workers::{Progress, Stop, run};

use crate::case::Case;
use crate::generate::{self, Specimen};
use crate::subject::Subject;
use crate::subjects;
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
    /// Lists of those who take turns: each case is run by one of every list too. It buys more
    /// cases where running one in every way would cost several times as much.
    pub in_turn: Vec<Vec<&'static dyn Subject>>,
    /// Raw chunks in 1000 cases.
    pub raw_per_mille: u32,
    /// Single ops in 1000 cases; those that are neither are structured programs. Where subjects
    /// take turns, most single ops are judged by those that compile nothing only: there are
    /// so many, and most of them are about what an op means.
    pub single_per_mille: u32,
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
            in_turn: crate::subjects::turns(),
            raw_per_mille: 200,
            single_per_mille: 500,
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
    /// A structured program that was changed.
    Mutated,
    /// One op, or two adjacent ones, on boundary values.
    Single,
}

/// Structured programs that are changed before they run, in 1000.
const MUTATED_PER_MILLE: u64 = 200;

/// One in so many single ops is run by the tiers too.
const SWEEP: u64 = 3;

/// Most bytes of entropy of a case.
const MAX_ENTROPY: u64 = 2048;

impl Plan {
    /// Everybody who runs cases, always or in turn.
    pub fn all_subjects(&self) -> impl Iterator<Item = &'static dyn Subject> {
        let in_turn = self.in_turn.iter().flatten();
        self.subjects.iter().chain(in_turn).copied()
    }

    /// The subjects that run case number `index`.
    pub fn subjects_of(&self, index: u64) -> Vec<&'static dyn Subject> {
        let is_swept = |step| !self.in_turn.is_empty() && step % SWEEP != 0;
        if self.single_step(index).is_some_and(is_swept) {
            let subjects = self.subjects.iter().copied();
            return subjects.filter(|s| subjects::is_evaluator(*s)).collect();
        }
        let mut random = SplitMix::new(!self.seed).branch(index);
        let mut subjects = self.subjects.clone();
        subjects.extend(self.in_turn.iter().filter_map(|list| {
            let turn = random.below(list.len() as u64) as usize;
            list.get(turn)
        }));
        subjects
    }

    /// Case number `index`.
    pub fn case(&self, index: u64) -> (Shape, Case) {
        let (shape, specimen) = self.specimen(index);
        (shape, specimen.case)
    }

    /// Case number `index`, with the tree of its program where it has one.
    pub fn specimen(&self, index: u64) -> (Shape, Specimen) {
        if let Some(step) = self.single_step(index) {
            let case = generate::single::drawn(self.seed, step);
            return (Shape::Single, Specimen::from(case));
        }
        let mut random = SplitMix::new(self.seed).branch(index);
        // Of the cases that are left, so that the share of all cases is as wanted.
        let others = 1000 - u64::from(self.single_per_mille.min(999));
        let shape = match random.below(others) < u64::from(self.raw_per_mille) {
            true => Shape::Raw,
            false if random.below(1000) < MUTATED_PER_MILLE => Shape::Mutated,
            false => Shape::Structured,
        };
        // Small programs find most and run fastest: half of the cases get an eighth of the
        // bytes or less.
        let most = MAX_ENTROPY >> random.below(6);
        let len = 16 + random.below(most);
        let bytes = random.bytes(len as usize);
        (shape, specimen_from(shape, &bytes))
    }

    /// How many cases before number `index` are single ops, if it is one itself: they come
    /// at equal distances, so that the list of all of them is walked step by step.
    fn single_step(&self, index: u64) -> Option<u64> {
        let before = |index: u128| index * u128::from(self.single_per_mille.min(1000)) / 1000;
        let index = u128::from(index);
        (before(index) < before(index + 1)).then(|| before(index) as u64)
    }
}

/// The case that `bytes` mean; without enough bytes an empty one.
pub fn case_from(shape: Shape, bytes: &[u8]) -> Case {
    specimen_from(shape, bytes).case
}

/// As [`case_from`], with the tree of its program where it has one.
fn specimen_from(shape: Shape, bytes: &[u8]) -> Specimen {
    let mut entropy = Unstructured::new(bytes);
    let mut specimen = match shape {
        Shape::Structured => Specimen::structured(&mut entropy),
        Shape::Raw => Specimen::raw(&mut entropy),
        Shape::Mutated => Specimen::mutated(&mut entropy),
        Shape::Single => Specimen::from(generate::single::case(entropy.arbitrary().unwrap_or(0))),
    };
    // A program that used up its entropy has no schedule of its own, and number 0 would go
    // through everything that others draw a part of.
    if specimen.case.schedule == 0 {
        specimen.case.schedule = schedule_from(bytes);
    }
    specimen
}

/// The number of a schedule, not 0, that depends on all of the bytes.
pub(crate) fn schedule_from(bytes: &[u8]) -> u32 {
    const SCHEDULES: u64 = 99_999;
    let mix = |sum: u64, byte: &u8| SplitMix::new(sum ^ u64::from(*byte)).number();
    let mixed = bytes.iter().fold(0, mix);
    1 + SplitMix::new(mixed).below(SCHEDULES) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_run_by_one_of_each_list_and_everybody_gets_turns() {
        let plan = Plan::default();
        let n_always = plan.subjects.len();
        let plan = Plan {
            single_per_mille: 0,
            ..plan
        };
        let mut turns: Vec<_> = plan
            .in_turn
            .iter()
            .map(|list| vec![0; list.len()])
            .collect();
        for index in 0..1000 {
            let subjects = plan.subjects_of(index);
            assert_eq!(subjects[..n_always], plan.subjects);
            assert_eq!(subjects.len(), n_always + plan.in_turn.len());
            for (i, list) in plan.in_turn.iter().enumerate() {
                let turn = list.iter().position(|s| *s == subjects[n_always + i]);
                turns[i][turn.expect("one of the list")] += 1;
            }
        }
        assert!(turns.iter().flatten().all(|n| *n > 50), "{turns:?}");
    }

    #[test]
    fn most_single_ops_are_left_to_the_evaluators() {
        let plan = Plan {
            single_per_mille: 1000,
            ..Plan::default()
        };
        let names = |index| -> Vec<_> {
            let subjects = plan.subjects_of(index);
            subjects.iter().map(|subject| subject.name()).collect()
        };
        assert_eq!(names(1), ["interp", "checked", "reference"]);
        assert!(names(SWEEP).contains(&"block"));
        let thorough = Plan {
            in_turn: Vec::new(),
            ..plan.clone()
        };
        assert_eq!(thorough.subjects_of(1), plan.subjects);
    }

    #[test]
    fn without_turns_only_the_subjects_of_every_case_run_it() {
        let plan = Plan {
            in_turn: Vec::new(),
            ..Plan::default()
        };
        assert_eq!(plan.subjects_of(7), plan.subjects);
    }

    #[test]
    fn single_ops_have_their_share_and_follow_each_other() {
        let plan = Plan {
            raw_per_mille: 250,
            single_per_mille: 300,
            ..Plan::default()
        };
        let steps: Vec<u64> = (0..1000).filter_map(|i| plan.single_step(i)).collect();
        assert_eq!(steps, (0..300).collect::<Vec<u64>>());
        let shapes: Vec<Shape> = (0..1000).map(|index| plan.case(index).0).collect();
        let count = |shape| shapes.iter().filter(|s| **s == shape).count();
        assert_eq!(count(Shape::Single), 300);
        assert!(
            (200..300).contains(&count(Shape::Raw)),
            "{}",
            count(Shape::Raw)
        );
        let none = Plan {
            single_per_mille: 0,
            ..Plan::default()
        };
        assert!((0..100).all(|index| none.case(index).0 != Shape::Single));
        let all = Plan {
            single_per_mille: 1000,
            ..Plan::default()
        };
        assert!((0..100).all(|index| all.case(index).0 == Shape::Single));
    }
}
