//! What must not change an outcome: another program of the same meaning.
//!
//! A [`Transformation`] makes another case of a case, a [`Rewritten`] one. It says exactly what
//! may differ between their outcomes: places of ops, which it maps back, and for some
//! transformations fuel and limits. All else is compared, so a fault that every subject shares,
//! the reference included, shows as well.
//!
//! Where much can be done, [`Case::schedule`] draws how much of it is; number 0, which files
//! have unless they say otherwise, means all of it.

mod forms;
mod fused;
mod literals;
mod padded;
mod permuted;
mod places;

pub use forms::{BINCODE, JSON, TEXT, first_difference};
pub use fused::FUSED;
pub use literals::LITERALS;
pub use padded::PADDED;
pub use permuted::PERMUTED;
pub use places::Places;

use crate::campaign::SplitMix;
use crate::case::Case;
use crate::outcome::{Difference, Ending, Outcome};
use fusevm::Op;
use fusevm::op::Section;

/// All transformations.
pub const TRANSFORMATIONS: [&Transformation; 7] = [
    &FUSED, &PADDED, &LITERALS, &PERMUTED, &JSON, &BINCODE, &TEXT,
];

/// A way to make another case of the same meaning.
#[derive(Debug)]
pub struct Transformation {
    /// Its name, which is that of a subject.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// The other case, or why there is none.
    apply: fn(&Case, &mut Draw) -> Result<Rewritten, &'static str>,
}

/// A case with another program of the same meaning.
#[derive(Debug)]
pub struct Rewritten {
    /// The case.
    pub case: Case,
    /// Where its ops come from.
    places: Places,
    /// Whether it needs the same fuel and meets limits where the first case does.
    keeps_costs: bool,
    /// What the making of it showed to be wrong.
    flaw: Option<Difference>,
}

/// What a transformation draws its choices from.
#[derive(Debug)]
struct Draw {
    random: SplitMix,
    /// Whether to do all that can be done, instead of a part that is drawn.
    everything: bool,
}

impl Draw {
    fn of(case: &Case) -> Draw {
        Draw {
            random: SplitMix::new(u64::from(case.schedule)),
            everything: case.schedule == 0,
        }
    }

    /// Whether to do what could be done at one place.
    fn take(&mut self) -> bool {
        self.everything || self.random.below(2) == 0
    }
}

impl Transformation {
    /// The other case.
    ///
    /// # Errors
    /// Why there is none.
    pub fn apply(&self, case: &Case) -> Result<Rewritten, &'static str> {
        (self.apply)(case, &mut Draw::of(case))
    }
}

impl Rewritten {
    /// A case that differs in the form of its ops only: they stay where they are.
    fn in_place(case: Case) -> Rewritten {
        Rewritten {
            places: Places::same(&case.chunk),
            case,
            keeps_costs: true,
            flaw: None,
        }
    }

    /// Whether fuel and limits of the other case are its own, so that what the first case came
    /// to has to be known before they are compared.
    pub fn has_own_costs(&self) -> bool {
        !self.keeps_costs
    }

    /// Whether the other program has other ops. If not, native code would be the same again.
    pub fn has_other_ops(&self, case: &Case) -> bool {
        self.case.chunk.compute_op_hash() != case.chunk.compute_op_hash()
    }

    /// Makes an outcome of the other case one that the first case should have; of a case with
    /// its own costs, given what the first case came to.
    pub fn translate(&self, outcome: &mut Outcome, original: Option<&Outcome>) {
        self.places.translate(outcome);
        if let Some(original) = original.filter(|_| self.has_own_costs()) {
            outcome.fuel = original.fuel;
        }
        if let Some(flaw) = &self.flaw {
            outcome.flaw = Some(flaw.clone());
        }
    }
}

/// Whether a run ended where a program of the same meaning need not end.
pub fn ended_at_limit(outcome: &Outcome) -> bool {
    matches!(&outcome.ending, Ending::Error(text) if text.starts_with("limit exceeded"))
}

/// Fails when ops of the case must stay where they are.
fn may_move(case: &Case) -> Result<(), &'static str> {
    let calls_handlers =
        |op: &Op| matches!(op.info().section, Section::Builtins | Section::Extension);
    if case.handlers && case.chunk.ops.iter().any(calls_handlers) {
        return Err("handlers see the places of ops");
    }
    if places::references(&case.chunk).any(|place| place > places::FARTHEST) {
        return Err("a target is too far away to be moved");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
