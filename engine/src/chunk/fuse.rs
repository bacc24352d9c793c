//! [`Chunk::fuse`]: ops that a superinstruction stands for become that superinstruction.
//!
//! What is looked for is in `fuse/rules.rs`, what is known of kinds in `fuse/kinds.rs`. Rules
//! build on each other (a loop of fused ops is a fused loop), so they are applied in rounds,
//! until nothing changes.
//!
//! # What stays the same
//!
//! Everything that a run makes observable but op indices, fuel and limits. Ops move: jump
//! targets, entries of subs, blocks and source lines move along, and [`FuseReport::moved`] says
//! where to. A fused op needs no more fuel and no more stack than the ops that it replaces, so a
//! run that ended at such a limit may get further. A fused loop is charged before it runs, and
//! does nothing when that is too much.
//!
//! # What is assumed
//!
//! That nobody but the ops changes `ip`, frames and slots. A handler may change slots, but not
//! take all frames away, and it must not count ops: one that skips the next op skips all that
//! was fused into it. Runs may start with anything in the slots.

mod kinds;
mod report;
mod rules;

pub use report::{FuseReport, Fused, Unfused, UnfusedReason};

use super::Chunk;
use crate::op::Op;
use kinds::Kinds;
use rules::{Match, RULES};
use std::ops::Range;

/// An op behind a round, and what it stands for.
struct Piece {
    op: Op,
    /// How many ops of the chunk before the round.
    len: usize,
    /// Which ops of the chunk before the first round.
    from: Range<usize>,
}

impl Chunk {
    /// Replaces ops by superinstructions wherever that keeps their meaning, and says what was
    /// replaced and what only looked like it. `op_hash` is computed anew when something was.
    ///
    /// What the replacement needs to know beside the ops, such as that a slot holds an `Int`, is
    /// proved from the chunk; without a proof nothing is replaced. No jump leads into the middle
    /// of what is replaced. Sub-chunks are left alone: hosts see them.
    pub fn fuse(&mut self) -> FuseReport {
        let mut from: Vec<Range<usize>> = (0..self.ops.len()).map(|ip| ip..ip + 1).collect();
        let n_ops = self.ops.len();
        let unfused = loop {
            let (matches, unfused) = self.find_patterns();
            if matches.is_empty() {
                break unfused;
            }
            let pieces = replace(&self.ops, &from, matches);
            self.take_pieces(&pieces);
            from = pieces.into_iter().map(|piece| piece.from).collect();
        };
        if from.len() < n_ops {
            self.op_hash = self.compute_op_hash();
        }
        FuseReport::new(&self.ops, &from, unfused)
    }

    /// The patterns that can be replaced, none of which overlap, and those that cannot.
    fn find_patterns(&self) -> (Vec<Match>, Vec<Unfused>) {
        let kinds = Kinds::of(self);
        let references = self.references();
        let (mut matches, mut unfused) = (Vec::new(), Vec::new());
        let mut ip = 0;
        while ip < self.ops.len() {
            let mut rejected = None;
            let found = RULES.iter().find_map(|rule| {
                match rule.match_at(&self.ops, ip, &kinds, &references)? {
                    Ok(found) => Some(found),
                    Err(reason) => {
                        rejected.get_or_insert((rule.fused.name(), reason));
                        None
                    }
                }
            });
            match (found, rejected) {
                (Some(found), _) => {
                    ip = found.end;
                    matches.push(found);
                    continue;
                }
                (None, Some((op, reason))) => unfused.push(Unfused { ip, op, reason }),
                (None, None) => {}
            }
            ip += 1;
        }
        (matches, unfused)
    }

    /// How many jumps, entries of subs and ends of blocks refer to each op.
    fn references(&self) -> Vec<u32> {
        let mut references = vec![0; self.ops.len()];
        let targets = self.ops.iter().filter_map(Op::target);
        let entries = self.sub_entries.iter().map(|(_, entry)| *entry);
        let ends = self
            .block_ranges
            .iter()
            .flat_map(|(start, end)| [*start, *end]);
        for place in targets.chain(entries).chain(ends) {
            if let Some(count) = references.get_mut(place) {
                *count += 1;
            }
        }
        references
    }

    /// Makes the ops those of `pieces`, and moves what refers to them.
    fn take_pieces(&mut self, pieces: &[Piece]) {
        let moved = Moved::new(pieces.iter().map(|piece| piece.len));
        let retarget = |op: Op| match op.target() {
            Some(target) => op.with_target(moved.of(target)),
            None => op,
        };
        self.ops = pieces.iter().map(|piece| retarget(piece.op)).collect();
        for (_, entry) in &mut self.sub_entries {
            *entry = moved.of(*entry);
        }
        for (start, end) in &mut self.block_ranges {
            (*start, *end) = (moved.of(*start), moved.of(*end));
        }
        let mut ip = 0;
        self.lines.retain(|_| {
            ip += 1;
            moved.is_first(ip - 1)
        });
    }
}

/// Every op of a round as a piece, and in the place of every match its fused op.
fn replace(ops: &[Op], from: &[Range<usize>], matches: Vec<Match>) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(ops.len());
    let mut ip = 0;
    for found in matches {
        pieces.extend((ip..found.start).map(|ip| single(ops, from, ip)));
        pieces.push(Piece {
            op: found.op,
            len: found.end - found.start,
            from: from[found.start].start..from[found.end - 1].end,
        });
        ip = found.end;
    }
    pieces.extend((ip..ops.len()).map(|ip| single(ops, from, ip)));
    pieces
}

fn single(ops: &[Op], from: &[Range<usize>], ip: usize) -> Piece {
    Piece {
        op: ops[ip],
        len: 1,
        from: from[ip].clone(),
    }
}

/// Where ops are after some were replaced by one.
#[derive(Debug, Clone)]
struct Moved {
    /// By the old index, the end of the ops included.
    new: Vec<usize>,
    n_new: usize,
}

impl Moved {
    /// When the new ops take the place of so many old ones each.
    fn new(lens: impl Iterator<Item = usize>) -> Moved {
        let mut new = Vec::new();
        let mut n_new = 0;
        for len in lens {
            new.extend(std::iter::repeat_n(n_new, len));
            n_new += 1;
        }
        new.push(n_new);
        Moved { new, n_new }
    }

    /// Where an old index is now; beyond the ops it stays as far beyond them.
    fn of(&self, old: usize) -> usize {
        let n_old = self.new.len() - 1;
        match self.new.get(old) {
            Some(new) => *new,
            None => old - (n_old - self.n_new),
        }
    }

    /// Whether an old op is the first of those that a new one stands for.
    fn is_first(&self, old: usize) -> bool {
        old == 0 || self.of(old) != self.of(old - 1)
    }
}
