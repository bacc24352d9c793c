//! What the differential targets have in common.

use super::input::{Grow, Input};
use crate::campaign::reduce_finding;
use crate::case::Case;
use crate::generate::Specimen;
use crate::oracles::agreement;
use crate::subject::Subject;
use crate::subjects;
use std::time::Duration;

/// How long a divergence is reduced before it is reported.
pub(super) const REDUCTION: Duration = Duration::from_secs(20);

/// Panics with the reduced program when subjects disagree on the case that `data` means.
pub(super) fn check(grow: Grow, data: &[u8], subjects: &[&'static dyn Subject]) {
    check_case(&Input::read(grow, data).case(), subjects);
}

/// As [`check`], by the subjects that the schedule of the case chooses.
pub(super) fn check_in_turn(grow: Grow, data: &[u8]) {
    let case = Input::read(grow, data).case();
    check_case(&case, &subjects::drawn(u64::from(case.schedule)));
}

/// Panics with the divergence and the reduced program.
fn check_case(case: &Case, subjects: &[&'static dyn Subject]) {
    let checked = agreement::check(case, subjects);
    let Some(divergence) = checked.divergence() else {
        return;
    };
    let reduction = reduce_finding(
        Specimen::from(case.clone()),
        divergence,
        subjects,
        REDUCTION,
    );
    panic!(
        "\n{}\nreduced      {} ops in {:.1} s\n\n{}",
        reduction.divergence,
        reduction.case.chunk.ops.len(),
        reduction.took.as_secs_f64(),
        reduction.text(&reduction.why()),
    );
}
