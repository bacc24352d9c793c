//! [`Specimen`]: a case that can be changed as a program.

use super::entropy::Entropy;
use super::grow::Grower;
use super::tree::Program;
use super::{emit, mutate, raw, scene};
use crate::case::Case;
use arbitrary::Unstructured;

/// A case, and the program tree that its chunk was emitted from where there is one.
#[derive(Debug, Clone)]
pub struct Specimen {
    /// What runs.
    pub case: Case,
    pub(super) tree: Option<Program>,
}

/// One part of this many of the entropy of a mutant says how it is changed.
const MUTATING_SHARE: usize = 4;
/// Mutants that have two parents, in 100.
const CROSSED: u32 = 25;

impl Specimen {
    /// G1: a structured program, valid and terminating by construction. A few of them have
    /// ops changed afterwards, and run with fuel.
    pub fn structured(bytes: &mut Unstructured) -> Specimen {
        let (grown, mut e) = Grower::new(Entropy::new(bytes)).program();
        scene::specimen(grown, &mut e)
    }

    /// G2: a chunk in which nothing needs to make sense, with fuel and small limits.
    pub fn raw(bytes: &mut Unstructured) -> Specimen {
        Specimen::of_case(raw::case(&mut Entropy::new(bytes)))
    }

    /// G3: a structured program that was changed, once or a few times, or by parts of another
    /// one. It runs with fuel, since it need not end.
    pub fn mutated(bytes: &mut Unstructured) -> Specimen {
        let n = bytes.len() / MUTATING_SHARE;
        let mut mutating = Unstructured::new(bytes.bytes(n).unwrap_or_default());
        let mut specimen = Specimen::structured(bytes);
        if Entropy::new(&mut mutating).chance(CROSSED) {
            let other = Specimen::structured(bytes);
            specimen.cross(&other, &mut mutating);
        } else {
            specimen.mutate(&mut mutating);
        }
        specimen.bound_fuel();
        specimen
    }

    /// G3 for exits: a structured program with a loop, in which kinds change in later turns. It
    /// runs with fuel, since it need not end.
    pub fn unsteady(bytes: &mut Unstructured) -> Specimen {
        let n = bytes.len() / MUTATING_SHARE;
        let mut mutating = Unstructured::new(bytes.bytes(n).unwrap_or_default());
        let mut specimen = Specimen::structured(bytes);
        if let Some(tree) = &mut specimen.tree {
            mutate::unsettle(tree, &mut Entropy::new(&mut mutating));
        }
        specimen.bound_fuel();
        specimen.emitted()
    }

    /// Gives a program that need not end no more fuel than one that ends would need.
    fn bound_fuel(&mut self) {
        let fuel = self.case.fuel.unwrap_or(u64::MAX);
        self.case.fuel = Some(fuel.min(scene::ENOUGH_FUEL));
    }

    /// A case without a tree, made harmless and short but for its fuel.
    pub fn of_case(mut case: Case) -> Specimen {
        scene::confine(&mut case);
        Specimen { case, tree: None }
    }

    /// A case with the tree that [`Specimen::tree_bytes`] gave; `None` when the bytes are not
    /// those of a tree. The chunk stays what it was, whatever the tree would become now.
    pub fn with_tree(case: Case, tree: &[u8]) -> Option<Specimen> {
        let mut tree = Program::from_bytes(tree)?;
        mutate::repair(&mut tree);
        let specimen = Specimen::of_case(case);
        Some(Specimen {
            tree: Some(tree),
            ..specimen
        })
    }

    /// The tree as bytes, if there is one and it is not too large.
    pub fn tree_bytes(&self) -> Option<Vec<u8>> {
        self.tree.as_ref()?.to_bytes()
    }

    /// The same with the chunk that its tree becomes now.
    #[must_use]
    pub fn emitted(mut self) -> Specimen {
        if let Some(tree) = &self.tree {
            self.case.chunk = emit::chunk(tree);
            scene::confine(&mut self.case);
        }
        self
    }

    /// Changes the program, or what surrounds it, once or a few times. What comes out need not
    /// end.
    pub fn mutate(&mut self, bytes: &mut Unstructured) {
        let mut e = Entropy::new(bytes);
        mutate::mutate_case(&mut self.case, self.tree.as_mut(), &mut e);
    }

    /// Changes the program by parts of another one. What comes out need not end.
    pub fn cross(&mut self, other: &Specimen, bytes: &mut Unstructured) {
        let mut e = Entropy::new(bytes);
        let own = (&mut self.case, self.tree.as_mut());
        mutate::cross_case(own, (&other.case, other.tree.as_ref()), &mut e);
        if other.tree.is_none() {
            // Its ops were put into the chunk, of which the tree knows nothing.
            self.tree = None;
        }
    }
}

/// A case without a tree, as it is.
impl From<Case> for Specimen {
    fn from(case: Case) -> Specimen {
        Specimen { case, tree: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::SplitMix;
    use fusevm::asm;

    fn bytes(seed: u64) -> Vec<u8> {
        SplitMix::new(seed).bytes(600)
    }

    #[test]
    fn a_tree_kept_as_bytes_becomes_the_same_chunk() {
        let mut kept = 0;
        for seed in 0..200 {
            let specimen = Specimen::structured(&mut Unstructured::new(&bytes(seed)));
            let Some(tree) = specimen.tree_bytes() else {
                continue;
            };
            let read = Specimen::with_tree(specimen.case.clone(), &tree).expect("its own form");
            let text = |specimen: &Specimen| asm::disassemble(&specimen.case.chunk);
            assert_eq!(text(&read.clone().emitted()), text(&specimen));
            kept += 1;
        }
        assert!(kept > 150, "{kept} trees of 200 cases");
    }

    #[test]
    fn unsteady_programs_have_loops_and_kinds_that_change() {
        let (mut loops, mut late) = (0, 0);
        for seed in 0..100 {
            let case = Specimen::unsteady(&mut Unstructured::new(&bytes(seed))).case;
            loops += usize::from(case.has_loop());
            let chooses = |op: &fusevm::Op| matches!(op, fusevm::Op::SlotLtIntJumpIfFalse(..));
            late += usize::from(case.chunk.ops.iter().any(chooses));
        }
        assert!(loops > 90 && late > 80, "{loops} {late}");
    }

    #[test]
    fn mutants_have_little_fuel() {
        for seed in 0..200 {
            let bytes = bytes(seed);
            for grow in [Specimen::mutated, Specimen::unsteady] {
                let fuel = grow(&mut Unstructured::new(&bytes)).case.fuel;
                assert!(
                    fuel.is_some_and(|fuel| fuel <= scene::ENOUGH_FUEL),
                    "{fuel:?}"
                );
            }
        }
    }

    #[test]
    fn ops_from_a_chunk_without_a_tree_take_the_tree_away() {
        let mut specimen = Specimen::structured(&mut Unstructured::new(&bytes(1)));
        let other = Specimen::raw(&mut Unstructured::new(&bytes(2)));
        specimen.cross(&other, &mut Unstructured::new(&bytes(3)));
        assert!(specimen.tree.is_none());
    }

    #[test]
    fn what_is_read_asks_for_nothing_harmful() {
        let mut case = Case::default();
        case.hosts.system = true;
        case.runs = u32::MAX;
        case.limits.string_size = usize::MAX;
        case.chunk.ops = vec![fusevm::Op::Concat];
        let case = Specimen::of_case(case).case;
        assert!(!case.hosts.system);
        assert!(case.runs <= 5);
        assert!(case.limits.string_size <= 2_000);
    }
}
