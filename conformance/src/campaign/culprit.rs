//! What is to blame for a divergence: which subject, which ops.
//!
//! One defect shows in many cases, subjects and fields. Two divergences count as one defect
//! when the same ops are to blame: those that are left in the reduced program, but for the ops
//! that nearly every reduced program needs. And a divergence that goes away when the ops of a
//! known defect do nothing is explained by that defect.
//!
//! Where only those ops are left that every program needs, no op is to blame but what surrounds
//! them all: how values are kept, how code is entered and left. That is one defect for each
//! kind of thing that is wrong, and explains whatever shows without any other op.

use crate::case::Case;
use crate::oracles::agreement::{self, Divergence};
use crate::outcome::{Difference, Field};
use crate::reduce::splice;
use crate::subject::Subject;
use fusevm::{Chunk, Op};
use std::collections::BTreeSet;
use std::time::Duration;

/// Subjects from the simplest way to run a case natively to the most involved one. What shows
/// in several of them is reduced with the first.
const SIMPLEST_FIRST: [&str; 6] = ["linear", "block", "trace", "auto", "schedule", "deopt"];

/// Ops that reduced programs are full of: they load and store, branch and count. They are to
/// blame only where no other op is left.
const SCAFFOLD: [&str; 19] = [
    "Nop",
    "LoadInt",
    "LoadFloat",
    "LoadConst",
    "LoadTrue",
    "LoadFalse",
    "LoadUndef",
    "Pop",
    "GetSlot",
    "SetSlot",
    "GetVar",
    "SetVar",
    "Jump",
    "JumpIfTrue",
    "JumpIfFalse",
    "SlotIncLtIntJumpBack",
    "PushFrame",
    "PopFrame",
    "Return",
];

/// What kind of thing is wrong: fields in which one defect may show by turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aspect {
    /// A value, wherever it ends up.
    Values,
    /// Where the run is: ips and frames.
    Places,
    /// Something else, one field each.
    Field(Field),
}

impl Aspect {
    fn of(field: Field) -> Aspect {
        match field {
            Field::Runs
            | Field::Region
            | Field::Ending
            | Field::Output
            | Field::Log
            | Field::Stack
            | Field::Globals
            | Field::Slots
            | Field::LastStatus => Aspect::Values,
            Field::Ip | Field::Frames => Aspect::Places,
            other => Aspect::Field(other),
        }
    }

    /// Whether a defect of this kind may show as nothing but one of the other: a wrong value
    /// leads elsewhere, or makes a loop turn more often.
    fn may_show_as(self, other: Aspect) -> bool {
        let follows = matches!(other, Aspect::Places | Aspect::Field(Field::Fuel));
        self == other || (self == Aspect::Values && follows)
    }
}

/// Whether a divergence in this field may be the consequence of one in another field.
pub(super) fn may_follow(field: Field) -> bool {
    let aspect = Aspect::of(field);
    aspect != Aspect::Values && Aspect::Values.may_show_as(aspect)
}

/// An op that may be to blame, and for what.
pub(super) type Suspect = (Aspect, &'static str);

/// What two divergences of one defect have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cause {
    aspect: Aspect,
    /// Names of the ops to blame.
    ops: BTreeSet<&'static str>,
    /// Whether no op is to blame: all of them are [`SCAFFOLD`].
    is_structural: bool,
    /// Where it panicked, if it did.
    panicked_at: Option<String>,
}

impl Cause {
    /// The cause of a divergence that a reduced case shows.
    pub(super) fn of(case: &Case, divergence: &Divergence) -> Cause {
        let ops: BTreeSet<_> = culprits(&case.chunk).collect();
        Cause {
            aspect: Aspect::of(divergence.difference.kind),
            is_structural: ops.is_empty(),
            ops,
            panicked_at: panicked_at(&divergence.difference),
        }
    }

    /// The ops to blame, each with what kind of thing is wrong because of it.
    pub(super) fn suspects(&self) -> impl Iterator<Item = Suspect> {
        let ops = self.panicked_at.is_none().then_some(&self.ops);
        ops.into_iter().flatten().map(|op| (self.aspect, *op))
    }

    /// Puts the blame on one of the ops only.
    pub(super) fn blame(&mut self, (_, op): Suspect) {
        self.ops = BTreeSet::from([op]);
    }

    /// Whether two reduced divergences are one defect.
    pub(super) fn is_same(&self, other: &Cause) -> bool {
        match (&self.panicked_at, &other.panicked_at) {
            (Some(here), Some(there)) => here == there,
            _ if self.is_structural || other.is_structural => {
                self.is_structural == other.is_structural && self.aspect == other.aspect
            }
            _ => self.leads_to(other) || other.leads_to(self),
        }
    }

    /// Whether the other divergence is this one, with more ops that could not be reduced away.
    fn leads_to(&self, other: &Cause) -> bool {
        self.aspect.may_show_as(other.aspect) && self.ops.is_subset(&other.ops)
    }

    /// Whether the divergence of a case that was not reduced yet is this defect: it has the ops
    /// to blame, and agrees when they do nothing; or it needs no op but the scaffold.
    pub(super) fn explains(
        &self,
        case: &Case,
        divergence: &Divergence,
        subjects: &[&'static dyn Subject],
        patience: Duration,
    ) -> bool {
        if self.panicked_at.is_some() {
            return self.panicked_at == panicked_at(&divergence.difference);
        }
        let aspect = Aspect::of(divergence.difference.kind);
        if !self.aspect.may_show_as(aspect) {
            return false;
        }
        let present: BTreeSet<_> = culprits(&case.chunk).collect();
        let idle = match self.is_structural {
            true => present,
            false if self.ops.is_subset(&present) => self.ops.clone(),
            false => return false,
        };
        let Some(chunk) = without(&case.chunk, &idle, self.is_structural) else {
            return false;
        };
        let case = super::fuelled(&Case {
            chunk,
            ..case.clone()
        });
        let subject = named(subjects, divergence.right_subject);
        match agreement::divergence_within(&case, &subject, patience) {
            Some(Some(other)) => {
                self.is_structural && Aspect::of(other.difference.kind) == self.aspect
            }
            Some(None) => !self.is_structural,
            None => false,
        }
    }
}

/// The names of the ops of a chunk that may be to blame.
fn culprits(chunk: &Chunk) -> impl Iterator<Item = &'static str> {
    let names = chunk.ops.iter().map(Op::name);
    names.filter(|name| !SCAFFOLD.contains(name))
}

/// Where a panic was, without its message: one assertion may fail with many numbers.
fn panicked_at(difference: &Difference) -> Option<String> {
    (difference.kind == Field::Panic).then(|| {
        let place = difference.right.rsplit_once(", at ");
        place
            .map_or(&*difference.right, |(_, place)| place)
            .to_owned()
    })
}

/// The chunk with ops of these names doing nothing but to take their operands and leave zeros.
/// One that does not say how many, or leads elsewhere, stays where it is if that `may_stay`;
/// otherwise there is no such chunk.
fn without(chunk: &Chunk, names: &BTreeSet<&str>, may_stay: bool) -> Option<Chunk> {
    let mut chunk = chunk.clone();
    for at in (0..chunk.ops.len()).rev() {
        let op = chunk.ops[at];
        if !names.contains(op.name()) {
            continue;
        }
        let (pops, pushes) = op.stack_effect();
        match (pops.fixed(), pushes.fixed(), op.target()) {
            (Some(pops), Some(pushes), None) => {
                let mut idle = vec![Op::Pop; pops];
                idle.extend(vec![Op::LoadInt(0); pushes]);
                chunk = splice(&chunk, at, &idle);
            }
            _ if may_stay => {}
            _ => return None,
        }
    }
    chunk.op_hash = chunk.compute_op_hash();
    Some(chunk)
}

/// The subject with this name, as a list.
fn named(subjects: &[&'static dyn Subject], name: &str) -> Vec<&'static dyn Subject> {
    let is_meant = |subject: &&&'static dyn Subject| subject.name() == name;
    subjects.iter().copied().filter(|s| is_meant(&s)).collect()
}

/// The two subjects with which a divergence is reduced: of those that show the same kind of
/// wrong the simplest, as a list, and how that one diverges.
pub(super) fn simplest(
    case: &Case,
    divergence: &Divergence,
    subjects: &[&'static dyn Subject],
    patience: Duration,
) -> (Vec<&'static dyn Subject>, Divergence) {
    let found = divergence.right_subject;
    let rank = SIMPLEST_FIRST.iter().position(|name| *name == found);
    let aspect = Aspect::of(divergence.difference.kind);
    for name in &SIMPLEST_FIRST[..rank.unwrap_or(SIMPLEST_FIRST.len())] {
        let simpler = named(subjects, name);
        if simpler.is_empty() {
            continue;
        }
        let shown = agreement::divergence_within(case, &simpler, patience).flatten();
        if let Some(shown) = shown
            && Aspect::of(shown.difference.kind) == aspect
        {
            return (simpler, shown);
        }
    }
    (named(subjects, found), divergence.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use fusevm::TierReport;
    use fusevm::asm::assemble;

    fn cause(text: &str, field: Field, right: &str) -> Cause {
        let case = Case::new(assemble(text).expect("a program"));
        let divergence = Divergence {
            left_subject: "interp",
            right_subject: "block",
            difference: Difference::new(field, field.as_str(), "", right),
            tiers: TierReport::default(),
        };
        Cause::of(&case, &divergence)
    }

    #[test]
    fn the_same_ops_are_the_same_cause() {
        let shr = cause("LoadInt 1\nGetSlot 0\nShr", Field::Ending, "");
        assert!(shr.is_same(&cause("Shr\nSetSlot 0", Field::Slots, "")));
        assert!(shr.is_same(&cause("Shr\nStringLen", Field::Ending, "")));
        assert!(!shr.is_same(&cause("Shl\nSetSlot 0", Field::Slots, "")));
        assert!(shr.is_same(&cause("Shr\nSortBlock 0", Field::Fuel, "")));
        let fuel = cause("Shr", Field::Fuel, "");
        assert!(!fuel.is_same(&cause("Shr\nSortBlock 0", Field::Ending, "")));
    }

    #[test]
    fn what_shows_in_any_program_is_one_cause() {
        let load = cause("LoadInt 5", Field::Ending, "");
        assert!(load.is_same(&cause("LoadUndef\nSetSlot 5", Field::Stack, "")));
        assert!(!load.is_same(&cause("LoadUndef\nSetSlot 5", Field::Fuel, "")));
        assert!(!load.is_same(&cause("LoadInt 5\nShr", Field::Ending, "")));
    }

    #[test]
    fn panics_are_told_apart_by_their_place() {
        let one = cause("Shr", Field::Panic, "index 3, at lib.rs:7");
        assert!(one.is_same(&cause("Add", Field::Panic, "index 9, at lib.rs:7")));
        assert!(!one.is_same(&cause("Shr", Field::Panic, "index 3, at lib.rs:8")));
    }

    #[test]
    fn ops_to_blame_become_idle() {
        let text = "LoadInt 4\nLoadInt 2\nl: Shr\nJumpIfTrue l";
        let chunk = assemble(text).expect("a program");
        let names = BTreeSet::from(["Shr"]);
        let idle = without(&chunk, &names, false).expect("it takes two and leaves one");
        let expected = [
            Op::LoadInt(4),
            Op::LoadInt(2),
            Op::Pop,
            Op::Pop,
            Op::LoadInt(0),
            Op::JumpIfTrue(2),
        ];
        assert_eq!(idle.ops, expected);
        let names = BTreeSet::from(["JumpIfTrue"]);
        assert!(without(&chunk, &names, false).is_none());
        let same = without(&chunk, &names, true).expect("it stays where it is");
        assert_eq!(same.ops, chunk.ops);
    }
}
