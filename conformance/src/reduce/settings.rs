//! Drops what surrounds the program: fuel, handlers, hosts, limits, input, entry state.

use super::Search;
use crate::case::Hosts;
use fusevm::Limits;

pub(super) fn run(search: &mut Search) {
    search.try_change(|case| case.handlers = false);
    for host in 0..Hosts::default().by_name().len() {
        search.try_change(|case| *case.hosts.by_name()[host].1 = false);
    }
    search.try_change(|case| case.limits = Limits::default());
    search.try_change(|case| case.stdin.clear());
    search.try_change(|case| case.stack.clear());
    search.try_change(|case| case.slots.clear());
    search.try_change(|case| case.globals.clear());
    search.try_change(|case| case.chunk.sub_chunks.clear());
    search.try_change(|case| case.chunk.lines.clear());
    search.try_change(|case| case.chunk.source.clear());
    fuel(search);
}

fn fuel(search: &mut Search) {
    if search.try_change(|case| case.fuel = None) {
        return;
    }
    while let Some(fuel) = search.best.fuel {
        let smaller = [0, fuel / 2, fuel.saturating_sub(1)]
            .into_iter()
            .any(|less| search.try_change(|case| case.fuel = Some(less)));
        if !smaller {
            return;
        }
    }
}
