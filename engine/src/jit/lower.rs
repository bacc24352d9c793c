//! Lowering: one op over abstract values to instructions of a back end.
//!
//! In: an op and the abstract state before it. Out: the state behind it and where control
//! goes. Nothing here knows which tier is compiling, decides what to compile, or folds
//! constants. An op without a rule of its own runs through [`Emit::step`], the interpreter
//! itself; so no op has a second meaning here.
//!
//! An op is finished in native code or not begun there: guards, charges and backward branches
//! out of the region leave *before* their op, which the interpreter then runs as a whole, with
//! whatever error or special case it brings; a forward branch out of the region leaves behind
//! it.
//!
//! Start with [`Lower::op`].

mod arith;
mod compare;
mod extended;
mod fused;
mod logic;
mod math;
mod stack;
mod variables;

use super::abs::{Abs, Place, SlotAbs, State};
use super::decline::Decline;
use super::emit::{Cmp, Emit, ExitKind};
use super::region::{Edge, Region, RegionBlock};
use crate::chunk::cfg::{self, flow};
use crate::chunk::{Chunk, Verified, stack_effect};
use crate::op::{Arity, Gives, Op, Operand, Role, Section};
use crate::value::Kind;

/// Where control goes after an op.
#[derive(Debug)]
pub(super) enum Flow<V> {
    /// To the next op.
    Next,
    /// To the target.
    Jump,
    /// To the target when the truth value is 1, else to the next op. The rest of what the op
    /// does happens on the way, because the interpreter may have to take the op over.
    Branch(V, Deferred<V>),
    /// The interpreter runs this op and what follows.
    Leave,
}

/// What a branch does once it is certain that native code executes it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Deferred<V> {
    Nothing,
    /// Drops the top of the stack.
    Pop,
    /// Stores an `Int` in a slot.
    Assign(u16, V),
}

/// Lowers the ops of a region for one back end.
pub(super) struct Lower<'a, E: Emit> {
    pub(super) e: &'a mut E,
    chunk: &'a Chunk,
    verified: &'a Verified,
    region: &'a Region,
    /// The state at the point of emission.
    pub(super) state: State<E::V>,
    /// The state before the op that is being lowered.
    before: State<E::V>,
    /// The op that is being lowered.
    ip: usize,
    /// The `Jump` behind which the head of its loop is being copied.
    copied_to: Option<usize>,
}

/// The longest head of a loop, in ops, that is copied to its end.
const MAX_COPIED_HEAD: usize = 8;

impl<'a, E: Emit> Lower<'a, E> {
    pub(super) fn new(
        e: &'a mut E,
        chunk: &'a Chunk,
        verified: &'a Verified,
        region: &'a Region,
        state: State<E::V>,
    ) -> Self {
        let before = state.clone();
        Lower {
            e,
            chunk,
            verified,
            region,
            state,
            before,
            ip: 0,
            copied_to: None,
        }
    }

    /// Lowers a block and its outgoing edges.
    pub(super) fn block(&mut self, block: &RegionBlock) -> Result<(), Decline> {
        for ip in block.start..block.end {
            let op = self.chunk.ops[ip];
            self.ip = ip;
            self.before.clone_from(&self.state);
            self.e.begin(&op);
            self.check_depth()?;
            self.unbox_operands(&op);
            match self.op(&op)? {
                Flow::Next if ip + 1 < block.end => {}
                Flow::Next => self.edge(block.next, ip + 1, Deferred::Nothing),
                Flow::Jump => {
                    let to = op.target().unwrap_or(ip + 1);
                    match self.loop_head(block.taken, to) {
                        Some(head) => self.copy_head(head)?,
                        None => self.edge(block.taken, to, Deferred::Nothing),
                    }
                }
                Flow::Branch(cond, deferred) => {
                    let from = self.copied_to.unwrap_or(ip);
                    let backward = op.target().is_some_and(|target| target <= from);
                    let (taken, next) = match block.taken {
                        Edge::Block(_) if backward => self.e.branch_back(cond),
                        _ => self.e.branch(cond),
                    };
                    let state = self.state.clone();
                    self.e.start(taken);
                    self.edge(block.taken, op.target().unwrap_or(ip + 1), deferred);
                    self.state = state;
                    self.e.start(next);
                    self.edge(block.next, ip + 1, deferred);
                }
                Flow::Leave => {
                    self.e.exit(ExitKind::Done, ip, ip, &self.before);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The block at the end of `edge`, if it is the head of a loop which this `Jump` closes and
    /// which is tested there.
    fn loop_head(&self, edge: Edge, to: usize) -> Option<&'a RegionBlock> {
        let Edge::Block(head) = edge else { return None };
        let head = &self.region.blocks[head];
        let test = self.chunk.ops[head.end - 1];
        let tests = matches!(flow(&test), cfg::Flow::Branch(target) if target >= head.end);
        let short = head.end - head.start <= MAX_COPIED_HEAD;
        (to <= self.ip && self.copied_to.is_none() && tests && short).then_some(head)
    }

    /// Closes a loop with a copy of its head, so that a turn takes one jump instead of two.
    fn copy_head(&mut self, head: &RegionBlock) -> Result<(), Decline> {
        let to_entry = head.start == self.region.blocks[0].start;
        self.e.back_edge(self.ip, to_entry, &self.before);
        self.copied_to = Some(self.ip);
        self.block(head)?;
        self.copied_to = None;
        Ok(())
    }

    /// The verifier and lowering must agree on the stack, or compiled code is unsound.
    fn check_depth(&self) -> Result<(), Decline> {
        if self.verified.depth_at(self.ip) == Some(self.state.stack.len()) {
            return Ok(());
        }
        debug_assert!(
            false,
            "stack depth at op {} differs from the verifier's",
            self.ip
        );
        Err(Decline::Internal("stack depth differs from the verifier's"))
    }

    /// Follows an edge from the op that was just lowered to the op at `to`.
    fn edge(&mut self, edge: Edge, to: usize, deferred: Deferred<E::V>) {
        let backward = to <= self.ip;
        if backward {
            if edge == Edge::Exit {
                // The interpreter takes the branch: it charges and counts it.
                return self
                    .e
                    .exit(ExitKind::Branch, self.ip, self.ip, &self.before);
            }
            let to_entry = edge == Edge::Block(0);
            self.e.back_edge(self.ip, to_entry, &self.before);
        }
        match deferred {
            Deferred::Nothing => {}
            Deferred::Pop => self.drop_top(1),
            Deferred::Assign(slot, value) => self.assign_slot(slot, Abs::Int(value)),
        }
        match edge {
            Edge::Block(block) => self.e.goto(block, &self.state),
            Edge::Exit if to >= self.chunk.ops.len() => {
                self.e.exit(ExitKind::Done, self.ip, to, &self.state);
            }
            Edge::Exit => self.e.exit(ExitKind::Branch, self.ip, to, &self.state),
        }
    }

    /// Lowers one op.
    fn op(&mut self, op: &Op) -> Result<Flow<E::V>, Decline> {
        let lowered = match *op {
            // Constants and stack
            Op::Nop => Some(()),
            Op::LoadInt(n) => self.load_int(n),
            Op::LoadFloat(x) => self.load_float(x),
            Op::LoadConst(idx) => self.load_const(idx),
            Op::LoadTrue => self.load_bool(true),
            Op::LoadFalse => self.load_bool(false),
            Op::LoadUndef => self.load_undef(),
            Op::Pop => self.pop_value(),
            Op::Dup => self.dup(),
            Op::Dup2 => self.dup2(),
            Op::Swap => self.swap(),
            Op::Rot => self.rot(),
            // Variables
            Op::GetSlot(slot) => self.get_slot(slot),
            Op::SetSlot(slot) => self.set_slot(slot),
            // Arithmetic
            Op::Add => self.add(),
            Op::Sub => self.sub(),
            Op::Mul => self.mul(),
            Op::Div => self.div(),
            Op::Mod => self.modulo(),
            Op::Pow | Op::PowFloat => self.pow(),
            Op::Negate => self.negate(),
            Op::Inc => self.inc(),
            Op::Dec => self.dec(),
            // Comparison and logic
            Op::NumEq => self.num_compare(Cmp::Eq),
            Op::NumNe => self.num_compare(Cmp::Ne),
            Op::NumLt => self.num_compare(Cmp::Lt),
            Op::NumGt => self.num_compare(Cmp::Gt),
            Op::NumLe => self.num_compare(Cmp::Le),
            Op::NumGe => self.num_compare(Cmp::Ge),
            Op::Spaceship => self.spaceship(),
            Op::LogNot => self.log_not(),
            Op::LogAnd => self.log_and(),
            Op::LogOr => self.log_or(),
            Op::BitAnd => self.bit_and(),
            Op::BitOr => self.bit_or(),
            Op::BitXor => self.bit_xor(),
            Op::BitNot => self.bit_not(),
            Op::Shl => self.shl(),
            Op::Shr => self.shr(),
            // Control flow
            Op::Jump(_) => return Ok(Flow::Jump),
            Op::JumpIfTrue(_) => return Ok(self.jump_if(true)),
            Op::JumpIfFalse(_) => return Ok(self.jump_if(false)),
            Op::JumpIfTrueKeep(_) => return Ok(self.jump_if_keep(true)),
            Op::JumpIfFalseKeep(_) => return Ok(self.jump_if_keep(false)),
            Op::Return | Op::ReturnValue => return Ok(Flow::Leave),
            // Where nothing follows, nobody knows how much a scope leaves on the stack.
            Op::PopFrame if self.verified.depth_at(self.ip + 1).is_none() => {
                return Ok(Flow::Leave);
            }
            Op::Call(..) => return Err(Decline::Call(self.ip)),
            Op::Extended(id, arg) => Some(self.extended(id, arg)?),
            // Fused
            Op::PreIncSlot(slot) => self.pre_inc_slot(slot),
            Op::PreIncSlotVoid(slot) => self.pre_inc_slot_void(slot),
            Op::PreDecSlot(slot) => self.pre_dec_slot(slot),
            Op::PostIncSlot(slot) => self.post_inc_slot(slot),
            Op::PostDecSlot(slot) => self.post_dec_slot(slot),
            Op::AddAssignSlotVoid(a, b) => self.add_assign_slot_void(a, b),
            Op::SlotLtIntJumpIfFalse(slot, limit, _) => {
                return Ok(self.slot_lt_int_jump_if_false(slot, limit));
            }
            Op::SlotIncLtIntJumpBack(slot, limit, _) => {
                return Ok(self.slot_inc_lt_int_jump_back(slot, limit));
            }
            Op::AccumSumLoop(sum, i, _) => self.fused_loop(op, &[sum, i]),
            Op::ConcatConstLoop(_, _, i, _) => self.fused_loop(op, &[i]),
            Op::PushIntRangeLoop(_, i, _) => self.fused_loop(op, &[i]),
            // Numeric
            _ => self.numeric(op),
        };
        if lowered.is_none() {
            self.step(op)?;
        }
        Ok(Flow::Next)
    }

    /// Runs an op through the interpreter, whatever it is.
    ///
    /// Registers stay valid for whatever the op cannot touch; what it may have written is in
    /// memory afterwards.
    fn step(&mut self, op: &Op) -> Result<(), Decline> {
        let (pops, pushes) = self.effect_here(op)?;
        let info = op.info();
        let depth = self.state.stack.len();
        let kept = depth - pops;
        let after = kept + pushes;
        for at in 0..depth {
            self.spill(at);
        }
        let any = info.touches.anything();
        let mut named = [None; 4];
        for ((operand, row), place) in op.operands().iter().zip(info.operands).zip(&mut named) {
            if let (Role::Slot, Operand::Int(slot)) = (row.role, operand) {
                *place = Some(*slot as u16);
            }
        }
        for index in 0..self.state.slots.len() {
            if any || named.contains(&Some(self.region.slots[index])) {
                self.write_back(index);
                self.state.slots[index].abs = Abs::Mem;
            }
        }
        self.e.step(self.ip, depth, after, &self.state);
        if any {
            self.state.min_slots = 0;
            self.state.stack[..kept].fill(Abs::Mem);
        }
        self.state.stack.truncate(kept);
        for at in kept..after {
            let value = match info.gives {
                Gives::Int => self.e.load(Place::Stack(at), Kind::Int),
                Gives::Float => self.e.load(Place::Stack(at), Kind::Float),
                Gives::Bool => self.e.load(Place::Stack(at), Kind::Bool),
                Gives::Undef => Abs::Undef,
                _ => Abs::Mem,
            };
            self.state.stack.push(value);
        }
        Ok(())
    }

    /// What the op pops and pushes, as the verifier has it.
    fn effect_here(&self, op: &Op) -> Result<(usize, usize), Decline> {
        if let Op::PopFrame = op {
            let depth = self.state.stack.len();
            let after = self.verified.depth_at(self.ip + 1).unwrap_or(depth);
            return Ok((depth.saturating_sub(after), 0));
        }
        let (pops, pushes) = stack_effect(op)
            .map_err(|_| Decline::Internal("an op without a fixed effect in verified code"))?;
        Ok((pops as usize, pushes as usize))
    }

    /// With kinds that a recording saw: moves operands from memory to registers, leaving
    /// native code when one has another kind now.
    fn unbox_operands(&mut self, op: &Op) {
        let Some(seen) = self.region.kinds.get(&self.ip) else {
            return self.guess_operand(op);
        };
        if let Op::GetSlot(slot) = op {
            if let (Some(index), Some(kind)) = (self.region.slot_index(*slot), seen.0[2])
                && self.state.slots[index].abs.is_mem()
                && self.guard(Place::Slot(*slot), kind)
            {
                let abs = self.e.load(Place::Slot(*slot), kind);
                self.state.slots[index] = SlotAbs { abs, dirty: false };
                self.before.slots[index] = self.state.slots[index];
            }
            return;
        }
        if !unboxes_operands(op.info().section) {
            return;
        }
        let depth = self.state.stack.len();
        let operands = op.stack_effect().0.fixed().unwrap_or(0).min(3).min(depth);
        for back in 1..=operands {
            let at = depth - back;
            if let (true, Some(kind)) = (self.state.stack[at].is_mem(), seen.0[3 - back])
                && self.guard(Place::Stack(at), kind)
            {
                self.state.stack[at] = self.e.load(Place::Stack(at), kind);
                self.before.stack[at] = self.state.stack[at];
            }
        }
    }

    /// Without a recording: of two operands of which one is a number in a register, the other
    /// one is likely to be of the same kind.
    fn guess_operand(&mut self, op: &Op) {
        let section = op.info().section;
        let depth = self.state.stack.len();
        if !matches!(section, Section::Arithmetic | Section::NumericCompare)
            || op.stack_effect().0 != Arity::Fixed(2)
        {
            return;
        }
        let (at, other) = match (self.entry(1), self.entry(0)) {
            (Abs::Mem, other) => (depth - 2, other),
            (other, Abs::Mem) => (depth - 1, other),
            _ => return,
        };
        if let Some(kind @ (Kind::Int | Kind::Float)) = other.kind()
            && self.guard(Place::Stack(at), kind)
        {
            self.state.stack[at] = self.e.load(Place::Stack(at), kind);
            self.before.stack[at] = self.state.stack[at];
        }
    }

    /// Leaves before the op unless the value at `place` has this kind. Answers whether the
    /// kind has a register form; if not, nothing is emitted.
    fn guard(&mut self, place: Place, kind: Kind) -> bool {
        if !matches!(kind, Kind::Undef | Kind::Bool | Kind::Int | Kind::Float) {
            return false;
        }
        let same = self.e.is_kind(place, kind);
        let other = self.e.bool_not(same);
        self.exit_if(other);
        true
    }

    /// Leaves before the op when `cond` holds.
    pub(super) fn exit_if(&mut self, cond: E::V) {
        let cond = self.e.forced(cond);
        let (leave, stay) = self.e.branch(cond);
        self.e.start(leave);
        self.e.exit(ExitKind::Guard, self.ip, self.ip, &self.before);
        self.e.start(stay);
    }

    /// Makes memory hold what the stack entry is; the register stays valid.
    fn spill(&mut self, at: usize) {
        let value = self.state.stack[at];
        if !value.is_mem() {
            self.e.store(Place::Stack(at), value);
        }
    }

    /// Makes memory hold what the slot is; the register stays valid.
    fn write_back(&mut self, index: usize) {
        let SlotAbs { abs, dirty } = self.state.slots[index];
        if dirty && !abs.is_mem() {
            self.e.store(Place::Slot(self.region.slots[index]), abs);
            self.state.slots[index].dirty = false;
        }
    }

    /// The place of the n-th entry from the top, 0 being the top.
    fn place_of_entry(&self, n: usize) -> Place {
        Place::Stack(self.state.stack.len() - 1 - n)
    }

    /// The n-th entry from the top, 0 being the top.
    fn entry(&self, n: usize) -> Abs<E::V> {
        self.state.stack[self.state.stack.len() - 1 - n]
    }

    /// Removes the `n` top entries, dropping what is in memory.
    fn drop_top(&mut self, n: usize) {
        for _ in 0..n {
            let place = self.place_of_entry(0);
            if let Some(Abs::Mem) = self.state.stack.pop() {
                self.e.drop_mem(place);
            }
        }
    }

    /// Pushes a register value.
    fn push(&mut self, value: Abs<E::V>) {
        debug_assert!(!value.is_mem(), "a value in memory is where it is");
        self.state.stack.push(value);
    }

    /// `to_int` of a register value.
    fn reg_to_int(&mut self, value: Abs<E::V>) -> E::V {
        match value {
            Abs::Int(v) => v,
            Abs::Float(v) => self.e.float_to_int(v),
            Abs::Bool(v) => self.e.bool_to_int(v),
            Abs::Undef | Abs::Mem => self.e.int(0),
        }
    }

    /// `to_float` of a register value.
    fn reg_to_float(&mut self, value: Abs<E::V>) -> E::V {
        match value {
            Abs::Float(v) => v,
            Abs::Int(v) => self.e.int_to_float(v),
            Abs::Bool(v) => {
                let n = self.e.bool_to_int(v);
                self.e.int_to_float(n)
            }
            Abs::Undef | Abs::Mem => self.e.float(0.0),
        }
    }

    /// `to_int` of the n-th entry from the top.
    fn int_entry(&mut self, n: usize) -> E::V {
        match self.entry(n) {
            Abs::Mem => self.e.mem_to_int(self.place_of_entry(n)),
            value => self.reg_to_int(value),
        }
    }

    /// `to_float` of the n-th entry from the top.
    fn float_entry(&mut self, n: usize) -> E::V {
        match self.entry(n) {
            Abs::Mem => self.e.mem_to_float(self.place_of_entry(n)),
            value => self.reg_to_float(value),
        }
    }

    /// Truth of the n-th entry from the top.
    fn truth_entry(&mut self, n: usize) -> E::V {
        match self.entry(n) {
            Abs::Mem => self.e.mem_truth(self.place_of_entry(n)),
            Abs::Undef => self.e.bool(false),
            Abs::Bool(v) => v,
            Abs::Int(v) => {
                let zero = self.e.int(0);
                self.e.int_cmp(Cmp::Ne, v, zero)
            }
            Abs::Float(v) => {
                let zero = self.e.float(0.0);
                self.e.float_cmp(Cmp::Ne, v, zero)
            }
        }
    }
}

/// Whether ops of a section are lowered to instructions on registers.
fn unboxes_operands(section: Section) -> bool {
    matches!(
        section,
        Section::Stack
            | Section::Variables
            | Section::Arithmetic
            | Section::NumericCompare
            | Section::Logic
            | Section::ControlFlow
            | Section::Numeric
    )
}
