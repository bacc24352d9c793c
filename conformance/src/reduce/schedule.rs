//! Makes how a case is run simpler: fewer runs, the first schedules of compilation.

use super::Search;

/// Schedules that are tried in place of a case's own. Number 0 goes through everything that
/// others draw a part of.
const FIRST_SCHEDULES: u32 = 8;

pub(super) fn run(search: &mut Search) {
    for runs in 1..search.best.runs {
        if search.try_change(|case| case.runs = runs) {
            break;
        }
    }
    for schedule in 0..search.best.schedule.min(FIRST_SCHEDULES) {
        if search.try_change(|case| case.schedule = schedule) {
            break;
        }
    }
}
