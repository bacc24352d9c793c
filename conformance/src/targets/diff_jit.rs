//! Tiers agree on structured programs.

use super::agree;
use super::input::Grow;
use crate::generate::Specimen;

/// What entropy means.
pub const GROW: Grow = Specimen::structured;

/// Panics with the reduced program and the divergence when subjects disagree on the
/// structured case that `data` means.
pub fn check(data: &[u8]) {
    agree::check_in_turn(GROW, data);
}
