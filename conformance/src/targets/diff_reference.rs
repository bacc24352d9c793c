//! The interpreter agrees with the reference evaluator, on programs and on chunks in which
//! nothing needs to make sense. Nobody else runs: no case is cheaper.

use super::agree;
use super::input::Grow;
use crate::generate::Specimen;
use crate::subjects::Reference;
use arbitrary::Unstructured;

/// What entropy means.
pub const GROW: Grow = grow;

/// The first bit says how the case is made from the rest. Programs are mutants too, since
/// this target has time for many of them.
fn grow(bytes: &mut Unstructured) -> Specimen {
    match bytes.arbitrary() {
        Ok(true) => Specimen::raw(bytes),
        _ => Specimen::mutated(bytes),
    }
}

/// Panics with the reduced program and the divergence when the two disagree on the case that
/// `data` means.
pub fn check(data: &[u8]) {
    agree::check(GROW, data, &[&Reference]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bit_chooses_the_generator() {
        let grown = |first: u8| {
            let bytes = [&[first][..], &[0xa5; 300]].concat();
            grow(&mut Unstructured::new(&bytes))
        };
        assert!(grown(0).tree_bytes().is_some(), "a program has a tree");
        assert!(grown(1).tree_bytes().is_none(), "a raw chunk has none");
    }
}
