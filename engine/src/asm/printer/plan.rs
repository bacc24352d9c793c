//! Which parts of a chunk can be said in place, and which need a table of their own.

use crate::chunk::Chunk;
use crate::op::{Operand, Role};
use std::collections::HashMap;

/// How a chunk is printed.
pub(super) struct Plan<'c> {
    pub(super) names: Names<'c>,
    pub(super) explicit_constants: bool,
    pub(super) explicit_entries: bool,
    pub(super) explicit_ranges: bool,
    pub(super) explicit_lines: bool,
    /// Blocks and subs that start or end at an op or at the end, ascending, in the order in
    /// which they are printed.
    marks: Vec<(usize, Mark)>,
    /// Op indices that jumps lead to, the end included.
    targets: Vec<bool>,
}

/// What is declared between two ops.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    BlockEnd(usize),
    BlockStart(usize),
    Sub(u16),
}

impl<'c> Plan<'c> {
    pub(super) fn new(chunk: &'c Chunk) -> Plan<'c> {
        let explicit_entries = !are_entries_in_place(chunk);
        let explicit_ranges = !are_ranges_in_place(chunk);
        let mut plan = Plan {
            names: Names::default(),
            explicit_constants: !are_constants_in_order(chunk),
            explicit_entries,
            explicit_ranges,
            explicit_lines: chunk.lines.len() != chunk.ops.len(),
            marks: marks(chunk, !explicit_entries, !explicit_ranges),
            targets: targets(chunk),
        };
        plan.names = Names::new(chunk, &plan);
        plan
    }

    /// What is declared before the op at `ip`, or at the end.
    pub(super) fn marks_at(&self, ip: usize) -> impl Iterator<Item = &Mark> {
        let start = self.marks.partition_point(|(at, _)| *at < ip);
        self.marks[start..]
            .iter()
            .take_while(move |(at, _)| *at == ip)
            .map(|(_, mark)| mark)
    }

    /// Whether a label stands there.
    pub(super) fn is_target(&self, ip: usize) -> bool {
        self.targets.get(ip).copied().unwrap_or(false)
    }
}

/// Whether the subs lie within the ops, in the order of the table.
fn are_entries_in_place(chunk: &Chunk) -> bool {
    let entries = &chunk.sub_entries;
    entries.is_sorted_by_key(|(_, entry)| *entry)
        && entries
            .last()
            .is_none_or(|(_, last)| *last <= chunk.ops.len())
}

/// Whether the blocks are ranges of ops, in the order of the table.
fn are_ranges_in_place(chunk: &Chunk) -> bool {
    let ranges = &chunk.block_ranges;
    ranges.is_sorted_by_key(|(start, _)| *start)
        && ranges
            .iter()
            .all(|(start, end)| start <= end && *end <= chunk.ops.len())
}

/// Whether the ops refer to each constant once, in the order of the pool.
fn are_constants_in_order(chunk: &Chunk) -> bool {
    let n_constants = chunk.constants.len();
    let mut next = 0;
    for index in pool_operands(chunk, |role| role == Role::Const) {
        if usize::from(index.1) < n_constants {
            if usize::from(index.1) != next {
                return false;
            }
            next += 1;
        }
    }
    next == n_constants
}

/// The operands of some roles, with the index of their op, in the order of the text.
fn pool_operands(chunk: &Chunk, wanted: fn(Role) -> bool) -> impl Iterator<Item = (usize, u16)> {
    let ops = chunk.ops.iter().enumerate();
    ops.filter(move |(_, op)| op.info().operands.iter().any(|info| wanted(info.role)))
        .flat_map(move |(ip, op)| {
            let operands = op.operands().into_iter().zip(op.info().operands);
            operands.filter_map(move |(operand, info)| match operand {
                Operand::Int(index) if wanted(info.role) => Some((ip, index as u16)),
                _ => None,
            })
        })
}

fn marks(chunk: &Chunk, subs: bool, blocks: bool) -> Vec<(usize, Mark)> {
    let mut marks = Vec::new();
    if blocks {
        for (index, &(start, end)) in chunk.block_ranges.iter().enumerate() {
            marks.push((start, Mark::BlockStart(index)));
            marks.push((end, Mark::BlockEnd(index)));
        }
    }
    if subs {
        let entries = chunk.sub_entries.iter();
        marks.extend(entries.map(|&(name, entry)| (entry, Mark::Sub(name))));
    }
    // Blocks end before others start, but an empty one ends behind its own start. Subs keep
    // the order of the table.
    let rank = |(ip, mark): &(usize, Mark)| match *mark {
        Mark::BlockEnd(index) if chunk.block_ranges[index].0 == *ip => (*ip, 2, index),
        Mark::BlockEnd(index) => (*ip, 0, index),
        Mark::BlockStart(index) => (*ip, 1, index),
        Mark::Sub(_) => (*ip, 3, 0),
    };
    marks.sort_by_key(rank);
    marks
}

fn targets(chunk: &Chunk) -> Vec<bool> {
    let mut targets = vec![false; chunk.ops.len() + 1];
    for target in chunk.ops.iter().filter_map(|op| op.target()) {
        if let Some(is_target) = targets.get_mut(target) {
            *is_target = true;
        }
    }
    targets
}

/// Which names can be printed as text.
#[derive(Default)]
pub(super) struct Names<'c> {
    /// The first index of every name.
    first: HashMap<&'c str, usize>,
    explicit: bool,
}

impl<'c> Names<'c> {
    fn new(chunk: &'c Chunk, plan: &Plan<'_>) -> Names<'c> {
        let mut first = HashMap::with_capacity(chunk.names.len());
        for (index, name) in chunk.names.iter().enumerate() {
            first.entry(name.as_str()).or_insert(index);
        }
        Names {
            explicit: first.len() != chunk.names.len() || !are_names_in_order(chunk, plan),
            first,
        }
    }

    /// Whether the pool has to be declared.
    pub(super) fn is_explicit(&self) -> bool {
        self.explicit
    }

    /// Whether the text of a name means the one with this index.
    pub(super) fn says(&self, name: &str, index: u16) -> bool {
        self.first.get(name) == Some(&usize::from(index))
    }
}

/// Whether the text mentions all names of the pool, for the first time in its order.
fn are_names_in_order(chunk: &Chunk, plan: &Plan<'_>) -> bool {
    let n_names = chunk.names.len();
    let mut next = 0;
    let mut mention = |index: u16| {
        let index = usize::from(index);
        let in_order = index <= next || index >= n_names;
        next += usize::from(index == next && index < n_names);
        in_order
    };
    if plan.explicit_entries && !chunk.sub_entries.iter().all(|(name, _)| mention(*name)) {
        return false;
    }
    let mut marks = plan.marks.iter().peekable();
    let mut subs_up_to = |ip: usize, mention: &mut dyn FnMut(u16) -> bool| {
        while let Some((_, mark)) = marks.next_if(|(at, _)| *at <= ip) {
            match mark {
                Mark::Sub(name) if !mention(*name) => return false,
                _ => {}
            }
        }
        true
    };
    let is_name = |role| matches!(role, Role::Name | Role::Sub | Role::Str);
    for (ip, name) in pool_operands(chunk, is_name) {
        if !subs_up_to(ip, &mut mention) || !mention(name) {
            return false;
        }
    }
    subs_up_to(usize::MAX, &mut mention) && next == n_names
}
