//! Numbers have their cases, and the cases do what their family says.

use super::*;
use crate::outcome::Ending;
use crate::subjects::REFERENCE;
use crate::values::render_list;
use fusevm::Value;
use std::collections::HashSet;

#[test]
fn every_number_has_a_case_and_others_another() {
    for family in &FAMILIES {
        let count = (family.count)();
        assert!(count > 1000, "{}: {count}", family.name);
        let text = |number| {
            let case = (family.case)(number);
            format!(
                "{:?} {} {} {}",
                case.chunk.ops,
                render_list(&case.chunk.constants),
                render_list(&case.slots),
                render_list(&case.globals)
            )
        };
        for number in [0, count / 3, count - 1] {
            assert_eq!(text(number), text(number), "{}", family.name);
        }
        assert_ne!(text(0), text(count / 2), "{}", family.name);
    }
}

#[test]
fn few_draws_contain_every_op() {
    let mut ops = HashSet::new();
    for step in 0..4000 {
        ops.extend(drawn(3, step).chunk.ops.iter().map(Op::index));
    }
    assert_eq!(ops.len(), N_OPS);
}

#[test]
fn most_applications_are_reached_and_their_results_seen() {
    let (mut errors, mut silent) = (0, 0);
    let n = 600;
    for step in 0..n {
        let case = drawn(8, step);
        let observed = REFERENCE.run(&case).expect("the reference takes any case");
        let outcome = observed.outcome;
        errors += u64::from(matches!(outcome.ending, Ending::Error(_)));
        let is_seen = matches!(outcome.ending, Ending::Value(_))
            || !outcome.stack.is_empty()
            || outcome.globals.iter().any(|global| *global != Value::Undef)
            || !outcome.output.is_empty()
            || !outcome.log.is_empty();
        silent += u64::from(!is_seen);
    }
    // One draw in twelve raises errors on purpose. Few ops do nothing that shows.
    assert!(
        errors > n / 12 && errors < n / 3,
        "{errors} of {n} end with an error"
    );
    assert!(silent < n / 10, "{silent} of {n} show nothing");
}
