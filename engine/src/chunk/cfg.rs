//! Basic blocks, edges and loops of a chunk, shared by everything that walks code.
//!
//! In: ops and an entry. Out: a [`Cfg`] of the code that is reached from there within one
//! call frame. Nothing here knows stack depths (see `chunk/verify.rs`) or values.
#![allow(
    dead_code,
    reason = "read by the native tiers, which a build may leave out"
)]

use crate::op::Op;
use std::ops::Deref;

/// Where control goes after an op, within the current call frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// To the next op. A `Call` is such an op: the callee runs in a frame of its own.
    Next,
    /// To the target.
    Jump(usize),
    /// To the next op or to the target.
    Branch(usize),
    /// Nowhere: the call frame ends, or at the root frame the run.
    Return,
}

/// Where control goes after `op`.
#[inline]
pub(crate) fn flow(op: &Op) -> Flow {
    match *op {
        Op::Jump(target) => Flow::Jump(target),
        Op::Return | Op::ReturnValue => Flow::Return,
        _ => match op.target() {
            Some(target) => Flow::Branch(target),
            None => Flow::Next,
        },
    }
}

/// The way from the end of a basic block to what runs next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    /// To the block with this index in [`Cfg::blocks`].
    Block(usize),
    /// To this ip at or past the end of the ops, where the run ends.
    Exit(usize),
}

/// The edges that leave a block: the fall-through first, the jump target last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Successors {
    edges: [Edge; 2],
    len: u8,
}

impl Successors {
    fn new(edges: &[Edge]) -> Successors {
        let mut all = [Edge::Exit(0); 2];
        all[..edges.len()].copy_from_slice(edges);
        Successors {
            edges: all,
            len: edges.len() as u8,
        }
    }
}

impl Deref for Successors {
    type Target = [Edge];

    fn deref(&self) -> &[Edge] {
        &self.edges[..usize::from(self.len)]
    }
}

/// Ops that run one after another: entered at the first one only, left at the last one only
/// (calls, errors and halts aside).
#[derive(Debug, Clone, Copy)]
pub(crate) struct BasicBlock {
    /// Index of the first op.
    pub(crate) start: usize,
    /// Index behind the last op; a block is never empty.
    pub(crate) end: usize,
    /// What runs next; empty behind a `Return` or `ReturnValue`.
    pub(crate) successors: Successors,
}

/// The basic blocks that one call frame can reach from an entry, ascending by start.
#[derive(Debug, Clone)]
pub(crate) struct Cfg {
    /// The blocks; where the entry lies is [`Cfg::block_at`].
    pub(crate) blocks: Vec<BasicBlock>,
}

/// What is known of an op while leaders are looked for.
#[derive(Clone, Copy, PartialEq)]
enum Mark {
    Unreached,
    Reached,
    Leader,
}

impl Cfg {
    /// The blocks that are reached from `entry`; none when it lies past the end.
    pub(crate) fn new(ops: &[Op], entry: usize) -> Cfg {
        let marks = mark(ops, entry);
        let mut blocks = Vec::new();
        let mut start = 0;
        while start < ops.len() {
            if marks[start] == Mark::Unreached {
                start += 1;
                continue;
            }
            let end = block_end(ops, &marks, start);
            blocks.push(BasicBlock {
                start,
                end,
                successors: Successors::new(&[]),
            });
            start = end;
        }
        let mut cfg = Cfg { blocks };
        for block in 0..cfg.blocks.len() {
            cfg.blocks[block].successors = cfg.successors_of(ops, cfg.blocks[block].end);
        }
        cfg
    }

    /// The block that starts at `ip`.
    pub(crate) fn block_at(&self, ip: usize) -> Option<usize> {
        self.blocks
            .binary_search_by_key(&ip, |block| block.start)
            .ok()
    }

    /// The block that contains the op at `ip`.
    pub(crate) fn block_of(&self, ip: usize) -> Option<usize> {
        let behind = self.blocks.partition_point(|block| block.start <= ip);
        let block = behind.checked_sub(1)?;
        (ip < self.blocks[block].end).then_some(block)
    }

    /// The blocks that are targets of backward edges, ascending. An edge is backward when it
    /// leads to the op that it leaves or to an earlier one: every cycle has such an edge.
    pub(crate) fn loop_headers(&self) -> Vec<usize> {
        let mut headers: Vec<usize> = self
            .blocks
            .iter()
            .flat_map(|block| {
                block.successors.iter().filter_map(|edge| match *edge {
                    Edge::Block(to) if self.blocks[to].start < block.end => Some(to),
                    _ => None,
                })
            })
            .collect();
        headers.sort_unstable();
        headers.dedup();
        headers
    }

    fn successors_of(&self, ops: &[Op], end: usize) -> Successors {
        match flow(&ops[end - 1]) {
            Flow::Next => Successors::new(&[self.edge_to(ops, end)]),
            Flow::Jump(target) => Successors::new(&[self.edge_to(ops, target)]),
            Flow::Branch(target) => {
                Successors::new(&[self.edge_to(ops, end), self.edge_to(ops, target)])
            }
            Flow::Return => Successors::new(&[]),
        }
    }

    fn edge_to(&self, ops: &[Op], ip: usize) -> Edge {
        if ip >= ops.len() {
            return Edge::Exit(ip);
        }
        Edge::Block(
            self.block_at(ip)
                .expect("every target of reached code is a leader"),
        )
    }
}

/// Marks what is reached from `entry`, and where blocks start.
fn mark(ops: &[Op], entry: usize) -> Vec<Mark> {
    let mut marks = vec![Mark::Unreached; ops.len()];
    let mut leaders = vec![entry];
    while let Some(leader) = leaders.pop() {
        let mut ip = leader;
        while ip < ops.len() && marks[ip] == Mark::Unreached {
            marks[ip] = Mark::Reached;
            match flow(&ops[ip]) {
                Flow::Next => ip += 1,
                Flow::Jump(target) => {
                    leaders.push(target);
                    break;
                }
                Flow::Branch(target) => {
                    leaders.extend([target, ip + 1]);
                    break;
                }
                Flow::Return => break,
            }
        }
        if leader < ops.len() {
            marks[leader] = Mark::Leader;
        }
    }
    marks
}

/// The end of the block that starts at `start`.
fn block_end(ops: &[Op], marks: &[Mark], start: usize) -> usize {
    let mut end = start + 1;
    while flow(&ops[end - 1]) == Flow::Next && end < ops.len() && marks[end] != Mark::Leader {
        end += 1;
    }
    end
}

#[cfg(test)]
mod tests;
