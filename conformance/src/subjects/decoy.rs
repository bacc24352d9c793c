//! Another program with the `op_hash` of the case's: what is compiled for it must not be taken
//! for the case.

use crate::case::Case;
use fusevm::{Chunk, Op, Value};

/// One way to make another program of a chunk; answers whether it is another one.
type Change = fn(&mut Chunk) -> bool;

const CHANGES: [Change; 7] = [
    constants,
    immediates,
    floats,
    sub_entries,
    block_ranges,
    names,
    last_op,
];

/// The decoy of a case; its schedule says which. There is none without fuel, since it may
/// never end.
pub(super) fn of(case: &Case) -> Option<Case> {
    case.fuel?;
    let first = case.schedule as usize % CHANGES.len();
    let mut changes = CHANGES.iter().cycle().skip(first).take(CHANGES.len());
    let mut decoy = case.clone();
    changes
        .any(|change| change(&mut decoy.chunk))
        .then_some(decoy)
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
    fn every_change_makes_another_program() {
        let chunk = Chunk {
            ops: vec![Op::LoadInt(1), Op::LoadFloat(0.0), Op::LoadConst(0)],
            constants: vec![Value::str("a")],
            sub_entries: vec![(0, 1), (0, usize::MAX)],
            block_ranges: vec![(0, 1)],
            names: vec!["x".to_owned()],
            ..Chunk::default()
        };
        let before = format!("{chunk:?}");
        for (i, change) in CHANGES.iter().enumerate() {
            let mut decoy = chunk.clone();
            assert!(change(&mut decoy), "change {i}");
            assert_ne!(format!("{decoy:?}"), before, "change {i}");
        }
    }

    #[test]
    fn what_a_chunk_does_not_have_cannot_be_changed() {
        for change in CHANGES {
            assert!(!change(&mut Chunk::default()));
        }
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
        assert_eq!(decoy(1), [Op::LoadInt(2), Op::LoadFloat(1.0)]);
        assert_eq!(decoy(2), [Op::LoadInt(1), Op::LoadFloat(-1.0)]);
    }
}
