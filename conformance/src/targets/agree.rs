//! What the differential targets have in common.

use crate::campaign::{Shape, case_from, reduce_finding};
use crate::oracles::agreement;
use crate::subjects;
use std::time::Duration;

/// How long a divergence is reduced before it is reported.
const REDUCTION: Duration = Duration::from_secs(20);

/// Panics with the reduced program when subjects disagree on the case that `data` means.
pub(super) fn check(shape: Shape, data: &[u8]) {
    let case = case_from(shape, data);
    let checked = agreement::check(&case, subjects::all());
    let Some(divergence) = checked.divergence() else {
        return;
    };
    let reduction = reduce_finding(&case, divergence, subjects::all(), REDUCTION);
    panic!(
        "\n{}\nreduced      {} ops in {:.1} s\n\n{}",
        reduction.divergence,
        reduction.case.chunk.ops.len(),
        reduction.took.as_secs_f64(),
        reduction.text(&reduction.why()),
    );
}
