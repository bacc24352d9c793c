//! Tiers agree on chunks in which nothing needs to make sense, and nothing panics.

use super::agree;
use super::input::Grow;
use crate::generate::Specimen;

/// What entropy means.
pub const GROW: Grow = Specimen::raw;

/// Panics with the reduced program and the divergence when subjects disagree on the raw
/// case that `data` means.
pub fn check(data: &[u8]) {
    agree::check_in_turn(GROW, data);
}
