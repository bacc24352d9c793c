//! What the differential targets have in common.

use crate::campaign::{Shape, case_from, reduce_finding};
use crate::case::Case;
use crate::oracles::agreement;
use crate::subject::Subject;
use crate::subjects;
use std::time::Duration;

/// How long a divergence is reduced before it is reported.
const REDUCTION: Duration = Duration::from_secs(20);

/// Panics with the reduced program when subjects disagree on the case that `data` means.
pub(super) fn check(shape: Shape, data: &[u8]) {
    check_case(&case_from(shape, data), &subjects::all());
}

/// Panics with the reduced program when one of `subjects` disagrees with the interpreter.
pub(super) fn check_case(case: &Case, subjects: &[&'static dyn Subject]) {
    let checked = agreement::check(case, subjects);
    let Some(divergence) = checked.divergence() else {
        return;
    };
    let reduction = reduce_finding(case, divergence, REDUCTION);
    panic!(
        "\n{}\nreduced      {} ops in {:.1} s\n\n{}",
        reduction.divergence,
        reduction.case.chunk.ops.len(),
        reduction.took.as_secs_f64(),
        reduction.text(&reduction.why()),
    );
}
