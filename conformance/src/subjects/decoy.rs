//! Something like the case that runs before it: what is compiled for another program with the
//! same `op_hash` must not be taken for the case, and what is compiled for the same program in
//! another state must be entered only where its assumptions hold.

use crate::case::Case;
use fusevm::{Chunk, Op, Value};

/// One way to make something else of a case; answers whether it did.
type Change = fn(&mut Case) -> bool;

const CHANGES: [Change; 12] = [
    kinds_of_slots,
    |case| constants(&mut case.chunk),
    longer_frame,
    |case| immediates(&mut case.chunk),
    kinds_of_stack,
    |case| floats(&mut case.chunk),
    |case| sub_entries(&mut case.chunk),
    kinds_of_slots,
    |case| block_ranges(&mut case.chunk),
    longer_frame,
    |case| names(&mut case.chunk),
    |case| last_op(&mut case.chunk),
];

/// The decoy of a case; its schedule says which. There is none without fuel, since it may
/// never end.
pub(super) fn of(case: &Case) -> Option<Case> {
    case.fuel?;
    // A quarter of the number, as the rest decides about optimisation.
    let first = case.schedule as usize / 4 % CHANGES.len();
    let mut changes = CHANGES.iter().cycle().skip(first).take(CHANGES.len());
    let mut decoy = case.clone();
    changes.any(|change| change(&mut decoy)).then_some(decoy)
}

fn kinds_of_slots(case: &mut Case) -> bool {
    case.slots.iter_mut().for_each(other_kind);
    !case.slots.is_empty()
}

/// The slots of the case, and numbers where its frame ends.
fn longer_frame(case: &mut Case) -> bool {
    let number = |i: usize| match i % 3 {
        2 => Value::Float(0.5),
        _ => Value::Int(i as i64),
    };
    case.slots.extend((0..LONGER_BY).map(number));
    true
}

/// More slots than most programs have.
const LONGER_BY: usize = 12;

fn kinds_of_stack(case: &mut Case) -> bool {
    case.stack.iter_mut().for_each(other_kind);
    !case.stack.is_empty()
}

/// Another kind, and where it can be the same number.
fn other_kind(value: &mut Value) {
    *value = match value {
        Value::Int(n) => Value::Float(*n as f64),
        Value::Float(x) => Value::Int(*x as i64),
        Value::Bool(b) => Value::Int(i64::from(*b)),
        _ => Value::Int(1),
    };
}

fn constants(chunk: &mut Chunk) -> bool {
    let other = |value: &mut Value| match value {
        Value::Int(n) => *n = n.wrapping_add(1),
        Value::Float(x) => *x = -*x,
        value => *value = Value::Int(7),
    };
    chunk.constants.iter_mut().for_each(other);
    !chunk.constants.is_empty()
}

fn immediates(chunk: &mut Chunk) -> bool {
    each_op(chunk, |op| match op {
        Op::LoadInt(n) => *op = Op::LoadInt(n.wrapping_add(1)),
        Op::LoadTrue => *op = Op::LoadFalse,
        _ => {}
    })
}

/// Zero and minus zero are equal, but not the same.
fn floats(chunk: &mut Chunk) -> bool {
    each_op(chunk, |op| {
        if let Op::LoadFloat(x) = op {
            *op = Op::LoadFloat(-*x);
        }
    })
}

fn sub_entries(chunk: &mut Chunk) -> bool {
    for (_, ip) in &mut chunk.sub_entries {
        *ip = ip.wrapping_add(1);
    }
    !chunk.sub_entries.is_empty()
}

fn block_ranges(chunk: &mut Chunk) -> bool {
    let Some((_, end)) = chunk
        .block_ranges
        .iter_mut()
        .find(|(start, end)| start < end)
    else {
        return false;
    };
    *end -= 1;
    true
}

/// Without the last name, the ops that use it do something else.
fn names(chunk: &mut Chunk) -> bool {
    chunk.names.pop().is_some()
}

fn last_op(chunk: &mut Chunk) -> bool {
    chunk.ops.last_mut().is_some_and(|op| {
        let changed = *op != Op::LoadUndef;
        *op = Op::LoadUndef;
        changed
    })
}

/// Changes ops in place; answers whether one became another.
fn each_op(chunk: &mut Chunk, change: impl Fn(&mut Op)) -> bool {
    let mut changed = false;
    for op in &mut chunk.ops {
        let before = *op;
        change(op);
        changed |= !before.is_identical(op);
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_makes_something_else() {
        let chunk = Chunk {
            ops: vec![Op::LoadInt(1), Op::LoadFloat(0.0), Op::LoadConst(0)],
            constants: vec![Value::str("a")],
            sub_entries: vec![(0, 1), (0, usize::MAX)],
            block_ranges: vec![(0, 1)],
            names: vec!["x".to_owned()],
            ..Chunk::default()
        };
        let case = Case {
            chunk,
            slots: vec![Value::Int(1), Value::Float(2.5)],
            stack: vec![Value::Bool(true)],
            ..Case::default()
        };
        let before = format!("{case:?}");
        for (i, change) in CHANGES.iter().enumerate() {
            let mut decoy = case.clone();
            assert!(change(&mut decoy), "change {i}");
            assert_ne!(format!("{decoy:?}"), before, "change {i}");
        }
    }

    #[test]
    fn what_a_chunk_does_not_have_cannot_be_changed() {
        let changed = CHANGES.iter().filter(|change| change(&mut Case::default()));
        assert_eq!(changed.count(), 2, "a longer frame is always possible");
        assert!(of(&Case::default()).is_none());
    }

    #[test]
    fn the_schedule_chooses() {
        let decoy = |schedule| {
            let mut case = Case {
                fuel: Some(9),
                schedule,
                ..Case::default()
            };
            case.chunk.ops = vec![Op::LoadInt(1), Op::LoadFloat(1.0)];
            of(&case).expect("a decoy").chunk.ops
        };
        assert_eq!(decoy(3 * 4), [Op::LoadInt(2), Op::LoadFloat(1.0)]);
        assert_eq!(decoy(5 * 4), [Op::LoadInt(1), Op::LoadFloat(-1.0)]);
    }
}
