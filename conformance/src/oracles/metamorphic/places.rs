//! [`Places`]: where the ops of a rewritten program come from.

use crate::outcome::Outcome;
use fusevm::{Chunk, Frame, Op};

/// The farthest place that can move further and back.
pub(super) const FARTHEST: usize = usize::MAX / 2;

/// For each place of a rewritten program the place that it stands for in the first one.
#[derive(Debug)]
pub struct Places {
    /// By place; the last one is the end.
    origins: Vec<usize>,
    /// The end of the first program.
    end: usize,
}

impl Places {
    /// Every place stands for itself.
    pub(super) fn same(chunk: &Chunk) -> Places {
        Places::new((0..=chunk.ops.len()).collect(), chunk)
    }

    /// Each place, and the end, of a program that was made of `first` stands for one of these.
    pub(super) fn new(origins: Vec<usize>, first: &Chunk) -> Places {
        Places {
            origins,
            end: first.ops.len(),
        }
    }

    /// The same when the ops kept their order: `starts` says where each of them, and the end,
    /// begins now. What stands inside one op stands for the next.
    pub(super) fn ordered(starts: &[usize], n_ops: usize) -> Places {
        let origin = |place| starts.partition_point(|start| *start < place);
        Places {
            origins: (0..=n_ops).map(origin).collect(),
            end: starts.len() - 1,
        }
    }

    /// The place in the first program of a place in the other one. What is beyond the end
    /// stays as far beyond it.
    pub(super) fn back(&self, place: usize) -> usize {
        match self.origins.get(place) {
            Some(origin) => *origin,
            None => place - (self.origins.len() - 1) + self.end,
        }
    }

    /// Takes all places in an outcome back.
    pub(super) fn translate(&self, outcome: &mut Outcome) {
        outcome.ip = self.back(outcome.ip);
        for frame in &mut outcome.frames {
            if frame.return_ip != Frame::SCOPE {
                frame.return_ip = self.back(frame.return_ip);
            }
        }
    }
}

/// The places that a chunk refers to.
pub(super) fn references(chunk: &Chunk) -> impl Iterator<Item = usize> {
    let targets = chunk.ops.iter().filter_map(Op::target);
    let entries = chunk.sub_entries.iter().map(|(_, entry)| *entry);
    let blocks = chunk.block_ranges.iter();
    targets
        .chain(entries)
        .chain(blocks.flat_map(|(start, end)| [*start, *end]))
}

/// The chunk with other ops, whose targets are right already. Entries of subs and blocks are
/// moved by `place`.
pub(super) fn with_ops(chunk: &Chunk, ops: Vec<Op>, place: &dyn Fn(usize) -> usize) -> Chunk {
    let mut moved = Chunk {
        ops,
        lines: Vec::new(),
        ..chunk.clone()
    };
    for (_, entry) in &mut moved.sub_entries {
        *entry = place(*entry);
    }
    for (start, end) in &mut moved.block_ranges {
        (*start, *end) = (place(*start), place(*end));
    }
    moved.op_hash = moved.compute_op_hash();
    moved
}
