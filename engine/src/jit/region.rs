//! Regions: what is compiled as one piece.
//!
//! A region is a part of a chunk's control-flow graph with one entry. Every op is in it at
//! most once, so an op index says where one is. The tiers differ only in the region they
//! make: the linear tier takes a straight line, the block tier everything that can be
//! reached, the trace tier a loop with the edges that a recording has seen. An edge that is
//! not in the region is an exit.

use super::abs::{Abs, Shape, SlotAbs, State};
use super::decline::Decline;
use crate::chunk::Chunk;
use crate::chunk::cfg::{Flow, flow};
use crate::op::{Op, Role};
use crate::value::{Kind, Value};
use crate::vm::VM;
use std::collections::{BTreeMap, BTreeSet};

/// The most ops that a region may have.
pub(super) const MAX_OPS: usize = 4096;
/// The most slots that a region keeps track of.
const MAX_SLOTS: usize = 512;

/// Kinds that a recording saw at one op: of its operands, the top of the stack last, or of
/// the slot that it reads. `None` where there is no operand, or its kind varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen(pub(crate) [Option<Kind>; 3]);

impl Seen {
    /// An op whose operands have any kinds.
    pub(crate) const VARIES: Seen = Seen([None; 3]);
}

/// What a trace knows of the ops that it has seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recorded {
    /// Control went from the first op to the second.
    pub(crate) edges: BTreeSet<(usize, usize)>,
    /// Kinds at each op.
    pub(crate) kinds: BTreeMap<usize, Seen>,
}

impl Recorded {
    /// Adds what was seen at one op.
    pub(crate) fn see(&mut self, ip: usize, seen: Seen) {
        let known = self.kinds.entry(ip).or_insert(seen);
        for (known, new) in known.0.iter_mut().zip(seen.0) {
            if *known != new {
                *known = None;
            }
        }
    }

    /// Adds what another recording has seen.
    pub(crate) fn merge(&mut self, other: &Recorded) {
        self.edges.extend(&other.edges);
        for (ip, seen) in &other.kinds {
            self.see(*ip, *seen);
        }
    }
}

/// Which edges belong to a region.
#[derive(Debug, Clone, Copy)]
pub(super) enum Edges<'a> {
    /// All of them.
    All,
    /// Those that a recording saw.
    Recorded(&'a Recorded),
}

impl Edges<'_> {
    fn contains(self, from: usize, to: usize) -> bool {
        match self {
            Edges::All => true,
            Edges::Recorded(recorded) => recorded.edges.contains(&(from, to)),
        }
    }
}

/// Where control goes from an op.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// To a block of the region.
    Block(usize),
    /// Out of it; the interpreter goes on there.
    Exit,
}

/// Ops that run one after the other.
#[derive(Debug, Clone)]
pub(super) struct RegionBlock {
    /// The first op.
    pub(super) start: usize,
    /// Behind the last op.
    pub(super) end: usize,
    /// Where control goes when the last op does not jump.
    pub(super) next: Edge,
    /// Where control goes when the last op jumps.
    pub(super) taken: Edge,
}

/// What the state is when a region is entered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct EntryKinds {
    /// Kinds of the stack entries, bottom first; `None` stays in memory.
    pub(super) stack: Vec<Option<Kind>>,
    /// Kinds of the region's slots; `None` stays in memory.
    pub(super) slots: Vec<Option<Kind>>,
    /// The frame has at least this many slots.
    pub(super) min_slots: usize,
}

impl EntryKinds {
    /// An entry that takes any kinds.
    pub(super) fn any(n_stack: usize, n_slots: usize) -> EntryKinds {
        EntryKinds {
            stack: vec![None; n_stack],
            slots: vec![None; n_slots],
            min_slots: 0,
        }
    }

    /// The abstract state at the entry.
    pub(super) fn state(&self) -> State<()> {
        let shape = |kind: &Option<Kind>| kind.map_or(Abs::Mem, Shape::of);
        State {
            stack: self.stack.iter().map(shape).collect(),
            slots: self
                .slots
                .iter()
                .map(|kind| SlotAbs {
                    abs: shape(kind),
                    dirty: false,
                })
                .collect(),
            min_slots: self.min_slots,
        }
    }
}

/// A part of a chunk that is compiled as one piece.
#[derive(Debug, Clone)]
pub(super) struct Region {
    /// Blocks; the first one starts at the entry.
    pub(super) blocks: Vec<RegionBlock>,
    /// Every slot that an op of the region names, ascending.
    pub(super) slots: Vec<u16>,
    /// Kinds that a recording saw.
    pub(super) kinds: BTreeMap<usize, Seen>,
}

impl Region {
    /// The region that is reached from `entry` along `edges`.
    pub(super) fn new(chunk: &Chunk, entry: usize, edges: Edges<'_>) -> Result<Region, Decline> {
        let ops = &chunk.ops;
        let mut inside = BTreeSet::new();
        let mut leaders = BTreeSet::from([entry]);
        let mut work = vec![entry];
        while let Some(ip) = work.pop() {
            if ip >= ops.len() || !inside.insert(ip) {
                continue;
            }
            if inside.len() > MAX_OPS {
                return Err(Decline::TooLarge(inside.len()));
            }
            let op = &ops[ip];
            if let Op::Call(..) = op {
                return Err(Decline::Call(ip));
            }
            for next in flow(op)
                .successors(ip)
                .filter(|next| edges.contains(ip, *next))
            {
                if op.target().is_some() {
                    leaders.insert(next);
                }
                work.push(next);
            }
        }
        if inside.is_empty() {
            return Err(Decline::Empty);
        }
        // Control that falls into a leader ends a block as well.
        let leaders: Vec<usize> = std::iter::once(entry)
            .chain(
                leaders
                    .into_iter()
                    .filter(|ip| *ip != entry && inside.contains(ip)),
            )
            .collect();
        let block_at: BTreeMap<usize, usize> = leaders
            .iter()
            .enumerate()
            .map(|(block, ip)| (*ip, block))
            .collect();
        let edge = |from: usize, to: usize| match block_at.get(&to) {
            Some(block) if edges.contains(from, to) => Edge::Block(*block),
            _ => Edge::Exit,
        };
        let blocks = leaders
            .iter()
            .map(|&start| {
                let mut end = start;
                loop {
                    let op = &ops[end];
                    end += 1;
                    let falls_through = flow(op) == Flow::Next;
                    let goes_on = falls_through
                        && inside.contains(&end)
                        && !block_at.contains_key(&end)
                        && edges.contains(end - 1, end);
                    if !goes_on {
                        break;
                    }
                }
                let last = end - 1;
                RegionBlock {
                    start,
                    end,
                    next: match flow(&ops[last]) {
                        Flow::Next | Flow::Branch(_) => edge(last, end),
                        Flow::Jump(_) | Flow::Return => Edge::Exit,
                    },
                    taken: ops[last]
                        .target()
                        .map_or(Edge::Exit, |target| edge(last, target)),
                }
            })
            .collect();
        let slots = named_slots(inside.iter().map(|ip| &ops[*ip]));
        if slots.len() > MAX_SLOTS {
            return Err(Decline::TooLarge(slots.len()));
        }
        let kinds = match edges {
            Edges::All => BTreeMap::new(),
            Edges::Recorded(recorded) => recorded.kinds.clone(),
        };
        Ok(Region {
            blocks,
            slots,
            kinds,
        })
    }

    /// The index of a slot in [`Region::slots`].
    pub(super) fn slot_index(&self, slot: u16) -> Option<usize> {
        self.slots.binary_search(&slot).ok()
    }

    /// The kinds that the state of `vm` has at an entry with `depth` values on the stack.
    pub(super) fn entry_kinds(&self, vm: &VM, depth: usize) -> Option<EntryKinds> {
        let frame = vm.frames.last()?;
        let base = vm.stack.len().checked_sub(depth)?;
        let register = |value: &Value| {
            let kind = value.kind();
            (!Shape::of(kind).is_mem()).then_some(kind)
        };
        Some(EntryKinds {
            stack: vm.stack[base..].iter().map(register).collect(),
            slots: self
                .slots
                .iter()
                .map(|slot| {
                    frame
                        .slots
                        .get(usize::from(*slot))
                        .map_or(Some(Kind::Undef), register)
                })
                .collect(),
            min_slots: frame.slots.len().min(self.slot_room()),
        })
    }

    /// How many slots the frame's memory must have room for.
    pub(super) fn slot_room(&self) -> usize {
        self.slots.last().map_or(0, |slot| usize::from(*slot) + 1)
    }

    /// Indices of the ops in the region.
    pub(super) fn op_ips(&self) -> impl Iterator<Item = usize> {
        self.blocks.iter().flat_map(|block| block.start..block.end)
    }
}

/// Every slot that an op names, ascending.
pub(super) fn named_slots<'a>(ops: impl Iterator<Item = &'a Op>) -> Vec<u16> {
    let mut slots = BTreeSet::new();
    for op in ops {
        for (operand, info) in op.operands().iter().zip(op.info().operands) {
            if let (Role::Slot, crate::op::Operand::Int(slot)) = (info.role, operand) {
                slots.insert(*slot as u16);
            }
        }
    }
    slots.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asm::assemble;

    const LOOP: &str = "
        loop: GetSlot 0
              JumpIfFalse rare
              Jump next
        rare: LoadInt 1
              SetSlot 9
        next: SlotIncLtIntJumpBack 0 10 loop
              GetSlot 2
    ";

    fn blocks(region: &Region) -> Vec<(usize, usize, Edge, Edge)> {
        let row = |block: &RegionBlock| (block.start, block.end, block.next, block.taken);
        region.blocks.iter().map(row).collect()
    }

    #[test]
    fn all_edges_make_the_whole_graph() {
        let chunk = assemble(LOOP).unwrap();
        let region = Region::new(&chunk, 0, Edges::All).unwrap();
        assert_eq!(
            blocks(&region),
            [
                (0, 2, Edge::Block(1), Edge::Block(2)),
                (2, 3, Edge::Exit, Edge::Block(3)),
                (3, 5, Edge::Block(3), Edge::Exit),
                (5, 6, Edge::Block(4), Edge::Block(0)),
                (6, 7, Edge::Exit, Edge::Exit),
            ]
        );
        assert_eq!(region.slots, [0, 2, 9]);
        assert_eq!(region.slot_room(), 10);
    }

    #[test]
    fn an_edge_that_was_not_seen_is_an_exit() {
        let chunk = assemble(LOOP).unwrap();
        let recorded = Recorded {
            edges: BTreeSet::from([(0, 1), (1, 2), (2, 5), (5, 0)]),
            kinds: BTreeMap::new(),
        };
        let region = Region::new(&chunk, 0, Edges::Recorded(&recorded)).unwrap();
        assert_eq!(
            blocks(&region),
            [
                (0, 2, Edge::Block(1), Edge::Exit),
                (2, 3, Edge::Exit, Edge::Block(2)),
                (5, 6, Edge::Exit, Edge::Block(0)),
            ]
        );
        assert_eq!(region.slots, [0]);
    }

    #[test]
    fn a_call_is_declined_with_its_position() {
        let chunk = assemble("sub f: Call f 0").unwrap();
        let declined = Region::new(&chunk, 0, Edges::All).unwrap_err();
        assert_eq!(declined, Decline::Call(0));
    }

    #[test]
    fn kinds_that_differ_are_forgotten() {
        let seen = |kind| Seen([None, Some(Kind::Int), Some(kind)]);
        let mut recorded = Recorded::default();
        recorded.see(3, seen(Kind::Int));
        recorded.see(3, seen(Kind::Float));
        recorded.see(3, seen(Kind::Int));
        assert_eq!(recorded.kinds[&3], Seen([None, Some(Kind::Int), None]));
    }
}
