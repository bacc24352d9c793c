//! Makes a failing case small.
//!
//! In: a case and a predicate. Out: a case for which the predicate holds too and that no
//! pass can make smaller, or the smallest one when time was up. A pass proposes candidates
//! and knows nothing of the predicate; `Search` keeps what is smaller (`size`) and still
//! fails. Every pass is one file; all of them run in turn until none helps any more.
//!
//! A candidate need not be a sensible program: whether it shows the same defect is all that
//! matters, and that is the predicate's business. It only must not run for much longer than
//! the case that it comes from (`Bound`).

mod bound;
mod drop_ops;
pub(crate) mod edit;
mod idioms;
mod numbers;
mod pairs;
mod pools;
mod settings;
mod simplify;
mod size;
mod slots;
mod straighten;
mod turns;
mod unreachable;
mod values;

use crate::case::Case;
use bound::Bound;
use size::size;
use std::time::{Duration, Instant};

/// A pass proposes smaller cases.
type Pass = fn(&mut Search);

/// All passes, the ones that remove most first.
const PASSES: [Pass; 13] = [
    unreachable::run,
    drop_ops::run,
    settings::run,
    simplify::run,
    unreachable::run,
    pools::run,
    straighten::run,
    idioms::run,
    numbers::run,
    values::run,
    slots::run,
    pairs::run,
    turns::run,
];

/// The smallest case found within `budget` for which `still_fails` holds, starting from
/// `case`, for which it is taken to hold.
pub fn reduce(case: Case, still_fails: &mut dyn FnMut(&Case) -> bool, budget: Duration) -> Case {
    let mut search = Search {
        bound: Bound::of(&case),
        best: case,
        still_fails,
        deadline: Instant::now() + budget,
        tried: 0,
        accepted: 0,
        over: false,
    };
    loop {
        let accepted = search.accepted;
        for pass in &PASSES {
            pass(&mut search);
        }
        if search.accepted == accepted || search.over {
            return search.best;
        }
    }
}

/// The smallest failing case so far, and the way to a smaller one.
struct Search<'f> {
    best: Case,
    bound: Bound,
    still_fails: &'f mut dyn FnMut(&Case) -> bool,
    deadline: Instant,
    tried: u64,
    accepted: u64,
    /// Whether the time is up.
    over: bool,
}

impl Search<'_> {
    /// Keeps `candidate` if it is smaller and still fails.
    fn accept(&mut self, mut candidate: Case) -> bool {
        if self.over || size(&candidate) >= size(&self.best) {
            return false;
        }
        if self.tried > 0 && Instant::now() >= self.deadline {
            self.over = true;
            return false;
        }
        if candidate.chunk.op_hash != 0 {
            candidate.chunk.op_hash = candidate.chunk.compute_op_hash();
        }
        self.tried += 1;
        if !self.bound.allows(&candidate) || !(self.still_fails)(&candidate) {
            return false;
        }
        self.accepted += 1;
        self.best = candidate;
        true
    }

    /// Keeps the best case with `change` made to it, if that is smaller and still fails.
    fn try_change(&mut self, change: impl FnOnce(&mut Case)) -> bool {
        if self.over {
            return false;
        }
        let mut candidate = self.best.clone();
        change(&mut candidate);
        self.accept(candidate)
    }
}

#[cfg(test)]
mod faults_tests;
#[cfg(test)]
mod tests;
