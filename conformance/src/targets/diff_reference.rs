//! The interpreter agrees with the reference evaluator.

use super::agree;
use super::input::Grow;
use crate::generate::Specimen;
use crate::subjects::Reference;

/// What entropy means: mutants too, since this target has time for many programs.
pub const GROW: Grow = Specimen::mutated;

/// Panics with the reduced program and the divergence when the two disagree on the case that
/// `data` means.
pub fn check(data: &[u8]) {
    agree::check(GROW, data, &[&Reference]);
}
