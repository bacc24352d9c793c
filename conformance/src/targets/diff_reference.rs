//! The interpreter agrees with the reference evaluator, on structured programs and on chunks
//! in which nothing needs to make sense. Nobody else runs: no case is cheaper.

use super::agree;
use crate::case::Case;
use crate::generate::Specimen;
use crate::subjects::Reference;
use arbitrary::Unstructured;

/// Panics with the reduced program and the divergence when the two disagree on the case that
/// `data` means.
pub fn check(data: &[u8]) {
    agree::check_case(&case(data), &[&Reference]);
}

/// The first bit says how the case is made from the rest.
pub(super) fn case(data: &[u8]) -> Case {
    let mut bytes = Unstructured::new(data);
    let specimen = match bytes.arbitrary().unwrap_or(false) {
        true => Specimen::raw(&mut bytes),
        false => Specimen::structured(&mut bytes),
    };
    specimen.case
}
