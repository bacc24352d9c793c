//! Mutations of what surrounds a program: its entry state, hosts, limits and fuel.

use super::super::entropy::Entropy;
use super::super::kinds::{self, Want};
use super::super::scene;
use super::ops::perturbed_value;
use crate::case::Case;
use fusevm::Value;

/// Changes one thing that the program meets.
pub(super) fn change(case: &mut Case, e: &mut Entropy) {
    match e.weighted(&[
        (30, 0),
        (15, 1),
        (6, 2),
        (4, 3),
        (6, 4),
        (12, 5),
        (5, 6),
        (8, 7),
        (14, 8),
    ]) {
        0 => change_values(&mut case.slots, e),
        1 => change_values(&mut case.globals, e),
        2 => change_values(&mut case.stack, e),
        3 => case.stdin = scene::input(e),
        4 => match e.below(3) {
            0 => case.handlers = !case.handlers,
            1 => case.hosts.shell = !case.hosts.shell,
            _ => case.hosts.awk = !case.hosts.awk,
        },
        5 => {
            case.fuel = match e.below(3) {
                0 => None,
                1 => Some(e.range(0, 130) as u64),
                _ => Some(scene::ENOUGH_FUEL),
            };
        }
        6 => scene::tighten(&mut case.limits, e),
        7 => case.runs = e.pick(&[1, 2, 3, 5]),
        _ => case.schedule = e.range(1, scene::MAX_SCHEDULE) as u32,
    }
}

/// A value is added, taken away, moved, or replaced by one of another kind.
fn change_values(values: &mut Vec<Value>, e: &mut Entropy) {
    let at = e.below(values.len());
    match (values.get_mut(at), e.below(4)) {
        (None, _) | (_, 3) => values.push(kinds::value(e, Want::Any)),
        (Some(value), 0) => *value = perturbed_value(value, e),
        (Some(value), 1) => *value = kinds::value(e, Want::Any),
        (Some(_), _) => values.truncate(at),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::with_entropy;
    use super::*;
    use crate::filetest;

    #[test]
    fn a_change_shows_and_the_program_stays() {
        let before = Case {
            slots: vec![Value::Int(1), Value::str("a")],
            ..Case::default()
        };
        let text = |case: &Case| filetest::print_file("", case, None, &[]);
        let mut different = std::collections::HashSet::new();
        with_entropy(|e| {
            let mut case = before.clone();
            change(&mut case, e);
            assert!(case.chunk.ops.is_empty());
            different.insert(text(&case));
        });
        assert!(different.len() > 30, "{}", different.len());
    }
}
