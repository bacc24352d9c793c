//! Stand-in: drops ops from the end.

use crate::case::Case;
use std::time::Duration;

/// Reduces.
pub fn reduce(
    mut case: Case,
    still_fails: &mut dyn FnMut(&Case) -> bool,
    _budget: Duration,
) -> Case {
    while !case.chunk.ops.is_empty() {
        let mut smaller = case.clone();
        smaller.chunk.ops.pop();
        if !still_fails(&smaller) {
            break;
        }
        case = smaller;
    }
    case
}
