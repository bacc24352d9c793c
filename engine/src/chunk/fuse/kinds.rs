//! Kinds that slots, globals and the top of the stack are known to have.
//!
//! A walk over the control-flow graph until nothing changes. Where paths meet, only what holds
//! on all of them is kept; where control comes from elsewhere (the start, entries of subs,
//! blocks), nothing is known. Nothing is taken from the verifier: values on the stack are known
//! only while they lie above everything that is not, so a stack that is too short misleads
//! nobody.

use crate::chunk::Chunk;
use crate::chunk::cfg::{Flow, flow};
use crate::chunk::verify::stack_effect;
use crate::op::{Gives, Op, Operand, Role, Section};
use crate::value::Kind;
use std::collections::BTreeMap;

/// The most slots, and the most globals, that are followed.
const MOST: usize = 256;

/// What is known at every op.
#[derive(Debug)]
pub(super) struct Kinds {
    /// The top of the stack before each op.
    tops: Vec<Option<Kind>>,
    /// Slots and globals before the first op of each block of ops.
    blocks: BTreeMap<usize, State>,
    program: Program,
}

/// What has to be looked up of the chunk.
#[derive(Debug)]
struct Program {
    ops: Vec<Op>,
    constants: Vec<Kind>,
    /// Whether a handler may change the slots of any frame during a call.
    has_handlers: bool,
}

/// Slots of the current frame and globals, as far as their kinds are known.
#[derive(Debug, Clone, Default, PartialEq)]
struct State {
    slots: BTreeMap<u16, Kind>,
    globals: BTreeMap<u16, Kind>,
}

/// A state, and the values that are known to be on top of the stack, the top last.
#[derive(Debug, Default)]
struct Here {
    state: State,
    stack: Vec<Option<Kind>>,
}

impl Kinds {
    /// What is known of a chunk.
    pub(super) fn of(chunk: &Chunk) -> Kinds {
        let program = Program {
            ops: chunk.ops.clone(),
            constants: chunk.constants.iter().map(|value| value.kind()).collect(),
            has_handlers: chunk
                .ops
                .iter()
                .any(|op| matches!(op.info().section, Section::Builtins | Section::Extension)),
        };
        let leaders = leaders(chunk);
        let unknown = std::iter::once(0)
            .chain(chunk.sub_entries.iter().map(|(_, entry)| *entry))
            .chain(chunk.block_ranges.iter().map(|(start, _)| *start));
        let mut blocks: BTreeMap<usize, State> = unknown
            .filter(|ip| *ip < chunk.ops.len())
            .map(|ip| (ip, State::default()))
            .collect();
        let mut work: Vec<usize> = blocks.keys().copied().collect();
        while let Some(start) = work.pop() {
            let Some(state) = blocks.get(&start).cloned() else {
                continue;
            };
            program.walk(
                state,
                start,
                &leaders,
                |_, _| {},
                |to, state| {
                    if join(&mut blocks, to, state) {
                        work.push(to);
                    }
                },
            );
        }
        let mut tops = vec![None; chunk.ops.len()];
        for (start, state) in &blocks {
            let see = |ip: usize, here: &Here| tops[ip] = here.stack.last().copied().flatten();
            program.walk(state.clone(), *start, &leaders, see, |_, _| {});
        }
        Kinds {
            tops,
            blocks,
            program,
        }
    }

    /// The kind of the top of the stack before the op at `ip`.
    pub(super) fn top(&self, ip: usize) -> Option<Kind> {
        self.tops.get(ip).copied().flatten()
    }

    /// The kind of a slot before the op at `ip`.
    pub(super) fn slot(&self, ip: usize, slot: u16) -> Option<Kind> {
        self.before(ip)?.slots.get(&slot).copied()
    }

    /// The kind of a global before the op at `ip`.
    pub(super) fn global(&self, ip: usize, name: u16) -> Option<Kind> {
        self.before(ip)?.globals.get(&name).copied()
    }

    fn before(&self, ip: usize) -> Option<State> {
        let (start, state) = self.blocks.range(..=ip).next_back()?;
        let mut here = Here {
            state: state.clone(),
            stack: Vec::new(),
        };
        for op in &self.program.ops[*start..ip] {
            if flow(op) != Flow::Next {
                return None;
            }
            here.run(op, &self.program);
        }
        Some(here.state)
    }
}

/// Whether an op is the first of a block: control may come from elsewhere than the op before.
fn leaders(chunk: &Chunk) -> Vec<bool> {
    let mut leaders = vec![false; chunk.ops.len()];
    let targets = chunk.ops.iter().filter_map(Op::target);
    let behind = chunk.ops.iter().enumerate();
    let behind = behind
        .filter(|(_, op)| flow(op) != Flow::Next)
        .map(|(ip, _)| ip + 1);
    let entries = chunk.sub_entries.iter().map(|(_, entry)| *entry);
    let blocks = chunk
        .block_ranges
        .iter()
        .flat_map(|(start, end)| [*start, *end]);
    let all = targets.chain(behind).chain(entries).chain(blocks);
    for ip in all.chain(std::iter::once(0)) {
        if let Some(leader) = leaders.get_mut(ip) {
            *leader = true;
        }
    }
    leaders
}

/// Keeps of what is known at `to` what holds in `state` too; whether that is news.
fn join(blocks: &mut BTreeMap<usize, State>, to: usize, state: &State) -> bool {
    match blocks.get_mut(&to) {
        None => {
            blocks.insert(to, state.clone());
            true
        }
        Some(known) => {
            let before = (known.slots.len(), known.globals.len());
            known
                .slots
                .retain(|slot, kind| state.slots.get(slot) == Some(kind));
            known
                .globals
                .retain(|name, kind| state.globals.get(name) == Some(kind));
            before != (known.slots.len(), known.globals.len())
        }
    }
}

impl Program {
    /// Runs the block that starts at `start`: shows what is known before each op, and what at
    /// the ends that control may go to.
    fn walk(
        &self,
        state: State,
        start: usize,
        leaders: &[bool],
        mut see: impl FnMut(usize, &Here),
        mut leave: impl FnMut(usize, &State),
    ) {
        let mut here = Here {
            state,
            stack: Vec::new(),
        };
        let n_ops = self.ops.len();
        let mut ip = start;
        while ip < n_ops {
            let op = &self.ops[ip];
            see(ip, &here);
            here.run(op, self);
            let (next, target) = match flow(op) {
                Flow::Next => (true, None),
                Flow::Jump(target) => (false, Some(target)),
                Flow::Branch(target) => (true, Some(target)),
                Flow::Return => (false, None),
            };
            if let Some(target) = target.filter(|target| *target < n_ops) {
                leave(target, &here.state);
            }
            ip += 1;
            if !next || ip >= n_ops {
                return;
            }
            if leaders[ip] {
                return leave(ip, &here.state);
            }
        }
    }
}

impl Here {
    fn push(&mut self, kind: Option<Kind>) {
        self.stack.push(kind);
    }

    /// Pops a value; without a known one nothing is known of what is below either.
    fn pop(&mut self) -> Option<Kind> {
        self.stack.pop().flatten()
    }

    /// Pops `n` values, of which each is there for certain; otherwise all are forgotten.
    fn take(&mut self, n: usize) -> bool {
        let all = self.stack.len() >= n;
        let rest = self.stack.len().saturating_sub(n);
        self.stack.truncate(if all { rest } else { 0 });
        all
    }

    fn set_slot(&mut self, slot: u16, kind: Option<Kind>) {
        set(&mut self.state.slots, slot, kind);
    }

    fn set_global(&mut self, name: u16, kind: Option<Kind>) {
        set(&mut self.state.globals, name, kind);
    }

    fn forget(&mut self) {
        *self = Here::default();
    }

    fn run(&mut self, op: &Op, program: &Program) {
        match *op {
            Op::GetSlot(slot) => self.push(self.state.slots.get(&slot).copied()),
            Op::SetSlot(slot) => {
                let kind = self.pop();
                self.set_slot(slot, kind);
            }
            Op::GetVar(name) | Op::GetArray(name) | Op::GetHash(name) => {
                self.push(self.state.globals.get(&name).copied());
            }
            Op::SetVar(name) | Op::DeclareVar(name) | Op::SetArray(name) | Op::SetHash(name) => {
                let kind = self.pop();
                self.set_global(name, kind);
            }
            Op::DeclareArray(name) => self.set_global(name, Some(Kind::Array)),
            Op::DeclareHash(name) => self.set_global(name, Some(Kind::Hash)),
            Op::LoadConst(idx) => {
                let kind = program.constants.get(usize::from(idx));
                self.push(Some(kind.copied().unwrap_or(Kind::Undef)));
            }
            Op::Dup => self.push(self.stack.last().copied().flatten()),
            Op::PreIncSlot(slot)
            | Op::PreDecSlot(slot)
            | Op::PostIncSlot(slot)
            | Op::PostDecSlot(slot) => {
                self.set_slot(slot, Some(Kind::Int));
                self.push(Some(Kind::Int));
            }
            Op::PreIncSlotVoid(slot)
            | Op::SlotIncLtIntJumpBack(slot, ..)
            | Op::AddAssignSlotVoid(slot, _) => self.set_slot(slot, Some(Kind::Int)),
            Op::AccumSumLoop(sum, i, _) => {
                self.set_slot(sum, Some(Kind::Int));
                self.set_slot(i, Some(Kind::Int));
            }
            Op::ConcatConstLoop(_, s, i, _) => {
                self.set_slot(s, Some(Kind::Str));
                self.set_slot(i, Some(Kind::Int));
            }
            Op::PushIntRangeLoop(array, i, _) => {
                self.set_global(array, Some(Kind::Array));
                self.set_slot(i, Some(Kind::Int));
            }
            Op::JumpIfTrueKeep(_) | Op::JumpIfFalseKeep(_) | Op::SlotLtIntJumpIfFalse(..) => {}
            Op::Call(..) if !program.has_handlers => {
                // The callee has slots of its own.
                self.stack.clear();
                self.state.globals.clear();
            }
            _ => self.run_by_its_row(op),
        }
    }

    /// An op of which the table says enough.
    fn run_by_its_row(&mut self, op: &Op) {
        let info = op.info();
        if info.touches.anything() {
            return self.forget();
        }
        for (operand, row) in op.operands().iter().zip(info.operands) {
            match (row.role, operand) {
                (Role::Slot, Operand::Int(slot)) => self.set_slot(*slot as u16, None),
                // Elements change, and the collection stays one.
                (Role::Name, _) if matches!(info.section, Section::Arrays | Section::Hashes) => {}
                (Role::Name, Operand::Int(name)) => self.set_global(*name as u16, None),
                _ => {}
            }
        }
        let Ok((pops, pushes)) = stack_effect(op) else {
            return self.stack.clear();
        };
        let ints = self.stack.iter().rev().take(pops as usize);
        let ints = ints.filter(|kind| **kind == Some(Kind::Int)).count() == pops as usize;
        let complete = self.take(pops as usize);
        if !complete && does_nothing_when_short(op) {
            return;
        }
        let kind = match (op, info.gives) {
            (Op::Add | Op::Sub | Op::Mul | Op::Mod | Op::Negate, _) => ints.then_some(Kind::Int),
            (_, Gives::Undef) => Some(Kind::Undef),
            (_, Gives::Bool) => Some(Kind::Bool),
            (_, Gives::Int) => Some(Kind::Int),
            (_, Gives::Float) => Some(Kind::Float),
            (_, Gives::Str) => Some(Kind::Str),
            (_, Gives::Array) => Some(Kind::Array),
            (_, Gives::Hash) => Some(Kind::Hash),
            (_, Gives::Status) => Some(Kind::Status),
            (_, Gives::Any | Gives::Nothing) => None,
        };
        for _ in 0..pushes {
            self.push(kind);
        }
    }
}

/// Whether an op leaves a stack with too few values as it is.
fn does_nothing_when_short(op: &Op) -> bool {
    match op.info().section {
        Section::Stack | Section::NumericCompare => true,
        Section::Arithmetic => matches!(op, Op::Add | Op::Sub | Op::Mul | Op::Mod),
        _ => false,
    }
}

fn set(kinds: &mut BTreeMap<u16, Kind>, index: u16, kind: Option<Kind>) {
    match kind {
        Some(kind) if kinds.len() < MOST || kinds.contains_key(&index) => {
            kinds.insert(index, kind);
        }
        _ => {
            kinds.remove(&index);
        }
    }
}
