//! Every op of the sections that work on registers, on every pair of values at which some op
//! changes what it does: the interpreter, the reference evaluator and the native tiers agree
//! on each, and the op really was part of native code.

use fusevm::Op;
use fusevm::op::{Section, Touches};
use fusevm_conformance::generate::single;
use fusevm_conformance::oracles::agreement::{self, Verdict};
use fusevm_conformance::outcome::Ending;
use fusevm_conformance::subject::Subject;
use fusevm_conformance::subjects::{Block, Reference, Trace};

const SUBJECTS: [&dyn Subject; 3] = [&Reference, &Block, &Trace];

/// Ops whose result follows from one or two operands on the stack.
fn judged() -> Vec<Op> {
    let is_judged = |op: &Op| {
        let info = op.info();
        let (pops, pushes) = op.stack_effect();
        matches!(
            info.section,
            Section::Arithmetic
                | Section::NumericCompare
                | Section::StringCompare
                | Section::Logic
                | Section::Numeric
        ) && info.touches == Touches::Nothing
            && matches!(pops.fixed(), Some(1 | 2))
            && pushes.fixed() == Some(1)
    };
    single::plain_ops().into_iter().filter(is_judged).collect()
}

/// Runs all loops over one op; returns how many there were.
fn check(op: Op) -> usize {
    let mut n_loops = 0;
    for case in single::on_all_values(&op) {
        n_loops += 1;
        let checked = agreement::check(&case, &SUBJECTS);
        let interpreted = checked.reference.expect("the interpreter does not panic");
        let ending = interpreted.outcome.ending;
        let is_complete = !matches!(ending, Ending::Error(_));
        assert!(is_complete, "{op:?} ends with {ending}");
        for (subject, verdict) in checked.verdicts {
            let observed = match verdict {
                Verdict::Agreed(observed) => observed,
                Verdict::Diverged(divergence) => panic!("{op:?}\n{divergence}"),
                other => panic!("{subject} did not take {op:?}: {other:?}"),
            };
            let mut tiers = SUBJECTS.iter().filter(|tier| tier.name() == subject);
            if let Some(tier) = tiers.find_map(|subject| subject.tier()) {
                let contained = observed.tiers.tier(tier).ops.contains(op.index());
                assert!(contained, "{subject} left {op:?} to the interpreter");
            }
        }
    }
    n_loops
}

#[test]
fn all_values_and_pairs() {
    let ops = judged();
    assert!(ops.len() >= 54, "only {} ops", ops.len());
    let (some, others) = ops.split_at(ops.len() / 2);
    let n_loops: usize = std::thread::scope(|scope| {
        let halves = [some, others];
        let workers =
            halves.map(|ops| scope.spawn(|| ops.iter().map(|op| check(*op)).sum::<usize>()));
        let counts = workers.map(|worker| worker.join().expect("all subjects agree"));
        counts.iter().sum()
    });
    assert!(n_loops > 20 * ops.len(), "only {n_loops} loops");
}
