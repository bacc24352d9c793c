//! Changes of a chunk's ops that keep its jumps, entries and blocks pointing at what they
//! pointed at.

use fusevm::{Chunk, Op};

/// `chunk` with only those ops for which `keep` says so. What pointed at a dropped op points
/// at the next one that is kept.
pub(super) fn retain(chunk: &Chunk, keep: &[bool]) -> Chunk {
    let mut position = 0;
    let mut positions: Vec<usize> = Vec::with_capacity(keep.len() + 1);
    for kept in keep {
        positions.push(position);
        position += usize::from(*kept);
    }
    positions.push(position);
    let ops = chunk.ops.iter().zip(keep).filter(|(_, kept)| **kept);
    let ops = ops.map(|(op, _)| *op).collect();
    moved(chunk, ops, &|at| positions.get(at).copied().unwrap_or(at))
}

/// `chunk` with the op at `at` replaced by `with`. What pointed at it points at the first of
/// them.
pub(crate) fn splice(chunk: &Chunk, at: usize, with: &[Op]) -> Chunk {
    let n_ops = chunk.ops.len();
    let place = |target: usize| match target {
        target if target <= at || target > n_ops => target,
        target => target + with.len() - 1,
    };
    let moved_ops = |ops: &[Op]| ops.to_vec();
    let mut ops = moved_ops(&chunk.ops[..at]);
    ops.extend(with);
    ops.extend(&chunk.ops[at + 1..]);
    moved(chunk, ops, &place)
}

/// `chunk` with other ops, every position in it mapped by `place`.
fn moved(chunk: &Chunk, ops: Vec<Op>, place: &dyn Fn(usize) -> usize) -> Chunk {
    let ops: Vec<Op> = ops
        .into_iter()
        .map(|op| match op.target() {
            Some(target) => op.with_target(place(target)),
            None => op,
        })
        .collect();
    let entries = chunk.sub_entries.iter();
    let blocks = chunk.block_ranges.iter();
    Chunk {
        constants: chunk.constants.clone(),
        names: chunk.names.clone(),
        lines: Vec::new(),
        sub_entries: entries.map(|(name, at)| (*name, place(*at))).collect(),
        block_ranges: blocks
            .map(|(start, end)| (place(*start), place(*end)))
            .collect(),
        sub_chunks: chunk.sub_chunks.clone(),
        source: String::new(),
        op_hash: chunk.op_hash,
        ops,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looped() -> Chunk {
        Chunk {
            ops: vec![
                Op::LoadInt(0),
                Op::Nop,
                Op::Jump(4),
                Op::Nop,
                Op::JumpIfTrue(1),
                Op::Jump(6),
            ],
            sub_entries: vec![(0, 3)],
            block_ranges: vec![(1, 5)],
            ..Chunk::default()
        }
    }

    #[test]
    fn targets_follow_the_ops() {
        let keep = [true, false, true, false, true, true];
        let chunk = retain(&looped(), &keep);
        assert_eq!(
            chunk.ops,
            [Op::LoadInt(0), Op::Jump(2), Op::JumpIfTrue(1), Op::Jump(4)]
        );
        assert_eq!(chunk.sub_entries, [(0, 2)]);
        assert_eq!(chunk.block_ranges, [(1, 3)]);
    }

    #[test]
    fn one_op_becomes_several_or_none() {
        let chunk = splice(&looped(), 3, &[Op::Pop, Op::Pop]);
        assert_eq!(chunk.ops[2], Op::Jump(5));
        assert_eq!(chunk.ops[5], Op::JumpIfTrue(1));
        assert_eq!(chunk.ops[6], Op::Jump(7));
        let chunk = splice(&looped(), 1, &[]);
        assert_eq!(chunk.ops[3], Op::JumpIfTrue(1));
        assert_eq!(chunk.ops[1], Op::Jump(3));
    }
}
