//! What the differential targets have in common.

use super::input::{Grow, Input};
use crate::campaign::reduce_finding;
use crate::case::Case;
use crate::oracles::agreement::{self, Divergence};
use crate::subject::Subject;
use std::time::Duration;

/// How long a divergence is reduced before it is reported.
pub(super) const REDUCTION: Duration = Duration::from_secs(20);

/// Panics with the reduced program when subjects disagree on the case that `data` means.
pub(super) fn check(grow: Grow, data: &[u8], subjects: &[&'static dyn Subject]) {
    let case = Input::read(grow, data).case();
    if let Some(divergence) = agreement::check(&case, subjects).divergence() {
        fail(&case, divergence, subjects);
    }
}

/// Panics with the divergence and the reduced program.
fn fail(case: &Case, divergence: &Divergence, subjects: &[&'static dyn Subject]) {
    let reduction = reduce_finding(case, divergence, subjects, REDUCTION);
    panic!(
        "\n{}\nreduced      {} ops in {:.1} s\n\n{}",
        reduction.divergence,
        reduction.case.chunk.ops.len(),
        reduction.took.as_secs_f64(),
        reduction.text(&reduction.why()),
    );
}
