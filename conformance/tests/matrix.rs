//! Every cell of the matrix op x tier x kinds x {completes, errors, guard fails} that the
//! specification says is reachable is reached by a fixed set of cases, in which all tiers
//! agree: an empty one is a hole in the generators, or an op that is native no more.

use fusevm_conformance::campaign::{Shape, Tally};
use fusevm_conformance::case::Case;
use fusevm_conformance::coverage::matrix;
use fusevm_conformance::oracles::agreement;
use fusevm_conformance::panics;
use fusevm_conformance::subject::Subject;
use fusevm_conformance::subjects::{Block, Linear, Trace};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The tiers, each alone.
const SUBJECTS: [&dyn Subject; 3] = [&Linear, &Block, &Trace];

/// Runs all cases on all cores and adds up what they reached.
fn run(cases: &[(Shape, Case)]) -> Tally {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut tally = Tally::default();
        panics::fresh(|| {
            while let Some((shape, case)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                let checked = agreement::check(case, &SUBJECTS);
                if let Some(divergence) = checked.divergence() {
                    panic!("{divergence}\n{:?}", case.chunk.ops);
                }
                tally.record(tally.cases, *shape, case, &checked);
            }
        });
        tally
    };
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let mut sum = Tally::default();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            sum.add(worker.join().expect("all tiers agree"));
        }
    });
    sum
}

#[test]
fn no_reachable_cell_is_empty() {
    let cases: Vec<_> = matrix::cases().collect();
    let tally = run(&cases);
    let empty = matrix::all_empty(tally.ops.iter().map(|op| &op.cells));
    let empty: Vec<String> = empty.iter().map(ToString::to_string).collect();
    println!("{} cases", cases.len());
    assert!(
        empty.is_empty(),
        "{} rows of empty cells:\n  {}",
        empty.len(),
        empty.join("\n  ")
    );
}
