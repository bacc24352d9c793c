//! Makes a failing case small.
//!
//! In: a case and a predicate. Out: a case for which the predicate holds too and that no
//! pass can make smaller, or the smallest one when time was up. A pass proposes candidates
//! and knows nothing of the predicate; `Search` keeps what is smaller (`size`) and still
//! fails. Every pass is one file; all of them run in turn until none helps any more.
//!
//! | what is made smaller | by |
//! | --- | --- |
//! | the program tree, when there is one: subs, statements, expressions | [`Specimen::reduce`] |
//! | ops, blocks, subs | `unreachable`, `drop_ops`, `pairs`, `straighten`, `idioms`, `simplify` |
//! | constants, names, tables | `pools`, `values` |
//! | iterations, literals, operands | `numbers`, `turns` |
//! | kinds | `kinds` |
//! | slots and globals | `slots` |
//! | fuel, limits, hosts, input, entry state | `settings` |
//! | runs, and the schedule of compilation | `schedule` |
//! | subjects | `campaign/culprit.rs`, before anything else |
//!
//! A candidate need not be a sensible program: whether it shows the same defect is all that
//! matters, and that is the predicate's business. It only must not run for much longer than
//! the case that it comes from (`Bound`).

mod bound;
mod drop_ops;
pub(crate) mod edit;
mod idioms;
mod kinds;
mod numbers;
mod pairs;
mod pools;
mod schedule;
mod settings;
mod simplify;
mod size;
mod slots;
mod straighten;
mod turns;
mod unreachable;
mod values;

use crate::case::Case;
use crate::generate::Specimen;
use bound::Bound;

pub(crate) use edit::splice;
use size::size;
use std::time::{Duration, Instant};

/// Candidates after which a case counts as reduced. On a machine that is fast enough this ends a
/// reduction before the time does, and a reduction is the same every time.
const MOST_TRIES: u64 = 20_000;

/// A pass proposes smaller cases.
type Pass = fn(&mut Search);

/// All passes, the ones that remove most first.
const PASSES: [Pass; 15] = [
    unreachable::run,
    drop_ops::run,
    settings::run,
    schedule::run,
    simplify::run,
    unreachable::run,
    pools::run,
    straighten::run,
    idioms::run,
    numbers::run,
    values::run,
    kinds::run,
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

/// As [`reduce`], for a structured case whose tree is known: that is made smaller first.
pub fn reduce_specimen(
    specimen: Specimen,
    still_fails: &mut dyn FnMut(&Case) -> bool,
    budget: Duration,
) -> Case {
    let started = Instant::now();
    let bound = Bound::of(&specimen.case);
    let deadline = Instant::now() + budget / 2;
    let mut tried = 0;
    let case = specimen.reduce(&mut |candidate| {
        tried += 1;
        tried <= MOST_TRIES / 2
            && Instant::now() < deadline
            && bound.allows(candidate)
            && still_fails(candidate)
    });
    reduce(case, still_fails, budget.saturating_sub(started.elapsed()))
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
        let no_time = self.tried > 0 && Instant::now() >= self.deadline;
        if no_time || self.tried >= MOST_TRIES {
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
pub(crate) mod faults;
#[cfg(test)]
mod tests;
