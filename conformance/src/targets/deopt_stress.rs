//! The interpreter can go on wherever native code is left.

use super::agree;
use super::input::Grow;
use crate::generate::Specimen;
use crate::subjects::{DeoptEvery, Schedule};

/// What entropy means: programs with loops in which kinds change.
pub const GROW: Grow = Specimen::unsteady;

/// Panics with the reduced program and the divergence when a guard that is forced to fail
/// changes what the case does that `data` means.
pub fn check(data: &[u8]) {
    agree::check(GROW, data, &[&DeoptEvery, &Schedule]);
}
